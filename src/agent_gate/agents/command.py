"""Any command as an agent: a template of arguments, or the prompt on its standard input."""

from __future__ import annotations

import difflib
import re
import signal
from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.model import AgentError, End, Ending, Launch, Usage
from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from agent_gate.agents.model import Job

name = "command"
program = ""
version: tuple[str, ...] = ()

PLACEHOLDERS = ("prompt", "prompt_file", "worktree", "task_id")
ANSWER_CHARACTERS = 1_000_000  # kept of its output
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def launch(job: Job) -> Launch:
    """The template, split once and then filled in, so that a prompt stays one argument whatever it holds.

    Raises:
        AgentError: there is no template, it cannot be split, or a placeholder is misspelt.
    """
    template = template_words(str(job.options.get("command") or ""))
    values = {
        "prompt": job.prompt,
        "prompt_file": str(job.prompt_file),
        "worktree": str(job.worktree),
        "task_id": job.task,
    }
    argv = tuple(
        _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), word)
        for word in (*template, *options.arguments(job))
    )
    told = any(f"{{{word}}}" in part for part in template for word in ("prompt", "prompt_file"))
    return Launch(argv, options.environment(job), None if told else job.prompt.encode())


def template_words(template: str) -> tuple[str, ...]:
    """The words of a template; braces that are near none of the placeholders are left as they are.

    Raises:
        AgentError: as `launch` says.
    """
    words = options.split(template)
    for word in words:
        for found in _PLACEHOLDER.findall(word):
            close = difflib.get_close_matches(found, PLACEHOLDERS, 1, 0.75)
            if close and found not in PLACEHOLDERS:
                raise AgentError(
                    f'The agent\'s command has an unknown placeholder {{{found}}}; did you mean "{{{close[0]}}}"?'
                )
    return words


def reader(job: Job) -> Passed:  # noqa: ARG001 - an adapter's signature
    """A reader that passes everything on."""
    return Passed()


class Passed:
    """Output as it is; how the run ended is what its exit code says."""

    session = ""
    usage = Usage()

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._kept = 0
        self._last = ""

    @property
    def answer(self) -> str:
        """All that it printed, or the start of it."""
        return "\n".join(self._lines)

    def read(self, line: str) -> str:
        """The line itself."""
        if self._kept < ANSWER_CHARACTERS:
            self._lines.append(line)
            self._kept += len(line) + 1
        self._last = line if line.strip() else self._last
        return line

    def ending(self, exit_code: int | None) -> Ending:
        """Finished where it exits with 0."""
        return exit_ending(exit_code, self._last)


def exit_ending(exit_code: int | None, last_words: str = "") -> Ending:
    """How a run ended by its exit code alone, with what it said last as the reason."""
    if exit_code is None:
        return Ending(End.STOPPED)
    if exit_code == 0:
        return Ending(End.FINISHED)
    how = f"exit code {exit_code}" if exit_code > 0 else f"ended by {_signal_name(-exit_code)}"
    return Ending(End.CRASHED, f"{how}: {one_line(last_words)}" if last_words.strip() else how)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
