"""The queue's algorithm joined to git and the gate: one pass over what waits, on one tip that moves with what lands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.landing.candidates import Conflict, conflict_finding, put_on, tree_of
from agent_gate.orchestrator.landing.model import Flaky, GateResult, Landed, Returned, Style, Told, Waiting
from agent_gate.orchestrator.landing.queue import Blamed, Flaked, Landable, Probe, Undecided, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.landing.model import Gate
    from agent_gate.orchestrator.landing.state import Memory, Passed
    from agent_gate.repository import Repository

    Land = Callable[
        [str, str, Sequence[tuple[Task, str]]], list[Landed]
    ]  # (old tip, new tip, tasks and commits)


def ask(repository: Repository, gate: Gate, base: str, head: str) -> GateResult:
    """The gate's answer, bound to the tree of `head`: a pass of another tree is an error; the base's own tree passes unasked."""
    tree = tree_of(repository, head)
    if tree == tree_of(repository, base):
        return GateResult(Judgement.PASS, tree)
    result = gate(base, head)
    wrong = result.outcome is Judgement.PASS and result.tree != tree
    return replace(result, outcome=Judgement.ERROR) if wrong else result


@dataclass(slots=True)
class Round:
    """What one pass knows.

    Attributes:
        tip: of the base, as this round has moved it.
        commits: task → the commit that puts it on top of those before it in its batch.
        verdicts: tree → the last red verdict about it; "" → the last of a gate that could not run.
        told: what came up while a batch was put together.
    """

    repository: Repository
    base: str
    gate: Gate
    style: Style
    memory: Memory
    passed: Passed
    land: Land
    tip: str
    commits: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Path | None] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def run(self, waiting: Sequence[Task]) -> Iterator[Told]:
        """Decide about all that wait."""
        tasks = {task.id: task for task in waiting}
        history = self.memory.history()

        def arrange(ids: Sequence[str]) -> list[str]:
            return self._arrange([tasks[name] for name in ids])

        def probe(ids: Sequence[str]) -> Probe:
            return self._probe([tasks[name] for name in ids])

        for step in settle(list(tasks), arrange, probe, history):
            yield from self._take_told()
            if isinstance(step, Landable):
                yield from self._land([tasks[name] for name in step.candidates])
            elif isinstance(step, Blamed):
                commit = self.commits[step.candidate]
                yield Returned(tasks[step.candidate], (), self._red_verdict(commit))
            elif isinstance(step, Flaked):
                commit = self.commits[step.candidates[-1]]
                yield Flaky(commit, self._red_verdict(commit))
            elif isinstance(step, Undecided):
                reason = f"The gate could not run, so nothing lands on {self.base} now."
                yield Waiting(reason, "", self.verdicts.get(""))
            history = history.after(step)
            self.memory.keep_history(history)
        yield from self._take_told()

    def _land(self, tasks: Sequence[Task]) -> list[Landed]:
        """Move the base to the last one's commit, which holds the others."""
        commits = [(task, self.commits[task.id]) for task in tasks]
        landed = self.land(self.tip, commits[-1][1], commits)
        self.tip = commits[-1][1]
        return landed

    def _red_verdict(self, commit: str) -> Path | None:
        """The last red verdict about the commit's tree."""
        return self.verdicts.get(tree_of(self.repository, commit))

    def _take_told(self) -> Iterator[Told]:
        told, self.told = self.told, []
        yield from told

    def _arrange(self, batch: Sequence[Task]) -> list[str]:
        """Put the branches on the tip, one on the other; those that conflict are told about, and left out."""
        top, fitting, made = self.tip, [], set()
        for task in batch:
            commit = put_on(self.repository, top, task, self.style, new_tip=top in made)
            if isinstance(commit, Conflict):
                self._tell_conflict(task, commit, alone=top == self.tip)
                continue
            self.commits[task.id] = top = commit
            if commit != task.head:
                made.add(commit)
            fitting.append(task.id)
        return fitting

    def _tell_conflict(self, task: Task, conflict: Conflict, *, alone: bool) -> None:
        """Against the base it goes back at once; against one that waits only when that one has landed: it may turn out bad."""
        on_base = conflict if alone else put_on(self.repository, self.tip, task, self.style)
        if isinstance(on_base, Conflict):
            finding = conflict_finding(self.repository, on_base, task, self.base)
            self.told.append(Returned(task, (finding,)))
        else:
            finding = conflict_finding(self.repository, conflict, task, self.base)
            self.told.append(Waiting(f"{task.branch} waits for one before it. {finding.message}", task.id))

    def _probe(self, prefix: Sequence[Task]) -> Probe:
        """The gate's word on the last one's commit, which holds the others."""
        last = prefix[-1]
        commit = self.commits[last.id]
        tree = tree_of(self.repository, commit)
        trees = tree_of(self.repository, self.tip), tree
        if (self.tip, commit) in self.passed or trees in self.passed:
            return Probe.GREEN
        result = ask(self.repository, self.gate, self.tip, commit)
        if result.outcome is Judgement.PASS:
            self.passed.add(*trees)
            return Probe.GREEN
        if result.outcome is Judgement.BLOCKED:
            self.verdicts[tree] = result.verdict_file
            return Probe.RED
        self.verdicts[""] = result.verdict_file
        return Probe.ERROR
