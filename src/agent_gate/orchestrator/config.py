"""`[tool.agent-gate.run]`: how the orchestrator works. Read from the checkout that it was started in, and again when that changes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from agent_gate.agents.config import configured_agents
from agent_gate.orchestrator.landing.model import Style
from agent_gate.policy.config import config_table, convert, require_known
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.model import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.agents.config import AgentConfig

PRE_PROMPT = """\
You work alone and unattended on one task, in a git worktree of your own, on a branch of your own. Nobody answers questions.
Read AGENTS.md and README.md first. Finish the whole task. Run the tests and the linters before you stop. Commit all your work on
the branch that is checked out; do not push, merge, or switch branches: when you stop, a gate checks your branch, and lands it if it passes.
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be used; 0 is no limit. Money in US dollars, seconds of wall time."""

    seconds: float = 0.0
    tokens: int = 0
    money: float = 0.0


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The table; in TOML the names have hyphens.

    Attributes:
        workers: agents at once; 0: one a core.
        attempts: of one task, before it is held.
        base: branch that is landed on; "" is the one that is checked out where the run is started.
        landing: how branches are put on a base that has moved.
        pre_prompt: what every agent is told first.
        time_limit: seconds of one attempt.
        silence_limit: seconds without output after which an agent counts as stuck.
        output_repeats: times that the same lines may come in a row …
        repeat_seconds: … if that goes on for at least this long.
        gate_limit: seconds of one run of the gate.
        note_seconds: between two notes with an agent's latest output.
        follow_ups: whether issues that the gate filed as follow-ups are worked on, too.
        task_budget: of one task, all its attempts together.
        run_budget: of one run of the orchestrator.
        night_budget: of all runs within twelve hours.
    """

    workers: int = 0
    attempts: int = 3
    base: str = ""
    landing: Style = Style.MERGE
    pre_prompt: str = PRE_PROMPT
    time_limit: float = 3600.0
    silence_limit: float = 900.0
    output_repeats: int = 200
    repeat_seconds: float = 30.0
    gate_limit: float = 3600.0
    note_seconds: float = 300.0
    follow_ups: bool = True
    task_budget: Budget = field(default_factory=Budget)
    run_budget: Budget = field(default_factory=Budget)
    night_budget: Budget = field(default_factory=Budget)

    @property
    def at_once(self) -> int:
        """How many agents may run at once."""
        return self.workers or os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Configured:
    """All that a run reads: its table, and its agents in the order in which they stand in for each other."""

    run: RunConfig
    agents: tuple[AgentConfig, ...]


def read_configured(directory: Path, agent: str = "") -> Configured:
    """What the files in `directory` say; `agent` is the one that the command line names.

    Raises:
        PolicyError: an unknown key (with the nearest known one), or a wrong type.
    """
    found = config_table(DirectorySnapshot(directory))
    agents = configured_agents(found, agent)
    table = found.table.get("run", {}) if found else {}
    where = f"{found.where}, run" if found else "run"
    if not isinstance(table, dict):
        raise PolicyError(f"{where} is no table.")
    require_known(table, {item.name.replace("_", "-") for item in fields(RunConfig)}, where)
    budgets = [name for name in ("task-budget", "run-budget", "night-budget") if name in table]
    for name in budgets:
        if not isinstance(table[name], dict):
            raise PolicyError(f"{where}.{name} is no table.")
        require_known(table[name], {item.name for item in fields(Budget)}, f"{where}.{name}")
    run: RunConfig = convert(table, RunConfig, where)
    if run.attempts < 1 or run.workers < 0:
        raise PolicyError(f"{where}: attempts is at least 1, and workers at least 0.")
    return Configured(run, agents)
