"""Killed before any of its effects, landing is taken up by the next run: once each, and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent_gate.orchestrator.landing.lander import Lander
from agent_gate.orchestrator.landing.state import Passed
from agent_gate.repository import open_repository
from tests.conftest import Repo

KILLED = Path(__file__).with_name("killed.py")


def land_until_killed(world, effect):
    """Exit code: 9 where it was killed before this effect, 0 where it has fewer of them."""
    args = [str(world.repo.path), str(world.journal._file), str(effect)]
    return subprocess.run([sys.executable, str(KILLED), *args], check=False).returncode


def take_up(world):
    """What the next run of the orchestrator does."""
    world.journal.take_over("run-2", lambda _: True)
    lander = Lander(
        open_repository(world.repo.path), world.journal, "main", "run-2", lambda _: True, world.gate, Passed()
    )
    for _ in range(2):
        world.round(lander)


@pytest.fixture
def shared(world, tmp_path):
    """`world` with a remote and two tasks that wait."""
    world.repo.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    world.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    world.repo.git("push", "-q", "-u", "origin", "main")
    world.queued("a")
    world.queued("b")
    return world, Repo(tmp_path / "remote.git")


@pytest.mark.parametrize("first", range(1, 46, 3))
def test_killed_before_any_effect_each_lands_exactly_once(shared, first):
    world, remote = shared
    for effect in range(first, first + 3):  # three lives, each killed a little later
        land_until_killed(world, effect)
    take_up(world)
    subjects = world.repo.git("log", "--format=%s", "main").splitlines()
    assert sorted(subjects) == ["Merge agent/b: Add b", "feat: add a", "feat: add b", "feat: start"]
    assert remote.git("rev-parse", "main") == world.tip()
    assert world.states() == {"a": "closed", "b": "closed"}
    assert [event.task for event in world.journal.events() if event.kind == "closed"] == ["a", "b"]
    assert world.repo.git("status", "--porcelain") == ""


def test_the_matrix_reaches_past_the_last_effect(shared):
    world, _ = shared
    assert land_until_killed(world, 45) == 0


def test_files_that_did_not_follow_before_a_crash_follow_later(world):
    task = world.queued("a")
    world.journal.know(
        "landing:main",
        {"old": task.base, "new": task.head, "tasks": {"a": task.head}, "gated": True, "done": False},
    )
    world.repo.git("update-ref", "refs/heads/main", task.head)
    world.round()
    assert world.repo.git("status", "--porcelain") == ""
    assert (world.repo.path / "a").read_text() == "a\n"


def test_files_that_cannot_follow_after_a_crash_do_not_hide_what_landed(world):
    task = world.queued("a", {"shared.txt": "a\n"})
    before = world.tip()
    world.journal.know(
        "landing:main",
        {"old": before, "new": task.head, "tasks": {"a": task.head}, "gated": True, "done": False},
    )
    world.journal.advance(task, "landing")
    world.repo.git("update-ref", "refs/heads/main", task.head)
    world.repo.write("shared.txt", "mine\n")
    landed, waiting = world.round()
    assert landed.commit == task.head
    assert "shared.txt" in waiting.reason
    assert (world.repo.path / "shared.txt").read_text() == "mine\n"
