import json
import os
import re
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from agent_gate.agents.model import End
from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator import judging
from agent_gate.orchestrator.attempt_files import Exit
from agent_gate.orchestrator.gating import Gated
from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.judging import Next, _not_repaired, judge
from agent_gate.orchestrator.tasks import _keep_shared
from agent_gate.repository import open_repository
from agent_gate.tracker import verdict_issues
from agent_gate.tracker.model import Create, Issue


@pytest.fixture
def judged(site):
    """Judge what an attempt left that ended so; `shared` says whether the record of the shared state is there."""

    def do(end=End.FINISHED, reason="", *, shared=True):
        base = site.tip()
        site.repository.git("branch", "agent/t-1", base)
        task = site.journal.begin(Task("t-1", branch="agent/t-1", base=base), site.owner.id)
        task = site.journal.advance(task, State.GATING, worktree=str(site.repository.root))
        directory = site.attempt_directory(task)
        directory.mkdir(parents=True)
        (directory / "exit.json").write_text(json.dumps(asdict(Exit(end, reason=reason))))
        if shared:
            _keep_shared(site, directory)
        verdict = judge(site, task)
        content = json.loads((directory / "verdict.json").read_text())
        return verdict, [row["rule"] for row in content["findings"]]

    return do


def test_an_agent_that_changed_nothing_gets_another_attempt(judged):
    verdict, rules = judged()
    assert (verdict.next, verdict.counts) == (Next.AGAIN, True)
    assert rules == ["orchestrator/no-change"]


def test_an_agent_that_crashed_before_it_did_anything_is_called_that(judged):
    verdict, rules = judged(End.CRASHED, "exit code 2: no such option")
    assert verdict.reason.startswith(
        "The agent crashed (exit code 2: no such option), and agent/t-1 has nothing"
    )
    assert rules == ["orchestrator/no-change"]


def test_a_rate_limit_does_not_count(judged):
    verdict, rules = judged(End.RATE_LIMITED)
    assert (verdict.next, verdict.counts) == (Next.AGAIN, False)
    assert "orchestrator/cut-off" in rules


def test_a_task_that_is_a_finding_is_done_when_what_it_lists_is_gone(site):
    name = verdict_issues.issue_id("t", "branch main", "r")
    metadata = {"agent_gate": {"findings": ["1", "2"]}}
    site.desk.tracker.apply(
        [Create(Issue(name, "x", metadata=metadata)), Create(Issue("t-1", "y", metadata=metadata))]
    )
    gated = Gated(
        Judgement.PASS, {"findings": [{"id": "2", "message": "unused"}, {"id": "3", "message": "new"}]}
    )
    messages = [finding.message for finding in _not_repaired(site, Task(name), gated)]
    assert messages == ["What the task asks to repair is still there: unused"]
    assert list(_not_repaired(site, Task("t-1"), gated)) == []


def test_a_record_of_the_shared_state_that_is_gone_is_no_pass(judged):
    _, rules = judged(shared=False)
    assert "orchestrator/shared-state" in rules


@pytest.fixture
def worked(site, tmp_path, monkeypatch):
    """A task whose agent has committed, once as it should and once more, in a worktree of its own."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    base, path = site.tip(), tmp_path / "pool" / "1"
    site.repository.git("worktree", "add", "--quiet", "-b", "agent/t-1", str(path), base)
    git = open_repository(path).git
    for name in ("a", "b"):
        (path / f"{name}.md").write_text("x\n")
        git("add", "-A")
        git("commit", "--quiet", "-m", f"feat: {name}")
    task = site.journal.begin(Task("t-1", branch="agent/t-1", base=base), site.owner.id)
    task = site.journal.advance(task, State.GATING, worktree=str(path))
    directory = site.attempt_directory(task)
    directory.mkdir(parents=True)
    (directory / "task.json").write_text(json.dumps({"id": "t-1", "title": "", "description": ""}))
    _keep_shared(site, directory)
    return task


def test_what_is_judged_is_the_branch_whatever_commit_of_it_is_checked_out(site, worked):
    git = open_repository(Path(worked.worktree)).git
    head = git("rev-parse", "HEAD").decode().strip()
    git("checkout", "--quiet", "--detach", "HEAD~1")
    judged = judge(site, worked)
    assert (judged.next, judged.head) == (Next.LAND, head), judged.reason


def test_a_base_that_is_checked_out_is_no_work_that_was_left(site, worked):
    git = open_repository(Path(worked.worktree)).git
    newer = git("commit-tree", "-p", "main", "-m", "feat: by another", "main^{tree}").decode().strip()
    site.repository.git("update-ref", "refs/heads/main", newer)
    git("checkout", "--quiet", "--detach", newer)
    judged = judge(site, worked)
    assert judged.next is Next.LAND, judged.reason


def _remove(worktree):
    shutil.rmtree(worktree)


def _spoil_index(worktree):
    (open_repository(worktree).git_dir / "index").write_text("rubbish")


def _unlink(worktree):
    (worktree / ".git").write_text("gitdir: /nowhere")
    shutil.rmtree(worktree.parents[1] / "repo" / ".git" / "worktrees")


@pytest.mark.parametrize("damage", [_remove, _spoil_index, _unlink])
def test_a_damaged_worktree_is_a_finding_and_the_task_goes_on(site, worked, damage):
    damage(Path(worked.worktree))
    judged = judge(site, worked)
    assert (judged.next, judged.counts) == (Next.AGAIN, True)
    assert "cannot be looked at" in judged.reason
    assert judged.head == site.repository.git("rev-parse", "agent/t-1").decode().strip()


def test_a_stash_entry_that_is_gone_is_said_with_what_gets_it_back(site, worked):
    said = []
    git = site.repository.git
    (site.repository.root / "AGENTS.md").write_text("mine")
    git("stash")
    directory = site.attempt_directory(worked)
    (directory / "shared.json").unlink()  # which keeps what was shared before the first start
    _keep_shared(site, directory)
    git("reflog", "delete", "--rewrite", "refs/stash@{0}")  # as `git stash drop` does before hooks are asked
    listening = replace(site, tell=lambda _, sentence: said.append(sentence))
    assert judge(listening, worked).next is Next.LAND
    (sentence,) = said
    git("stash", "apply", re.search(r"`git stash apply (\w+)`", sentence)[1])
    assert (site.repository.root / "AGENTS.md").read_text() == "mine"


@pytest.mark.parametrize(("killed", "runs", "becomes"), [(4, 5, Next.LAND), (9, 5, Next.HOLD)])
def test_a_gate_that_is_killed_is_started_again_and_not_for_ever(
    site, worked, monkeypatch, killed, runs, becomes
):
    started, run_gate = [], judging.run_gate

    def mostly_killed(*args):
        started.append(args)
        if len(started) <= killed:
            return Gated(Judgement.ERROR, {}, "The gate was killed by signal 9.", killed=True)
        return run_gate(*args)

    monkeypatch.setattr(judging, "run_gate", mostly_killed)
    assert (judge(site, worked).next, len(started)) == (becomes, runs)
