"""What is noticed after an attempt: who went round the hooks is told from who had a right to."""

import re

import pytest

from agent_gate.findings import Severity
from agent_gate.orchestrator.shared_state import Expected, compare, dump, load, snapshot
from agent_gate.repository import open_repository
from tests.conftest import Repo


@pytest.fixture
def repo(make_repo):
    return make_repo({"a.txt": "a\n"})


@pytest.fixture
def attempt(repo, tmp_path):
    return Attempt(repo, tmp_path / "worktree")


class Attempt:
    """An agent without a guard, between two looks."""

    def __init__(self, repo, path):
        repo.git("worktree", "add", "-q", "-b", "agent/t-1", str(path))
        self.repo, self.worktree = repo, Repo(path)
        self.before = snapshot(open_repository(path))

    def findings(self, **expected):
        opened = open_repository(self.worktree.path)
        return compare(
            self.before, snapshot(opened), opened, Expected("t-1", "agent/t-1", "main", **expected)
        )

    def blocking(self, **expected):
        return [finding for finding in self.findings(**expected) if finding.severity is Severity.BLOCK]


def test_its_own_work_is_nothing_to_notice(attempt):
    attempt.worktree.commit("feat: one", {"one.txt": "1"})
    attempt.worktree.git("branch", "scratch/t-1/idea")
    attempt.worktree.git("branch", "agent/t-1.kept-1")
    attempt.repo.git("update-ref", "refs/remotes/origin/main", "main")
    attempt.repo.git("config", "branch.main.remote", "origin")
    assert attempt.findings() == ()


def test_its_commit_on_the_base_blocks_and_is_not_rewound(attempt):
    sha = attempt.worktree.commit("feat: one", {"one.txt": "1"})
    attempt.repo.git("merge", "-q", "--no-ff", "-m", "merge", "agent/t-1")
    (finding,) = attempt.blocking()
    assert finding.message.startswith("The agent changed refs/heads/main, which is not its own")
    assert "not rewritten" in finding.fix
    assert sha in attempt.repo.git("log", "--format=%H", "main")


def test_a_landing_and_the_branches_of_others_are_expected(attempt):
    attempt.repo.git("branch", "agent/t-2")
    landed = attempt.repo.commit("feat: landed")
    assert attempt.findings(landed={landed}, branches={"agent/t-2"}) == ()


def test_a_person_who_commits_meanwhile_is_not_blamed_on_the_agent(attempt):
    attempt.worktree.commit("feat: one", {"one.txt": "1"})
    attempt.repo.commit("feat: by hand", {"hand.txt": "h"})
    attempt.worktree.git("rebase", "-q", "main")
    attempt.worktree.git("switch", "-q", "--detach", "main")
    (finding,) = attempt.findings()
    assert finding.severity is Severity.ADVISE
    assert "not by agent-gate" in finding.message


def test_a_person_who_merges_the_work_of_an_earlier_task_is_not_blamed_on_this_one(attempt):
    attempt.worktree.git("switch", "-q", "-c", "agent/t-0")
    attempt.worktree.commit("feat: earlier", {"earlier.txt": "e"})
    attempt.worktree.git("switch", "-q", "agent/t-1")
    attempt.before = snapshot(open_repository(attempt.worktree.path))
    attempt.worktree.commit("feat: one", {"one.txt": "1"})
    attempt.repo.git("merge", "-q", "--no-ff", "-m", "merge", "agent/t-0")
    assert attempt.blocking() == []


def test_a_commit_of_an_earlier_attempt_on_the_base_blocks(attempt):
    attempt.worktree.commit("feat: one", {"one.txt": "1"})
    attempt.repo.git("branch", "agent/t-1.kept-1", "agent/t-1")
    attempt.before = snapshot(open_repository(attempt.worktree.path))
    attempt.repo.git("merge", "-q", "agent/t-1")
    assert len(attempt.blocking()) == 1


def test_a_branch_that_it_moved_to_its_work_blocks_with_the_way_back(attempt):
    attempt.repo.git("branch", "other")
    attempt.before = snapshot(open_repository(attempt.repo.path))
    old, new = attempt.repo.git("rev-parse", "other"), attempt.worktree.commit("feat: one")
    (attempt.repo.path / ".git/refs/heads/other").write_text(f"{new}\n")
    (finding,) = attempt.blocking()
    assert finding.fix == f"To undo it: git update-ref refs/heads/other {old} {new}."
    attempt.repo.git(*finding.fix.removeprefix("To undo it: git ").removesuffix(".").split())
    assert attempt.findings() == ()


def test_a_deleted_tag_is_told_with_the_way_back(attempt):
    attempt.repo.git("tag", "v1")
    attempt.before = snapshot(open_repository(attempt.repo.path))
    attempt.repo.git("tag", "-d", "v1")
    (finding,) = attempt.findings()
    assert "refs/tags/v1 was deleted" in finding.message
    attempt.repo.git(*finding.fix.removeprefix("To undo it: git ").removesuffix(".").split())
    assert attempt.findings() == ()


def test_a_stash_of_its_work_blocks_and_a_dropped_one_is_told(attempt):
    attempt.repo.write("a.txt", "mine\n")
    attempt.repo.git("stash")
    attempt.before = snapshot(open_repository(attempt.repo.path))
    attempt.worktree.git("stash", "drop")
    attempt.worktree.commit("feat: one", {"a.txt": "b\n"})
    attempt.worktree.write("a.txt", "edited\n")
    attempt.worktree.git("stash")
    new, lost = sorted(attempt.findings(), key=lambda finding: finding.severity is Severity.ADVISE)
    assert (new.severity, lost.severity) == (Severity.BLOCK, Severity.ADVISE)
    attempt.repo.git(*re.search(r"`git (stash apply .*)`", lost.fix)[1].split())
    assert (attempt.repo.path / "a.txt").read_text() == "mine\n"


def test_a_setting_that_starts_programs_blocks_and_another_is_told(attempt):
    attempt.worktree.git("config", "core.fsmonitor", "./evil")
    attempt.worktree.git("config", "user.name", "Somebody")
    severities = {finding.anchor: finding.severity for finding in attempt.findings()}
    assert severities == {"core.fsmonitor": Severity.BLOCK, "user.name": Severity.ADVISE}


def test_a_new_hook_blocks(attempt):
    attempt.repo.write(".git/hooks/post-merge", "#!/bin/sh\n")
    attempt.repo.write(".git/info/attributes", "* filter=x\n")
    assert [finding.message.partition(",")[0] for finding in attempt.blocking()] == [
        str(attempt.repo.path / ".git/hooks/post-merge"),
        str(attempt.repo.path / ".git/info/attributes"),
    ]


def test_a_snapshot_outlives_the_process(attempt):
    attempt.repo.git("config", "core.editor", "caf\udce9")
    state = snapshot(open_repository(attempt.repo.path))
    assert load(dump(state)) == state
    for broken in ("{", '{"refs": 1}'):
        with pytest.raises(ValueError, match=r"Expect"):
            load(broken)
