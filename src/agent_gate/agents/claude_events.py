"""The event stream that Claude Code began and others speak in dialects: `system`, `assistant`, `user`, `result`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent_gate.agents.events import count, shown, text_of
from agent_gate.agents.model import End, Ending, Usage
from agent_gate.agents.service_errors import ending_of, failure

if TYPE_CHECKING:
    from agent_gate.agents.events import Event, Heard

_HIDDEN_ERROR = re.compile(r"\s*\[?(API Error|Error)\b", re.IGNORECASE)  # told as if the model had said it
_STATUS = re.compile(r"\b([45]\d\d)\b")


def hear(heard: Heard, event: Event, *, denials_count: bool = True) -> str:
    """Take one event in.

    Args:
        heard: what was learnt so far.
        event: of this run.
        denials_count: tools that were not permitted are a failure; not so where nothing was to be written.
    """
    heard.session = text_of(event.get("session_id")) or heard.session
    kind = event.get("type")
    if kind == "assistant":
        return _assistant(heard, event["message"])
    if kind == "user":
        return _tool_results(event["message"])
    if kind == "result":
        return _result(heard, event, denials_count=denials_count)
    if kind == "system" and event.get("subtype") == "api_retry":
        return _retry(heard, event)
    if kind == "rate_limit_event":
        return _limit(heard, event.get("rate_limit_info") or {})
    return ""


def _assistant(heard: Heard, message: dict[str, Any]) -> str:
    lines = []
    for block in message.get("content") or ():
        if block.get("type") == "tool_use":
            lines.append(heard.calls(str(block.get("name")), block.get("input")))
        elif block.get("type") == "text" and block["text"]:
            text = block["text"]
            hidden = _HIDDEN_ERROR.match(text) or message.get("model") == "<synthetic>"
            lines.append(heard.fails(failure(text)) if hidden else heard.says(text))
    if message.get("stop_reason") == "refusal":
        lines.append(heard.fails(Ending(End.REFUSED, "The model refused.")))
    used = message.get("usage") or {}
    heard.usage += Usage(_input(used), count(used, "output_tokens"))
    return "\n".join(lines)


def _tool_results(message: dict[str, Any]) -> str:
    content = message.get("content")
    if not isinstance(content, list):
        return ""
    results = [block for block in content if block.get("type") == "tool_result"]
    return "\n".join(
        f"  {'failed: ' if block.get('is_error') else ''}{shown(block.get('content'))}" for block in results
    )


def _result(heard: Heard, event: Event, *, denials_count: bool) -> str:
    if event.get("usage"):
        used = event["usage"]
        heard.usage = Usage(
            _input(used), count(used, "output_tokens"), float(event.get("total_cost_usd") or 0)
        )
    text = text_of(event.get("result"))
    if event.get("is_error") or event.get("subtype") != "success" or _HIDDEN_ERROR.match(text):
        error = event.get("error")
        words = (
            text
            or (text_of(error.get("message")) if isinstance(error, dict) else "")
            or str(event.get("subtype"))
        )
        found = failure(words, event.get("api_error_status"))
        return heard.fails(heard.trouble if heard.trouble and found.end is End.CRASHED else found)
    if heard.trouble and heard.trouble.end is End.REFUSED:
        return ""
    denied = event.get("permission_denials")
    if denied and denials_count:
        tools = ", ".join(sorted({str(entry.get("tool_name")) for entry in denied}))
        return heard.fails(Ending(End.REFUSED, f"Its tools were not permitted: {tools}."))
    return heard.ends(text)


def _retry(heard: Heard, event: Event) -> str:
    """The service failed, and the CLI tries again: it may do so for a long time."""
    status = event.get("error_status")
    words = f"{status or ''} {event.get('error') or ''}".strip()
    return heard.fails(ending_of(words) or Ending(End.CRASHED, f"Its service fails: {words}."))


def _limit(heard: Heard, info: dict[str, Any]) -> str:
    if info.get("status") != "rejected":
        return ""
    until = info.get("resetsAt")
    return heard.fails(
        Ending(
            End.RATE_LIMITED, "Its usage limit is reached.", float(until) if isinstance(until, int) else None
        )
    )


def _input(used: object) -> int:
    """All input tokens; those read from a cache count, too."""
    return count(used, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
