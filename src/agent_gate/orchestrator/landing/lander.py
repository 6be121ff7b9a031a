"""One round of landing: see where the base is, decide about everything that waits, and move the base.

A round that is killed anywhere is taken up by the next one, of this run or another (specs/landing.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import LANDS, LostLeaseError, State
from agent_gate.orchestrator.landing.base import MoveError
from agent_gate.orchestrator.landing.candidates import contained, is_contained, require_merge_tree
from agent_gate.orchestrator.landing.model import BaseBroken, BaseMoved, BaseRed, Style, Told, Waiting
from agent_gate.orchestrator.landing.moves import LostLandingError, Mover
from agent_gate.orchestrator.landing.remote import RemoteError
from agent_gate.orchestrator.landing.round import Round, ask
from agent_gate.orchestrator.landing.state import Passed, Tip
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent_gate.orchestrator.journal import Journal, Task
    from agent_gate.orchestrator.landing.model import Gate, GateResult
    from agent_gate.repository import Repository


@dataclass(frozen=True, slots=True)
class Lander:
    """Lands what waits on one branch.

    Attributes:
        base: its short name.
        owner: the run that lands, as the journal knows it.
        is_gone: whether another run is known to be dead.
        gate: judges a commit against a base.
        passed: what it has passed; the caller adds the branches that have passed alone.
        judge_base: judges a commit on its own, asked once, before the first landing; None: nobody looks.
        first: where the base was before any agent of ours began; "": where the first round finds it.
        style: how branches are put on a base that has moved.
    """

    repository: Repository
    journal: Journal
    base: str
    owner: str
    is_gone: Callable[[str], bool]
    gate: Gate
    passed: Passed
    judge_base: Callable[[str], GateResult] | None = None
    first: str = ""
    style: Style = Style.MERGE

    def round(self) -> Iterator[Told]:
        """Land what can land now, and tell what became of each task; where there is nothing to do it costs one look.

        A `Landed` or `Returned` task is the caller's to move on (`closed`, the next attempt) before it asks for the next event. After a
        `Waiting` the caller lets some seconds pass before the next round. It keeps the owner's leases renewed all the time.
        """
        try:
            if self._is_idle():
                return
            if not self._mover.take_lease(self.is_gone):
                yield Waiting(f"Another run lands on {self.base}.")
                return
            require_merge_tree(self.repository)
            yield from self._recover()
            yield from self._look_at_the_base()
            yield from self._land_what_waits()
        except (RepositoryError, MoveError, RemoteError, LostLandingError, LostLeaseError) as problem:
            yield Waiting(str(problem))

    # ------------------------------------------------------------------ where the base is
    def _is_idle(self) -> bool:
        """Nothing waits, the last move is finished, and the base is where it was and judged."""
        if self.journal.tasks(*LANDS):
            return False
        known, move = self._mover.memory.tip(), self._mover.memory.move()
        if known is None or known.judged != known.seen or (move and not move.done):
            return False
        return self._mover.branch.tip() == known.seen

    def _recover(self) -> Iterator[Told]:
        """Say what landed, finish the last move, follow the remote if somebody waits for it."""
        yield from self._mover.landed()
        self._mover.finish()
        if self.journal.tasks(*LANDS):
            self._mover.follow_the_remote()
        landed = self._mover.landed()
        yield from landed
        there = {event.task.id for event in landed}
        self._mover.requeue([task for task in self.journal.tasks(State.LANDING) if task.id not in there])

    def _look_at_the_base(self) -> Iterator[Told]:
        """Judge a tip that others made, before anything is put on it.

        Raises:
            MoveError: it could not be judged.
        """
        memory, tip = self._mover.memory, self._mover.branch.tip()
        known = memory.tip()
        if known is None:
            first = self.first or tip
            yield from self._judge_by_itself(first)
            known = Tip(first, first, first)
            memory.keep_tip(known)
        if tip != known.seen:
            rewritten = not self._mover.has(known.seen)
            # Where commits were taken back, an index as before may be all that is left of somebody's work.
            left_behind = () if rewritten else self._mover.branch.left_behind(known.seen)
            yield BaseMoved(known.seen, tip, rewritten, left_behind)
            known = replace(known, seen=tip)
            memory.keep_tip(known)
        if tip != known.judged and is_contained(self.repository, tip, known.good):
            # Somebody took commits back: nothing was added that could be gated, and landing begins here anew.
            yield from self._judge_by_itself(tip)
            memory.keep_tip(Tip(tip, tip, tip))
        elif tip != known.judged:
            result = ask(self.repository, self.gate, known.good, tip)
            if result.outcome is Judgement.ERROR:
                raise MoveError(f"Nothing lands on {self.base}: the gate could not judge its new tip {tip}.")
            passed = result.outcome is Judgement.PASS
            if not passed:
                yield BaseBroken(known.good, tip, result.verdict_file)
            memory.keep_tip(replace(known, judged=tip, good=tip if passed else known.good))

    def _judge_by_itself(self, tip: str) -> Iterator[Told]:
        """Say whether the base was red to begin with: landings are judged by what they add to it."""
        result = self.judge_base(tip) if self.judge_base else None
        if result and result.outcome is Judgement.BLOCKED:
            yield BaseRed(tip, result.verdict_file)
        elif result and result.outcome is Judgement.ERROR:
            reason = f"The gate could not say whether {self.base} is green to begin with."
            yield Waiting(reason, "", result.verdict_file)

    # ------------------------------------------------------------------ what waits
    def _land_what_waits(self) -> Iterator[Told]:
        tip, queued = self._mover.branch.tip(), self.journal.tasks(State.QUEUED)
        there = contained(self.repository, [task.head for task in queued], tip) if queued else frozenset()
        for task in queued:
            if task.head in there:
                yield self._brought_by_others(task, tip)
        waiting = [task for task in queued if task.head not in there]
        if waiting:
            mover = self._mover
            yield from Round(
                self.repository, self.base, self.gate, self.style, mover.memory, self.passed, mover.land, tip
            ).run(waiting)

    def _brought_by_others(self, task: Task, tip: str) -> Told:
        """A task whose work is on the base without us has landed as soon as the base passes with it."""
        known = self._mover.memory.tip()
        if known is None or known.good != tip:
            return Waiting(f"{task.branch} is on {self.base} already, which does not pass.", task.id)
        return self._mover.was_brought(task, tip)

    @property
    def _mover(self) -> Mover:
        return Mover(self.repository, self.journal, self.base, self.owner)
