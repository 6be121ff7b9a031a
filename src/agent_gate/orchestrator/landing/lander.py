"""One round of landing: see where the base is, decide about everything that waits, and move the base.

Each effect is written to the journal before it is made, and is a compare-and-swap: a round that is killed anywhere is taken up by the next
one, and a run that lost the landing lease while it was frozen moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import LostLeaseError, State
from agent_gate.orchestrator.landing.base import Base, MoveError
from agent_gate.orchestrator.landing.candidates import contained, is_contained, require_merge_tree
from agent_gate.orchestrator.landing.model import BaseBroken, BaseMoved, BaseRed, Landed, Style, Told, Waiting
from agent_gate.orchestrator.landing.remote import RemoteError, Upstream, upstream_of
from agent_gate.orchestrator.landing.round import Round
from agent_gate.orchestrator.landing.state import Memory, Move, Tip
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from agent_gate.orchestrator.journal import Journal, Task
    from agent_gate.orchestrator.landing.model import Gate, GateResult
    from agent_gate.repository import Repository


class LostLandingError(Exception):
    """Somebody else lands on this base now."""


@dataclass(frozen=True, slots=True)
class Lander:
    """Lands what waits on one branch.

    Attributes:
        base: its short name.
        owner: the run that lands, as the journal knows it.
        is_gone: whether another run is known to be dead.
        gate: judges a commit against a base.
        judge_base: judges a commit on its own, asked once, before the first landing; None: nobody looks.
        style: how branches are put on a base that has moved.
    """

    repository: Repository
    journal: Journal
    base: str
    owner: str
    is_gone: Callable[[str], bool]
    gate: Gate
    judge_base: Callable[[str], GateResult] | None = None
    style: Style = Style.MERGE

    def round(self) -> Iterator[Told]:
        """Land what can land now, and tell what became of each task.

        A `Landed` or `Returned` task is the caller's to move on (`closed`, the next attempt) before it asks for the next event.
        """
        if not self.journal.take_lease(self._lease, self.owner, self.is_gone):
            yield Waiting(f"Another run lands on {self.base}.")
            return
        try:
            require_merge_tree(self.repository)
            yield from self._recover()
            yield from self._look_at_the_base()
            yield from self._land_what_waits()
        except (RepositoryError, MoveError, RemoteError, LostLandingError, LostLeaseError) as problem:
            yield Waiting(str(problem))

    # ------------------------------------------------------------------ where the base is
    def _recover(self) -> Iterator[Told]:
        """Finish the last move, follow the remote, and say what landed."""
        yield from self._tell_landed()
        move = self._memory.move()
        if move and not move.done and self._has(move.new):
            self._branch.follow(move.old, self._branch.tip())
            self._remember(move)
        self._follow_the_remote()
        yield from self._tell_landed()
        landed = self._landed()
        self._requeue([task for task in self.journal.tasks(State.LANDING) if task.id not in landed])

    def _tell_landed(self) -> Iterator[Told]:
        """The tasks that are on the base, and not closed."""
        landed = self._landed()
        for task in self.journal.tasks(State.LANDING):
            if task.id in landed:
                yield Landed(task, landed[task.id])

    def _landed(self) -> dict[str, str]:
        """Task → commit, of those that the last moves have put on the base."""
        move = self._memory.move()
        return {name: commit for name, commit in move.tasks.items() if self._has(commit)} if move else {}

    def _follow_the_remote(self) -> None:
        """Bring the local branch to where the upstream is; one that is ahead stays, and is pushed with the next landing."""
        upstream = self._upstream
        if upstream is None:
            return
        here, there = self._branch.tip(), upstream.fetch()
        if is_contained(self.repository, there, here):
            return
        if not is_contained(self.repository, here, there):
            raise MoveError(
                f"{self.base} and {upstream.remote} have gone different ways: nothing lands before you merge or rebase {self.base}."
            )
        last = self._memory.move()
        pushed = bool(
            last and last.gated and last.new == there
        )  # and killed before the local branch followed
        self._move(Move(here, there, gated=pushed), push=False)

    def _look_at_the_base(self) -> Iterator[Told]:
        """Judge a tip that others made, before anything is put on it.

        Raises:
            MoveError: it could not be judged.
        """
        tip, known = self._branch.tip(), self._memory.tip()
        if known is None:
            yield from self._judge_the_first(tip)
            self._memory.keep_tip(Tip(tip, tip, tip))
            return
        if tip != known.seen:
            yield BaseMoved(known.seen, tip, rewritten=not self._has(known.seen))
            known = replace(known, seen=tip)
        if tip != known.judged:
            result = self.gate(known.good, tip)
            if result.outcome is Judgement.ERROR:
                raise MoveError(f"Nothing lands on {self.base}: the gate could not judge its new tip {tip}.")
            passed = result.outcome is Judgement.PASS
            if not passed:
                yield BaseBroken(known.good, tip, result.verdict_file)
            known = replace(known, judged=tip, good=tip if passed else known.good)
        self._memory.keep_tip(known)

    def _judge_the_first(self, tip: str) -> Iterator[Told]:
        """Say whether the base was red to begin with: landings are judged by what they add to it."""
        result = self.judge_base(tip) if self.judge_base else None
        if result and result.outcome is Judgement.BLOCKED:
            yield BaseRed(tip, result.verdict_file)
        elif result and result.outcome is Judgement.ERROR:
            yield Waiting(
                f"The gate could not say whether {self.base} is green to begin with.", "", result.verdict_file
            )

    # ------------------------------------------------------------------ what waits
    def _land_what_waits(self) -> Iterator[Told]:
        tip = self._branch.tip()
        queued = self.journal.tasks(State.QUEUED)
        there = contained(self.repository, [task.head for task in queued], tip) if queued else frozenset()
        for task in queued:
            if task.head in there:
                yield self._was_brought_by_others(task, tip)
        waiting = [task for task in queued if task.head not in there]
        if waiting:
            yield from Round(
                self.repository, self.base, self.gate, self.style, self._memory, self._land, tip
            ).run(waiting)

    def _was_brought_by_others(self, task: Task, tip: str) -> Told:
        """A task whose work is on the base without us: it has landed as soon as the base passes with it."""
        known = self._memory.tip()
        if known is None or known.good != tip:
            return Waiting(f"{task.branch} is on {self.base} already, which does not pass.", task.id)
        last = self._memory.move() or Move(tip, tip, done=True)
        self._memory.keep_move(replace(last, tasks={**self._open(last.tasks), task.id: task.head}))
        return Landed(self.journal.advance(task, State.LANDING), task.head)

    def _land(self, old: str, new: str, tasks: Sequence[tuple[Task, str]]) -> list[Landed]:
        """Move the base to `new`, which is green and holds the tasks with their commits.

        Raises:
            MoveError, RemoteError, LostLandingError: nothing was moved; the tasks wait again.
        """
        under_way: list[Task] = []
        try:
            for task, _ in tasks:
                under_way.append(self.journal.advance(task, State.LANDING))
            self._move(Move(old, new, {task.id: commit for task, commit in tasks}, gated=True), push=True)
        except LostLeaseError as lost:
            self._requeue(under_way)
            raise LostLandingError(f"{lost} The others of its batch wait for the next round.") from lost
        except (MoveError, RemoteError, LostLandingError):
            if self._branch.tip() != new:
                self._requeue(under_way)
            raise
        return [Landed(task, commit) for task, (_, commit) in zip(under_way, tasks, strict=True)]

    # ------------------------------------------------------------------ the effect
    def _move(self, move: Move, *, push: bool) -> None:
        """Intent, effect, done."""
        last = self._memory.move()
        move = replace(move, tasks={**(self._open(last.tasks) if last else {}), **move.tasks})
        self._branch.check(move.old, move.new)
        self._memory.keep_move(move)
        self._require_lease()
        upstream = self._upstream
        if push and upstream:
            upstream.push(self.repository.git("rev-parse", upstream.tracking).decode().strip(), move.new)
            self._require_lease()
        self._branch.move(move.old, move.new)
        self._remember(move)

    def _remember(self, move: Move) -> None:
        """The move is made; what passed on a good tip is a good tip."""
        known = self._memory.tip()
        if known and move.gated and known.seen == move.old:
            good = known.good == move.old
            judged = Tip(move.new, move.new, move.new)
            self._memory.keep_tip(judged if good else replace(known, seen=move.new))
        self._memory.keep_move(replace(move, done=True))

    def _require_lease(self) -> None:
        """Asked right before an effect."""
        if not self.journal.has_lease(self._lease, self.owner):
            raise LostLandingError(f"This run was away for too long: another may land on {self.base} now.")

    def _requeue(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            try:
                self.journal.advance(task, State.QUEUED)
            except LostLeaseError:
                continue  # its new owner takes care of it

    def _open(self, tasks: Mapping[str, str]) -> dict[str, str]:
        """Those of the tasks that are not known to be closed."""
        landing = {task.id for task in self.journal.tasks(State.LANDING)}
        return {name: commit for name, commit in tasks.items() if name in landing}

    def _has(self, commit: str) -> bool:
        return is_contained(self.repository, commit, self._branch.tip())

    @property
    def _lease(self) -> str:
        return f"landing:{self.base}"

    @property
    def _branch(self) -> Base:
        return Base(self.repository, self.base)

    @property
    def _upstream(self) -> Upstream | None:
        return upstream_of(self.repository, self.base)

    @property
    def _memory(self) -> Memory:
        return Memory(self.journal, self.base)
