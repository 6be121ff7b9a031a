from __future__ import annotations

import shutil

import pytest

from agent_gate.orchestrator.landing.base import Base, MoveError
from agent_gate.repository import open_repository


@pytest.fixture
def repo(make_repo):
    """`main` is checked out; `next` is one commit ahead of it."""
    repo = make_repo({"a.txt": "1\n", "b.txt": "1\n"})
    repo.branch("next")
    repo.commit("feat: next", {"a.txt": "2\n", "new.txt": "2\n"})
    repo.git("switch", "-q", "main")
    return repo


def base_of(repo):
    return (
        Base(open_repository(repo.path), "main"),
        repo.git("rev-parse", "main"),
        repo.git("rev-parse", "next"),
    )


def test_the_checkout_follows(repo):
    base, old, new = base_of(repo)
    base.move(old, new)
    assert base.tip() == new
    assert repo.git("status", "--porcelain") == ""
    assert (repo.path / "a.txt").read_text() == "2\n"


def test_a_checkout_elsewhere_follows_and_ours_does_not(repo, tmp_path):
    repo.git("switch", "-q", "--detach")
    repo.git("worktree", "add", "-q", str(tmp_path / "else where"), "main")
    base, old, new = base_of(repo)
    base.move(old, new)
    assert (tmp_path / "else where" / "a.txt").read_text() == "2\n"
    assert (repo.path / "a.txt").read_text() == "1\n"


def test_a_checkout_that_was_deleted_is_not_missed(repo, tmp_path):
    repo.git("switch", "-q", "--detach")
    repo.git("worktree", "add", "-q", str(tmp_path / "gone"), "main")
    shutil.rmtree(tmp_path / "gone")
    base, old, new = base_of(repo)
    base.move(old, new)
    assert base.tip() == new


def test_somebody_who_was_faster_is_not_overwritten(repo):
    base, old, new = base_of(repo)
    faster = repo.commit("feat: faster", {"b.txt": "3\n"})
    with pytest.raises(MoveError, match="somebody else"):
        base.move(old, new)
    assert base.tip() == faster
    assert repo.git("status", "--porcelain") == ""


def test_following_twice_is_following_once(repo):
    base, old, new = base_of(repo)
    base.move(old, new)
    repo.write("b.txt", "mine\n")
    base.follow(old, new)
    assert repo.git("status", "--porcelain") == "M b.txt"


def test_a_checkout_whose_index_is_locked_stops_the_move(repo):
    base, old, new = base_of(repo)
    lock = repo.write(".git/index.lock", "")
    with pytest.raises(MoveError, match=r"index\.lock"):
        base.move(old, new)
    lock.unlink()
    assert base.tip() == old


def test_hooks_of_the_repository_do_not_run(repo):
    for name in ("reference-transaction", "post-index-change", "post-checkout", "update"):
        repo.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {repo.path}/ran-{name}\n").chmod(0o755)
    base, old, new = base_of(repo)
    base.move(old, new)
    assert not list(repo.path.glob("ran-*"))
