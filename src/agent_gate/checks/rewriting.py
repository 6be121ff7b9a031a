"""Commands that rewrite files (`just fix`, formatters): they run in a copy, and the diff that they leave is the finding."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.changes import read_changes
from agent_gate.checks.as_at_base import hidden, put_back
from agent_gate.checks.blame import blamed, blocking_first
from agent_gate.checks.command_run import reproduce, run_command
from agent_gate.checks.one_command import may_run_more
from agent_gate.checks.recipes import changed_recipes
from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult
from agent_gate.policy.model import Kind
from agent_gate.repository import open_repository
from agent_gate.running.rooms import RoomError, commit_all

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.changes.model import FileChange
    from agent_gate.checks.command_run import CommandRun
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule
    from agent_gate.repository import Repository

_LOOKS_ONLY = frozenset(
    [
        "--check",
        "--diff",
        "--dry-run",
        "--list-different",
        "-l",
        "-d",
        "-c",
        "--check-only",
        "--check-formatted",
        "-check",
        "--lint",
        "--test",
        "--verify",
        "--verify-no-changes",
        "--set-exit-if-changed",
        "check-format",
        "format:check",
        "fmt:check",
        "format-check",
        "fmt-check",
        "check:format",
        "spotlessCheck",
        "ktlintCheck",
    ]
)
MAX_DIFF = 4_000  # characters a finding quotes


def rewrites(rule: Rule) -> bool:
    """Whether the command changes files instead of only looking at them."""
    known = rule.params.get("rewrites")
    if known is not None:
        return bool(known)
    try:
        words = set(shlex.split(rule.value or "", comments=True))
    except ValueError:  # it cannot be run either, and is told so where it is run
        words = set()
    return rule.kind is Kind.FORMAT and not words & _LOOKS_ONLY


def check_rewriting(rule: Rule, context: GateContext) -> CheckResult:
    """Run the command in a room of the judged tree; every file that it changes there is a finding."""
    result = _judged(rule, context, ())
    if result.undecided or any(found.severity is Severity.BLOCK for found in result.findings):
        return result
    if not (recipes := changed_recipes(rule, context)):
        return result
    more = hidden(rule, context, _judged(rule, context, recipes), recipes)
    return replace(result, findings=blocking_first((*more, *result.findings)))


def _judged(rule: Rule, context: GateContext, recipes: tuple[FileChange, ...]) -> CheckResult:
    """What the command says and does, with the base's versions of `recipes`."""
    changes = context.changes
    try:
        judged = changes.tree if changes.checked_out else changes.head
        with context.rooms.room(judged, "copy", changes.objects) as place:
            if recipes:
                put_back(place, context, recipes)
            done, rewritten = _run(rule, context, place)
    except RoomError as problem:
        finding = _cannot_run(rule, str(problem), problem.output)
        return CheckResult((finding,), undecided=str(problem), cacheable=False)
    if done.undecided:
        finding = _cannot_run(rule, done.undecided, done.tail)
        return CheckResult((finding,), undecided=f"`{rule.value}`: {done.undecided}", cacheable=False)
    touched = {change.path for change in changes.files}
    old = _rewritten_at_base(rule, context) if rewritten.keys() - touched else {}
    findings = tuple(_finding(rule, change, old.get(change.path)) for change in rewritten.values())
    if not done.ok:
        findings = blocking_first((*findings, *blamed(rule, context, done)))
        excused = not any(finding.severity is Severity.BLOCK for finding in findings)
        if excused and may_run_more(rule, context):
            why = "it ended at what is not this branch's fault, and what it runs after that was not seen"
            return CheckResult(findings, undecided=f"`{rule.value}`: {why}", cacheable=False)
    evidence = f"`{rule.value}` exited {done.exit_code} and changed {len(rewritten)} files"
    return CheckResult(findings, evidence=evidence)


def _run(rule: Rule, context: GateContext, place: Path) -> tuple[CommandRun, dict[str, FileChange]]:
    """The run, and what differs in its room from what was checked out there, committed or not; ignored files do not count."""
    room = open_repository(place)
    before = room.git("rev-parse", "HEAD").decode().strip()
    done = run_command(rule, context, place)
    rewritten = {} if done.undecided else _changed_since(before, room)
    if rewritten and not done.ok:  # perhaps for that alone, as pre-commit: what fails again is more
        commit_all(place, "rewritten")
        done = run_command(rule, context, place)
        rewritten = _changed_since(before, room)
    return done, rewritten


def _changed_since(commit: str, room: Repository) -> dict[str, FileChange]:
    return {change.path: change for change in read_changes(room, commit).files}


def _rewritten_at_base(rule: Rule, context: GateContext) -> dict[str, FileChange]:
    """What the command changes at the base; nothing where it cannot run there: that excuses nobody."""
    try:
        with context.rooms.room(context.changes.base, "base") as place:
            return _run(rule, context, place)[1]
    except RoomError:
        return {}


def _finding(rule: Rule, change: FileChange, at_base: FileChange | None) -> Finding:
    diff = _diff(change)
    old = at_base is not None and _diff(at_base) == diff
    severity = rule.severity.excused if old else rule.severity
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity,
        message=f"{'already at the base: ' if old else ''}`{rule.value}` changes this file",
        path=change.path,
        line=max(change.hunks[0].new_start, 1) if change.hunks else None,
        evidence=diff[:MAX_DIFF],
        fix=f"Run `{rule.value}` and commit what it changes.",
        reproduce=reproduce(rule),
        anchor="rewritten",
    )


def _diff(change: FileChange) -> str:
    """The change as the lines of a diff, without line numbers."""
    lines = [f"{change.status} {change.path}"]
    for hunk in change.hunks:
        lines += ["@@", *(f"-{line}" for line in hunk.removed), *(f"+{line}" for line in hunk.added)]
    return "\n".join(lines)


def _cannot_run(rule: Rule, why: str, output: str) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.BLOCK,
        message=f"`{rule.value}` could not be decided: {why}",
        evidence=output,
        fix="Install what is missing where the gate runs, or correct the command in AGENTS.md on the base.",
        reproduce=reproduce(rule),
        anchor="could not be decided",
    )
