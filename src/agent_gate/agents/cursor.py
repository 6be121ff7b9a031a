"""Cursor's agent, by its documentation: it needs an account of its own, so no test here has run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.agents import claude_events, options
from agent_gate.agents.events import EventReader, error_text, shown
from agent_gate.agents.model import Launch

if TYPE_CHECKING:
    from agent_gate.agents.events import Event, Heard
    from agent_gate.agents.model import Job

name = "cursor"
program = "cursor-agent"
version = ("--version",)


def launch(job: Job) -> Launch:
    """`--trust`: the worktree is new to it."""
    rights = ("--mode", "ask") if job.read_only else ("--force",)
    argv = (
        *options.program(job, program),
        *("-p", "--trust", "--output-format", "stream-json", *rights),
        *(("--model", job.model) if job.model else ()),
        *(("--resume", job.session) if job.session else ()),
        *options.arguments(job),
        *("--", job.prompt),
    )
    return Launch(argv, options.environment(job))


def reader(job: Job) -> EventReader:  # noqa: ARG001 - an adapter's signature
    """Reads its events: those of Claude Code, with tool calls of a shape of their own."""
    return EventReader(_hear)


def _hear(heard: Heard, event: Event) -> str:
    if event.get("type") != "tool_call":
        return claude_events.hear(heard, event)
    ((tool, call),) = event["tool_call"].items()
    if event.get("subtype") == "started":
        return heard.calls(tool.removesuffix("ToolCall"), call.get("args"))
    result = call.get("result") or {}
    return (
        f"  {shown(result['success'])}" if "success" in result else f"  failed: {shown(error_text(result))}"
    )
