"""What only the Beads tracker does: how many calls it makes of the real bd."""

import shutil
import subprocess
import threading
from dataclasses import replace

import pytest

from agent_gate.tracker import beads as module
from agent_gate.tracker import filing
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.model import CLOSED, Close, Create, Issue, Note, TrackerError
from agent_gate.tracker.outbox import Outbox


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


@pytest.mark.parametrize(
    ("version", "fits"),
    [("1.2.9", False), ("1.3.0", True), ("1.19.2-rc1", True), ("2.0.0", False), ("", False)],
)
def test_a_bd_of_another_version_is_refused_before_any_work(tmp_path, version, fits):
    program = tmp_path / "bd"
    program.write_text(f'#!/bin/sh\necho \'{{"version": "{version}"}}\'\n')
    program.chmod(0o755)
    tracker = Beads(tmp_path, str(program))
    if fits:
        tracker.check()
    else:
        with pytest.raises(TrackerError, match=r"agent-gate needs 1\.3 or newer, below 2\.0"):
            tracker.check()


def test_flushes_at_the_same_time_send_everything_once(beads, tmp_path):
    beads.apply([Create(Issue("t-1", "x"))], {})
    outbox = Outbox(tmp_path / "outbox")
    for number in range(4):
        note = Note("t-1", f"k{number}", f"note {number}", "2026-01-01T00:00:00Z")
        outbox.add(filing.WRITE_KIND, filing.written([note]))
    sent = []
    threads = [threading.Thread(target=lambda: sent.append(filing.flush(beads, outbox))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(sent), outbox.pending()) == ([0, 0, 4], ())
    (shown,) = beads.ask("show", "t-1", "--include-comments")
    assert sorted(comment["text"] for comment in shown["comments"]) == [
        f"note {number}" for number in range(4)
    ]


def test_a_claim_whose_lease_has_run_out_is_freed_for_others(beads):
    if shutil.which("dolt") is None:
        pytest.skip("dolt is not on PATH (`make bd` builds it)")
    beads.apply([Create(Issue("t-1", "x"))], {})
    beads.claim("t-1", "dead")
    (database,) = beads.directory.glob(".beads/embeddeddolt/*/.dolt")
    statement = "UPDATE leases SET lease_expires_at = '2020-01-01'"
    subprocess.run(["dolt", "sql", "-q", statement], cwd=database.parent, check=True, capture_output=True)
    assert (beads.reclaim(), beads.heartbeat("t-1", "dead"), beads.claim("t-1", "you")) == (
        ("t-1",),
        False,
        True,
    )


def test_a_reason_is_a_reason_whatever_is_in_it(beads):
    reasons = [
        'done"\nclose t-9 "and',
        "a \\",
        '\\"',
        "--force",
        "# no comment",
        "$(touch /tmp/x) `y`",
        "x" * 5000,
    ]
    beads.apply(
        [Create(Issue("t-9", "not to be closed")), *(Create(Issue(f"t-{n}", "x")) for n in range(7))], {}
    )
    beads.apply([Close(f"t-{number}", reason) for number, reason in enumerate(reasons)])
    issues = {issue.id: issue for issue in beads.issues()}
    assert issues.pop("t-9").status == "open"
    assert {issue.status for issue in issues.values()} == {CLOSED}
    assert [issues[f"t-{n}"].close_reason for n in range(6)] == [
        " ".join(reason.split()) for reason in reasons[:6]
    ]
