"""Which instruction files a repository has: AGENTS.md, what it refers to, and those of its directories."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.policy.model import PolicyError
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent_gate.changes.model import Snapshot

NAMES = ("AGENTS.md", "CLAUDE.md", "GEMINI.md")  # the first that a directory has counts
MAX_BYTES = 1024 * 1024  # of one file: nobody reads more
MAX_DEPTH = 4  # of references
_OTHERS = frozenset(
    {"node_modules", "vendor", "third_party", "third-party", "site-packages", ".git"}
)  # not this project's
_IMPORT = Pattern(r"(?<![\w`@/.])@(?P<path>[\w./-]+\.md)\b")
_LINK = Pattern(r"\[[^\]\n]{0,200}\]\((?P<path>[^)\s#:]{1,200}\.md)(?:#[^)\s]*)?\)")
_ASKS = Pattern(
    r"\b(?:read|follow|see|obey|adhere to|comply with|refer to|according to|described in|documented in)\b",
    ANY_CASE,
)
_INSTRUCTIONS = Pattern(
    r"^(?:agents?|claude|gemini|contributing|contribute|development|developing|hacking|guidelines|conventions|"
    r"style[-_]?guide|coding[-_]?(?:style|standards|guidelines)|testing)(?:[-_.]\w+)?\.md$",
    ANY_CASE,
)
_FENCE = Pattern(r"^\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class InstructionFile:
    """One file to derive rules from.

    Attributes:
        path: relative to the repository.
        directory: whose files it governs; "" is the whole repository.
        text: its Markdown.
    """

    path: str
    directory: str
    text: str


class DirectorySnapshot:
    """The files below a directory as a `Snapshot`, without git; links that lead out of it are not followed."""

    tree = ""

    def __init__(self, root: Path) -> None:
        """The directory must exist."""
        self._root = root.resolve()

    def paths(self) -> frozenset[str]:
        """Every regular file that is not below a directory of other projects."""
        found: set[str] = set()
        for directory, names, files in os.walk(self._root):
            names[:] = [name for name in names if name not in _OTHERS and name not in {".venv", "venv"}]
            relative = Path(directory).relative_to(self._root)
            found.update((relative / name).as_posix() for name in files)
        return frozenset(found)

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is none inside the directory."""
        file = (self._root / path).resolve()
        if not file.is_relative_to(self._root) or not file.is_file():
            return None
        return file.read_bytes()


def instruction_files(snapshot: Snapshot, exclude: Sequence[str] = ()) -> tuple[InstructionFile, ...]:
    """The files to derive rules from: the root's and those it refers to first, then each directory's.

    Raises:
        PolicyError: a file is larger than 1 MiB.
    """
    from pathspec import PathSpec  # costs more than reading one file

    ignored = PathSpec.from_lines("gitignore", exclude)
    paths = snapshot.paths()
    by_directory: dict[str, str] = {}
    for path in sorted(paths):
        directory, _, name = path.rpartition("/")
        if name in NAMES and not ignored.match_file(path) and not _OTHERS.intersection(path.split("/")):
            known = by_directory.get(directory)
            if known is None or NAMES.index(name) < NAMES.index(known.rpartition("/")[2]):
                by_directory[directory] = path
    found: dict[str, InstructionFile] = {}
    for directory, path in sorted(by_directory.items()):
        for file in _with_references(snapshot, paths, path, directory):
            found.setdefault(file.path, file)
    return tuple(found.values())


def decoded(content: bytes, path: str) -> str:
    """Markdown as text: UTF-8 with or without a mark; bytes that are not are replaced.

    Raises:
        PolicyError: it is larger than 1 MiB.
    """
    if len(content) > MAX_BYTES:
        raise PolicyError(f"{path} has {len(content)} bytes; an instruction file may have {MAX_BYTES}.")
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _with_references(
    snapshot: Snapshot, paths: frozenset[str], path: str, directory: str, seen: tuple[str, ...] = ()
) -> Iterator[InstructionFile]:
    """The file, and the files that it refers to; `seen` are those that led here."""
    content = snapshot.read(path)
    if content is None or path in seen or len(seen) > MAX_DEPTH:
        return
    seen = (*seen, path)
    text = decoded(content, path)
    if target := _link_target(text, path, paths):
        yield from _with_references(snapshot, paths, target, directory, seen)
        return
    yield InstructionFile(path, directory, text)
    for reference in references(text):
        target = _inside(posixpath.join(posixpath.dirname(path), reference), paths) or _inside(
            reference, paths
        )
        if target and target not in seen:
            yield from _with_references(snapshot, paths, target, directory, seen)


def references(text: str) -> Iterator[str]:
    """Other instruction files that the text asks to follow: `@FILE.md`, and links to such files beside "read" or "follow"."""
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield from (match["path"] for match in _IMPORT.finditer(line))
            if _ASKS.search(line):
                links = (match["path"] for match in _LINK.finditer(line))
                yield from (path for path in links if _INSTRUCTIONS.match(path.rpartition("/")[2]))


def _link_target(text: str, path: str, paths: frozenset[str]) -> str | None:
    """What a symbolic link leads to: git keeps it as a file that holds nothing but a path."""
    if "\n" in text or len(text) > 200:  # noqa: PLR2004 - no path of an instruction file is longer
        return None
    return _inside(posixpath.join(posixpath.dirname(path), text), paths)


def _inside(path: str, paths: frozenset[str]) -> str | None:
    """The path without `.` and `..`, where it is a file of the snapshot."""
    normal = posixpath.normpath(path)
    return normal if normal in paths else None
