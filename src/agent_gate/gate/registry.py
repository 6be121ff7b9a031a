"""Which check decides which kind of rule: our own checks, and those of installed plugins."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from agent_gate import hookspecs
from agent_gate.checks import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.hookspecs import Check


class PluginError(Exception):
    """A plugin may not be used as it is; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A check and the plugin that offers it."""

    plugin: str
    check: Check


def load_checks(worktree: Path) -> dict[str, Registered]:
    """Checks by kind.

    Raises:
        PluginError: a plugin's code lies in the worktree that is judged, or two plugins decide one kind.
    """
    manager = pluggy.PluginManager("agent_gate")
    manager.add_hookspecs(hookspecs)
    for module in BUILTIN:
        manager.register(module, name=module.__name__)
    manager.load_setuptools_entrypoints("agent_gate")
    checks: dict[str, Registered] = {}
    for implementation in manager.hook.agent_gate_checks.get_hookimpls():
        _refuse_code_of_the_worktree(implementation, worktree)
        offered: Mapping[str, Check] = implementation.function()  # type: ignore[assignment]
        for kind, check in offered.items():
            if kind in checks:
                raise PluginError(
                    f"Two plugins decide rules of the kind {kind}: {checks[kind].plugin} and"
                    f" {implementation.plugin_name}; uninstall one of them."
                )
            checks[kind] = Registered(implementation.plugin_name, check)
    return checks


def _refuse_code_of_the_worktree(implementation: pluggy.HookImpl, worktree: Path) -> None:
    """The suspect may not bring its own judge (an editable install of the judged repository would)."""
    if implementation.plugin in BUILTIN:
        return
    module = sys.modules.get(implementation.function.__module__)
    source = getattr(module, "__file__", None)
    if source and Path(source).resolve().is_relative_to(worktree.resolve()):
        raise PluginError(
            f"The plugin {implementation.plugin_name} is loaded from the worktree that is judged ({source}):"
            " install it from somewhere else."
        )
