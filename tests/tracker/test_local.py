"""What only the embedded tracker does."""

import sqlite3

import pytest

from agent_gate.tracker import local as module
from agent_gate.tracker.model import CLOSED, Close, Create, Issue, TakeBack, TrackerError


def test_reading_makes_no_file(local):
    assert (local.issues(), local.ready()) == ((), ())
    assert not local.directory.exists()


def test_a_claim_whose_lease_has_run_out_is_freed_and_had_by_another(local, monkeypatch):
    local.apply([Create(Issue("t-1", "x")), Create(Issue("t-2", "y"))])
    with monkeypatch.context() as dead:
        dead.setattr(module, "LEASE_SECONDS", -1.0)
        assert local.claim("t-1", "dead")
    assert local.claim("t-2", "alive")
    assert local.reclaim() == ("t-1",)
    assert local.claim("t-1", "you")
    assert not local.heartbeat("t-1", "dead")


def test_what_is_closed_after_it_was_looked_at_is_taken_back_when_that_can_be_told(local):
    seen, taken_back = Issue("t-1", "x"), TakeBack("t-1", "key", "closed too early", "2026-01-01T00:00:00Z")
    local.apply([Create(seen), Close("t-1", "done")])
    local.apply([taken_back], {"t-1": seen})
    (now,) = local.issues()
    assert now.status == CLOSED
    local.apply([taken_back], {"t-1": now})
    assert local.issues()[0].status == "in_progress"


def test_a_newer_database_is_left_alone(local):
    local.apply([Create(Issue("t-1", "x"))])
    with sqlite3.connect(local.directory / "issues.db") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(TrackerError, match="newer agent-gate"):
        local.check()
