"""Moving the base: the intent is written first, each effect is a compare-and-swap, and whoever lost the lease makes none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import LostLeaseError, State
from agent_gate.orchestrator.landing.base import Base, MoveError
from agent_gate.orchestrator.landing.candidates import is_contained
from agent_gate.orchestrator.landing.model import Landed
from agent_gate.orchestrator.landing.remote import RemoteError, upstream_of
from agent_gate.orchestrator.landing.state import Memory, Move, Tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent_gate.orchestrator.journal import Journal, Task
    from agent_gate.repository import Repository


class LostLandingError(Exception):
    """Somebody else lands on this base now, or has one of the tasks; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One run's hand on one base branch (its short name)."""

    repository: Repository
    journal: Journal
    base: str
    owner: str

    @property
    def branch(self) -> Base:
        """The branch."""
        return Base(self.repository, self.base)

    @property
    def memory(self) -> Memory:
        """What the journal knows of it."""
        return Memory(self.journal, self.base)

    def take_lease(self, is_gone: Callable[[str], bool]) -> bool:
        """Whether this run may land now."""
        return self.journal.take_lease(self._lease, self.owner, is_gone)

    def has(self, commit: str) -> bool:
        """Whether the commit is in the base's history."""
        return is_contained(self.repository, commit, self.branch.tip())

    def landed(self) -> list[Landed]:
        """The tasks that are on the base by the last moves, and not closed."""
        tasks, move = self.journal.tasks(State.LANDING), self.memory.move()
        commits = move.tasks if move else {}
        return [
            Landed(task, commits[task.id])
            for task in tasks
            if task.id in commits and self.has(commits[task.id])
        ]

    def land(self, old: str, new: str, tasks: Sequence[tuple[Task, str]]) -> list[Landed]:
        """Move the base to `new`, which is green and holds the tasks with their commits.

        Raises:
            MoveError, RemoteError, LostLandingError: nothing was moved, and the tasks wait again; or the files could not follow.
        """
        under_way: list[Task] = []
        try:
            for task, _ in tasks:
                under_way.append(self.journal.advance(task, State.LANDING))
            self._move(Move(old, new, {task.id: commit for task, commit in tasks}, gated=True), push=True)
        except LostLeaseError as lost:
            self.requeue(under_way)
            raise LostLandingError(f"{lost} The others of its batch wait for the next round.") from lost
        except (MoveError, RemoteError, LostLandingError):
            if self.branch.tip() != new:
                self.requeue(under_way)
            raise
        return [Landed(task, commit) for task, (_, commit) in zip(under_way, tasks, strict=True)]

    def was_brought(self, task: Task, tip: str) -> Landed:
        """The task's work is in the history of `tip`, which is good, without a move of ours."""
        last = self.memory.move() or Move(tip, tip, done=True)
        self.memory.keep_move(replace(last, tasks={**self._open(last.tasks), task.id: task.head}))
        return Landed(self.journal.advance(task, State.LANDING), task.head)

    def finish(self) -> None:
        """Bring the files to where the last move has brought the ref, if it was cut off there.

        Raises:
            MoveError: a file is in the way.
        """
        move = self.memory.move()
        if move and not move.done and self.has(move.new):
            self.branch.follow(move.old, self.branch.tip())
            self._remember(move)

    def follow_the_remote(self) -> None:
        """Bring the local branch to where its upstream is; one that is ahead stays, and is pushed with the next landing.

        Raises:
            MoveError: the two have gone different ways, or a file is in the way.
            RemoteError: the remote cannot be reached.
        """
        upstream = upstream_of(self.repository, self.base)
        if upstream is None:
            return
        here, there = self.branch.tip(), upstream.fetch()
        if is_contained(self.repository, there, here):
            return
        if not is_contained(self.repository, here, there):
            raise MoveError(
                f"{self.base} and {upstream.remote} have gone different ways: "
                f"nothing lands before you merge or rebase {self.base}."
            )
        last = self.memory.move()
        pushed = bool(
            last and last.gated and last.new == there
        )  # and killed before the local branch followed
        self._move(Move(here, there, gated=pushed), push=False)

    def requeue(self, tasks: Sequence[Task]) -> None:
        """They wait again, unless somebody else has them now."""
        for task in tasks:
            try:
                self.journal.advance(task, State.QUEUED)
            except LostLeaseError:
                continue  # its new owner takes care of it

    def _move(self, move: Move, *, push: bool) -> None:
        """Intent, effect, done."""
        last = self.memory.move()
        move = replace(move, tasks={**(self._open(last.tasks) if last else {}), **move.tasks})
        self.branch.check(move.old, move.new)
        self.memory.keep_move(move)
        self._require_lease()
        upstream = upstream_of(self.repository, self.base) if push else None
        if upstream:
            upstream.push(self.repository.git("rev-parse", upstream.tracking).decode().strip(), move.new)
            self._require_lease()
        self.branch.move(move.old, move.new)
        self._remember(move)

    def _remember(self, move: Move) -> None:
        """The move is made; what passed on a good tip is a good tip."""
        known = self.memory.tip()
        if known and move.gated and known.seen == move.old:
            good = known.good == move.old
            judged = Tip(move.new, move.new, move.new)
            self.memory.keep_tip(judged if good else replace(known, seen=move.new))
        self.memory.keep_move(replace(move, done=True))

    def _require_lease(self) -> None:
        """Asked right before an effect."""
        if not self.journal.has_lease(self._lease, self.owner):
            raise LostLandingError(f"This run was away for too long: another may land on {self.base} now.")

    def _open(self, tasks: Mapping[str, str]) -> dict[str, str]:
        """Those of the tasks that are not known to be closed."""
        landing = {task.id for task in self.journal.tasks(State.LANDING)}
        return {name: commit for name, commit in tasks.items() if name in landing}

    @property
    def _lease(self) -> str:
        return f"landing:{self.base}"
