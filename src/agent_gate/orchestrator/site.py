"""What the steps of a task need: one repository, as one run of the orchestrator sees it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent_gate.changes import snapshot_at
from agent_gate.orchestrator.landing.base import Base
from agent_gate.orchestrator.landing.state import Passed
from agent_gate.policy import load_policy, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent_gate.orchestrator.config import Configured
    from agent_gate.orchestrator.journal import Journal, State, Task
    from agent_gate.orchestrator.owner import Owner
    from agent_gate.orchestrator.slots import Slots
    from agent_gate.orchestrator.tracking import Desk
    from agent_gate.policy.model import Policy
    from agent_gate.policy.settings import Settings
    from agent_gate.repository import Repository
    from agent_gate.tracker.model import Issue

POLICIES = 8  # that are kept: of the base's tip, and of the bases that tasks began on


@dataclass(frozen=True, slots=True)
class Site:
    """One repository.

    Attributes:
        repository: the checkout that the run was started in.
        base: short name of the branch that is landed on.
        configured: the configuration as it is now.
        tell: (task, sentence) for a person; the task is "" for the run as a whole.
        leaving: set when no further attempt may begin.
        changed: set when there may be something to do for dispatcher or lander.
        slots: of all repositories of this run.
        at_once: how many of them this repository may have.
        policies: the latest policies that were asked for, by commit.
        deriving: held by who derives one; others that want it wait for that.
        passed: what the gate has passed in this run.
        output_ends: (task, its log) is told when no more comes from its attempt.
        begun: issues as the tracker gave them a moment ago, by id: asking again would cost a call.
    """

    repository: Repository
    base: str
    journal: Journal
    owner: Owner
    desk: Desk
    configured: Callable[[], Configured]
    tell: Callable[[str, str], None]
    leaving: threading.Event
    changed: threading.Event
    slots: Slots
    at_once: Callable[[], int]
    passed: Passed = field(default_factory=Passed)
    output_ends: Callable[[Task, Path], None] = lambda _task, _log: None
    begun: dict[str, Issue] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    deriving: threading.Lock = field(default_factory=threading.Lock)

    @property
    def directory(self) -> Path:
        """Where agent-gate keeps what belongs to the repository."""
        return self.repository.common_dir / "agent-gate"

    def attempt_directory(self, task: Task) -> Path:
        """The files of the task's current attempt."""
        return self.directory / "attempts" / task.id / str(task.attempt)

    def tip(self) -> str:
        """Sha of the base.

        Raises:
            RepositoryError: there is no such branch.
        """
        return Base(self.repository, self.base).tip()

    def settings_at(self, commit: str) -> Settings:
        """The gate's settings at a commit."""
        return load_settings(snapshot_at(self.repository, commit))

    def policy_at(self, commit: str) -> Policy:
        """The policy at a commit; deriving it takes a tenth of a second, and every prompt and every round of landing asks."""
        with self.deriving:
            if commit not in self.policies:
                if len(self.policies) >= POLICIES:
                    self.policies.clear()
                self.policies[commit] = load_policy(snapshot_at(self.repository, commit))
            return self.policies[commit]

    def ours(self, *states: State) -> list[Task]:
        """The tasks of this run in one of these states; in any, where none is named."""
        return [task for task in self.journal.tasks(*states) if task.owner == self.owner.id]

    def live_tasks(self) -> frozenset[str]:
        """Ids of the tasks that are under way, in this run or another."""
        return frozenset(task.id for task in self.journal.live())
