"""The plugin interface for agents: a package with an `agent_gate` entry point offers adapters of its own.

from agent_gate.hookspecs import hookimpl

@hookimpl
def agent_gate_agents():
    return [my_adapter]  # a module, or an object, as `agent_gate.agents.model.Adapter` describes it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.hookspecs import hookspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.agents.model import Adapter


@hookspec
def agent_gate_agents() -> Sequence[Adapter]:  # type: ignore[empty-body]
    """Adapters for agents' command lines; called when an agent is looked up that is not one of ours.

    Two adapters of one name are an error, and one of ours cannot be replaced.
    """
