"""The same with the real bd: what a person sees with `bd` after a run, and after a kill."""

import json
import os
import signal
import subprocess

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def bd(place, bd_template):
    """`bd`, in the repository of the place."""
    del bd_template  # skips where there is no bd, and fails in CI
    quiet = {**os.environ, "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}

    def call(*args):
        done = subprocess.run(
            ["bd", *args], cwd=place.path, env=quiet, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    call("init", "--stealth", "--non-interactive", "--prefix", "t")
    return call


def listed(bd):
    return {row["id"]: row for row in json.loads(bd("list", "--all", "--limit", "0", "--json"))}


def test_beads_shows_what_landed_what_was_repaired_and_what_is_held(place, bd):
    kinds = "good", "closing lint", "closing hopeless"
    good, lint, held = (bd("q", f"a {kind} module").strip() for kind in kinds)
    done = place.run("--attempts", "2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("closed before its work had landed") == 2
    issues = listed(bd)
    assert [issues[task]["status"] for task in (good, lint, held)] == ["closed", "closed", "blocked"]
    found = {name: row["status"] for name, row in issues.items() if "agent-gate" in row.get("labels", ())}
    assert sorted(found.values()) == ["closed", "open"]
    landed = place.repo.git("log", "--first-parent", "--format=%H", "main").split()
    assert "git-sha:" in bd("provenance", "log", good)
    assert any(commit in bd("provenance", "log", lint) for commit in landed)
    assert "Held by agent-gate" in bd("show", held)


def test_a_run_that_is_killed_leaves_nothing_claimed_for_ever(place, bd):
    task = bd("q", "a wait module").strip()
    run = place.start("--drain")
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    run.send_signal(signal.SIGKILL)
    run.communicate()
    (place.starts.with_name("go")).touch()
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: row["status"] for name, row in listed(bd).items()} == {task: "closed"}
    assert len(place.started()) == 1


def test_what_waits_for_another_and_what_was_handed_back_with_findings_is_begun(place, bd):
    first = bd("q", "a lint module that has to linger").strip()
    later = bd("q", "a good module").strip()
    bd("dep", "add", later, first)
    run = place.start()
    place.wait_until(lambda: f"{first} 2" in place.started())
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=90)
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["status"] for row in listed(bd).values()} == {"closed"}, done.stdout
