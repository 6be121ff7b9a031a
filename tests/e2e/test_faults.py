"""Killed with SIGKILL before and after every step of the journal and every effect, again and again: what is left is looked at in git and in the tracker alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# One run of the orchestrator in a process of its own, which ends itself with SIGKILL at its N-th step.
CHILD = """
import itertools, os, signal, sys, threading
from agent_gate import cli
from agent_gate.orchestrator import attempts, dispatch, gating, judging, landings, tasks, worktrees
from agent_gate.orchestrator.journal import Journal
from agent_gate.orchestrator.landing.base import Base
from agent_gate.tracker.outbox import Outbox

last, lock, steps = int(sys.argv[1]), threading.Lock(), itertools.count(1)

def step():
    with lock:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

def stepping(owner, name):
    real = getattr(owner, name)
    def wrapped(*args, **kwargs):
        step()
        answer = real(*args, **kwargs)
        step()
        return answer
    setattr(owner, name, wrapped)

for owner, names in (
    (Journal, ("begin", "advance", "record", "know")),
    (Outbox, ("add", "_execute")),
    (Base, ("move",)),
    (attempts, ("prepare", "start")),
    (tasks, ("acquire",)),
    (judging, ("run_gate",)),
    (landings, ("run_gate",)),
):
    for name in names:
        stepping(owner, name)
sys.exit(cli.main(sys.argv[2:]))
"""


def run_killed_at(place, step):
    """The exit code: that of the run where it got to its end, else minus SIGKILL."""
    argv = [sys.executable, "-c", CHILD, str(step), *place.arguments("--drain")]
    done = subprocess.run(
        argv, cwd=place.path, env=place.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stdout + done.stderr
    return done.returncode


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_killed_at_every_step_nothing_is_lost_and_nothing_happens_twice(place, first):
    """Each life ends four steps later than the one before it, so that there is an end to it."""
    tasks = [place.add("a good module"), place.add("a lint module")]
    kills = 0
    while run_killed_at(place, first + 4 * kills) != 0:
        kills += 1
        assert kills < 60, "it does not come to an end"
    assert kills > 5, "fewer steps than a run has"
    place.check_invariants(tasks)
    assert sorted(line.split()[1] for line in place.started()) == ["1", "1", "2"]


def test_agents_that_still_run_are_adopted(place):
    tasks = [place.add(f"a wait module {number}") for number in range(2)]
    run = place.start("--drain")
    place.wait_until(lambda: len(place.started()) == 2)
    run.kill()
    run.communicate()
    again = place.start("--drain")
    place.wait_until(lambda: len(place.status()["tasks"]) == 2 and place.status()["runs"])
    time.sleep(1)
    (place.starts.with_name("go")).touch()
    output, _ = again.communicate(timeout=60)
    assert again.returncode == 0, output
    assert output.count("taken over in state working") == 2
    place.check_invariants(tasks)
    assert len(place.started()) == 2


def test_a_run_that_was_frozen_past_its_lease_does_nothing_more(place, monkeypatch):
    monkeypatch.setenv("AGENT_GATE_LEASE_SECONDS", "2")
    task = place.add("a wait module")
    frozen = place.start("--drain")
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    frozen.send_signal(signal.SIGSTOP)
    time.sleep(3)  # longer than the lease
    second = place.start("--drain")
    (place.starts.with_name("go")).touch()
    output, _ = second.communicate(timeout=60)
    assert second.returncode == 0, output
    landed = place.repo.git("rev-parse", "main")
    frozen.send_signal(signal.SIGCONT)
    output, _ = frozen.communicate(timeout=60)
    assert "has another owner now" in output
    assert place.repo.git("rev-parse", "main") == landed
    place.check_invariants([task])


@pytest.mark.parametrize("what", ["agent.py", "agent_gate.orchestrator.runner", "agent_gate.session"])
def test_whoever_is_killed_the_task_goes_on(place, what):
    task = place.add("a wait module")
    run = place.start("--drain", "--attempts", "4")
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    if what == "agent_gate.session":  # the gate, which begins when the agent has ended
        (place.starts.with_name("go")).touch()
    place.wait_until(lambda: kill_one(place, what))
    (place.starts.with_name("go")).touch()
    output, _ = run.communicate(timeout=90)
    assert run.returncode == 0, output
    assert place.issues()[task]["status"] == "closed"


def kill_one(place, what):
    """Kill a process of this place that has `what` among its arguments; whether there was one."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        is_what = any(argument.decode().endswith(what) for argument in arguments[:60])
        if is_what and b"run" not in arguments[:4] and str(place.starts).encode() in environment:
            os.kill(int(process.name), signal.SIGKILL)
            return True
    return False
