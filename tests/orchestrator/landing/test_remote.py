from __future__ import annotations

import pytest

from agent_gate.orchestrator.landing.model import BaseMoved, Landed, Waiting
from agent_gate.orchestrator.landing.remote import upstream_of
from agent_gate.repository import open_repository
from tests.conftest import Repo


@pytest.fixture
def remote(world, tmp_path):
    world.repo.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git"))
    world.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    world.repo.git("push", "-q", "-u", "origin", "main")
    return Repo(tmp_path / "remote.git")


def teammate_pushes(world, tmp_path, files):
    """Somebody else, from a clone of their own."""
    other = Repo(tmp_path / "clone")
    if not other.path.exists():
        world.repo.git("clone", "-q", str(tmp_path / "remote.git"), str(other.path))
    other.git("pull", "-q", "--ff-only")
    sha = other.commit("feat: by a teammate", files)
    other.git("push", "-q")
    return sha


def test_what_lands_is_pushed(world, remote):
    world.queued("a")
    world.round()
    assert remote.git("rev-parse", "main") == world.tip()
    assert "a" in world.files()


def test_the_fetched_tip_is_what_is_gated_against(world, remote, tmp_path):
    world.queued("a")
    theirs = teammate_pushes(world, tmp_path, {"theirs": "1"})
    told = world.round()
    assert any(isinstance(event, BaseMoved) and event.new == theirs for event in told)
    assert world.runs[-1][0] == theirs
    assert (
        {"a", "theirs"}
        <= world.files()
        == set(remote.git("ls-tree", "-r", "--name-only", "main").splitlines())
    )


def test_a_rejected_push_is_retried_from_the_new_tip(world, remote, tmp_path):
    world.queued("a")
    world.queued("b")
    pushes = iter(["theirs"])
    world.before_gate = lambda: [teammate_pushes(world, tmp_path, {name: "1"}) for name in pushes]
    (waiting,) = world.round()
    assert "push" in waiting.reason
    assert world.states() == {"a": "queued", "b": "queued"}
    assert len([event for event in world.round() if isinstance(event, Landed)]) == 2
    assert {"a", "b", "theirs"} <= world.files("origin/main")
    assert remote.git("rev-parse", "main") == world.tip()


def test_what_the_remote_says_of_a_refused_push_is_told(world, remote):
    hook = remote.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'only on Mondays' >&2\nexit 1\n")
    hook.chmod(0o755)
    world.queued("a")
    (waiting,) = world.round()
    assert "only on Mondays; [remote rejected]" in waiting.reason
    assert "(pre-receive hook declined))." in waiting.reason


def test_a_remote_that_is_away_makes_landing_wait(world, remote):
    world.queued("a")
    before = world.tip()
    away = remote.path.rename(remote.path.with_name("away"))
    (waiting,) = world.round()
    assert isinstance(waiting, Waiting)
    assert "origin" in waiting.reason
    assert world.tip() == before
    away.rename(remote.path)
    assert any(isinstance(event, Landed) for event in world.round())


def test_branches_that_went_different_ways_are_left_to_people(world, remote, tmp_path):
    teammate_pushes(world, tmp_path, {"theirs": "1"})
    ours = world.repo.commit("feat: by hand", {"hand": "1"})
    world.queued("a")
    (waiting,) = world.round()
    assert "different ways" in waiting.reason
    assert world.tip() == ours


def test_an_upstream_in_the_same_repository_is_no_remote(world):
    world.repo.git("branch", "other")
    world.repo.git("branch", "-q", "--set-upstream-to=other", "main")
    assert upstream_of(open_repository(world.repo.path), "main") is None
