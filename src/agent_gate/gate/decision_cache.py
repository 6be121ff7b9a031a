"""Decisions, kept by what they were made from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.findings import Outcome
from agent_gate.gate.own_code import own_code
from agent_gate.gate.verdict import decision_from_json, decision_to_json
from agent_gate.running.tools import tools_of

if TYPE_CHECKING:
    from agent_gate.gate.prepare import Plan
    from agent_gate.gate.store import Store
    from agent_gate.gate.verdict import Decision
    from agent_gate.policy.model import Rule


def kept_decision(store: Store, key: str, rule: Rule) -> Decision | None:
    """The decision kept under the key, if there is one."""
    body = store.get(key)
    return None if body is None else replace(decision_from_json(body.decode(), {rule.id: rule}), cached=True)


def keep_decision(store: Store, key: str, decision: Decision) -> None:
    """Keep a decision; not one that could not be made, or that may be another the next time.

    Raises:
        OSError: the store cannot be written.
    """
    if decision.outcome is not Outcome.ERROR and decision.lasting and not decision.cached:
        store.put(key, decision_to_json(decision).encode())


def decision_key(rule: Rule, plan: Plan) -> str:
    """Hex SHA-256 of everything that the decision depends on.

    A command sees the tree, its base (for what is red there too) and its tools; the other checks also see commits, the
    branch, uncommitted files and the task.
    """
    context, changes = plan.context, plan.context.changes
    parts: list[object] = [
        own_code(),
        replace(rule, source=replace(rule.source, line=0)),
        changes.before.tree,
    ]
    parts += [changes.tree, plan.clean, context.settings]
    if rule.kind.is_command or rule.params.get("command"):
        sandbox = "bwrap " if context.settings.sandbox != "off" else ""
        command = str(rule.params.get("command") or rule.value)
        parts += [changes.root, *tools_of(f"{sandbox}{command}", context.place)]
    if not rule.kind.is_command:
        parts += [
            changes.base,
            changes.head,
            changes.branch,
            changes.checked_out,
            changes.uncommitted,
            context.task,
            plan.policy.hash,
        ]
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()
