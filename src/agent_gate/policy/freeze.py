"""What was derived, as explicit configuration: for review, and for a policy that no rewording of AGENTS.md changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.model import Policy, Rule


def frozen(policy: Policy) -> str:
    """TOML for pyproject.toml; loading it enforces the same rules, and derives none."""
    lines = [
        "# Written by `agent-gate policy --freeze`: review it, then put it into pyproject.toml.",
        "[tool.agent-gate]",
        "derived = false",
    ]
    for rule in policy.enforced:
        if rule.kind is Kind.REVIEW:  # a table of its own says it already
            continue
        lines += [
            "",
            f"[tool.agent-gate.rules.{_value(rule.id)}]",
            *(f"{key} = {_value(value)}" for key, value in _entries(rule)),
        ]
    return "\n".join(lines) + "\n"


def _entries(rule: Rule) -> Iterator[tuple[str, Any]]:
    yield "kind", rule.kind.value
    if rule.value is not None:
        yield "value", rule.value
    yield "enabled", True
    yield "severity", rule.severity.value
    yield "text", rule.source.text
    yield "source", f"{rule.source.path}:{rule.source.line}"
    if rule.scope:
        yield "scope", list(rule.scope)
    if rule.directory:
        yield "directory", rule.directory
    if rule.unless_task:
        yield "unless-task", True
    if rule.params:
        yield "params", dict(rule.params)


def _value(value: Any) -> str:
    """A TOML value; JSON's strings and numbers are TOML's, too, but for its surrogate pairs."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_value(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
