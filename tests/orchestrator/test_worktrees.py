"""The pool on real repositories: nothing that was unlanded is lost, whatever state a worktree is left in."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent_gate.orchestrator import worktree_git, worktree_lock, worktrees
from agent_gate.orchestrator.kept_work import keep_work
from agent_gate.orchestrator.worktrees import Wanted, WorktreeError
from agent_gate.policy.settings import Settings
from agent_gate.repository import RepositoryError, open_repository
from tests.conftest import Repo

NO_SETUP = Settings(setup="")


@pytest.fixture
def pool(make_repo):
    return Pool(make_repo({"a.txt": "a\n", ".gitignore": "ignored\n"}))


class Pool:
    """A repository, and the tasks that are under way."""

    def __init__(self, repo):
        self.repo = repo
        self.live = set()
        self.told = ()

    def acquire(self, task, settings=NO_SETUP):
        self.live.add(task)
        wanted = Wanted(task, f"agent/{task}", self.repo.git("rev-parse", "main"))
        got = worktrees.acquire(open_repository(self.repo.path), wanted, settings, lambda: self.live)
        self.told = got.told
        assert Repo(got.path).git("symbolic-ref", "--short", "HEAD") == f"agent/{task}"
        return Repo(got.path)

    def done(self, task):
        self.live.discard(task)

    def prune(self):
        return worktrees.prune(open_repository(self.repo.path), lambda: self.live)


def test_a_worktree_is_made_from_the_base(pool):
    worktree = pool.acquire("t-1")
    assert worktree.git("rev-parse", "HEAD") == pool.repo.git("rev-parse", "main")
    assert pool.told == ()
    assert not worktree_lock.is_locked(worktree.path)


def test_each_task_under_way_has_its_own_and_gets_it_again_as_it_is(pool):
    first, second = pool.acquire("t-1"), pool.acquire("t-2")
    assert first.path != second.path
    first.write("half.txt", "half done\n")
    assert pool.acquire("t-1").path == first.path
    assert (first.path / "half.txt").is_file()


def test_a_free_one_is_used_again_and_its_ignored_files_stay(pool):
    first = pool.acquire("t-1")
    first.commit("feat: one", {"one.txt": "1"})
    first.write("ignored", "a virtual environment\n")
    pool.done("t-1")
    second = pool.acquire("t-2")
    assert second.path == first.path
    assert not (second.path / "one.txt").exists()
    assert (second.path / "ignored").is_file()
    assert pool.repo.git("log", "--format=%s", "-1", "agent/t-1") == "feat: one"


def test_uncommitted_work_is_kept_on_a_branch_of_its_own(pool):
    first = pool.acquire("t-1")
    head = first.commit("feat: one", {"one.txt": "1"})
    first.write("a.txt", "staged\n")
    first.git("add", "a.txt")
    first.write("a.txt", "edited\n")
    first.write("new/untracked.txt", "new\n")
    (first.path / "one.txt").unlink()
    pool.done("t-1")
    second = pool.acquire("t-2")
    assert second.git("status", "--porcelain") == ""
    assert pool.told == (f"What {first.path} held and no branch did is on agent/t-1.kept-1.",)
    assert pool.repo.git("rev-parse", "agent/t-1") == head
    kept = pool.repo.git("ls-tree", "-r", "--name-only", "agent/t-1.kept-1").split()
    assert kept == [".gitignore", "a.txt", "new/untracked.txt"]
    assert pool.repo.git("show", "agent/t-1.kept-1:a.txt") == "edited"
    assert pool.repo.git("show", "agent/t-1.kept-1^2:a.txt") == "staged"


def test_an_edit_that_git_was_told_to_overlook_is_kept(pool):
    first = pool.acquire("t-1")
    first.git("update-index", "--assume-unchanged", "a.txt")
    first.write("a.txt", "hidden\n")
    pool.done("t-1")
    pool.acquire("t-2")
    assert pool.repo.git("show", "agent/t-1.kept-1:a.txt") == "hidden"


def test_commits_on_no_branch_are_kept(pool):
    first = pool.acquire("t-1")
    first.git("checkout", "-q", "--detach")
    lost = first.commit("feat: adrift", {"adrift.txt": ""})
    pool.done("t-1")
    pool.acquire("t-2")
    assert pool.repo.git("rev-parse", "agent/t-1.kept-1") == lost


def test_a_rebase_that_stopped_in_a_conflict_loses_nothing(pool):
    worktree = pool.acquire("t-1")
    head = worktree.commit("feat: mine", {"a.txt": "mine\n"})
    pool.repo.commit("feat: theirs", {"a.txt": "theirs\n"})
    with pytest.raises(AssertionError, match="could not apply"):
        worktree.git("rebase", "main")
    again = pool.acquire("t-1")
    assert again.path == worktree.path
    assert again.git("rev-parse", "HEAD") == head
    assert again.git("status", "--porcelain") == ""
    assert "<<<<<<<" in pool.repo.git("show", "agent/t-1.kept-1:a.txt")


def test_keeping_the_same_again_makes_no_second_branch(pool):
    worktree = pool.acquire("t-1")
    worktree.git("checkout", "-q", "--detach")
    worktree.write("b.txt", "b")
    opened = open_repository(worktree.path)
    assert keep_work(opened, "t-1") == keep_work(opened, "t-1") == "agent/t-1.kept-1"
    worktree.write("b.txt", "c")
    assert keep_work(opened, "t-1") == "agent/t-1.kept-2"


def test_an_earlier_branch_is_gone_on_with(pool):
    first = pool.acquire("t-1")
    head = first.commit("feat: one", {"one.txt": "1"})
    pool.done("t-1")
    pool.acquire("t-2")
    assert pool.acquire("t-1").git("rev-parse", "HEAD") == head


def test_a_repository_within_is_set_aside_with_all_that_is_in_it(pool):
    first = pool.acquire("t-1")
    inner = Repo(first.path / "inner")
    inner.path.mkdir()
    inner.git("init", "-q")
    inner.commit("feat: inner", {"x": "x"})
    pool.done("t-1")
    second = pool.acquire("t-2")
    aside = first.path.with_name("1.aside-1")
    assert "was set aside" in pool.told[0]
    assert second.path == first.path
    assert (aside / "inner" / "x").is_file()
    assert pool.acquire("t-1").path != aside  # its branch is free again


def test_a_damaged_index_is_set_aside_and_its_branch_goes_on(pool):
    first = pool.acquire("t-1")
    head = first.commit("feat: one", {"one.txt": "1"})
    first.write("new.txt", "n")
    Path(first.git("rev-parse", "--absolute-git-dir"), "index").write_bytes(b"DIRC\0\0\0\2nonsense")
    again = pool.acquire("t-1")
    assert again.git("rev-parse", "HEAD") == head
    assert (first.path.with_name("1.aside-1") / "new.txt").is_file()


def test_a_broken_link_is_repaired(pool):
    first = pool.acquire("t-1")
    (first.path / ".git").unlink()
    first.write("kept.txt", "k")
    assert pool.acquire("t-1").path == first.path
    assert (first.path / "kept.txt").is_file()


def test_what_is_no_worktree_is_set_aside(pool):
    first = pool.acquire("t-1")
    shutil.rmtree(pool.repo.path / ".git" / "worktrees")
    first.write("kept.txt", "k")
    assert pool.acquire("t-1").path == first.path
    assert (first.path.with_name("1.aside-1") / "kept.txt").is_file()


def test_a_directory_that_somebody_removed_is_made_again(pool):
    first = pool.acquire("t-1")
    head = first.commit("feat: one", {"one.txt": "1"})
    shutil.rmtree(first.path)
    assert pool.acquire("t-1").git("rev-parse", "HEAD") == head


def test_a_worktree_that_was_being_made_is_made_again(pool):
    first = pool.acquire("t-1")
    (first.path / "a.txt").unlink()
    git_dir = Path(first.git("rev-parse", "--absolute-git-dir"))
    (git_dir / "locked").write_text("initializing")  # as `git worktree add` has it until all files are there
    assert (pool.acquire("t-1").path / "a.txt").is_file()


def test_lock_files_of_a_killed_git_do_not_stay(pool):
    first = pool.acquire("t-1")
    git_dir = Path(first.git("rev-parse", "--absolute-git-dir"))
    (git_dir / "index.lock").touch()
    (pool.repo.path / ".git/refs/heads/agent/t-1.lock").touch()
    pool.acquire("t-1").commit("feat: go on", {"b": "b"})


def test_a_branch_that_a_person_has_checked_out_is_theirs(pool):
    pool.repo.branch("agent/t-1")
    with pytest.raises(WorktreeError, match=f"checked out in {pool.repo.path}: switch"):
        pool.acquire("t-1")


def test_a_branch_in_the_worktree_of_another_task_is_not_taken(pool):
    pool.acquire("t-1").git("switch", "-q", "-c", "agent/t-2")
    with pytest.raises(WorktreeError, match="where t-1 is at work"):
        pool.acquire("t-2")


def test_a_running_worktree_is_not_given(pool):
    worktree = pool.acquire("t-1")
    lock = worktree_lock.take(worktree.path)
    with pytest.raises(WorktreeError, match="in use"):
        pool.acquire("t-1")
    pool.done("t-1")
    assert pool.acquire("t-2").path != worktree.path
    os.close(lock)


def test_what_an_agent_left_running_is_ended_before_its_files_are_looked_at(pool):
    worktree = pool.acquire("t-1")
    env = {**os.environ, "AGENT_GATE_WORKTREE": str(worktree.path)}
    left = subprocess.Popen(["sleep", "1000"], env=env)
    pool.acquire("t-1")
    assert pool.told == (
        f"What an agent had left running in {worktree.path} was ended: sleep 1000 (pid {left.pid}).",
    )
    assert left.wait() == -15


def test_set_up_runs_once_and_again_when_its_inputs_change(pool):
    settings = Settings(setup="sh -c 'echo x >> ignored'")
    worktree = pool.acquire("t-1", settings)
    pool.acquire("t-1", settings)
    assert (worktree.path / "ignored").read_text() == "x\n"
    worktree.commit("build: needs", {"pyproject.toml": "[project]\n"})
    pool.acquire("t-1", settings)
    assert (worktree.path / "ignored").read_text() == "x\nx\n"


def test_a_set_up_that_fails_stops_a_new_task_and_is_told_to_an_old_one(pool):
    settings = Settings(setup="sh -c 'echo broken; exit 3'")
    with pytest.raises(WorktreeError, match="failed with 3") as caught:
        pool.acquire("t-1", settings)
    assert caught.value.output == "broken\n"
    pool.acquire("t-1").commit("feat: one", {"one.txt": "1"})
    pool.acquire("t-1", settings)
    assert "failed with 3" in pool.told[0]


def test_hooks_of_the_repository_do_not_run(pool):
    pool.repo.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch $GIT_DIR/ran\n").chmod(0o755)
    worktree = pool.acquire("t-1")
    assert not list((pool.repo.path / ".git").rglob("ran"))
    assert worktree.path.is_dir()


def test_pruning_removes_what_is_safe_and_says_what_is_not(pool):
    clean, dirty, busy = pool.acquire("t-1"), pool.acquire("t-2"), pool.acquire("t-3")
    dirty.write("new.txt", "n")
    clean.write("ignored", "i")
    pool.done("t-1")
    pool.done("t-2")
    told = pool.prune()
    assert told == (
        f"{clean.path} was removed.",
        f"{dirty.path} stays: it holds work that is on no branch.",
    )
    assert not clean.path.exists()
    assert busy.path.is_dir()
    states = worktrees.listed(open_repository(pool.repo.path))
    assert [(state.task, state.branch, state.running) for state in states] == [
        ("t-2", "agent/t-2", False),
        ("t-3", "agent/t-3", False),
    ]


def test_tasks_at_once_get_different_worktrees(pool):
    tasks = [f"t-{number}" for number in range(4)]
    pool.live.update(tasks)
    with ThreadPoolExecutor(4) as threads:
        paths = {repo.path for repo in threads.map(pool.acquire, tasks)}
    assert len(paths) == 4


def test_removing_a_worktree_with_work_is_refused(pool):
    worktree = pool.acquire("t-1")
    worktree.write("new.txt", "n")
    with pytest.raises(RepositoryError, match="on no branch"):
        worktree_git.remove(open_repository(pool.repo.path), worktree.path)
