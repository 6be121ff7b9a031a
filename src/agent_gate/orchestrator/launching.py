"""Starting an agent: its arguments, its environment, and that it dies with us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from agent_gate.agents.fitting import inherited
from agent_gate.orchestrator.git_settings import with_git_settings
from agent_gate.orchestrator.leftovers import MARK
from agent_gate.plain_text import one_line
from agent_gate.running.prctl import PR_SET_PDEATHSIG, prctl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.agents.model import Launch
    from agent_gate.orchestrator.attempt_files import Attempt


def start(launch: Launch, attempt: Attempt) -> subprocess.Popen[bytes]:
    """The agent, running in a process group of its own, with pipes for what it says.

    Raises:
        OSError, ValueError: it cannot be started; `why_not_started` words it.
    """
    runner = os.getpid()

    def die_with_us() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != runner:  # we were killed in between
            os._exit(1)

    with contextlib.ExitStack() as stack:
        stdin: int = subprocess.DEVNULL
        if launch.stdin is not None:  # a file, so that no agent waits for its end
            (attempt.directory / "stdin").write_bytes(launch.stdin)
            stdin = stack.enter_context((attempt.directory / "stdin").open("rb")).fileno()
        return subprocess.Popen(
            launch.argv,
            cwd=attempt.worktree,
            env=_environment(launch, attempt, os.environ),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            process_group=0,
            preexec_fn=die_with_us,  # noqa: PLW1509 - this process has one thread
        )


def _environment(launch: Launch, attempt: Attempt, caller: Mapping[str, str]) -> dict[str, str]:
    """What the agent sees: the caller's environment, with its login, and ours."""
    ours = {
        "AGENT_GATE_TASK": attempt.task,
        "AGENT_GATE_ATTEMPT": str(attempt.attempt),
        "AGENT_GATE_BASE": attempt.base,
        MARK: str(attempt.worktree),
        "PWD": str(attempt.worktree),  # some believe it more than where they are
    }
    environment = {**inherited(caller), **launch.environment, **attempt.environment, **ours}
    return with_git_settings(environment, attempt.git_config)


def why_not_started(problem: OSError | ValueError, launch: Launch, attempt: Attempt) -> str:
    """One sentence for what `start` raised."""
    if not attempt.worktree.is_dir():
        return f"The worktree {attempt.worktree} is missing."
    program = one_line(launch.argv[0], 100)
    if isinstance(problem, FileNotFoundError):
        return f"`{program}` is not installed, or not on PATH."
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return f"`{program}` could not be started: {reason}."
