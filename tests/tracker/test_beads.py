"""What only the Beads tracker does: how many calls it makes of the real bd."""

import shutil
import threading
from dataclasses import replace

import pytest

from agent_gate.tracker import beads as module
from agent_gate.tracker.model import Create, Issue


@pytest.fixture
def logged(beads, tmp_path):
    """The tracker with a `bd` that writes down its arguments, and a function that gives them."""
    log, program = tmp_path / "calls", tmp_path / "bd-logged"
    program.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {shutil.which("bd")} "$@"\n')
    program.chmod(0o755)
    return replace(beads, program=str(program)), lambda: log.read_text().splitlines()


def claim_together(tracker, ids):
    """Claim them while the turn is taken, so that all wait for it."""
    claimed = {}
    threads = [
        threading.Thread(target=lambda name=name: claimed.update({name: tracker.claim(name, "me")}))
        for name in ids
    ]
    with module._turns(tracker.directory).take():
        for thread in threads:
            thread.start()
        while len(module._waiting_claims(tracker.directory, "me")) < len(ids):
            pass
    for thread in threads:
        thread.join()
    return claimed


def test_claims_that_wait_together_are_one_call(logged):
    tracker, calls = logged
    tracker.apply([Create(Issue(f"t-{number}", "x")) for number in range(3)], {})
    assert claim_together(tracker, ["t-0", "t-1", "t-2"]) == {"t-0": True, "t-1": True, "t-2": True}
    assert sum("--claim" in call for call in calls()) == 1
    assert {issue.status for issue in tracker.issues()} == {"in_progress"}


def test_one_that_cannot_be_claimed_keeps_the_others_from_nothing(logged):
    tracker, _ = logged
    tracker.apply([Create(Issue("t-0", "x")), Create(Issue("t-1", "x"))], {})
    tracker.claim("t-1", "another")
    assert claim_together(tracker, ["t-0", "t-1", "t-9"]) == {"t-0": True, "t-1": False, "t-9": False}
    assert {issue.id: issue.assignee for issue in tracker.issues()} == {"t-0": "me", "t-1": "another"}
