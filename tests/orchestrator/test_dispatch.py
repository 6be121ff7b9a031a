"""A run that cannot go on says so, and does not look like one that is done."""

import shutil
import threading
from dataclasses import replace

import pytest

from agent_gate.orchestrator import dispatch, landing_loop
from agent_gate.orchestrator.dispatch import Dispatcher, Wanted
from agent_gate.orchestrator.journal import JournalError, State, Task
from agent_gate.orchestrator.landing.state import Memory, Tip
from agent_gate.orchestrator.progress import Progress
from agent_gate.orchestrator.selection import Selection


def dispatcher_of(site):
    wanted = Wanted(Selection(), drain=True, once=False, room=lambda: 1)
    return Dispatcher(site, wanted, Progress())


@pytest.fixture
def told(site):
    said = []
    return replace(site, tell=lambda _task, sentence: said.append(sentence)), said


def test_a_run_with_nothing_to_do_ends_well(site):
    dispatcher = dispatcher_of(site)
    dispatcher.run()
    assert not dispatcher.failed


def test_a_run_whose_journal_fails_ends_as_failed(site, monkeypatch):
    def fails(*_):
        raise JournalError("the disk is full")

    monkeypatch.setattr(dispatch, "FAILING_SECONDS", 0.0)
    dispatcher = dispatcher_of(site)
    monkeypatch.setattr(site.journal, "take_over", fails, raising=False)
    dispatcher.run()
    assert dispatcher.failed


def test_a_run_that_cannot_even_begin_ends_as_failed_and_says_why(told):
    site, said = told
    dispatcher = dispatcher_of(replace(site, base="nowhere"))
    dispatcher.run()
    assert dispatcher.failed
    assert "This run ends: git rev-parse failed" in said[0]


def test_an_agent_that_takes_its_time_to_stop_keeps_the_run_from_nothing(site, monkeypatch):
    """As when a person drops its task: the agent has its grace, and half a minute may pass."""
    stopping, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(dispatch.attempts, "stop", lambda *_: stopping.set() or ended.wait(30))
    site.journal.advance(site.journal.begin(Task("t-1"), site.owner.id), State.WORKING)
    site.journal.know("drop:t-1", value=True)
    dispatcher = dispatcher_of(site)
    dispatcher._tick()
    assert stopping.wait(30)
    assert dispatcher._stopper.is_alive()
    ended.set()


def test_a_gate_whose_tracker_does_not_answer_is_tried_later_and_keeps_no_run_from_ending(site):
    task = site.journal.advance(site.journal.begin(Task("t-1"), site.owner.id), State.GATING)
    dispatcher = dispatcher_of(site)
    dispatcher._set_aside(task, "bd hangs", waits=True)
    site.leaving.set()
    dispatcher._drive_ours()
    assert (dispatcher.working, dispatcher._is_over(begun=False)) == (0, True)
    assert site.journal.task("t-1").state is State.GATING  # for the next run


@pytest.fixture
def away(monkeypatch):
    """Nothing can land, and a minute is soon over."""
    monkeypatch.setattr(landing_loop, "STUCK_SECONDS", 0.0)
    monkeypatch.setattr(landing_loop, "land", lambda *_: "The remote is away.")


@pytest.mark.usefixtures("away")
def test_a_drain_does_not_wait_for_ever_for_what_cannot_land(told):
    site, said = told
    tip = site.tip()
    Memory(site.journal, "main").keep_tip(Tip(tip, tip, tip))
    site.journal.advance(site.journal.begin(Task("t-1"), site.owner.id), State.QUEUED)
    dispatcher = dispatcher_of(site)
    dispatcher.run()
    assert site.journal.task("t-1").state is State.QUEUED  # for the next run
    assert said[-1] == "t-1: passed, and cannot land now, so the next run lands it. The remote is away."


@pytest.mark.usefixtures("away")
def test_a_run_that_cannot_find_out_whether_the_base_is_green_ends_as_failed(site):
    dispatcher = dispatcher_of(site)
    dispatcher.run()
    assert dispatcher.failed


def test_what_another_run_has_taken_since_is_not_counted_here(site):
    dispatcher = dispatcher_of(site)
    site.journal.begin(Task("t-1"), "a run that is gone")
    dispatcher._tick()
    assert [task.id for task in dispatcher.taken] == ["t-1"]
    site.journal.take_over("another", lambda _: True)
    assert dispatcher.taken == []


def test_a_fault_whose_traceback_cannot_be_kept_is_said_all_the_same(site):
    dispatcher = dispatcher_of(site)
    shutil.rmtree(site.directory / "runs")
    assert "could not be kept" in dispatcher._fault("no/such/place", ValueError("x"))
