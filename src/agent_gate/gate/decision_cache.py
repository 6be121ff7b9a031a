"""Decisions, kept by what they were made from."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate import __version__
from agent_gate.findings import Outcome
from agent_gate.gate.verdict import decision_from_json, decision_to_json

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
        __version__,
        replace(rule, source=replace(rule.source, line=0)),
        changes.before.tree,
    ]
    parts += [changes.tree, plan.clean, context.settings]
    if rule.kind.is_command or rule.params.get("command"):
        sandbox = "bwrap " if context.settings.sandbox != "off" else ""
        command = str(rule.params.get("command") or rule.value)
        parts += [changes.root, *_tools(f"{sandbox}{command}", context.place)]
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


def _tools(command: str, place: Path) -> list[str]:
    """What stands for the versions of a command's tools: each program found on PATH, and installed environments."""
    programs = [shutil.which(word) for word in command.split() if word.isascii() and not word.startswith("-")]
    environments = [
        place / ".venv",
        place / "node_modules/.package-lock.json",
        Path(os.environ.get("VIRTUAL_ENV", "/")),
    ]
    packages = [site for venv in environments for site in venv.glob("lib/python*/site-packages")]
    files = [*(Path(program) for program in programs if program), *environments, *packages]
    return [f"{file}:{stat.st_mtime_ns}:{stat.st_size}" for file in files if (stat := _stat(file))]


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
