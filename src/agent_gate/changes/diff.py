"""The difference of two trees, from git's own diff.

Paths come from the NUL-separated raw records only, lines from the patch by the counts in its hunk headers; so no file
name and no content can look like something else.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent_gate.changes.model import FileChange, Hunk, Status
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.changes.objects import Objects

_STATUS = {
    b"A": Status.ADDED,
    b"M": Status.MODIFIED,
    b"D": Status.DELETED,
    b"R": Status.RENAMED,
    b"T": Status.TYPE_CHANGED,
}
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_FILE = b"diff --git "
# Pinned, so that the caller's config decides nothing. An empty file is not "renamed" to any other empty one.
_FLAGS = ("-r", "-M50%", "-l400", "--no-rename-empty", "--diff-algorithm=myers", "--submodule=short")
_GITLINK = 0o160000


@dataclass(frozen=True, slots=True)
class _Patch:
    """One file's section of a patch."""

    binary: bool
    hunks: tuple[Hunk, ...]


def diff_trees(objects: Objects, old: str, new: str) -> tuple[FileChange, ...]:
    """The files that differ between two trees, sorted by path.

    Raises:
        RepositoryError: an object is missing, or git's answer does not add up.
    """
    files = list(parse_raw(objects.git("diff-tree", *_FLAGS, "--raw", "-z", "--no-abbrev", old, new)))
    patch = objects.git("diff-tree", *_FLAGS, "-p", "-U0", "--inter-hunk-context=0", old, new)
    return tuple(sorted(join(files, parse_patch(patch)), key=lambda change: change.path))


def parse_raw(output: bytes) -> Iterator[FileChange]:
    """Files without hunks from `git diff-tree --raw -z`: a record's fields, its path, for renames two paths."""
    fields = iter(output.split(b"\0")[:-1])
    for meta in fields:
        old_mode, new_mode, old_blob, new_blob, state = meta.removeprefix(b":").split()
        status = _STATUS[state[:1]]
        first = os.fsdecode(next(fields))
        path = os.fsdecode(next(fields)) if status is Status.RENAMED else first
        yield FileChange(
            path=path,
            status=status,
            old_path=None if status is Status.ADDED else first,
            old_mode=int(old_mode, 8),
            new_mode=int(new_mode, 8),
            old_blob=_object(old_blob),
            new_blob=_object(new_blob),
        )


def join(files: list[FileChange], patches: Iterator[_Patch]) -> Iterator[FileChange]:
    """Give each file its section of the patch; both are in git's order. A change of type has two: removed, added."""
    for change in files:
        modes = (
            (change.old_mode, change.new_mode) if _replaced(change) else (change.new_mode or change.old_mode,)
        )
        sections = tuple(itertools.islice(patches, len(modes)))
        if len(sections) < len(modes):
            raise RepositoryError(f"git shows no difference for {change.path!r}; is the repository damaged?")
        # of a submodule git writes "Subproject commit …" where no line is
        found = [section for section, mode in zip(sections, modes, strict=True) if mode != _GITLINK]
        hunks = tuple(hunk for section in found for hunk in section.hunks)
        yield replace(change, binary=any(section.binary for section in found), hunks=hunks)
    if next(patches, None) is not None:
        raise RepositoryError("git shows more differences than changed files; is the repository damaged?")


def parse_patch(patch: bytes) -> Iterator[_Patch]:
    """The sections of a patch without context lines (`-U0`)."""
    lines = patch.split(b"\n")
    at = 0
    end = len(lines) - 1  # after the last line end there is no line
    while at < end:
        if not lines[at].startswith(_FILE):
            raise RepositoryError(f"git's patch has an unexpected line: {lines[at][:80]!r}.")
        at += 1
        hunks: list[Hunk] = []
        binary = False
        while at < end and not lines[at].startswith(_FILE):
            if match := _HUNK.match(lines[at]):
                hunk, at = _read_hunk(match, lines, at + 1)
                hunks.append(hunk)
            else:  # one of git's header lines; names in it are quoted, so each is one line
                binary = binary or lines[at].startswith(b"Binary files ")
                at += 1
        yield _Patch(binary, tuple(hunks))


def _read_hunk(header: re.Match[bytes], lines: list[bytes], at: int) -> tuple[Hunk, int]:
    """The hunk whose lines start at `at`, and where it ends."""
    old_start, old_count, new_start, new_count = (
        1 if text is None else int(text) for text in header.groups()
    )
    removed, at = _take(lines, at, old_count, b"-")
    added, at = _take(lines, at, new_count, b"+")
    return Hunk(old_start, removed, new_start, added), at


def _take(lines: list[bytes], at: int, count: int, sign: bytes) -> tuple[tuple[str, ...], int]:
    """`count` lines without their sign, and where they end (after the note on a missing last line end)."""
    chunk = lines[at : at + count]
    if len(chunk) < count or any(line[:1] != sign for line in chunk):
        raise RepositoryError("git's patch has fewer lines than its header says; is the repository damaged?")
    at += count
    if count and lines[at].startswith(b"\\"):
        at += 1
    return tuple(_text(line[1:]) for line in chunk), at


def _text(line: bytes) -> str:
    """A line as text, without the CR of a CRLF."""
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _object(oid: bytes) -> str:
    """A hex object id, "" for git's all zeros."""
    return oid.decode() if oid.strip(b"0") else ""


def _replaced(change: FileChange) -> bool:
    """Whether a file became another type of thing (a symlink, a submodule): git shows that as removed and added."""
    modes = (change.old_mode, change.new_mode)
    return all(modes) and stat.S_IFMT(modes[0]) != stat.S_IFMT(modes[1])
