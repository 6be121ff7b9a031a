"""pytest's entry point: the options, and one decision: if the gate is asked for, start it isolated.

Every pytest run of an environment that has agent-gate installed imports this module: it costs next to nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent_gate.options import PREFIX, add_pytest_options

if TYPE_CHECKING:
    from collections.abc import Sequence


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; from the command line, start the gate here, before any conftest or plugin variable."""
    if _is_pytest_command_line() and PREFIX in sys.argv[1:]:
        from agent_gate.isolation import become_the_gate

        become_the_gate(sys.argv[1:], _worktree(sys.argv[1:]))
    add_pytest_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the gate for `pytest.main([...])` and `addopts`, where the command line did not show it."""
    if early_config.known_args_namespace.agent_gate:
        from agent_gate.isolation import isolated_arguments, isolated_environment

        args = [str(arg) for arg in early_config.invocation_params.args]
        worktree = _worktree(args)
        environment = isolated_environment(os.environ, worktree)
        argv = isolated_arguments(args, worktree)
        # Whatever ends us asks the gate to end, too (Linux): it has commands to end in their turn.
        ended = subprocess.run(argv, env=environment, check=False, preexec_fn=_end_with_parent)
        raise SystemExit(ended.returncode)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        from agent_gate.running.prctl import PR_SET_PDEATHSIG, prctl

        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _is_pytest_command_line() -> bool:
    """Whether sys.argv is pytest's own: `pytest`, `py.test`, or `python -m pytest`."""
    program = Path(sys.argv[0])
    return program.stem in {"pytest", "py.test"} or program.parts[-2:] == ("pytest", "__main__.py")


def _worktree(args: Sequence[str]) -> Path:
    """The value of `--agent-gate-worktree`, else the current directory."""
    flag = f"{PREFIX}-worktree"
    for position, arg in enumerate(args):
        if arg == flag and position + 1 < len(args):
            return Path(args[position + 1]).absolute()
        if arg.startswith(f"{flag}="):
            return Path(arg.partition("=")[2]).absolute()
    return Path.cwd()
