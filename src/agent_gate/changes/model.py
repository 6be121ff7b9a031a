"""The change set: merge base → the worktree's tree. Files, hunks, commits, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How a file differs from the base."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    TYPE_CHANGED = "type-changed"


@dataclass(frozen=True, slots=True)
class Hunk:
    """One changed region (no context lines), as in `git diff -U0`; line numbers are 1-based.

    Attributes:
        old_start: first removed line in the base (the line before, where none is removed).
        removed: the removed lines, without their line ends.
        new_start: first added line in the judged tree (the line before, where none is added).
        added: the added lines, without their line ends.
    """

    old_start: int
    removed: tuple[str, ...]
    new_start: int
    added: tuple[str, ...]

    @property
    def added_lines(self) -> tuple[tuple[int, str], ...]:
        """(line number, text) of each added line."""
        return tuple(enumerate(self.added, self.new_start))


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file. Paths are "/"-separated and decoded as `os.fsdecode` does (surrogateescape).

    Attributes:
        path: in the judged tree; in the base for a deleted file.
        status: see `Status`.
        old_path: in the base; differs from `path` for a rename, None for an added file.
        old_mode: git's mode in the base (0 where there is none): 0o100644, 0o120000 symlink, 0o160000 submodule …
        new_mode: the same in the judged tree.
        old_blob: hex object id in the base, "" where there is none.
        new_blob: the same in the judged tree.
        binary: git takes the content for binary; then there are no hunks.
        hunks: changed regions in order; decoded as UTF-8 with `surrogateescape`.
    """

    path: str
    status: Status
    old_path: str | None = None
    old_mode: int = 0
    new_mode: int = 0
    old_blob: str = ""
    new_blob: str = ""
    binary: bool = False
    hunks: tuple[Hunk, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit that the branch adds to the base; newest first in a change set."""

    sha: str
    parents: tuple[str, ...]
    author: str
    message: str

    @property
    def subject(self) -> str:
        """First line of the message."""
        return self.message.partition("\n")[0]

    @property
    def body(self) -> str:
        """The message after its subject, stripped."""
        return self.message.partition("\n")[2].strip()


class Snapshot(Protocol):
    """One tree, read-only."""

    @property
    def tree(self) -> str:
        """Hex object id of the tree."""

    def paths(self) -> frozenset[str]:
        """Every file (blob or symlink) of the tree."""

    def read(self, path: str) -> bytes | None:
        """A file's content (a symlink's target); None where the tree has no such file."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What is judged.

    Attributes:
        root: absolute path of the worktree's top level.
        base: sha of the merge base.
        head: sha of the commit that is judged: HEAD, or the one that the caller named.
        tree: hex id of the judged tree: HEAD's, or the working files' (untracked and not ignored ones too).
        branch: short name, None on a detached HEAD.
        files: sorted by path.
        commits: base..head, newest first.
        uncommitted: paths that differ from HEAD or are untracked and not ignored, sorted.
        before: the base's tree.
        after: the judged tree.
        objects: directory of the objects that were written for `tree` and are not in the repository: an alternate for
            whoever checks it out. It is there as long as `after` is.
        checked_out: False where the caller named `head`: then no branch is known, and nothing can be uncommitted.
    """

    root: str
    base: str
    head: str
    tree: str
    branch: str | None
    files: tuple[FileChange, ...]
    commits: tuple[CommitInfo, ...]
    uncommitted: tuple[str, ...]
    before: Snapshot
    after: Snapshot
    objects: str = ""
    checked_out: bool = True
