"""What fails at the base already: the same command, in a room of the base, kept by tree."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from agent_gate.checks.command_run import run_command
from agent_gate.plain_text import clipped
from agent_gate.policy.model import Kind
from agent_gate.running.rooms import RoomError

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

Key = tuple[str, str, str]


def failures_at_base(rule: Rule, context: GateContext) -> dict[Key, str]:
    """The failures of the command at the base, by key, with what the tool said of each.

    Empty where the base's run proves nothing: it could not start, ran out of time, its output names no failure, or its tests
    imported another checkout. So none of these ever excuses a branch.
    """
    kept = _file(rule, context)
    if kept.is_file():
        return {tuple(key): detail for key, detail in json.loads(kept.read_text(encoding="utf-8"))}
    try:
        with context.rooms.room(context.changes.base, "base") as place:
            done = run_command(rule, context, place)
            judged_elsewhere = any(
                not file.startswith(str(place)) and file.startswith(str(context.place))
                for file in done.evidence.modules.values()
            )
    except RoomError:
        return {}
    if done.ok or judged_elsewhere or not done.comparable:
        return {}
    failures = {
        failure.key: clipped(failure.detail or failure.message, 2000)
        for failure in done.failures
        if failure.test
        or rule.kind is not Kind.TEST  # what a test command says of no test is about the command
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(".new")
    new.write_text(json.dumps([[list(key), detail] for key, detail in failures.items()]), encoding="utf-8")
    new.replace(kept)
    return failures


def _file(rule: Rule, context: GateContext) -> Path:
    parts = repr((context.changes.before.tree, rule.value, rule.directory, context.settings))
    return context.rooms.cache / "failures" / f"{hashlib.sha256(parts.encode()).hexdigest()}.json"
