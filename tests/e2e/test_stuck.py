"""Runs that must not end too early, and tasks that must not be left behind."""

from __future__ import annotations

import signal

from agent_gate.repository import open_repository
from agent_gate.tracker.find import find_tracker
from agent_gate.tracker.model import Create, Dependency, Issue


def test_what_waits_for_a_task_is_begun_before_a_drain_ends(place):
    first = place.add("a good module")
    later = f"{first}x"
    edge = Dependency(later, first)
    find_tracker(open_repository(place.path)).apply(
        [Create(Issue(later, "another good module", dependencies=(edge,)))]
    )
    done = place.run()
    assert done.returncode == 0, done.stdout
    place.check_invariants([first, later])


def test_once_takes_all_that_is_ready(place):
    tasks = [place.add(f"a good module {number}") for number in range(3)]
    done = place.call(*place.arguments("--once", "--workers", "1"))
    assert done.returncode == 0, done.stdout
    place.check_invariants(tasks)


def test_a_task_that_was_handed_back_with_findings_is_taken_up_again(place):
    task = place.add("a lint module that has to linger")
    run = place.start()
    place.wait_until(lambda: f"{task} 2" in place.started())
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=60)
    assert "handed back" in output
    done = place.run()
    assert done.returncode == 0, done.stdout
    place.check_invariants([task])


def test_a_drain_does_not_end_well_while_the_tracker_does_not_answer(place):
    task = place.add("a good module")
    place.run("--only", "nobody")  # the journal is there
    place.call("pause")
    run = place.start("--drain")
    assert (
        "landing on main" in run.stdout.readline()
    )  # a tracker that cannot be used at all ends it before that
    database = place.path / ".git/agent-gate/issues.db"
    kept = database.read_bytes()
    database.write_bytes(b"no database")
    place.call("resume")
    said = next(line for line in run.stdout if "does not say what is ready" in line)
    database.write_bytes(kept)
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 0, said + output
    place.check_invariants([task])


def test_a_task_that_was_handed_back_and_is_dropped_is_not_begun_again(place):
    task = place.add("a wait module")
    run = place.start()
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert place.call("drop", task).returncode == 0
    assert place.issues()[task]["status"] == "blocked"
    place.run()
    assert place.started() == [f"{task} 1"]


def test_a_budget_that_is_used_up_ends_the_run_and_says_so(place):
    task = place.add("a good module")
    (place.path / "agent-gate.toml").write_text("[run.run-budget]\nseconds = 0.001\n")
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ended, as a budget is used up" in done.stdout
    assert place.issues()[task]["status"] == "open"
