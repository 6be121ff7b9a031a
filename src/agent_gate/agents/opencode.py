"""opencode. It works where PWD says, not where it was started (the runner sets it); of a rate limit it speaks only in its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.events import EventReader, count, error_text, shown, text_of
from agent_gate.agents.model import Launch, Usage
from agent_gate.agents.service_errors import failure

if TYPE_CHECKING:
    from agent_gate.agents.events import Event, Heard
    from agent_gate.agents.model import Job

name = "opencode"
program = "opencode"
version = ("--version",)


def launch(job: Job) -> Launch:
    """Its own agent "plan" may read and not write."""
    rights = ("--agent", "plan") if job.read_only else ("--auto",)
    argv = (
        *options.program(job, program),
        *("run", "--format", "json", "--print-logs", "--log-level", "ERROR", *rights),
        *(("-m", job.model) if job.model else ()),
        *(("-s", job.session) if job.session else ()),
        *options.arguments(job),
        *("--", job.prompt),
    )
    return Launch(argv, options.environment(job, OPENCODE_DISABLE_AUTOUPDATE="1"))


def reader(job: Job) -> EventReader:  # noqa: ARG001 - an adapter's signature
    """Reads its events."""
    return EventReader(_hear)


def _hear(heard: Heard, event: Event) -> str:
    heard.session = text_of(event.get("sessionID")) or heard.session
    kind, part = event.get("type"), event.get("part") or {}
    if kind == "text":
        return heard.says(text_of(part.get("text")))
    if kind == "tool_use":
        state = part.get("state") or {}
        said = heard.calls(str(part.get("tool")), state.get("input"))
        return f"{said}\n  {shown(state.get('output') or state.get('error') or '')}"
    if kind == "error":
        return _error(heard, event.get("error"))
    if kind == "step_finish":
        tokens = part.get("tokens") or {}
        cache = tokens.get("cache") or {}
        heard.usage += Usage(
            count(tokens, "input") + count(cache, "read", "write"),
            count(tokens, "output", "reasoning"),
            float(part.get("cost") or 0),
        )
        _finish(heard, str(part.get("reason")))
    return ""


def _finish(heard: Heard, reason: str) -> None:
    if reason in {"stop", "length"}:
        heard.ends()
    elif reason not in {"tool-calls", "unknown"}:
        heard.fails(failure(f"The model stopped: {reason}."))


def _error(heard: Heard, error: object) -> str:
    data = error.get("data") if isinstance(error, dict) else None
    status = data.get("statusCode") if isinstance(data, dict) else None
    return heard.fails(failure(error_text(error), status if isinstance(status, int) else None))
