"""Commands that AGENTS.md asks for: run as it says, and every failure blamed on whom it belongs to."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.checks.as_at_base import recipe_findings
from agent_gate.checks.blame import blamed, blocking_first
from agent_gate.checks.command_run import CommandRun, about_nothing, first_step, reproduce, run_command
from agent_gate.checks.one_command import may_run_more
from agent_gate.checks.rewriting import check_rewriting, rewrites
from agent_gate.checks.scope import changed_in_scope
from agent_gate.checks.wrong_copy import foreign_modules
from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.plain_text import one_line
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

MAX_FINDINGS = 200  # of one rule; more help nobody, and what blocks comes first
COMMANDS = (Kind.LINT, Kind.FORMAT, Kind.TEST, Kind.TYPECHECK, Kind.BUILD, Kind.OTHER)


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """One check for every kind of command."""
    return dict.fromkeys(COMMANDS, check_command)


def check_command(rule: Rule, context: GateContext) -> CheckResult:
    """Run the command; its failures become findings, each new, old or flaky."""
    if context.changes.files and rule.scope and not changed_in_scope(rule, context.changes):
        return CheckResult(skipped=f"nothing in {', '.join(rule.scope)} changed")
    if about_nothing(rule, context):
        return CheckResult(skipped="nothing that it is about has changed: it reads none of the changed files")
    if rewrites(rule):
        return check_rewriting(rule, context)
    before = _signature(context, context.place)
    done = run_command(rule, context, context.place)
    changed = sorted(
        path for path, state in _signature(context, context.place).items() if before.get(path) != state
    )
    if changed:
        return CheckResult(
            undecided=f"`{rule.value}` changed {one_line(', '.join(changed[:5]))}, which is being judged"
        )
    foreign = tuple(_wrong_copy(rule, *found) for found in foreign_modules(done.evidence.modules, context))
    if done.undecided:
        return (
            CheckResult(foreign, undecided=f"`{rule.value}`: {done.undecided}", cacheable=False)
            if foreign
            else CheckResult(
                (_cannot_run(rule, done),), undecided=f"`{rule.value}`: {done.undecided}", cacheable=False
            )
        )
    if done.ok:
        result = CheckResult(foreign, evidence=_evidence(rule, done))
    else:
        result = _failed(rule, context, done, foreign)
    if result.undecided or any(finding.severity is Severity.BLOCK for finding in result.findings):
        return result
    return replace(result, findings=(*recipe_findings(rule, context, done), *result.findings))


def _failed(rule: Rule, context: GateContext, done: CommandRun, foreign: tuple[Finding, ...]) -> CheckResult:
    """Blame failures: flaky where they pass on a second run, old where they fail at the base in the same way."""
    again = run_command(rule, context, context.place) if done.failures and rule.kind is Kind.TEST else done
    trusted = again.ok or (again.failures and again.comparable)
    keys = frozenset(failure.key for failure in done.failures)
    flaky = keys - {failure.key for failure in again.failures} if trusted else frozenset()
    findings = blamed(rule, context, done, flaky)
    result = CheckResult((*foreign, *findings)[:MAX_FINDINGS], cacheable=not flaky)
    blocked = any(finding.severity is Severity.BLOCK for finding in result.findings)
    if again.ok or blocked or rule.severity is not Severity.BLOCK:
        return result
    return _with_the_rest(rule, context, again, result)


def _with_the_rest(rule: Rule, context: GateContext, done: CommandRun, excused: CheckResult) -> CheckResult:
    """What excuses a failure says nothing of what the command did not get to: that is run, or it is undecided."""
    if done.step + 1 < done.steps:
        following = MappingProxyType({**rule.params, "from_step": first_step(rule) + done.step + 1})
        rest = check_command(replace(rule, params=following), context)
        findings = blocking_first((*rest.findings, *excused.findings))
        return replace(rest, findings=findings, cacheable=rest.cacheable and excused.cacheable)
    why = ""
    if done.evidence.not_run:
        why = f"it ended before {done.evidence.not_run} tests had run"
    elif may_run_more(rule, context):
        why = "it ended at what is not this branch's fault, and what it runs after that was not seen"
    return replace(excused, undecided=f"`{rule.value}`: {why}", cacheable=False) if why else excused


def _cannot_run(rule: Rule, done: CommandRun) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.BLOCK,
        message=f"`{rule.value}` could not be decided: {done.undecided}",
        evidence=done.tail,
        fix="Install what is missing where the gate runs, give it longer (`timeout` in [tool.agent-gate]), or correct the"
        " command in AGENTS.md on the base.",
        reproduce=reproduce(rule),
        anchor="could not be decided",
    )


def _wrong_copy(rule: Rule, path: str, imported: str, expected: str) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.BLOCK,
        message=f"the tests imported another copy: {imported} instead of {expected}",
        path=path,
        evidence=f"changed here:   {expected}\nreally imported: {imported}",
        fix="Install this checkout into the environment that runs the tests (`pip install -e .`), or judge it in a room:"
        ' `agent-gate check --clean` with `setup = "…"` in [tool.agent-gate].',
        reproduce=reproduce(rule),
        anchor="wrong copy",
    )


def _evidence(rule: Rule, done: CommandRun) -> str:
    counted = f", {done.evidence.summary}" if done.evidence.summary else ""
    return f"`{rule.value}` exited 0 in {done.seconds:.1f} s{counted}"


def _signature(context: GateContext, place: Path) -> dict[str, tuple[int, int] | None]:
    """Size and time of every changed file (what is judged most of all), cheap enough to look at twice."""
    signature: dict[str, tuple[int, int] | None] = {}
    for change in context.changes.files:
        if change.new_blob:
            try:
                stat = (place / change.path).lstat()
            except OSError:
                signature[change.path] = None
            else:
                signature[change.path] = (stat.st_size, stat.st_mtime_ns)
    return signature
