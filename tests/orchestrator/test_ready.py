"""When the tracker is asked what is ready."""

import time

import pytest

from agent_gate.orchestrator import ready as module
from agent_gate.orchestrator.ready import Ready
from agent_gate.orchestrator.selection import Selection
from agent_gate.tracker.model import Create, Issue, Note, now


@pytest.fixture
def asked(site, monkeypatch):
    """What is ready in the site's tracker, and a list that grows with every question."""
    questions, tracker = [], type(site.desk.tracker)
    original = tracker.ready
    monkeypatch.setattr(tracker, "ready", lambda self: questions.append(1) or original(self))
    return Ready(site, Selection(), lambda *_: None, once=False), questions


@pytest.fixture
def told(site):
    """The tracker has heard of everything."""
    while site.desk.told_since() is None:
        time.sleep(0.01)


def add(site, name):
    site.desk.tracker.apply([Create(Issue(name, name))])


@pytest.mark.usefixtures("told")
def test_a_new_issue_is_seen_at_once_by_who_is_free(site, asked):
    ready, _ = asked
    ready.look(free=True)
    add(site, "t-1")
    ready.look(free=True)
    assert ready.next().id == "t-1"


def test_it_is_not_asked_again_while_nothing_changes(site, asked):
    ready, questions = asked
    for _ in range(3):
        ready.look(free=True)
    assert len(questions) == 1


def test_where_nobody_is_free_a_list_is_good_for_a_while_and_then_made_again(site, asked, monkeypatch):
    ready, questions = asked
    ready.look(free=False)
    add(site, "t-1")
    ready.look(free=False)
    assert len(questions) == 1
    monkeypatch.setattr(module, "STALE_SECONDS", 0.0)
    ready.look(free=False)
    assert (len(questions), ready.next().id) == (2, "t-1")


def test_what_this_run_writes_itself_does_not_make_it_ask_again_and_again(site, asked):
    ready, questions = asked
    ready.look(free=True)
    site.desk.close()  # from here on it has always something to tell
    site.desk.post(Note("t-1", "key", "text", now()))
    add(site, "t-1")
    ready.look(free=True)
    assert len(questions) == 1
