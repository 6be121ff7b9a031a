import json

import jsonschema
import pytest

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.gate.verdict import Decision, Judgement, Verdict, verdict_of
from agent_gate.policy.model import Kind
from agent_gate.reports import github, json_report, sarif


@pytest.fixture
def verdict(rule_of):
    rule = rule_of(Kind.LINT, "ruff check .")
    found = Finding(
        rule.id, rule.kind, Severity.BLOCK, "bad: 100%,\n::error::x", 'odd "\udce9\n.py', 3, "e", "f", "r"
    )
    decision = Decision(rule, Outcome.FAIL, (found,), "", 0.25)
    return Verdict(Judgement.BLOCKED, "a" * 40, "b" * 40, "c" * 40, "d" * 64, (decision,), 1.0)


def validate(data):
    schema = json.loads(json_report.SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)


def test_the_json_keeps_to_its_schema(verdict, tmp_path):
    json_report.write(verdict, tmp_path / "v.json")
    data = json.loads((tmp_path / "v.json").read_text())
    validate(data)
    assert data["verdict"] == "blocked"
    assert data["findings"][0]["path"] == 'odd "\\xe9\n.py'


def test_a_verdict_of_error_keeps_to_the_schema_too():
    validate(json_report.verdict_to_json(verdict_of(None, (), "There is no base.", 0.1)))


def test_sarif_names_the_rule_the_place_and_the_fingerprint(verdict):
    (run,) = sarif.verdict_to_sarif(verdict)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][0]["id"]
    assert place == {
        "artifactLocation": {"uri": "odd%20%22%E9%0A.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3},
    }
    assert result["partialFingerprints"]["agentGate/v1"] == verdict.findings[0].id


def test_every_result_of_sarif_has_a_place(rule_of):
    rule = rule_of(Kind.COMMIT_FORMAT)
    found = Finding(rule.id, rule.kind, Severity.BLOCK, "no Conventional Commit")
    decision = Decision(rule, Outcome.FAIL, (found,), "", 0.25)
    verdict = Verdict(Judgement.BLOCKED, "a" * 40, "b" * 40, "c" * 40, "d" * 64, (decision,), 1.0)
    for judged, line in ((verdict, 1), (verdict_of(None, (), "There is no base.", 0.1), 1)):
        (result,) = sarif.verdict_to_sarif(judged)["runs"][0]["results"]
        place = result["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("AGENTS.md", line)


def test_an_annotation_is_one_line_whatever_the_text(verdict):
    (line,) = github.workflow_commands(verdict)
    assert "\n" not in line
    assert line.startswith(
        '::error file=odd "\\xe9%0A.py,line=3,title=agent-gate command.lint/test::bad: 100%25,%0A'
    )
