"""aider. It has no events and no tools, exits with 0 whatever happens, and commits by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.command import ANSWER_CHARACTERS, exit_ending
from agent_gate.agents.events import Hearing
from agent_gate.agents.model import End, Ending, Launch, Usage
from agent_gate.agents.service_errors import LONGEST_MESSAGE, failure

if TYPE_CHECKING:
    from agent_gate.agents.model import Job

name = "aider"
program = "aider"
version = ("--version",)

_ERROR = re.compile(
    r"^\W{0,20}(litellm\.\w+|The API provider|Unable to list)|\b(RateLimit|Authentication|APIConnection)Error\b"
)
_TOKENS = re.compile(r"Tokens: ([\d.]+)(k?) sent, ([\d.]+)(k?) received\.(?: Cost: \$([\d.]+) message)?")
_OVERFLOW = re.compile(r"has hit a token limit|exceeds the .* token limit", re.IGNORECASE)


def launch(job: Job) -> Launch:
    """Its own files (history, tags) go into the attempt's directory, so that none lies in the worktree."""
    rights = ("--chat-mode", "ask", "--no-auto-commits") if job.read_only else ("--yes-always",)
    argv = (
        *options.program(job, program),
        *(
            "--no-check-update",
            "--analytics-disable",
            "--no-gitignore",
            "--no-pretty",
            "--no-show-model-warnings",
        ),
        *("--no-show-release-notes", "--map-tokens", "0", *rights),
        *("--chat-history-file", str(job.directory / "aider.chat.md")),
        *("--input-history-file", str(job.directory / "aider.input")),
        *("--llm-history-file", str(job.directory / "aider.llm")),
        *(("--model", job.model) if job.model else ()),
        *options.arguments(job),
        f"--message={job.prompt}",
    )
    return Launch(argv, options.environment(job, DO_NOT_TRACK="1"))


def reader(job: Job) -> Reader:  # noqa: ARG001 - an adapter's signature
    """Reads what it prints."""
    return Reader()


class Reader(Hearing):
    """Its output as it is, all of it (or its start) the answer; tokens as it rounds them, and no session that could be named."""

    def read(self, line: str) -> str:
        """The line itself."""
        heard = self._heard
        if len(heard.answer) < ANSWER_CHARACTERS:
            heard.answer += line + "\n"
        shown, line = line, line[:LONGEST_MESSAGE]
        if found := _TOKENS.search(line):
            heard.trouble = None
            heard.usage += Usage(
                _tokens(found[1], found[2]), _tokens(found[3], found[4]), _number(found[5] or "0")
            )
        elif _OVERFLOW.search(line):
            heard.trouble = Ending(End.CONTEXT_OVERFLOW, line.strip())
        elif _ERROR.search(line):
            found_trouble = failure(line.strip())
            if heard.trouble is None or found_trouble.end is not End.CRASHED:
                heard.trouble = found_trouble
        heard.last_line = line if line.strip() else heard.last_line
        return shown

    def ending(self, exit_code: int | None) -> Ending:
        """Its last error where no answer followed, else its exit code."""
        return self._heard.trouble or exit_ending(exit_code, self._heard.last_line)


def _tokens(number: str, thousands: str) -> int:
    return round(_number(number) * (1000 if thousands else 1))


def _number(text: str) -> float:
    try:
        return float(text.rstrip("."))
    except ValueError:
        return 0.0
