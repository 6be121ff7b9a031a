"""A real repository, a real journal, and gates that decide by what a tree holds and count their runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import Journal, State, Task
from agent_gate.orchestrator.landing.lander import Lander
from agent_gate.orchestrator.landing.model import GateResult, Landed, Returned
from agent_gate.orchestrator.landing.state import Passed
from agent_gate.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repo


@dataclass
class World:
    """What landing works on; `is_red` says of a commit's files whether the gate blocks."""

    repo: Repo
    journal: Journal
    is_red: Callable[[set[str]], bool] = lambda files: bool({"bad"} & files)
    runs: list[tuple[str, str]] = field(default_factory=list)
    passed: Passed = field(default_factory=Passed)
    before_gate: Callable[[], object] = lambda: None

    def gate(self, base: str, head: str) -> GateResult:
        self.runs.append((base, head))
        self.before_gate()
        files = set(self.repo.git("ls-tree", "-r", "--name-only", head).splitlines())
        outcome = Judgement.BLOCKED if self.is_red(files) else Judgement.PASS
        if not self.repo.git("rev-list", f"{base}..{head}"):  # as the real one: there is nothing to judge
            outcome = Judgement.ERROR
        return GateResult(outcome, self.repo.git("rev-parse", f"{head}^{{tree}}"))

    def lander(self, owner: str = "run-1", **options: object) -> Lander:
        repository = open_repository(self.repo.path)
        options = {"gate": self.gate, "is_gone": lambda _: False, "passed": self.passed, **options}
        return Lander(repository, self.journal, "main", owner, **options)  # type: ignore[arg-type]

    def queued(self, name: str, files: dict[str, str | bytes] | None = None, start: str = "main") -> Task:
        """A task whose branch, from `start`, has one commit with these files, and has passed alone."""
        base = self.repo.git("rev-parse", start)
        self.repo.git("switch", "-q", "-C", f"agent/{name}", base)
        head = self.repo.commit(f"feat: add {name}", files or {name: f"{name}\n"})
        self.repo.git("switch", "-q", "main")
        task = Task(name, f"Add {name}", branch=f"agent/{name}", base=base, head=head)
        begun = self.journal.begin(task, "run-1")
        assert begun
        self.passed.add(base, head)
        return self.journal.advance(begun, State.QUEUED)

    def round(self, lander: Lander | None = None) -> list[object]:
        """One round, whose landed tasks are closed and whose returned ones are held, as the orchestrator does it."""
        told = []
        for event in (lander or self.lander()).round():
            told.append(event)
            if isinstance(event, Landed):
                self.journal.advance(event.task, State.CLOSED)
            elif isinstance(event, Returned):
                self.journal.advance(event.task, State.HELD)
        return told

    def files(self, rev: str = "main") -> set[str]:
        return set(self.repo.git("ls-tree", "-r", "--name-only", rev).splitlines())

    def tip(self) -> str:
        return self.repo.git("rev-parse", "main")

    def states(self) -> dict[str, str]:
        return {task.id: str(task.state) for task in self.journal.tasks()}


@pytest.fixture
def world(make_repo, tmp_path):
    """`main` is checked out in the repository, as it usually is; landing has seen its tip."""
    journal = Journal(tmp_path / "journal.db")
    world = World(make_repo({"README.md": "# A project\n", "shared.txt": "1\n2\n3\n"}), journal)
    list(world.lander().round())
    yield world
    journal.close()
