import os
import signal

import pytest

from agent_gate.cli import main
from agent_gate.orchestrator.journal import Journal, State, Task
from agent_gate.orchestrator.owner import new_owner
from agent_gate.repository import open_repository
from agent_gate.tracker.find import find_tracker
from agent_gate.tracker.model import Create, Issue


@pytest.fixture
def known(make_repo):
    """A repository with a task of the tracker that is held, and its journal."""
    repository = open_repository(make_repo().path)
    journal = Journal(repository.common_dir / "agent-gate" / "journal.db")
    find_tracker(repository).apply([Create(Issue("t-1", "A task", status="blocked"))])
    journal.advance(journal.begin(Task("t-1", branch="agent/t-1"), "somebody"), State.HELD, attempt=3)
    yield repository, journal
    journal.close()


def call(repository, *args):
    return main([*args, "--worktree", str(repository.root)])


def status(repository):
    return find_tracker(repository).issues(["t-1"])[0].status


def test_pausing_lasts_until_it_is_resumed(known, capsys):
    repository, journal = known
    call(repository, "pause")
    assert journal.fact("paused")
    call(repository, "resume")
    assert not journal.fact("paused")
    assert "no new tasks" in capsys.readouterr().out


def test_a_retried_task_is_open_and_goes_on_with_the_next_number(known):
    repository, journal = known
    journal.know("drop:t-1", value=True)
    assert call(repository, "retry", "t-1") == 0
    task = journal.task("t-1")
    assert (task.state, task.attempt, task.allowed, status(repository)) == (State.CLAIMING, 4, 6, "open")
    assert not journal.fact("drop:t-1")


def test_what_is_under_way_is_not_retried_and_nothing_is_written(known, capsys):
    repository, journal = known
    journal.again("t-1", 1)
    assert call(repository, "retry", "t-1") == 4
    assert "t-1 is claiming: there is nothing to retry." in capsys.readouterr().err
    assert status(repository) == "blocked"


def test_a_task_that_was_handed_back_is_blocked_when_it_is_dropped(known):
    repository, journal = known
    call(repository, "retry", "t-1")
    journal.advance(journal.task("t-1"), State.RELEASED)
    assert call(repository, "drop", "t-1") == 0
    assert (journal.task("t-1").state, status(repository)) == (State.DROPPED, "blocked")


def test_a_task_that_is_under_way_is_left_to_its_run_to_drop(known, capsys):
    repository, journal = known
    journal.again("t-1", 1)
    assert call(repository, "drop", "t-1") == 0
    assert (journal.task("t-1").state, journal.fact("drop:t-1")) == (State.CLAIMING, True)
    assert "given up when `agent-gate run` is started; its work stays on agent/t-1" in capsys.readouterr().out
    call(repository, "status")
    assert "a person has dropped it" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_what_landed_stays_and_what_nobody_knows_is_said(known, capsys, command):
    repository, journal = known
    journal.advance(journal.begin(Task("t-2"), "somebody"), State.CLOSED)
    assert [call(repository, command, name) for name in ("t-2", "t-9")] == [4, 4]
    assert f"t-9 is not known: there is nothing to {command}." in capsys.readouterr().err


@pytest.mark.parametrize(("args", "number"), [((), signal.SIGINT), (("--now",), signal.SIGTERM)])
def test_stop_asks_the_runs_that_live(known, monkeypatch, args, number):
    repository, _ = known
    owner, sent = new_owner(repository.common_dir / "agent-gate" / "runs"), []
    monkeypatch.setattr(os, "kill", lambda pid, how: sent.append((pid, how)))
    assert call(repository, "stop", *args) == 0
    assert sent == [(os.getpid(), number)]
    os.close(owner.lock)
    assert call(repository, "stop", *args) == 4
