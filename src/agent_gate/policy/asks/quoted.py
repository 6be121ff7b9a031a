"""`forbidden-pattern`: words in quotation marks that a text says not to write in comments or pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.prohibitions import NO
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_QUOTED = r"[\"\u201c][\w' -]{2,40}[\"\u201d]"
_LIST = rf"{_QUOTED}(?:(?:,? (?:or|and) |, ?|/){_QUOTED})*"
_FORBIDDEN = Pattern(
    rf"{NO} (?:\w+ ){{0,2}}?(?:write|use|say|add|emit|include|put)(?: (?:the |any )?(?:words?|phrases?|terms?)(?: like| such as)?)? (?P<words>{_LIST})(?P<rest>[^.;]*)",
    _I,
    '"|\u201c',
    "write|use|say|add|emit|include|put",
)
_COMMENT = r"(?://|#|/\*|^\s*\*|--|<!--)"
_IN_COMMENTS = Pattern(r"\bcomments?\b", _I)
_AS_COMMENTS = Pattern(r" (?:(?:section|code|inline) )*comments?\b", _I)
_IN_PAGES = Pattern(r"\b(?:docs?|documentation|prose|readme|copy|pages?)\b", _I)
_PAGES = ("*.md", "*.mdx", "*.rst", "*.adoc")


def quoted_words(said: Said) -> Iterator[Ask]:
    """What looks for the words, where the text says that comments or pages are meant.

    A comment that is nothing but such a word ("// Arrange") is found for sure; a word may have another sense.
    """
    found = _FORBIDDEN.search(said.text)
    if not found:
        return
    words = re.findall(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]", found["words"])
    any_word = rf"\b(?i:{'|'.join(map(re.escape, words))})\b"
    if alone := _AS_COMMENTS.match(found["rest"]):
        params: dict[str, object] = {"pattern": rf"{_COMMENT}\s*{any_word}\W*$"}
    elif _IN_COMMENTS.search(found["rest"]):
        params = {"pattern": rf"{_COMMENT}.*{any_word}"}
    elif _IN_PAGES.search(f"{found['rest']} {said.heading}"):
        params = {"pattern": any_word, "globs": list(_PAGES)}
    else:
        return
    severity = None if alone else Severity.FOLLOW_UP
    yield Ask(Kind.FORBIDDEN_PATTERN, ", ".join(words), params | {"literal": words[0]}, severity=severity)
