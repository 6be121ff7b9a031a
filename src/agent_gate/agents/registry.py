"""Which adapters there are: ours, and those of installed plugins."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

import pluggy

from agent_gate.agents import hookspecs
from agent_gate.agents.model import AgentError

if TYPE_CHECKING:
    from agent_gate.agents.model import Adapter

# each is a module of this package, imported when it is asked for: a runner needs one of them
BUILTIN = ("command", "aider", "claude", "codex", "cursor", "gemini", "mini", "opencode", "qwen")


def find_adapter(name: str) -> Adapter:
    """The adapter of a name; plugins are asked only where it is none of ours.

    Raises:
        AgentError: there is none, or plugins disagree.
    """
    if name in BUILTIN:
        return _builtin(name)
    known = all_adapters()
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(sorted(known))}."
    raise AgentError(f'There is no agent "{name}"; {hint}')


@cache
def all_adapters() -> dict[str, Adapter]:
    """Every adapter by its name, ours first.

    Raises:
        AgentError: two adapters have one name.
    """
    manager = pluggy.PluginManager("agent_gate")
    manager.add_hookspecs(hookspecs)
    manager.load_setuptools_entrypoints("agent_gate")
    found = {name: _builtin(name) for name in BUILTIN}
    for implementation in manager.hook.agent_gate_agents.get_hookimpls():
        for adapter in implementation.function():  # type: ignore[attr-defined]
            if adapter.name in found:
                raise AgentError(
                    f"The plugin {implementation.plugin_name} brings a second agent {adapter.name}: uninstall it,"
                    " or have it choose another name."
                )
            found[adapter.name] = adapter
    return found


def _builtin(name: str) -> Adapter:
    return cast("Adapter", import_module(f"agent_gate.agents.{name}"))
