import sqlite3
import subprocess
import sys

import pytest

from agent_gate.tracker.model import RefusedError, TrackerError
from agent_gate.tracker.outbox import Outbox


def test_entries_are_sent_once_and_in_order(outbox):
    for number in range(3):
        outbox.add("x", {"n": number})
    sent = []
    assert outbox.flush(lambda entry: sent.append(entry.content["n"])) == 3
    assert outbox.flush(lambda entry: sent.append(entry.content["n"])) == 0
    assert sent == [0, 1, 2]


def test_what_cannot_be_sent_stays_with_its_reason_and_what_is_behind_it(outbox):
    outbox.add("x", {})
    outbox.add("x", {})

    def hang(entry):
        raise TrackerError("bd hangs")

    with pytest.raises(TrackerError, match="bd hangs"):
        outbox.flush(hang)
    assert [entry.problem for entry in outbox.pending()] == ["bd hangs", ""]


def test_a_refused_entry_does_not_hold_up_the_others(outbox):
    for number in range(3):
        outbox.add("x", {"n": number})

    def refuse_the_first(entry):
        if entry.content["n"] == 0:
            raise RefusedError("not this one")

    with pytest.raises(RefusedError):
        outbox.flush(refuse_the_first)
    assert [entry.content["n"] for entry in outbox.pending()] == [0]


def test_a_full_disk_is_said_before_anything_is_lost(tmp_path):
    (tmp_path / "outbox").write_text("a file where the directory should be")
    with pytest.raises(TrackerError, match="nothing was filed"):
        Outbox(tmp_path / "outbox").add("x", {})


def test_an_outbox_of_a_newer_version_is_not_touched(outbox):
    outbox.add("x", {})
    with sqlite3.connect(outbox.directory / "outbox.db") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(TrackerError, match="newer agent-gate"):
        outbox.pending()


def test_entries_survive_the_process(outbox):
    outbox.add("x", {"n": 1})
    assert [entry.content for entry in Outbox(outbox.directory).pending()] == [{"n": 1}]


def test_neighbours_of_one_kind_are_sent_together_and_a_refused_one_stays_alone(outbox):
    for number in (1, 2, 3):
        outbox.add("writes", {"writes": [number]})
    sent = []

    def send(entry):
        if 2 in entry.content["writes"]:
            raise RefusedError("not two")
        sent.append(entry.content["writes"])

    with pytest.raises(RefusedError):
        outbox.flush(send, together="writes")
    assert sent == [[1], [3]]
    assert [entry.content["writes"] for entry in outbox.pending()] == [[2]]
    assert outbox.flush(lambda entry: sent.append(entry.content["writes"]), together="writes") == 1


def test_what_is_sent_together_is_sent_once(outbox):
    for number in (1, 2):
        outbox.add("writes", {"writes": [number]})
    sent = []
    assert outbox.flush(lambda entry: sent.append(entry.content["writes"]), together="writes") == 2
    assert sent == [[1, 2]]
    assert outbox.pending() == ()


def test_a_disk_that_is_full_while_sending_is_one_sentence_and_loses_nothing(tmp_path):
    child = """
import resource, sys
from pathlib import Path
from agent_gate.tracker.model import TrackerError
from agent_gate.tracker.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]))
for number in range(50):
    outbox.add("k", {"n": number, "text": "x" * 4000})
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    outbox.flush(lambda entry: None)
except TrackerError as problem:
    print("said:", problem)
"""
    argv = [sys.executable, "-c", child, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "said: The outbox" in done.stdout
    left = Outbox(tmp_path).pending()
    assert [entry.content["n"] for entry in left] == list(range(50 - len(left), 50))
    assert left
