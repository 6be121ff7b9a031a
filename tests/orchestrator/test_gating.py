import json

import pytest

from agent_gate.findings import Finding, Severity
from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator import gating
from agent_gate.orchestrator.gating import (
    NO_CHANGE,
    nothing_judged,
    read_verdict,
    run_gate,
    with_findings,
    write_verdict,
)
from agent_gate.running.process import Completed

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


def test_a_relative_python_path_of_the_caller_loads_nothing_of_the_worktree(make_repo, tmp_path, monkeypatch):
    repo = make_repo({"AGENTS.md": "# Rules\n\n- Use the conventional commit format for commit messages.\n"})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    repo.write("sitecustomize.py", f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.setenv("PYTHONPATH", ".")
    gated = run_gate(repo.path, tmp_path / "gate.json", {"base": "main", "head": "work"}, 60)
    assert gated.outcome is Judgement.PASS, gated.problem
    assert not (tmp_path / "ran").exists()


def test_a_gate_that_was_killed_is_called_that(make_repo, tmp_path, monkeypatch):
    monkeypatch.setattr(gating, "run", lambda *_, **__: Completed(-9, "half a wo"))
    gated = run_gate(make_repo().path, tmp_path / "gate.json", {}, 60)
    assert (gated.outcome, gated.killed) == (Judgement.ERROR, True)
    assert gated.problem.startswith("The gate was killed by signal 9 and left no verdict")
