"""Whose fault a failure is: this branch's, the base's (it fails there in the same way), or nobody's (a flaky test)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.checks.command_run import reproduce
from agent_gate.checks.old_failures import AtBase, failures_at_base, old_among
from agent_gate.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent_gate.checks.command_run import CommandRun
    from agent_gate.checks.output.model import Failure
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

UNNAMED = "failed"  # anchor of the finding of a tool whose output names nothing
_MISSING_MODULE = re.compile(r"No module named|Cannot find (?:module|package)|MODULE_NOT_FOUND")


def blamed(
    rule: Rule,
    context: GateContext,
    done: CommandRun,
    passed_again: frozenset[tuple[str, str, str]] = frozenset(),
) -> tuple[Finding, ...]:
    """A finding for each failure of a run, those that block first; one with the output's end where it names none.

    `passed_again` are the keys of those that did not fail when they were run again.
    """
    if not done.failures:
        return (_tail(rule, context, done),)
    only_flaky = passed_again.issuperset(failure.key for failure in done.failures)
    at_base = failures_at_base(rule, context) if done.comparable and not only_flaky else AtBase({})
    old = old_among(done.failures, at_base.failures, context.changes)
    beside = (
        f" Whether it fails at the base, too, is not known: {at_base.unknown}." if at_base.unknown else ""
    )
    findings = []
    for position, failure in enumerate(done.failures):
        finding = _finding(rule, failure, beside)
        if failure.key in passed_again:
            finding = replace(
                finding,
                severity=rule.severity.excused,
                message=f"flaky: {failure.message} (it passed when it was run again)",
                evidence=f"first run:\n{failure.detail or failure.message}\n\nsecond run: it passed",
                fix="Make the test independent of time, order and the machine.",
            )
        elif said := old.get(position):
            finding = replace(
                finding,
                severity=rule.severity.excused,
                message=f"already at the base: {failure.message}",
                evidence=f"here:\n{failure.detail or failure.message}\n\nat {context.changes.base[:12]}:\n{said}",
                fix="Not this branch's fault: repair it in a change of its own.",
            )
        findings.append(finding)
    return blocking_first(findings)


def blocking_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What blocks is read first, and names the issue; in the tool's order otherwise."""
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.BLOCK))


def _finding(rule: Rule, failure: Failure, beside: str) -> Finding:
    """A failure as this branch's own; `beside` is said behind what to do."""
    what = "the test" if failure.test else "what it says"
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message=failure.message,
        path=failure.path,
        line=failure.line,
        evidence=failure.detail[-4000:],
        fix=f"Repair {what} until `{rule.value}` passes.{beside}",
        reproduce=reproduce(rule),
        anchor="\0".join(failure.key[1:]),
    )


def _tail(rule: Rule, context: GateContext, done: CommandRun) -> Finding:
    """The one finding of a tool whose output cannot be read."""
    fix = f"Read the output above, and repair what it names until `{rule.value}` passes."
    if str(context.place) != context.changes.root and _MISSING_MODULE.search(done.output):
        fix = 'A room has only what its set-up installs: say it with `setup = "…"` in [tool.agent-gate] on the base.'
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message=f"`{rule.value}` failed with exit code {done.exit_code}",
        evidence=done.tail,
        fix=fix,
        reproduce=reproduce(rule),
        anchor=UNNAMED,
    )
