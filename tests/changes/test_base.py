from __future__ import annotations

import pytest

from agent_gate.changes import read_changes
from agent_gate.repository import RepositoryError, open_repository
from tests.conftest import Repo


def base_of(path, base=""):
    return read_changes(open_repository(path), base).base


@pytest.fixture
def clone(repo, tmp_path):
    """A clone of `main` that has a branch with one commit."""
    repo.git("switch", "-q", "main")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    clone = type(repo)(tmp_path / "clone")
    clone.branch("feature")
    clone.commit(files={"f.txt": "f\n"})
    return clone


def test_the_local_default_branch_is_the_base(repo):
    repo.commit(files={"c.txt": "c\n"})
    assert base_of(repo.path) == repo.git("rev-parse", "main")


def test_the_nearer_of_the_local_and_the_remote_default_branch_is_the_base(clone):
    clone.git("switch", "-q", "main")
    unpushed = clone.commit(files={"local.txt": "l\n"})
    clone.branch("on-local")
    clone.commit(files={"g.txt": "g\n"})
    assert base_of(clone.path) == unpushed
    clone.git("branch", "-D", "-q", "main")
    assert base_of(clone.path) == clone.git("rev-parse", "origin/main")


def test_on_the_default_branch_the_upstream_is_the_base(clone):
    clone.git("switch", "-q", "main")
    clone.commit(files={"g.txt": "g\n"})
    assert base_of(clone.path) == clone.git("rev-parse", "origin/main")


def test_on_the_default_branch_without_upstream_head_is_the_base(repo):
    repo.git("switch", "-q", "main")
    assert base_of(repo.path) == repo.git("rev-parse", "main")


def test_a_checkout_that_has_only_the_remote_branch(clone):
    clone.git("branch", "-D", "-q", "main")
    clone.git("remote", "set-head", "origin", "--delete")
    assert base_of(clone.path) == base_of(clone.path, "main") == clone.git("rev-parse", "origin/main")


def test_the_only_branch_is_the_default_and_of_several_unusual_ones_none_is(repo):
    repo.git("branch", "-m", "main", "production")
    with pytest.raises(RepositoryError, match="no default branch to compare with"):
        base_of(repo.path)
    repo.git("switch", "-q", "--detach")
    repo.git("branch", "-D", "-q", "work")
    assert base_of(repo.path) == repo.git("rev-parse", "production")


def test_the_default_branch_of_the_repositorys_own_config_is_not_believed(repo):
    repo.git("config", "init.defaultBranch", "work")
    repo.commit(files={"c.txt": "c\n"})
    assert base_of(repo.path) == repo.git("rev-parse", "main")


def test_a_tag_cannot_stand_in_for_the_branch(repo):
    repo.commit(files={"c.txt": "c\n"})
    repo.git("tag", "main")
    assert base_of(repo.path, "main") == repo.git("rev-parse", "refs/heads/main")


def test_any_revision_can_be_the_base(repo):
    sha = repo.git("rev-parse", "HEAD")
    repo.commit(files={"c.txt": "c\n"})
    assert base_of(repo.path, "HEAD~1") == base_of(repo.path, sha) == base_of(repo.path, sha[:10]) == sha


@pytest.mark.parametrize(
    ("base", "hint"),
    [
        ("maim", "did you mean main"),
        ("--all", "name another"),
        ("HEAD~99", "name another"),
        ("qqqq", "git fetch origin qqqq:refs/remotes/origin/qqqq"),
        ("0" * 40, f"git fetch origin {'0' * 40}`"),
    ],
)
def test_an_unknown_base_is_named(repo, base, hint):
    with pytest.raises(RepositoryError, match=f"no base {base!r}; .*{hint}"):
        base_of(repo.path, base)


def test_what_is_advised_brings_a_base_that_the_clone_left_out(repo, tmp_path):
    repo.branch("other")
    repo.commit(files={"x.txt": "x\n"})
    repo.git("clone", "-q", "--single-branch", f"file://{repo.path}", str(tmp_path / "single"))
    single = Repo(tmp_path / "single")
    with pytest.raises(RepositoryError) as problem:
        base_of(single.path, "main")
    single.git(*str(problem.value).split("`")[1].split()[1:])
    assert base_of(single.path, "main") == repo.git("rev-parse", "main")


def test_a_shallow_clone_says_how_to_get_the_base(clone, tmp_path, repo):
    repo.branch("other")
    repo.commit(files={"x.txt": "x\n"})
    clone.git(
        "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.path}", str(tmp_path / "shallow")
    )
    with pytest.raises(
        RepositoryError, match="is shallow and does not reach back to 'main'; run `git fetch --unshallow`"
    ):
        base_of(tmp_path / "shallow", "main")
    assert base_of(tmp_path / "shallow", "HEAD")


def test_unrelated_histories_are_an_error(repo):
    repo.git("switch", "-q", "--orphan", "island")
    repo.commit(files={"x.txt": "x\n"})
    with pytest.raises(RepositoryError, match="'main' and HEAD have no common history"):
        base_of(repo.path, "main")
