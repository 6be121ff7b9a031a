"""Words: sets of them, written as one line of text, and patterns of them, compiled when a text needs them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_CASE = re.IGNORECASE | re.ASCII  # ASCII makes it faster to compile, and the words are English
# what forbids, and what one does to a file, of texts that protect files
NOT_TO = r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|shouldn'?t|cannot|can'?t|may not|no|not be|avoid|ask (?:\w+ ){0,3}?before|(?:get|obtain) (?:\w+ ){0,2}?(?:approval|permission) before)\b"
EDIT = r"(?<!auto-)\b(?:mak(?:e|ing) changes to|edit(?:s|ed|ing)?|modif(?:y|ied|ying)|touch(?:ed|ing)?|chang(?:e|es|ed|ing)|alter\w*|updat\w+|delet\w+|remov\w+|renam\w+|overwrit\w+|commit\w*|check(?:ed)? in|writ(?:e|ing|ten) to|(?:re-?)?add\w*|(?:re-?)?introduc\w+|creat(?:e|ing)|hand[- ]?edit\w*|hand-?(?:modif|writ)\w+|committed|track(?:ed|ing)?|maintain|stage|format|refactor|reformat)\b"


def word_set(text: str) -> frozenset[str]:
    """The words of a text that lists them with blanks between."""
    return frozenset(text.split())


class Pattern:
    """A regular expression that is compiled when a text may match it: compiling them all is half of a start, a file needs few.

    Args:
        source: as for `re.compile`.
        flags: as for `re.compile`.
        hints: parts of words in lower case, "a|b": a text that matches has one part of each, in whatever case. tests/policy/test_hints.py proves it.
    """

    __slots__ = ("_compiled", "flags", "hints", "source")

    def __init__(self, source: str, flags: int = 0, *hints: str) -> None:
        self.source, self.flags = source, flags
        self.hints = tuple(hint.split("|") for hint in hints)
        self._compiled: re.Pattern[str] | None = None

    def _for(self, text: str) -> re.Pattern[str] | None:
        """The compiled expression; None where the text lacks a hint."""
        lower = text.lower() if self.hints else ""
        for parts in self.hints:
            for part in parts:
                if part in lower:
                    break
            else:
                return None
        if self._compiled is None:
            self._compiled = re.compile(self.source, self.flags)
        return self._compiled

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        pattern = self._for(text)
        return pattern.search(text, start) if pattern else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        pattern = self._for(text)
        return pattern.match(text, start) if pattern else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.fullmatch`."""
        pattern = self._for(text)
        return pattern.fullmatch(text) if pattern else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        pattern = self._for(text)
        return pattern.finditer(text) if pattern else iter(())

    def findall(self, text: str) -> list[str]:
        """As `re.Pattern.findall` of a pattern without groups."""
        pattern = self._for(text)
        return pattern.findall(text) if pattern else []

    def subn(self, replacement: str, text: str) -> tuple[str, int]:
        """As `re.Pattern.subn`."""
        pattern = self._for(text)
        return pattern.subn(replacement, text) if pattern else (text, 0)

    def sub(self, replacement: str, text: str) -> str:
        """As `re.Pattern.sub`."""
        return self.subn(replacement, text)[0]

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        """As `re.Pattern.split` of a pattern without groups."""
        pattern = self._for(text)
        return pattern.split(text, maxsplit) if pattern else [text]
