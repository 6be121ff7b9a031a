"""`protected-path`: files that a branch must leave alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.changes.model import Status
from agent_gate.checks.declared import severity_of
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import in_scope, matches
from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.plain_text import shell_word
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent_gate.changes.model import FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

_EXISTING = re.compile(
    r"\b(existing|applied|merged|released|past|old)\b", re.IGNORECASE
)  # new ones may be added
_NOT_COMMITTED = re.compile(
    r"\b(commit|check(ed)? in|add)\b", re.IGNORECASE
)  # taking one out is what is asked for
_MARK = re.compile(
    rb"@generated|(auto-?)?generated\b.{0,80}\bdo not (edit|modify)|do not (edit|modify).{0,80}\bgenerated",
    re.IGNORECASE | re.DOTALL,
)
_SUBMODULE = 0o160000
_HEAD = 2000  # bytes in which a generated file says so


def check_protected_paths(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each protected file that the branch changes, under its old or its new name."""
    touched = [
        (path, change) for change in context.changes.files for path in _protected(rule, context, change)
    ]
    by_hand = len({change.path for _, change in touched}) == len(context.changes.files)
    findings = tuple(_finding(rule, context, path, change, by_hand=by_hand) for path, change in touched)
    return CheckResult(
        findings, evidence=f"{len(context.changes.files)} changed files compared with {_name(rule)}"
    )


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.PROTECTED_PATH: check_protected_paths}


def _protected(rule: Rule, context: GateContext, change: FileChange) -> Iterator[str]:
    """The names of a changed file that the rule protects: a file moved out of a protected place is gone from it."""
    text = rule.source.text
    old, new = change.old_path, change.path if change.status is not Status.DELETED else None
    if (
        old is not None
        and not (new is None and _NOT_COMMITTED.search(text))
        and _covers(rule, context, old, change.old_mode)
    ):
        yield old
    elif (
        new is not None
        and not (old is None and _EXISTING.search(text))
        and _covers(rule, context, new, change.new_mode)
    ):
        yield new


def _covers(rule: Rule, context: GateContext, path: str, mode: int) -> bool:
    if not in_scope(rule, path):
        return False
    if rule.value is not None:
        # A submodule is one entry of the tree, and stands for all that lies in it.
        return matches((rule.value,), path) or (
            mode == _SUBMODULE and matches((rule.value,), f"{path}/its files")
        )
    content = context.changes.before.read(path)  # the base says what is generated, not the branch
    return bool(rule.params.get("generated")) and content is not None and bool(_MARK.search(content[:_HEAD]))


def _finding(rule: Rule, context: GateContext, path: str, change: FileChange, *, by_hand: bool) -> Finding:
    severity = severity_of(rule, context, path, path.rpartition("/")[2], rule.value or "")
    name = shell_word(path)
    undo = (
        f"git checkout {context.changes.base[:12]} -- {name}" if change.old_path == path else f"rm -- {name}"
    )
    fix = f"Undo it: `{undo}`, or have the task name the file."
    if rule.params.get("generated"):
        fix = "Change what it is generated from and run the generator; do not edit it by hand."
        if (
            not by_hand and severity is Severity.BLOCK
        ):  # its sources may have changed with it; a diff cannot tell
            severity = Severity.FOLLOW_UP
    lines = [hunk.new_start for hunk in change.hunks]
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity,
        message=f"This file is protected ({_name(rule)}) and was {change.status}.",
        path=path,
        line=lines[0] if lines and path == change.path and change.status is not Status.DELETED else None,
        fix=fix,
        reproduce=diff_command(context.changes, path),
        anchor="protected",
    )


def _name(rule: Rule) -> str:
    return rule.value if rule.value is not None else "generated files"
