"""mini-swe-agent. It prints what a person reads; how it ended is in the trajectory that it writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agent_gate.agents import options
from agent_gate.agents.command import exit_ending
from agent_gate.agents.events import Hearing, count, text_of
from agent_gate.agents.model import AgentError, End, Ending, Launch, Usage
from agent_gate.agents.service_errors import LONGEST_MESSAGE, ending_of, failure

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.agents.model import Job

name = "mini"
program = "mini"
version = ("--help",)  # it has no other word for it

LONGEST_TRAJECTORY = 64 * 1024 * 1024  # bytes
_STEP = re.compile(r"mini-swe-agent \(step \d+, \$([\d.]+)\)")
_SERVICE_ERROR = re.compile(r"^\W{0,20}(litellm\.\w*(Error|Exception)|openai\.\w*Error|\w*Error: litellm)")


def launch(job: Job) -> Launch:
    """`MSWEA_CONFIGURED`: without it, it asks for a key in a dialogue.

    Raises:
        AgentError: it is asked a question, and has no mode in which it only reads.
    """
    if job.read_only:
        raise AgentError(
            "mini cannot be asked a question: it has no read-only mode. Configure another agent for it."
        )
    argv = (
        *options.program(job, program),
        *("-y", "--exit-immediately", "-o", str(_trajectory(job))),
        *(("-m", job.model) if job.model else ()),
        *options.arguments(job),
        f"--task={job.prompt}",
    )
    return Launch(argv, options.environment(job, MSWEA_CONFIGURED="true", MSWEA_SILENT_STARTUP="1"))


def reader(job: Job) -> Reader:
    """Reads what it prints, and its trajectory in the end."""
    return Reader(_trajectory(job))


class Reader(Hearing):
    """Its output as it is; money as it goes, tokens once it has ended. Session there is none."""

    def __init__(self, trajectory: Path) -> None:
        super().__init__()
        self._trajectory = trajectory

    def read(self, line: str) -> str:
        """The line itself."""
        shown, line = line, line[:LONGEST_MESSAGE]
        if step := _STEP.search(line):
            self._heard.trouble = None
            self._heard.usage = Usage(money=float(step[1].rstrip(".") or 0))
        elif _SERVICE_ERROR.match(line):
            self._heard.trouble = ending_of(line)
        self._heard.last_line = line if line.strip() else self._heard.last_line
        return shown

    def ending(self, exit_code: int | None) -> Ending:
        """As its trajectory says; while it runs, the last error of its service."""
        if exit_code is None:
            return self._heard.trouble or Ending(End.STOPPED)
        written = _read(self._trajectory)
        info = written.get("info") or {}
        self._heard.usage = _usage(written)
        self._heard.answer = text_of(info.get("submission"))
        status = text_of(info.get("exit_status"))
        if status == "Submitted":
            return Ending(End.FINISHED)
        if status == "LimitsExceeded":
            return Ending(End.OVER_BUDGET, "Its own limit of steps or cost is reached.")
        if status:
            return failure(_last_words(written) or status)
        if exit_code == 0:
            return Ending(End.CRASHED, "exit code 0, but no trajectory says how it ended")
        return self._heard.trouble or exit_ending(exit_code, self._heard.last_line)


def _trajectory(job: Job) -> Path:
    return job.directory / "trajectory.json"


def _read(trajectory: Path) -> dict[str, Any]:
    """The trajectory, which the agent may have written itself; {} where it is none."""
    try:
        with trajectory.open("rb") as file:
            found = json.loads(file.read(LONGEST_TRAJECTORY))
    except (OSError, ValueError, RecursionError):
        return {}
    usable = isinstance(found, dict) and isinstance(found.get("info") or {}, dict)
    return found if usable else {}


def _last_words(written: dict[str, Any]) -> str:
    """The message of what ended it."""
    messages = written.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    return text_of(last.get("content")) if isinstance(last, dict) else ""


def _usage(written: dict[str, Any]) -> Usage:
    """The sum over all answers of the model."""
    used = Usage()
    messages = written.get("messages")
    for message in messages if isinstance(messages, list) else ():
        extra = message.get("extra") if isinstance(message, dict) else None
        response = extra.get("response") if isinstance(extra, dict) else None
        usage = response.get("usage") if isinstance(response, dict) else None
        used += Usage(count(usage, "prompt_tokens"), count(usage, "completion_tokens"))
    stats = (written.get("info") or {}).get("model_stats")
    cost = stats.get("instance_cost") if isinstance(stats, dict) else 0
    return Usage(used.input_tokens, used.output_tokens, float(cost) if isinstance(cost, int | float) else 0.0)
