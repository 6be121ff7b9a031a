"""What only the embedded tracker does."""

import sqlite3

import pytest

from agent_gate.tracker import local as module
from agent_gate.tracker.model import Create, Issue, TrackerError


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


def test_a_newer_database_is_left_alone(local):
    local.apply([Create(Issue("t-1", "x"))])
    with sqlite3.connect(local.directory / "issues.db") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(TrackerError, match="newer agent-gate"):
        local.check()
