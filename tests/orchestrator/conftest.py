"""Attempts with real processes: an agent is a shell script."""

from __future__ import annotations

import os
import select
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from agent_gate.agents.config import AgentConfig
from agent_gate.orchestrator import attempts
from agent_gate.orchestrator.attempt_files import Attempt, Exit, Limits, RunState, read_state
from agent_gate.orchestrator.config import Configured, RunConfig
from agent_gate.orchestrator.journal import Journal
from agent_gate.orchestrator.owner import new_owner
from agent_gate.orchestrator.site import Site
from agent_gate.orchestrator.slots import Slots
from agent_gate.orchestrator.tracking import Desk
from agent_gate.repository import open_repository
from agent_gate.tracker.find import find_tracker, open_outbox

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Prepared:
    """An attempt whose agent runs a shell script."""

    worktree: Path
    directory: Path
    _told: list[int] = field(default_factory=list)

    def start(self) -> None:
        attempts.start(self.directory)

    def wait(self) -> Exit:
        ended = attempts.wait(self.worktree, self.directory)
        assert isinstance(ended, Exit), (self.directory / "runner.err").read_text()
        return ended

    def run(self) -> Exit:
        self.start()
        return self.wait()

    def says(self, word: str) -> None:
        """Wait until the agent has written a line to the file `said` in its worktree (a fifo)."""
        descriptor = os.open(self.worktree / "said", os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert select.select([descriptor], [], [], 30)[0], f"the agent does not say {word}"
            assert os.read(descriptor, 100) == f"{word}\n".encode()
        finally:
            os.close(descriptor)

    def tell(self, word: str) -> None:
        """Write a line to the file `told` in its worktree (a fifo), whether somebody reads it or not."""
        descriptor = os.open(self.worktree / "told", os.O_RDWR)
        os.write(descriptor, f"{word}\n".encode())
        self._told.append(descriptor)  # a fifo that nobody has open is empty again

    @property
    def state(self) -> RunState:
        state = read_state(self.directory)
        assert state is not None
        return state

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text()


@pytest.fixture
def attempt_of(tmp_path):
    """Prepare an attempt of a script; what still runs at the end is stopped."""
    made = []

    def make(
        script: str, *, prompt: str = "do it", command: str = "", agent: str = "command", **fields
    ) -> Prepared:
        number = len(made) + 1
        worktree = tmp_path / "pool" / "1"
        worktree.mkdir(parents=True, exist_ok=True)
        (tmp_path / "agent.sh").write_text(script)
        prepared = Prepared(worktree, tmp_path / "attempts" / str(number))
        fields["limits"] = Limits(**fields.pop("limits", {"seconds": 60}))
        attempt = Attempt(
            agent=agent,
            task="t-1",
            attempt=number,
            worktree=worktree,
            directory=prepared.directory,
            options={"command": command or f"sh {tmp_path}/agent.sh"},
            **fields,
        )
        attempts.prepare(attempt, prompt)
        made.append(prepared)
        return prepared

    yield make
    for prepared in made:
        attempts.stop(prepared.worktree, prepared.directory)
        for descriptor in prepared._told:
            os.close(descriptor)


@pytest.fixture
def site(make_repo):
    """A repository with rules, as a run sees it."""
    repository = open_repository(make_repo({"AGENTS.md": "# Rules\n\n- Run `ruff check .`.\n"}).path)
    directory = repository.common_dir / "agent-gate"
    desk = Desk(find_tracker(repository), open_outbox(repository), "tester", lambda _: None)
    journal, owner = Journal(directory / "journal.db"), new_owner(directory / "runs")
    configured = Configured(RunConfig(), tuple(AgentConfig(name, "command", "sh") for name in ("one", "two")))
    yield Site(
        repository=repository,
        base="main",
        journal=journal,
        owner=owner,
        desk=desk,
        configured=lambda: configured,
        tell=lambda _task, _sentence: None,
        leaving=threading.Event(),
        changed=threading.Event(),
        slots=Slots(1),
        at_once=lambda: 1,
    )
    desk.close()
    journal.close()
    os.close(owner.lock)
