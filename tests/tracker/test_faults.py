"""Killed with SIGKILL at every step of filing, with the real bd: the next flush completes it, exactly once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent_gate.tracker import filing, verdict_issues
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.model import CLOSED, Create, Issue, TrackerError
from agent_gate.tracker.outbox import Entry, Outbox

from .verdicts import BLOCK, FOLLOW_UP, failing, kept, origin, rule, verdict

# Files one verdict in a process of its own, which ends itself with SIGKILL at its N-th step: before or after every call of
# bd, and every write of the outbox.
CHILD = """
import itertools, json, os, signal, sys
from pathlib import Path
from agent_gate.tracker import filing
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.outbox import Outbox

repository, directory, last, content = sys.argv[1:]
steps = itertools.count(1)

def step():
    if next(steps) == int(last):
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(owner, name):
    real = getattr(owner, name)
    def wrapped(*args, **kwargs):
        step()
        answer = real(*args, **kwargs)
        step()
        return answer
    setattr(owner, name, wrapped)

for owner, name in ((Beads, "_call"), (Outbox, "add"), (Outbox, "_execute")):
    stepping(owner, name)
outbox, tracker = Outbox(Path(directory)), Beads(Path(repository))
if content != "null":
    outbox.add(filing.ENTRY_KIND, json.loads(content))
outbox.flush(lambda entry: filing.send(entry, tracker, outbox))
"""


def file_killed_at(step, tracker, outbox, content):
    argv = [
        sys.executable,
        "-c",
        CHILD,
        str(tracker.directory),
        str(outbox.directory),
        str(step),
        json.dumps(content),
    ]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


@pytest.mark.slow
def test_killed_at_every_step_nothing_is_lost_and_nothing_is_filed_twice(beads, outbox):
    beads.apply([Create(Issue("t-1", "the task"))])
    first = verdict_issues.to_entry(
        verdict(failing("ruff", BLOCK), failing("mypy", FOLLOW_UP), tree="1"), origin("t-1", tree="1")
    )
    filing.send(Entry(1, filing.ENTRY_KIND, first), beads, outbox)
    ruff, mypy, tests = (
        verdict_issues.issue_id("t", "t-1", f"{rule(name).id}{end}")
        for name, end in (("ruff", ""), ("mypy", "\0follow-up"), ("pytest", ""))
    )
    # one step further each time, on a tree of its own: ruff is seen again, mypy is fixed or back, pytest is new or seen again
    step, code, trees = 0, -signal.SIGKILL, 0
    while code == -signal.SIGKILL:
        step += 1
        trees += 1
        tree = f"{trees + 1:x}"[-1] + str(step % 10)
        wrong = failing("mypy", FOLLOW_UP) if step % 2 else kept("mypy")
        content = verdict_issues.to_entry(
            verdict(failing("ruff", BLOCK), wrong, failing("pytest", BLOCK), tree=tree),
            origin("t-1", tree=tree),
        )
        code = file_killed_at(step, beads, outbox, content)
        lost = step <= 1  # killed before the outbox had it: nothing was promised
        again = file_killed_at(0, beads, outbox, content if lost else None)
        assert again == 0
        assert outbox.pending() == ()
        issues = {issue.id: issue for issue in beads.issues()}
        assert set(issues) == {"t-1", ruff, mypy, tests}
        assert (issues[mypy].status == CLOSED) is not bool(step % 2)
        assert {edge.on for edge in issues["t-1"].dependencies} == {ruff, tests}
        (shown,) = beads.ask("show", ruff, "--include-comments")
        assert [c["text"].split(" at ")[0] for c in shown["comments"]] == [
            f"Seen again ({n} times)" for n in range(2, trees + 2)
        ]
    assert code == 0
    assert step > 8, "fewer steps than filing has"


def test_bd_missing_is_said_and_the_next_flush_files(beads, outbox, monkeypatch):
    outbox.add(filing.ENTRY_KIND, verdict_issues.to_entry(verdict(failing("ruff", BLOCK)), origin()))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        with pytest.raises(TrackerError, match="`bd` is not on PATH"):
            flush(beads, outbox)
    flush(beads, outbox)
    assert len(beads.issues()) == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 60", "did not answer"),
        ("echo rubbish", "answered no JSON"),
        ("echo '[{}]'", "no list of issues"),
        ("echo 'database is locked' >&2; exit 1", "database is locked"),
        ("kill -9 $$", "killed by signal 9"),
    ],
    ids=["hangs", "rubbish", "no issues", "locked", "crashes"],
)
def test_a_bd_that_misbehaves_loses_nothing(beads, outbox, tmp_path, monkeypatch, script, said):
    outbox.add(filing.ENTRY_KIND, verdict_issues.to_entry(verdict(failing("ruff", BLOCK)), origin("t-1")))
    bad = tmp_path / "bin" / "bd"
    bad.parent.mkdir()
    bad.write_text(f"#!/bin/sh\n{script}\n")
    bad.chmod(0o755)
    monkeypatch.setattr("agent_gate.tracker.beads.TIMEOUT", 0.5)
    with pytest.raises(TrackerError, match=said):
        flush(Beads(beads.directory, str(bad)), outbox)
    monkeypatch.setattr("agent_gate.tracker.beads.TIMEOUT", 60.0)
    flush(beads, outbox)
    assert len(beads.issues()) == 1


def test_bd_killed_in_the_middle_of_a_write_loses_nothing(beads, outbox, tmp_path):
    many = [failing(f"rule-{n}", BLOCK) for n in range(40)]
    outbox.add(filing.ENTRY_KIND, verdict_issues.to_entry(verdict(*many), origin()))
    bad = tmp_path / "bin" / "bd"
    bad.parent.mkdir()
    real = next(Path(place, "bd") for place in os.environ["PATH"].split(":") if Path(place, "bd").exists())
    bad.write_text(
        f'#!/bin/sh\ncase "$*" in *import*) timeout -s KILL 0.15 {real} "$@" ;; *) exec {real} "$@" ;; esac\n'
    )
    bad.chmod(0o755)
    with pytest.raises(TrackerError):
        flush(Beads(beads.directory, str(bad)), outbox)
    flush(beads, outbox)
    assert len(beads.issues()) == 40


def flush(tracker, outbox: Outbox):
    outbox.flush(lambda entry: filing.send(entry, tracker, outbox))
