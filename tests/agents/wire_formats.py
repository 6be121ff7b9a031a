"""One reply of a model in four wire formats: OpenAI chat completions and responses, Anthropic messages, Gemini contents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

OVERFLOW = "prompt is too long: 210000 tokens exceed the maximum context length of 200000 tokens"


@dataclass(frozen=True)
class Reply:
    """Text, or one call of a tool; `refused` is the service's own word for it."""

    text: str = ""
    tool: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    call: str = "call_1"
    refused: bool = False


def format_of(path: str) -> str:
    """Which of the four a request's path is of."""
    if "enerateContent" in path or "/models/" in path:
        return "gemini"
    if "/messages" in path:
        return "anthropic"
    return "responses" if "/responses" in path else "chat"


def tools_of(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tools that a request offers: name → JSON schema of the arguments."""
    found = {}
    for entry in body.get("tools") or ():
        for tool in entry.get("functionDeclarations") or [entry.get("function") or entry]:
            schemas = (tool.get(name) for name in ("parameters", "parametersJsonSchema", "input_schema"))
            found[tool.get("name", "")] = next((schema for schema in schemas if schema), {})
    return found


def error_body(wire: str, status: int) -> bytes:
    """A service's words for a failure."""
    words = {
        429: "Rate limit reached",
        401: "Incorrect API key provided",
        500: "Internal error",
        400: OVERFLOW,
    }
    kinds = {429: "rate_limit_error", 401: "authentication_error", 500: "api_error"}
    codes = {429: "RESOURCE_EXHAUSTED", 401: "UNAUTHENTICATED", 500: "INTERNAL"}
    message = words.get(status, "Failure")
    if wire == "gemini":
        return _json({"error": {"code": status, "message": message, "status": codes.get(status, "UNKNOWN")}})
    error = {"type": kinds.get(status, "api_error"), "message": message}
    return _json({"type": "error", "error": error} if wire == "anthropic" else {"error": error})


def encode(wire: str, reply: Reply, path: str, body: dict[str, Any]) -> tuple[bytes, str]:
    """The reply's bytes and their content type, streamed where that was asked for."""
    if "countTokens" in path or "count_tokens" in path:
        return _json({"totalTokens": 100, "input_tokens": 100}), "application/json"
    whole, events = {"gemini": _gemini, "anthropic": _anthropic, "responses": _responses, "chat": _chat}[
        wire
    ](reply)
    streamed = "streamGenerateContent" in path if wire == "gemini" else bool(body.get("stream"))
    if not streamed:
        return _json(whole), "application/json"
    named = wire in {"anthropic", "responses"}
    lines = [
        (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event)}\n\n" for event in events
    ]
    if wire == "chat":
        lines.append("data: [DONE]\n\n")
    return "".join(lines).encode(), "text/event-stream"


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _chat(reply: Reply) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    finish = "content_filter" if reply.refused else "tool_calls" if reply.tool else "stop"
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.tool:
        function = {"name": reply.tool, "arguments": json.dumps(reply.arguments)}
        message["tool_calls"] = [{"id": reply.call, "type": "function", "function": function, "index": 0}]
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    head = {"id": "chat-1", "created": 1, "model": "scripted"}
    chunk = {**head, "object": "chat.completion.chunk"}
    events = [
        {**chunk, "choices": [{"index": 0, "delta": message, "finish_reason": None}]},
        {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
        {**chunk, "choices": [], "usage": usage},
    ]
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}, events


def _responses(reply: Reply) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    item: dict[str, Any] = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": reply.text, "annotations": []}],
    }
    if reply.refused:
        item["content"] = [{"type": "refusal", "refusal": reply.text}]
    if reply.tool:
        arguments = json.dumps(reply.arguments)
        item = {
            "type": "function_call",
            "id": "fc_1",
            "call_id": reply.call,
            "name": reply.tool,
            "arguments": arguments,
        }
    response = {
        "id": "resp_1",
        "object": "response",
        "status": "incomplete" if reply.refused else "completed",
        "incomplete_details": {"reason": "content_filter"} if reply.refused else None,
        "output": [item],
        "usage": {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110},
    }
    end = "response.incomplete" if reply.refused else "response.completed"
    return response, [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": end, "response": response},
    ]


def _anthropic(reply: Reply) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    stop = "refusal" if reply.refused else "tool_use" if reply.tool else "end_turn"
    usage = {"input_tokens": 100, "output_tokens": 10}
    if reply.tool:
        block = {"type": "tool_use", "id": reply.call, "name": reply.tool, "input": reply.arguments}
        start = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(reply.arguments)}
    else:
        block = {"type": "text", "text": reply.text}
        start = {**block, "text": ""}
        delta = {"type": "text_delta", "text": reply.text}
    message = {"id": f"msg_{reply.call}", "type": "message", "role": "assistant", "model": "scripted"}
    whole = {**message, "content": [block], "stop_reason": stop, "stop_sequence": None, "usage": usage}
    return whole, [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]


def _gemini(reply: Reply) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    call = {"functionCall": {"name": reply.tool, "args": reply.arguments}}
    content = {"role": "model", "parts": [call if reply.tool else {"text": reply.text}]}
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 10, "totalTokenCount": 110}
    if reply.refused:
        whole: dict[str, Any] = {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": usage,
        }
    else:
        whole = {
            "candidates": [{"index": 0, "content": content, "finishReason": "STOP"}],
            "usageMetadata": usage,
        }
    return whole, [whole]
