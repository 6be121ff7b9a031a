import json

import pytest

from agent_gate.findings import Finding, Severity
from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.gating import (
    NO_CHANGE,
    nothing_judged,
    read_verdict,
    with_findings,
    write_verdict,
)

BLOCK = Finding(NO_CHANGE, "orchestrator", Severity.BLOCK, "Nothing.")


def test_a_blocking_finding_of_our_own_blocks_what_passed(tmp_path):
    gated = with_findings(nothing_judged(), [BLOCK])
    write_verdict(gated, tmp_path / "verdict.json")
    read = read_verdict(tmp_path / "verdict.json")
    assert read.outcome is Judgement.BLOCKED
    assert [row["message"] for row in read.blocking] == ["Nothing."]


@pytest.mark.parametrize(
    "damage",
    [
        {"findings": 5},
        {"findings": ["x"]},
        {"findings": [{"severity": "block"}]},
        {"rules": [{"id": "x"}]},
        {"rules": None},
        {"verdict": "fine"},
    ],
)
def test_a_damaged_verdict_is_an_error_and_never_a_pass(tmp_path, damage):
    write_verdict(with_findings(nothing_judged(), []), tmp_path / "verdict.json")
    content = json.loads((tmp_path / "verdict.json").read_text())
    (tmp_path / "verdict.json").write_text(json.dumps({**content, **damage}))
    read = read_verdict(tmp_path / "verdict.json")
    assert (read.outcome, read.content) == (Judgement.ERROR, {})


def test_what_could_not_be_judged_stays_an_error(tmp_path):
    missing = read_verdict(tmp_path / "none.json")
    assert with_findings(missing, [BLOCK]).outcome is Judgement.ERROR
    assert with_findings(missing, []).outcome is Judgement.ERROR
