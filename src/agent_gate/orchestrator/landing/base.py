"""Moving a branch by compare-and-swap, and the index and files of every worktree that has it checked out with it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.repository import RepositoryError, open_repository

if TYPE_CHECKING:
    from agent_gate.repository import Repository


class MoveError(Exception):
    """The branch was not moved; the message is one sentence: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """A local branch; `name` is its short name."""

    repository: Repository
    name: str

    @property
    def ref(self) -> str:
        """Its full name."""
        return f"refs/heads/{self.name}"

    def tip(self) -> str:
        """Sha that it points to.

        Raises:
            RepositoryError: there is no such branch.
        """
        return self.repository.git("rev-parse", "--verify", f"{self.ref}^{{commit}}").decode().strip()

    def check(self, old: str, new: str) -> None:
        """Raise where `move` would have to overwrite somebody's work; changes nothing.

        Raises:
            MoveError: a file with local changes is in the way.
        """
        for place in self._checkouts():
            _follow(place, old, new, self.name, dry=True)

    def move(self, old: str, new: str) -> None:
        """Point it from `old` to `new`, files first checked, then the ref, then the files.

        A crash between ref and files is repaired by calling `follow` with the same two.

        Raises:
            MoveError: a file is in the way, or the ref could not be moved; nothing was changed.
        """
        self.check(old, new)
        try:
            self.repository.git("update-ref", "-m", "agent-gate: landed", self.ref, new, old)
        except RepositoryError as problem:
            why = "somebody else moved it meanwhile" if self.tip() != old else str(problem).rstrip(".")
            raise MoveError(f"Nothing landed on {self.name}: {why}; the next round tries again.") from problem
        self.follow(old, new)

    def follow(self, old: str, new: str) -> None:
        """Bring worktrees that still show `old` to `new`; one that shows `new` already stays as it is.

        Raises:
            MoveError: somebody changed a file meanwhile that is in the way.
        """
        for place in self._checkouts():
            _follow(place, old, new, self.name, dry=False)

    def left_behind(self, old: str) -> tuple[Path, ...]:
        """Checkouts that still show `old`: whoever moved the branch from there has moved nothing but the ref."""
        if self.repository.try_git("diff-tree", "--quiet", old, self.tip(), "--") is not None:
            return ()
        shows_old = ("diff-index", "--cached", "--quiet", old, "--")
        return tuple(place.root for place in self._checkouts() if place.try_git(*shows_old) is not None)

    def _checkouts(self) -> list[Repository]:
        """The worktrees that have the branch checked out."""
        output = os.fsdecode(self.repository.git("worktree", "list", "--porcelain", "-z"))
        places = []
        for record in output.split("\0\0"):
            lines = record.strip("\0").split("\0")
            if f"branch {self.ref}" in lines and "bare" not in lines:
                place = Path(lines[0].removeprefix("worktree "))
                if place.is_dir():  # a deleted one shows nothing
                    places.append(open_repository(place))
        return places


def _follow(place: Repository, old: str, new: str, name: str, *, dry: bool) -> None:
    """A two-tree merge of index and files: what is edited and not in the way stays, and what is in the way stops it."""
    place.try_git("update-index", "-q", "--refresh")  # else a file that was only touched counts as edited
    try:
        place.git("read-tree", *(["-n"] if dry else []), "-m", "-u", old, new)
    except RepositoryError as problem:
        file = re.search(r"(?:Entry|file) '(.+)'", str(problem))  # as read-tree words it, under LC_ALL=C
        if file is None:
            raise MoveError(f"Nothing lands on {name}, its checkout cannot follow: {problem}") from problem
        raise MoveError(
            f"Nothing lands on {name}: {file[1]} in {place.root} holds changes that landing would overwrite; "
            "commit or stash them (`git stash -u`)."
        ) from problem
