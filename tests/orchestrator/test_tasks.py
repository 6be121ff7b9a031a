"""What the end of a task says, and to whom."""

import threading
from pathlib import Path

import pytest

from agent_gate.agents.config import one_off
from agent_gate.agents.model import End, Usage
from agent_gate.orchestrator import attempts, tasks, worktree_lock
from agent_gate.orchestrator.attempt_files import Attempt, Exit
from agent_gate.orchestrator.journal import Journal, LostLeaseError, State, Task
from agent_gate.orchestrator.tasks import (
    _begin,
    _keep_shared,
    _take_ending,
    hold,
    release,
    try_again,
    work_on,
)
from agent_gate.tracker.model import Create, Issue


def pending(site):
    return [row["type"] for entry in site.desk._outbox.pending() for row in entry.content["writes"]]


@pytest.fixture
def unsent(site):
    """The outbox keeps what it is told."""
    site.desk.close()
    return site


def take_an_ending(site, task, _why):
    _take_ending(site, task, Exit(End.FINISHED))


@pytest.mark.parametrize("end", [hold, release, take_an_ending])
def test_a_run_that_has_lost_a_task_says_nothing_of_it_to_the_tracker(unsent, end):
    stale = unsent.journal.advance(unsent.journal.begin(Task("t-1"), unsent.owner.id), State.WORKING)
    unsent.journal.take_over("another", lambda _: True)
    with pytest.raises(LostLeaseError):
        end(unsent, stale, "why")
    assert pending(unsent) == []


def test_a_task_that_is_handed_back_is_open_even_if_its_agent_has_closed_it(unsent):
    task = unsent.journal.advance(unsent.journal.begin(Task("t-1"), unsent.owner.id), State.GATING)
    release(unsent, task, "why")
    assert pending(unsent) == ["Reopen", "SetStatus"]


def test_the_last_attempt_holds_the_task_and_the_tracker_hears_why(unsent):
    task = unsent.journal.begin(Task("t-1", allowed=1), unsent.owner.id)
    task = unsent.journal.advance(task, State.GATING)
    assert try_again(unsent, task, "red").state is State.HELD
    assert pending(unsent) == ["Reopen", "SetStatus", "Note"]


def test_a_claim_that_is_refused_uses_no_attempt(site):
    task = site.journal.begin(Task("t-none"), site.owner.id)
    assert work_on(site, task).state is State.RELEASED
    assert site.journal.begin(Task("t-none"), site.owner.id).attempt == 1


def test_an_attempt_that_ended_is_counted_once_even_if_the_run_is_killed_right_after(site, monkeypatch):
    task = site.journal.begin(Task("t-1", branch="agent/t-1"), site.owner.id)
    task = site.journal.advance(task, State.WORKING)
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "_put", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _take_ending(site, task, Exit(End.STOPPED, seconds=7.0, usage=Usage(5)))
    ended = _take_ending(site, task, Exit(End.STOPPED, seconds=7.0, usage=Usage(5)))
    counted = [event.data["seconds"] for event in site.journal.events("t-1") if event.kind == "agent-ended"]
    assert (counted, ended.tokens, ended.state) == ([7.0], 5, State.RELEASED)


def test_an_attempt_that_does_not_count_is_made_up_for(site):
    task = site.journal.begin(Task("t-1", allowed=1), site.owner.id)
    again = try_again(site, site.journal.advance(task, State.GATING), "limit", counts=False)
    assert (again.state, again.attempt, again.allowed) == (State.PREPARING, 2, 2)


def test_what_was_shared_before_the_first_start_is_kept_when_it_is_started_again(site, tmp_path):
    attempt = Attempt("command", "t-1", 1, tmp_path, tmp_path / "1")
    _keep_shared(site, attempt.directory)
    before = (attempt.directory / "shared.json").read_text()
    site.repository.git("branch", "of-the-agent")
    for _ in range(3):  # started, killed, started again, and killed in the middle of that
        attempts.prepare(attempt, "do it")
        _keep_shared(site, attempt.directory)
    assert (attempt.directory / "shared.json").read_text() == before
    assert "of-the-agent" not in before


@pytest.fixture
def about_to_begin(site, tmp_path, monkeypatch):
    """A task whose attempt is about to be prepared, and the directory in which another run has prepared it already."""
    monkeypatch.setattr(tasks, "choose", lambda *_: one_off("true"))
    site.desk.tracker.apply([Create(Issue("t-1", "A task"))])
    task = site.journal.begin(Task("t-1", branch="agent/t-1", base=site.tip()), site.owner.id)
    task = site.journal.advance(task, State.WORKING, worktree=str(tmp_path / "pool" / "1"))
    living = Attempt("command", "t-1", 1, tmp_path / "pool" / "1", site.attempt_directory(task))
    attempts.prepare(living, "the other one's prompt")
    return task


def test_a_run_that_was_frozen_before_it_prepared_an_attempt_leaves_the_one_of_its_successor(
    site, about_to_begin
):
    site.journal.take_over("another", lambda _: True)
    with pytest.raises(LostLeaseError):
        _begin(site, about_to_begin)
    prompt = site.attempt_directory(about_to_begin) / "prompt.md"
    assert prompt.read_text() == "the other one's prompt"


def test_while_an_attempt_is_prepared_nobody_else_can_begin_one(site, about_to_begin, monkeypatch):
    locked = []
    worktree = Path(about_to_begin.worktree)
    monkeypatch.setattr(tasks, "guard", lambda *_: locked.append(worktree_lock.is_locked(worktree)) or ())
    _begin(site, about_to_begin)
    attempts.wait(worktree, site.attempt_directory(about_to_begin))
    assert locked == [True]


def test_a_task_that_waits_for_its_turn_is_handed_back_when_it_is_dropped_or_the_run_is_left(site):
    site.slots.hold(site.repository.root, "t-0")
    for number, stop in enumerate((lambda: site.journal.know("drop:t-1", 1), site.leaving.set), start=1):
        task = site.journal.begin(Task(f"t-{number}"), site.owner.id)
        waiting = site.journal.advance(task, State.PREPARING, branch=f"agent/t-{number}")
        stop()
        assert work_on(site, waiting).state is State.RELEASED
    assert "asked to stop" in site.journal.task("t-2").reason


def test_a_paused_run_lets_nobody_begin(site):
    site.journal.know("paused", 1)
    task = site.journal.begin(Task("t-1"), site.owner.id)
    threading.Timer(0.3, site.leaving.set).start()
    waiting = site.journal.advance(task, State.PREPARING, branch="agent/t-1")
    assert work_on(site, waiting).state is State.RELEASED
