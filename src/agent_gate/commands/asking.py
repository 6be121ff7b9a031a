"""What the commands that ask an agent have in common: which agent it is, and that a person says yes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agent_gate.agents.config import AgentConfig, configured_agents, one_off
from agent_gate.policy.config import config_table
from agent_gate.policy.files import DirectorySnapshot

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def chosen_agents(options: argparse.Namespace, root: Path) -> tuple[AgentConfig, ...]:
    """The agent of the command line, else those of the working files' configuration.

    Raises:
        PolicyError: the configuration or the template cannot be read.
    """
    if options.agent_cmd:
        return (one_off(options.agent_cmd),)
    return configured_agents(config_table(DirectorySnapshot(root)), options.agent or "")


def asking(agents: tuple[AgentConfig, ...], what: str) -> None:
    """Say on standard error who is thinking now."""
    if agents:
        print(f"agent-gate: {' or '.join(agent.name for agent in agents)} {what} …", file=sys.stderr)


def confirmed(question: str) -> bool:
    """Whether a person says yes; the end of the input is a no."""
    print(f"{question} [y/N] ", end="", flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        print()
    return answer.strip().lower() in {"y", "yes"}
