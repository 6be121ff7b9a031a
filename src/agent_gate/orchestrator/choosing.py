"""Which agent works next: the first of the configured ones that is installed, and that its service lets work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agent_gate.agents.model import End
from agent_gate.orchestrator.journal import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.agents.config import AgentConfig
    from agent_gate.orchestrator.attempt_files import Exit
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.site import Site

FIRST_BACKOFF = 60.0  # seconds; doubled each time
LAST_BACKOFF = 3600.0
LOGIN_BACKOFF = 900.0  # a person has to log in
BUSY_SECONDS = 2.0  # before another look at agents that have as many tasks as they may have
LONGEST_LIMIT = 8 * 86400.0  # no service's limit lasts longer; an agent may say anything


def choose(site: Site, agents: Sequence[AgentConfig], task: Task) -> AgentConfig | None:
    """The agent for the task's next attempt; None where none may work now."""
    clock = time.time()
    working = [other.agent for other in site.journal.tasks(State.WORKING) if other.id != task.id]
    for agent in agents:
        most = agent.limits.workers
        busy = most and working.count(agent.name) >= most
        if not busy and _until(site, agent.name) <= clock and not agent.missing:
            return agent
    return None


def why_none(site: Site, agents: Sequence[AgentConfig]) -> tuple[float, str]:
    """When it is worth to look again, seconds since 1970; and why `choose` found nobody."""
    soon = time.time() + BUSY_SECONDS
    installed = [agent for agent in agents if not agent.missing]
    if not installed:  # since the run began: one that updates itself is gone for a moment
        return soon, f"no agent is installed any more: {_names(agents)}"
    first = min(_until(site, agent.name) for agent in installed)
    if first > time.time():
        return max(
            soon, first
        ), f"every agent is at its limit until {time.strftime('%H:%M:%S', time.localtime(first))}"
    return soon, "every agent has as many tasks as it may have"


def missing_agents(agents: Sequence[AgentConfig]) -> str:
    """Why none of these can work, as a sentence; "" where one is installed."""
    if any(not agent.missing for agent in agents):
        return ""
    return f"No agent is installed ({_names(agents)}): install one, put it on PATH, or name another (`agent-gate agents` lists them)."


def _names(agents: Sequence[AgentConfig]) -> str:
    return ", ".join(f"no `{agent.missing}`" for agent in agents)


def note_limit(site: Site, name: str, ended: Exit) -> float:
    """Leave the agent alone for a while; until when, seconds since 1970."""
    known = site.journal.fact(f"limit:{name}") or {}
    clock = time.time()
    fresh = clock - float(known.get("until", 0)) > LAST_BACKOFF  # it has worked since
    backoff = FIRST_BACKOFF if fresh else min(2 * float(known.get("backoff", FIRST_BACKOFF)), LAST_BACKOFF)
    wait = LOGIN_BACKOFF if ended.end is End.NOT_LOGGED_IN else backoff
    until = ended.until if ended.until and ended.until > clock else clock + wait
    until = min(until, clock + LONGEST_LIMIT)
    site.journal.know(f"limit:{name}", {"until": until, "backoff": backoff})
    return until


def _until(site: Site, name: str) -> float:
    return float((site.journal.fact(f"limit:{name}") or {}).get("until", 0))
