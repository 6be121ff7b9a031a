import threading

import pytest

from agent_gate.orchestrator import tracking
from agent_gate.orchestrator.tracking import Desk
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.model import Create, Issue, SetStatus
from agent_gate.tracker.outbox import Outbox


class Failing(LocalTracker):
    """A tracker with a fault of its own, until it is repaired."""

    broken = True

    def apply(self, writes, current=None):
        if type(self).broken:
            raise KeyError("a fault")
        super().apply(writes, current)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(tracking, "COLLECT_SECONDS", 0.01)
    monkeypatch.setattr(tracking, "AGAIN_SECONDS", 0.01)


def test_a_fault_while_sending_is_said_and_sending_goes_on(tmp_path, quick, monkeypatch):
    LocalTracker(tmp_path).apply([Create(Issue("t-1", "A task"))])
    said, heard = [], threading.Event()
    desk = Desk(Failing(tmp_path), Outbox(tmp_path), "me", lambda what: (said.append(what), heard.set()))
    desk.post(SetStatus("t-1", "blocked"))
    assert heard.wait(30)
    assert "KeyError" in said[0]
    monkeypatch.setattr(Failing, "broken", False)
    desk.close()
    assert desk.issue("t-1").status == "blocked"


def test_it_is_known_when_the_tracker_has_heard_everything(tmp_path, quick):
    LocalTracker(tmp_path).apply([Create(Issue("t-1", "A task"))])
    desk = Desk(LocalTracker(tmp_path), Outbox(tmp_path), "me", lambda _: None)
    desk.post(SetStatus("t-1", "blocked"))
    desk.close()
    assert desk.told_since() is not None
    assert desk.issue("t-1").status == "blocked"
    desk.post(SetStatus("t-1", "open"))  # nobody sends any more
    assert desk.told_since() is None
