from types import SimpleNamespace

import pytest

from agent_gate.findings import Outcome
from agent_gate.gate.registry import Registered
from agent_gate.gate.schedule import Schedule, run_check
from agent_gate.hookspecs import CheckResult
from agent_gate.policy.model import Kind
from agent_gate.policy.settings import Settings
from agent_gate.repository import RepositoryError

CONTEXT = SimpleNamespace(settings=Settings(workers=2))


def broken(rule, context):
    raise ZeroDivisionError("oops")


def test_a_check_that_raises_blocks_under_its_plugins_name(rule_of):
    decision = run_check(rule_of(Kind.BRANCH), CONTEXT, {Kind.BRANCH: Registered("third.party", broken)})
    (finding,) = decision.findings
    assert decision.outcome is Outcome.ERROR
    assert "third.party failed with ZeroDivisionError: oops" in finding.message
    assert "Traceback" in finding.evidence


@pytest.mark.parametrize(
    "problem", [OSError(28, "No space left on device", "x"), RepositoryError("git is away.")]
)
def test_what_says_all_in_a_sentence_has_no_traceback(rule_of, problem):
    def check(rule, context):
        raise problem

    decision = run_check(rule_of(Kind.BRANCH), CONTEXT, {Kind.BRANCH: Registered("p", check)})
    assert decision.outcome is Outcome.ERROR
    assert (decision.findings[0].evidence, problem.args[-1] in decision.detail) == ("", True)


def test_a_rule_that_no_check_decides_blocks(rule_of):
    assert run_check(rule_of(Kind.BRANCH), CONTEXT, {}).outcome is Outcome.ERROR


def test_a_rule_is_decided_once_however_often_it_is_asked_for(rule_of):
    calls = []

    def check(rule, context):
        calls.append(rule.id)
        return CheckResult(evidence="looked")

    schedule = Schedule(CONTEXT, {Kind.LINT: Registered("p", check)})
    rule = rule_of(Kind.LINT, "x")
    schedule.start([rule])
    assert [schedule.result(rule).outcome for _ in range(3)] == [Outcome.PASS] * 3
    schedule.stop()
    assert calls == [rule.id]


def test_commands_run_side_by_side(rule_of):
    import threading

    meet = threading.Barrier(2, timeout=20)

    def check(rule, context):
        meet.wait()
        return CheckResult(evidence="met")

    schedule = Schedule(CONTEXT, {Kind.LINT: Registered("p", check), Kind.TEST: Registered("p", check)})
    rules = [rule_of(Kind.LINT, "x"), rule_of(Kind.TEST, "y")]
    schedule.start(rules)
    assert [schedule.result(rule).outcome for rule in rules] == [Outcome.PASS, Outcome.PASS]
    schedule.stop()
