import pytest

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.gate.verdict import (
    Decision,
    Judgement,
    decide,
    decision_from_json,
    decision_to_json,
    verdict_of,
)
from agent_gate.hookspecs import CheckResult
from agent_gate.policy.model import Kind


def finding(severity: Severity) -> Finding:
    return Finding(rule="r", kind="branch", severity=severity, message="m")


@pytest.mark.parametrize(
    ("severities", "outcome"),
    [
        ([], Outcome.PASS),
        ([Severity.ADVISE], Outcome.PASS),
        ([Severity.ADVISE, Severity.FOLLOW_UP], Outcome.FOLLOW_UP),
        ([Severity.FOLLOW_UP, Severity.BLOCK], Outcome.FAIL),
    ],
)
def test_the_worst_finding_decides(rule_of, severities, outcome):
    result = CheckResult(findings=tuple(map(finding, severities)), evidence="looked")
    assert decide(rule_of(Kind.BRANCH), result, "plugin", 0.0).outcome is outcome


def test_nothing_found_and_nothing_to_show_for_it_is_an_error(rule_of):
    decision = decide(rule_of(Kind.BRANCH), CheckResult(), "lazy.plugin", 0.0)
    assert decision.outcome is Outcome.ERROR
    assert "lazy.plugin" in decision.findings[0].message


def test_an_undecided_rule_always_has_a_blocking_finding(rule_of):
    result = CheckResult(findings=(finding(Severity.FOLLOW_UP),), undecided="just is not installed")
    decision = decide(rule_of(Kind.LINT, "just lint"), result, "p", 0.0)
    assert [f.severity for f in decision.findings] == [Severity.FOLLOW_UP, Severity.BLOCK]


def test_a_skipped_rule_with_findings_is_not_skipped(rule_of):
    result = CheckResult(findings=(finding(Severity.BLOCK),), skipped="not applicable")
    assert decide(rule_of(Kind.BRANCH), result, "p", 0.0).outcome is Outcome.FAIL


def test_a_decision_survives_json(rule_of):
    rule = rule_of(Kind.BRANCH)
    decision = Decision(rule, Outcome.FAIL, (finding(Severity.BLOCK),), "seen", 1.5)
    assert decision_from_json(decision_to_json(decision), {rule.id: rule}) == decision


def test_what_could_not_be_planned_is_an_error_with_its_reason():
    verdict = verdict_of(None, (), "There is no base.", 0.1)
    assert verdict.judgement is Judgement.ERROR
    assert [f.message for f in verdict.findings] == ["There is no base."]
