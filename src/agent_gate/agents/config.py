"""`agent`, `model` and `[agents.NAME]` of the configuration: which agents work, in which order, and how each is started."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from agent_gate.agents.command import template_words
from agent_gate.agents.model import AgentError
from agent_gate.agents.options import split
from agent_gate.agents.registry import all_adapters, find_adapter
from agent_gate.policy.config import convert, require_known
from agent_gate.policy.model import PolicyError
from agent_gate.policy.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.policy.config import Table


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of this agent may use; None: what the run of the orchestrator says.

    Attributes:
        seconds: wall time.
        silence: seconds without output.
        tokens: input and output together.
        money: US dollars.
        output_repeats: the same line so often in a row is a loop.
        workers: runs of this agent at once.
    """

    seconds: float | None = None
    silence: float | None = None
    tokens: int | None = None
    money: float | None = None
    output_repeats: int | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """One agent, ready to be started.

    Attributes:
        name: of its table, or of its adapter.
        adapter: which adapter starts it; "" is the one of the same name.
        command: the template of `command`; what to start instead of the program for every other adapter.
        args: further arguments.
        model: "" is the agent's default.
        env: further variables.
    """

    name: str
    adapter: str = ""
    command: str = ""
    args: tuple[str, ...] = ()
    model: str = ""
    env: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    @property
    def missing(self) -> str:
        """Its program, where that is not installed; "" where it is, or where only the worktree can say (`./agent.sh`, `{worktree}/…`)."""
        words = split(self.command) if self.command else (find_adapter(self.adapter).program,)
        program = words[0]
        in_worktree = "{" in program or ("/" in program and not program.startswith("/"))
        return "" if in_worktree or shutil.which(program, path=self.env.get("PATH")) else program

    @property
    def options(self) -> dict[str, Any]:
        """`Job.options`, as JSON holds them."""
        return {"command": self.command, "args": list(self.args), "env": dict(self.env)}


def configured_agents(found: Table | None, chosen: str = "") -> tuple[AgentConfig, ...]:
    """The agents in their fall-over order: the chosen one alone, else those of `agent`; empty where neither is said.

    Raises:
        PolicyError: an unknown key, agent or adapter (with the nearest known one), or a wrong type.
    """
    table: Mapping[str, Any] = found.table if found else {}
    where = found.where if found else "--agent"
    tables = _tables(table, where)
    order = _order(table, where)
    agents = tuple(_agent(name, tables, where) for name in ((chosen,) if chosen else order))
    model = table.get("model", "")
    if not isinstance(model, str):
        raise PolicyError(f"{where}: model is no text.")
    if not model or (chosen and order != (chosen,)):
        return agents
    if len(agents) != 1:
        raise PolicyError(f"{where}: model is of one agent; with {len(agents)}, write it into [agents.NAME].")
    return (replace(agents[0], model=agents[0].model or model),)


def one_off(template: str) -> AgentConfig:
    """The agent of `--agent-cmd`.

    Raises:
        PolicyError: the template cannot be split, or has a misspelt placeholder.
    """
    return _checked(AgentConfig("command", "command", template), "--agent-cmd")


def _order(table: Mapping[str, Any], where: str) -> tuple[str, ...]:
    order = table.get("agent", ())
    names = (order,) if isinstance(order, str) else order
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
        raise PolicyError(f"{where}: agent is neither a name nor a list of names.")
    if len(set(names)) != len(names):
        raise PolicyError(f"{where}: agent names one twice.")
    return tuple(names)


def _tables(table: Mapping[str, Any], where: str) -> dict[str, AgentConfig]:
    tables = table.get("agents", {})
    if not isinstance(tables, dict):
        raise PolicyError(f"{where}: agents is no table of agents.")
    known = {item.name.replace("_", "-") for item in fields(AgentConfig)} - {"name"}
    limits = {item.name.replace("_", "-") for item in fields(Limits)}
    read = {}
    for name, entry in tables.items():
        place = f"{where}, agents.{name}"
        if not isinstance(entry, dict):
            raise PolicyError(f"{place} is no table.")
        require_known(entry, known, place)
        own = entry.get("limits", {})
        if not isinstance(own, dict):
            raise PolicyError(f"{place}.limits is no table.")
        require_known(own, limits, f"{place}.limits")
        parsed: Limits = convert(own, Limits, f"{place}.limits")
        if any(value is not None and value <= 0 for value in asdict(parsed).values()):
            raise PolicyError(f"{place}.limits: a limit is more than 0; leave it out for none.")
        agent: AgentConfig = convert({**entry, "limits": {}, "name": name}, AgentConfig, place)
        read[name] = _checked(replace(agent, limits=parsed), place)
    return read


def _agent(name: str, tables: Mapping[str, AgentConfig], where: str) -> AgentConfig:
    adapters = all_adapters()
    if name not in tables and name not in adapters:
        raise PolicyError(f'{where}: there is no agent "{name}"{nearest(name, {*tables, *adapters})}')
    return tables.get(name) or _checked(AgentConfig(name), where)


def _checked(agent: AgentConfig, where: str) -> AgentConfig:
    """The agent with its adapter's name filled in: a table of another name with a command is one for `command`."""
    adapter = agent.adapter or (
        "command" if agent.command and agent.name not in all_adapters() else agent.name
    )
    try:
        found = find_adapter(adapter)
        if found.name == "command":
            template_words(agent.command)
    except AgentError as problem:
        raise PolicyError(f"{where}: {problem}") from problem
    return replace(agent, adapter=found.name)
