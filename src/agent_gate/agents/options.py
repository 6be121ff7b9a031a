"""What every agent's table of the configuration may say, as a launch needs it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agent_gate.agents.model import AgentError

if TYPE_CHECKING:
    from agent_gate.agents.model import Job


def split(text: str) -> tuple[str, ...]:
    """A command line in words, as a shell would split it; nothing is expanded.

    Raises:
        AgentError: it is empty, or its quotes do not match.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as problem:
        raise AgentError(f"The agent's command `{text}` cannot be split: {problem}.") from problem
    if not words:
        raise AgentError("The agent's command is empty: say what to start.")
    return words


def program(job: Job, default: str) -> tuple[str, ...]:
    """What to start: `command` of the table ("npx gemini", a path), else the adapter's own program."""
    command = job.options.get("command")
    return split(str(command)) if command else (default,)


def arguments(job: Job) -> tuple[str, ...]:
    """`args` of the table: further arguments, after the adapter's own options."""
    given = job.options.get("args") or ()
    return tuple(map(str, given)) if isinstance(given, list | tuple) else ()


def environment(job: Job, **own: str) -> dict[str, str]:
    """The adapter's own variables and, over them, `env` of the table."""
    given = job.options.get("env") or {}
    return own | ({str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {})
