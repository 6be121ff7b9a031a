"""Gemini CLI. Its exit code is an HTTP status modulo 256."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.events import EventReader, count, error_text, shown, text_of
from agent_gate.agents.model import End, Launch, Usage
from agent_gate.agents.service_errors import failure

if TYPE_CHECKING:
    from agent_gate.agents.events import Event, Heard
    from agent_gate.agents.model import Job

name = "gemini"
program = "gemini"
version = ("--version",)


def launch(job: Job) -> Launch:
    """`--skip-trust`: the worktree is new to it; `--prompt=` in one word, so that a prompt may begin with a dash."""
    argv = (
        *options.program(job, program),
        *("--skip-trust", "--approval-mode", "plan" if job.read_only else "yolo", "-o", "stream-json"),
        *(("-m", job.model) if job.model else ()),
        *(("-r", job.session) if job.session else ()),
        *options.arguments(job),
        f"--prompt={job.prompt}",
    )
    return Launch(argv, options.environment(job))


def reader(job: Job) -> EventReader:  # noqa: ARG001 - an adapter's signature
    """Reads its events."""
    return EventReader(_hear)


def _hear(heard: Heard, event: Event) -> str:
    kind = event.get("type")
    if kind == "init":
        heard.session = text_of(event.get("session_id"))
    elif kind == "message" and event.get("role") == "assistant":
        return heard.says(text_of(event.get("content")), goes_on=bool(event.get("delta")))
    elif kind == "tool_use":
        return heard.calls(str(event.get("tool_name")), event.get("parameters"))
    elif kind == "tool_result":
        failed = "" if event.get("status") == "success" else "failed: "
        return f"  {failed}{shown(event.get('output') or error_text(event.get('error') or ''))}"
    elif kind == "error":
        return heard.fails(failure(error_text(event)))
    elif kind == "result":
        return _result(heard, event)
    return ""


def _result(heard: Heard, event: Event) -> str:
    used = event.get("stats")
    heard.usage = Usage(count(used, "input_tokens"), count(used, "output_tokens"))
    if event.get("status") == "success":
        return "" if heard.trouble and heard.trouble.end is not End.CRASHED else heard.ends()
    found = failure(error_text(event.get("error") or event))
    return heard.fails(heard.trouble if heard.trouble and found.end is End.CRASHED else found)
