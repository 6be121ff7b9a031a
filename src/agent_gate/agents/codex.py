"""OpenAI Codex CLI. On a long `Retry-After` it sleeps without a word; an item of type error may be a mere warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.events import EventReader, count, error_text, shown, text_of
from agent_gate.agents.model import Launch, Usage
from agent_gate.agents.service_errors import failure

if TYPE_CHECKING:
    from agent_gate.agents.events import Event, Heard
    from agent_gate.agents.model import Job

name = "codex"
program = "codex"
version = ("--version",)


def launch(job: Job) -> Launch:
    """Options stand before `resume`, which knows fewer of them."""
    rights = ("-s", "read-only") if job.read_only else ("--dangerously-bypass-approvals-and-sandbox",)
    argv = (
        *options.program(job, program),
        *("exec", "--json", "-C", str(job.worktree), *rights),
        *(("-m", job.model) if job.model else ()),
        *options.arguments(job),
        *(("resume", "--", job.session) if job.session else ("--",)),
        job.prompt,
    )
    return Launch(argv, options.environment(job))


def reader(job: Job) -> EventReader:  # noqa: ARG001 - an adapter's signature
    """Reads its events."""
    return EventReader(_hear)


def _hear(heard: Heard, event: Event) -> str:
    kind = event.get("type")
    if kind == "thread.started":
        heard.session = text_of(event.get("thread_id"))
    elif kind in {"item.started", "item.completed"}:
        return _item(heard, event["item"], over=kind == "item.completed")
    elif kind in {"error", "turn.failed"}:
        return heard.fails(failure(error_text(event)))
    elif kind == "turn.completed":
        used = event.get("usage")
        heard.usage += Usage(count(used, "input_tokens"), count(used, "output_tokens"))
        heard.ends()
    return ""


def _item(heard: Heard, item: dict[str, object], *, over: bool) -> str:
    kind = str(item.get("type"))
    if kind == "agent_message" and over:
        return heard.says(text_of(item.get("text")))
    if kind == "command_execution" and over:
        return f"  {item.get('exit_code')}: {shown(item.get('aggregated_output'))}"
    if kind == "command_execution":
        return heard.calls("shell", item.get("command"))
    if kind in {"file_change", "mcp_tool_call", "web_search"} and over:
        return heard.calls(kind, item.get("changes") or item.get("arguments") or item.get("query"))
    return text_of(item.get("message")) if kind == "error" else ""
