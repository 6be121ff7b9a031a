"""What landing tells, as journal, tracker and words."""

import json
from dataclasses import replace

import pytest

from agent_gate.findings import Finding, Severity
from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator import landings
from agent_gate.orchestrator.gating import Gated, write_verdict
from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.landing.model import BaseBroken, BaseMoved, Landed, Returned
from agent_gate.tracker.model import Create, Issue

RULE = {
    "id": "lint", "kind": "command.lint", "source": {"path": "AGENTS.md", "line": 3, "text": "Run it."},
    "severity": "block", "outcome": "fail",
}  # fmt: skip
ROW = {
    "id": "f1", "rule": "lint", "kind": "command.lint", "severity": "block", "path": "a.py", "line": 1,
    "message": "unused", "evidence": "", "fix": "", "reproduce": "",
}  # fmt: skip
CONTENT = {"verdict": "blocked", "head": "h" * 40, "tree": "t" * 40, "rules": [RULE], "findings": [ROW]}


@pytest.fixture
def told(site):
    """The site, and what it says; the tracker knows the task `t-1`."""
    said = []
    site.desk.tracker.apply([Create(Issue("t-1", "A task"))])
    site.desk.claim("t-1")
    return replace(site, tell=lambda task, sentence: said.append(f"{task}: {sentence}")), said


@pytest.fixture
def landing(site):
    """A task that is about to land."""
    task = site.journal.begin(Task("t-1", branch="agent/t-1", allowed=2), site.owner.id)
    return site.journal.advance(task, State.LANDING)


def test_a_task_that_landed_is_closed_with_its_commit_here_and_in_the_tracker(told, landing):
    site, said = told
    landings._take(site, Landed(landing, "c" * 40))
    site.desk.close()
    assert site.journal.task("t-1").state is State.CLOSED
    issue = site.desk.issue("t-1")
    assert (issue.status, issue.close_reason) == ("closed", f"landed on main as {'c' * 40}")
    assert said == ["t-1: landed on main as cccccccccccc"]


def test_a_conflict_goes_back_as_a_finding_and_is_no_fault_of_the_attempt(told, landing):
    site, _ = told
    finding = Finding("orchestrator/conflict", "orchestrator", Severity.BLOCK, "It conflicts with b.")
    landings._take(site, Returned(landing, (finding,)))
    task = site.journal.task("t-1")
    assert (task.state, task.attempt, task.allowed, task.filed) == (State.PREPARING, 2, 3, 1)
    verdict = json.loads((site.attempt_directory(landing) / "verdict.json").read_text())
    assert [row["message"] for row in verdict["findings"]] == ["It conflicts with b."]


def test_what_does_not_pass_with_the_others_counts_and_its_last_attempt_is_held(told, landing, tmp_path):
    site, _ = told
    write_verdict(Gated(Judgement.BLOCKED, CONTENT), tmp_path / "red.json")
    landings._take(site, Returned(replace(landing, attempt=2), (), tmp_path / "red.json"))
    task = site.journal.task("t-1")
    assert task.state is State.HELD
    assert "did not land: unused" in task.reason


def test_everybody_at_work_is_told_that_the_base_has_moved(told, landing):
    site, said = told
    landings._take(site, BaseMoved("a" * 40, "b" * 40, rewritten=True))
    site.desk.close()
    assert "main was rewritten from aaaaaaaaaaaa to bbbbbbbbbbbb, and not by this run" in said[0]
    assert "main was rewritten" in site.desk.issue("t-1").notes


def test_what_is_broken_on_the_base_is_filed_and_blocks_nobody(told, landing, tmp_path):
    site, _ = told
    write_verdict(Gated(Judgement.BLOCKED, CONTENT), tmp_path / "red.json")
    landings._take(site, BaseBroken("a" * 40, "b" * 40, tmp_path / "red.json"))
    site.desk.close()
    (filed,) = [issue for issue in site.desk.tracker.issues() if issue.id != "t-1"]
    assert "follow-up" in filed.labels
    assert "main does not pass the gate at bbbbbbbbbbbb" in filed.description
    assert filed.dependencies == ()
