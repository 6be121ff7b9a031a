"""A command that passed while the branch changed what it runs: judged again with that as the base has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.checks.blame import UNNAMED, blamed
from agent_gate.checks.command_run import reproduce, run_command
from agent_gate.checks.declared import change_asked_for
from agent_gate.checks.recipes import changed_recipes, is_code
from agent_gate.checks.tests_kept import tests_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult
from agent_gate.plain_text import one_line
from agent_gate.policy.model import Kind
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.running.rooms import IN_ROOM, RoomError, commit_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agent_gate.changes.model import FileChange
    from agent_gate.checks.command_run import CommandRun
    from agent_gate.findings import Severity
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

_SHOWN = 20  # tests that a finding names


def recipe_findings(rule: Rule, context: GateContext, done: CommandRun) -> tuple[Finding, ...]:
    """Of a command that passed: what it would say with the base's recipes, and which tests it runs no more.

    Where neither can be told, a finding says so, for a person to read; it never blocks.
    """
    recipes = changed_recipes(rule, context)
    if not recipes:
        return ()
    if rule.kind is Kind.TEST and (before := _tests_at_base(rule, context)):
        return _lost_tests(rule, context, before - done.evidence.ran, recipes)
    return _hidden_from(rule, context, recipes)


def put_back(place: Path, context: GateContext, recipes: Iterable[FileChange]) -> None:
    """Commit the base's versions of these files in the room.

    Raises:
        RepositoryError: git cannot write them.
    """
    room = open_repository(place)
    for change in recipes:
        if change.old_path != change.path:
            room.git("rm", "--quiet", "--force", "--ignore-unmatch", "--", change.path, env=IN_ROOM)
        if change.old_path:
            room.git("checkout", "--quiet", context.changes.base, "--", change.old_path, env=IN_ROOM)
    commit_all(place, "as at the base")


def hidden(
    rule: Rule, context: GateContext, found: CheckResult, recipes: tuple[FileChange, ...]
) -> tuple[Finding, ...]:
    """What was found with the base's recipes, as what their change hides; that nobody can tell, where nothing is named.

    A test that the branch wrote may need the branch's configuration: for a person to read.
    """
    new = [finding for finding in found.findings if finding.severity is rule.severity]
    if found.undecided or any(finding.anchor == UNNAMED for finding in new):
        message = f"what `{rule.value}` runs is said in {_named(recipes)}, which this branch changes"
        return (replace(_finding(rule, recipes, message, rule.severity.excused), evidence=found.undecided),)
    asked = _asked_for(context, recipes)
    code = any(change.old_path and is_code(change) for change in recipes)
    own = {change.path for change in context.changes.files}
    return tuple(
        replace(
            finding,
            severity=rule.severity.excused
            if asked or (rule.kind is Kind.TEST and (code or finding.path in own))
            else rule.severity,
            message=f"hidden by the change of {_named(recipes)}: {finding.message}",
            fix=f"Repair it as the base's {_named(recipes)} asks; or have the task ask to change that file, by its name.",
        )
        for finding in new
    )


def _hidden_from(rule: Rule, context: GateContext, recipes: tuple[FileChange, ...]) -> tuple[Finding, ...]:
    """What the command says in a room of the judged tree that has the base's recipes."""
    changes = context.changes
    try:
        judged = changes.tree if changes.checked_out else changes.head
        with context.rooms.room(judged, "copy", changes.objects) as place:
            put_back(place, context, recipes)
            done = run_command(rule, context, place)
    except (RoomError, RepositoryError) as problem:
        return hidden(rule, context, CheckResult(undecided=str(problem)), recipes)
    findings = () if done.ok or done.undecided else blamed(rule, context, done)
    return hidden(rule, context, CheckResult(findings, undecided=done.undecided), recipes)


def _tests_at_base(rule: Rule, context: GateContext) -> frozenset[str]:
    """The tests that the command runs at the base; none where nobody counted."""
    try:
        with context.rooms.room(context.changes.base, "base") as place:
            return run_command(rule, context, place).evidence.ran
    except RoomError:
        return frozenset()


def _lost_tests(
    rule: Rule, context: GateContext, gone: frozenset[str], recipes: tuple[FileChange, ...]
) -> tuple[Finding, ...]:
    """A finding where tests that ran at the base are still there, and did not run here: renamed and deleted ones are not."""
    changed = {change.old_path: change for change in context.changes.files if change.old_path}
    lost = sorted(test for test in gone if _is_there(test, changed, context))
    if not lost:
        return ()
    message = f"`{rule.value}` does not run {len(lost)} tests any more that it ran at the base: this branch changes {_named(recipes)}"
    severity = rule.severity.excused if _asked_for(context, recipes) else rule.severity
    finding = _finding(rule, recipes, message, severity)
    return (replace(finding, evidence="\n".join(map(one_line, lost[:_SHOWN]))),)


def _is_there(test: str, changed: dict[str, FileChange], context: GateContext) -> bool:
    path, _, name = test.partition("::")
    change = changed.get(path)
    if change is None:
        return path in context.changes.after.paths()
    content = context.changes.after.read(change.path) if change.new_blob and change.path == path else None
    found = (tests_of(path, content) or {}).get(name.replace("::", "."))
    return found is not None and not found.off


def _named(recipes: tuple[FileChange, ...]) -> str:
    return one_line(recipes[0].path) + (f" (and {len(recipes) - 1} more)" if len(recipes) > 1 else "")


def _asked_for(context: GateContext, recipes: tuple[FileChange, ...]) -> bool:
    """Whether the task names one of these files as what it wants to have changed."""
    return change_asked_for(
        context, *(name for change in recipes for name in (change.path, change.path.rpartition("/")[2]))
    )


def _finding(rule: Rule, recipes: tuple[FileChange, ...], message: str, severity: Severity) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity,
        message=message,
        path=recipes[0].path,
        fix="Let the command check as much as at the base; or have the task ask to change that file, by its name.",
        reproduce=reproduce(rule),
        anchor="recipe",
    )
