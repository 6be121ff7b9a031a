"""A pytest process that nothing of the worktree reaches: no conftest, no configuration, no plugin, no variable.

What this cannot cover is said in specs/trust.md. Imports nothing heavy: it runs before the gate is started.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.directories import cache_directory
from agent_gate.running.environment import CALLERS_PATH
from agent_gate.search_path import absolute_path, trusted_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN_CONFIG = Path(__file__).with_name("gate.ini")
SESSION_PLUGIN = "agent_gate.session"

# PYTHONPATH, PYTHONSTARTUP, PYTEST_ADDOPTS, PYTEST_PLUGINS, COVERAGE_PROCESS_START, … load code or options of others.
_DROPPED_PREFIXES = ("PYTEST_", "PYTHON", "COV_CORE_", "COVERAGE_", "LD_", "GIT_")


def isolated_arguments(pytest_args: Sequence[str], worktree: Path) -> list[str]:
    """The command that runs the gate with the caller's pytest arguments; ours come last, so that ours win."""
    own = [
        "--agent-gate",
        f"--rootdir={worktree if worktree.is_dir() else Path.cwd()}",  # the gate says what is wrong, and in its report
        "--noconftest",
        "--confcutdir=/",
        "-c",
        str(OWN_CONFIG),
        "-o",
        f"cache_dir={cache_directory() / 'pytest'}",
        "-p",
        "no:unraisableexception",  # it collects garbage for 50 ms, to warn of what tests have left
        "-p",
        SESSION_PLUGIN,
    ]
    args = list(pytest_args)
    end = args.index("--") if "--" in args else len(args)
    # -P: neither the current directory nor a script's directory is searched for modules.
    spoken = any(re.match(r"-(?:[qv]+|-quiet|-verbose|-verbosity=.*)$", arg) for arg in args[:end])
    verbosity = [] if spoken else ["--verbose"]  # a line for each rule
    return [sys.executable, "-P", "-m", "pytest", *verbosity, *args[:end], *own, *args[end:]]


def isolated_environment(environ: Mapping[str, str], worktree: Path) -> dict[str, str]:
    """The caller's environment without what would load foreign code or options into Python, pytest or git.

    What the gate itself starts (git, bwrap, ps) is not looked for in the worktree; commands get the caller's PATH.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(_DROPPED_PREFIXES)}
    path = environ.get(CALLERS_PATH) or environ.get("PATH", os.defpath)
    return {
        **kept,
        "PATH": trusted_path(path, worktree),
        CALLERS_PATH: absolute_path(path),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def become_the_gate(pytest_args: Sequence[str], worktree: Path) -> None:
    """Replace this process by the gate's; does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    argv = isolated_arguments(pytest_args, worktree)
    os.execve(argv[0], argv, isolated_environment(os.environ, worktree))  # noqa: S606 - argument list, no shell
