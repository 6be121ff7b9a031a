"""The verdict: every rule's outcome, the findings, and what they are valid for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agent_gate.findings import Finding, Outcome, Severity, identified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.gate.prepare import Plan
    from agent_gate.hookspecs import CheckResult
    from agent_gate.policy.model import Rule

SCHEMA = "agent-gate-verdict/1"


class Judgement(StrEnum):
    """What the gate says of the whole change."""

    PASS = "pass"  # noqa: S105 - not a password
    BLOCKED = "blocked"
    ERROR = "error"  # it could not be judged: never a pass


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one rule.

    Attributes:
        detail: the evidence of a pass, why it was skipped, or why it could not be decided.
        seconds: the check's own time.
        cached: the answer was kept from an earlier run on the same inputs.
        lasting: the same inputs will get the same answer; else it is not kept.
    """

    rule: Rule
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    detail: str = ""
    seconds: float = 0.0
    cached: bool = False
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer; `problem` is why the change could not be judged, "" where it was."""

    judgement: Judgement
    base: str | None
    head: str | None
    tree: str | None
    policy_hash: str | None
    decisions: tuple[Decision, ...]
    seconds: float
    problem: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, with ids unique in the verdict."""
        found = [finding for decision in self.decisions for finding in decision.findings]
        if self.problem:
            found.append(
                Finding(rule="agent-gate", kind="gate", severity=Severity.BLOCK, message=self.problem)
            )
        return identified(found)


def decide(rule: Rule, result: CheckResult, plugin: str, seconds: float) -> Decision:
    """Turn a check's answer into an outcome. Fails closed: undecided, or nothing to show for a pass, is an error."""
    undecided = result.undecided
    if not (result.findings or result.evidence or result.skipped or undecided):
        undecided = f"the check {plugin} found nothing and left no evidence that it looked"
    if undecided:
        findings = (
            result.findings if _blocks(result.findings) else (*result.findings, cannot_tell(rule, undecided))
        )
        return Decision(rule, Outcome.ERROR, findings, undecided, seconds)
    skipped = bool(result.skipped and not result.findings)
    outcome = Outcome.SKIPPED if skipped else _outcome(result.findings)
    detail = result.skipped if skipped else result.evidence
    return Decision(rule, outcome, result.findings, detail, seconds, lasting=result.cacheable)


def cannot_tell(rule: Rule, why: str) -> Finding:
    """The blocking finding of a rule that could not be decided."""
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.BLOCK,
        message=f"This rule could not be decided: {why}",
        fix="Make the check run, then gate again: what could not be checked has not passed.",
        anchor="could not be decided",
    )


def verdict_of(plan: Plan | None, decisions: tuple[Decision, ...], problem: str, seconds: float) -> Verdict:
    """Put the verdict together: the worst outcome wins, and a rule without a decision is never a pass.

    Args:
        plan: what was to be decided; None where the request could not be read.
        decisions: what was decided, in any order.
        problem: why the change could not be judged, "" where it could.
        seconds: wall time of the run.
    """
    if plan is None:
        return Verdict(Judgement.ERROR, None, None, None, None, (), seconds, problem)
    decided = {decision.rule.id: decision for decision in decisions}
    missing = [rule for rule in plan.rules if rule.id not in decided]
    left_out = tuple(Decision(rule, Outcome.SKIPPED, detail="not selected for this run") for rule in missing)
    if any(decision.outcome in {Outcome.FAIL, Outcome.ERROR} for decision in decisions):
        judgement = Judgement.BLOCKED
    elif missing or problem:
        judgement = Judgement.ERROR
        problem = problem or f"{len(missing)} of {len(plan.rules)} rules were not decided in this run."
    else:
        judgement = Judgement.PASS
    order = {rule.id: number for number, rule in enumerate(plan.rules)}
    everything = tuple(sorted((*decisions, *left_out), key=lambda decision: order[decision.rule.id]))
    changes = plan.context.changes
    return Verdict(
        judgement, changes.base, changes.head, changes.tree, plan.policy.hash, everything, seconds, problem
    )


def decision_to_json(decision: Decision) -> str:
    """The decision as ASCII, whatever its texts hold; its rule by id alone."""
    return json.dumps(
        {
            "rule": decision.rule.id,
            "outcome": decision.outcome,
            "findings": [asdict(finding) for finding in decision.findings],
            "detail": decision.detail,
            "seconds": decision.seconds,
            "cached": decision.cached,
        }
    )


def decision_from_json(text: str, rules: Mapping[str, Rule]) -> Decision:
    """The decision that `decision_to_json` wrote, of one of these rules by id."""
    data = json.loads(text)
    findings = tuple(
        Finding(**{**found, "severity": Severity(found["severity"])}) for found in data["findings"]
    )
    rule = rules[data["rule"]]
    return Decision(rule, Outcome(data["outcome"]), findings, data["detail"], data["seconds"], data["cached"])


def _blocks(findings: tuple[Finding, ...]) -> bool:
    return any(finding.severity is Severity.BLOCK for finding in findings)


def _outcome(findings: tuple[Finding, ...]) -> Outcome:
    if _blocks(findings):
        return Outcome.FAIL
    if any(finding.severity is Severity.FOLLOW_UP for finding in findings):
        return Outcome.FOLLOW_UP
    return Outcome.PASS
