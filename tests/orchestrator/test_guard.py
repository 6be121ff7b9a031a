"""What an agent's git may do and may not, with the real git."""

import os
import subprocess
from pathlib import Path

import pytest

from agent_gate.orchestrator import worktrees
from agent_gate.orchestrator.git_settings import with_git_settings
from agent_gate.orchestrator.guard import guard
from agent_gate.policy.settings import Settings
from agent_gate.repository import open_repository


class Guarded:
    """A worktree of the pool, and the git that its agent has."""

    def __init__(self, repo):
        self.repo = repo
        repository = open_repository(repo.path)
        wanted = worktrees.Wanted("t-1", "agent/t-1", repo.git("rev-parse", "main"))
        self.path = worktrees.acquire(repository, wanted, Settings(setup=""), set).path
        self.settings = guard(repository, self.path, "t-1", "agent/t-1")

    def run(self, *args, cwd=None):
        env = with_git_settings({**os.environ, "GIT_EDITOR": "true"}, self.settings)
        command = ["git", *args]
        return subprocess.run(
            command, cwd=cwd or self.path, env=env, capture_output=True, text=True, check=False
        )

    def git(self, *args, cwd=None):
        done = self.run(*args, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refused(self, *args, cwd=None):
        """The sentence with which it is refused."""
        done = self.run(*args, cwd=cwd)
        assert done.returncode != 0
        return done.stderr

    def commit(self, message, **files):
        for name, text in files.items():
            (self.path / f"{name}.txt").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(make_repo):
    return make_repo({"a.txt": "a\n"})


@pytest.fixture
def agent(repo):
    return Guarded(repo)


def test_an_agent_can_work_on_its_branch(agent):
    agent.commit("feat: one", one="1")
    agent.git("commit", "--amend", "-q", "-m", "feat: first")
    agent.commit("feat: two", two="2")
    agent.git("rebase", "-q", "-i", "--root", "--exec", "true")
    second = agent.git("rev-parse", "HEAD")
    agent.git("reset", "-q", "--hard", "HEAD~1")
    agent.git("cherry-pick", second)
    agent.git("revert", "--no-edit", "HEAD")
    agent.git("merge", "-q", "main")
    agent.git("bisect", "start", "HEAD", "HEAD~1")
    agent.git("bisect", "reset")
    assert agent.git("symbolic-ref", "--short", "HEAD") == "agent/t-1"


def test_an_agent_can_have_scratch_branches(agent):
    agent.git("switch", "-q", "-c", "scratch/t-1/idea")
    agent.commit("feat: idea")
    agent.git("switch", "-q", "agent/t-1")
    agent.git("merge", "-q", "scratch/t-1/idea")
    agent.git("branch", "-D", "scratch/t-1/idea")


@pytest.mark.parametrize(
    "args",
    [
        ("update-ref", "refs/heads/main", "HEAD"),
        ("branch", "-f", "other", "HEAD"),
        ("switch", "-c", "feature"),
        ("branch", "-D", "other"),
        ("tag", "v1"),
        ("tag", "-d", "v0"),
        ("notes", "add", "-m", "x"),
        ("replace", "HEAD", "HEAD~1"),
        ("worktree", "add", "-b", "more", "../more"),
        ("fetch", ".", "HEAD:main"),
    ],
)
def test_refs_of_others_are_refused(agent, repo, args):
    repo.git("branch", "other")
    repo.git("tag", "v0")
    agent.commit("feat: one")
    before = repo.git("for-each-ref")
    assert "not yours to change; commit on agent/t-1" in agent.refused(*args) or args[0] == "fetch"
    assert repo.git("for-each-ref") == before


def test_its_own_branch_is_not_deleted(agent):
    agent.git("switch", "-q", "--detach")
    for args in (("-D", "agent/t-1"), ("-m", "agent/t-1", "mine")):
        assert "agent/t-1 holds your work, it stays" in agent.refused("branch", *args)
    assert agent.git("branch", "--format=%(refname:short)", "--list", "agent/*", "mine") == "agent/t-1"


def test_the_main_checkout_is_guarded_too(agent, repo):
    said = agent.refused("commit", "--allow-empty", "-m", "feat: sneak", cwd=repo.path)
    assert "refs/heads/main is not yours" in said


def test_the_head_of_another_worktree_is_refused(agent, repo):
    assert "not yours" in agent.refused("update-ref", "main-worktree/HEAD", "HEAD")


def test_a_stash_is_refused_and_loses_nothing(agent):
    (agent.path / "a.txt").write_text("edited\n")
    assert "one stack for all worktrees" in agent.refused("stash")
    assert (agent.path / "a.txt").read_text() == "edited\n"


@pytest.mark.parametrize("options", [(), ("--no-verify",)])
@pytest.mark.parametrize("where", ["origin", "path", "pushing"])
def test_nothing_is_pushed(repo, tmp_path, where, options):
    remote, second = tmp_path / "remote.git", tmp_path / "second.git"
    for bare in (remote, second):
        subprocess.run(["git", "init", "-q", "--bare", bare], check=True)
    repo.git("remote", "add", "origin", str(remote))
    if where == "pushing":
        repo.git("config", "remote.origin.pushurl", str(second))
    agent = Guarded(repo)
    agent.commit("feat: one")
    assert "agents do not push" in agent.refused(
        "push", *options, str(remote) if where == "path" else "origin", "HEAD:main"
    )
    for bare in (remote, second):
        assert (
            subprocess.run(["git", "-C", bare, "for-each-ref"], capture_output=True, check=True).stdout == b""
        )


def test_a_fetch_works_and_brings_no_tags(repo, make_repo, tmp_path):
    remote = make_repo(name="remote")
    repo.git("remote", "add", "origin", str(remote.path))
    agent = Guarded(repo)
    remote.git("tag", "v9")
    agent.git("fetch", "-q", "origin")
    assert agent.git("rev-parse", "origin/main") == remote.git("rev-parse", "main")
    assert agent.git("tag") == ""


def test_hooks_of_the_repository_run_as_if_we_were_not_there(agent, repo):
    repo.write(".git/hooks/commit-msg", '#!/bin/sh\necho "checked by $0" >> "$1"\n').chmod(0o755)
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\n[ ! -e bad.txt ]\n").chmod(0o755)
    agent.commit("feat: one")
    assert agent.git("log", "-1", "--format=%s") == f"feat: one checked by {repo.path}/.git/hooks/commit-msg"
    (agent.path / "bad.txt").write_text("")
    agent.git("add", "bad.txt")
    assert agent.run("commit", "-m", "feat: bad").returncode == 1


def test_hooks_of_a_configured_directory_run_and_see_transactions(repo):
    repo.git("config", "core.hooksPath", "my hooks")
    hooks = {
        name: f'#!/bin/sh\necho {name} "$@" >> $GIT_DIR/ran\ncat >> $GIT_DIR/ran\n'
        for name in ("reference-transaction", "post-commit")
    }
    repo.commit("chore: hooks", {f"my hooks/{name}": text for name, text in hooks.items()})
    for name in hooks:
        (repo.path / "my hooks" / name).chmod(0o755)
    repo.commit("chore: executable")
    agent = Guarded(repo)
    sha = agent.commit("feat: one")
    git_dir = agent.git("rev-parse", "--absolute-git-dir")
    ran = Path(git_dir, "ran").read_text()
    assert "post-commit\n" in ran
    assert f"{sha} refs/heads/agent/t-1\n" in ran.partition("reference-transaction committed\n")[2]


def test_other_repositories_are_not_guarded(agent, tmp_path):
    other = tmp_path / "other"
    agent.git("init", "-q", "-b", "main", str(other))
    agent.git("commit", "-q", "--allow-empty", "-m", "x", cwd=other)
    agent.git("tag", "v1", cwd=other)
    assert agent.git("clone", "-q", str(other), str(tmp_path / "clone")) == ""


def test_a_directory_with_odd_characters_is_guarded(make_repo):
    agent = Guarded(make_repo(name="odd [a]*? é'\"\\x"))
    agent.commit("feat: one")
    assert "not yours" in agent.refused("tag", "v1")


def test_a_worktree_of_the_pool_is_not_removed_by_force(agent, repo):
    assert "locked" in agent.refused("worktree", "remove", "--force", str(agent.path), cwd=repo.path)
    assert "gc.auto=0" in agent.git("config", "--list").splitlines()


def test_settings_of_the_caller_stay():
    env = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}
    extended = with_git_settings(env, (("d.e", "f"),))
    assert extended == {**env, "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_1": "d.e", "GIT_CONFIG_VALUE_1": "f"}
    assert with_git_settings({}, ()) == {}
