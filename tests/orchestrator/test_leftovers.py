"""What carries a worktree's mark is ended; what merely stands there is not."""

import os
import subprocess

from agent_gate.orchestrator.leftovers import MARK, end_leftovers


def sleeper(worktree, **env):
    return subprocess.Popen(
        ["sleep", "1000"], cwd=worktree, env={**os.environ, **env}, start_new_session=True
    )


def test_a_marked_process_is_ended_and_named(tmp_path):
    marked = sleeper(tmp_path, **{MARK: str(tmp_path)})
    assert end_leftovers(tmp_path) == (f"sleep 1000 (pid {marked.pid})",)
    assert marked.wait() < 0


def test_a_shell_in_the_worktree_and_the_agent_of_another_are_left_alone(tmp_path):
    person, other = sleeper(tmp_path), sleeper(tmp_path, **{MARK: f"{tmp_path}2"})
    assert end_leftovers(tmp_path) == ()
    for process in (person, other):
        assert process.poll() is None
        process.kill()
        process.wait()


def test_we_and_who_started_us_are_never_ended(tmp_path):
    script = f"from pathlib import Path; from agent_gate.orchestrator.leftovers import end_leftovers; print(end_leftovers(Path({str(tmp_path)!r})))"
    done = subprocess.run(
        ["sh", "-c", 'python3=$0; "$python3" -c "$1"; echo alive', os.sys.executable, script],
        env={**os.environ, MARK: str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "()\nalive\n"


def test_what_ignores_term_is_killed(tmp_path):
    stubborn = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"],
        env={**os.environ, MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert stubborn.stdout.readline() == b"up\n"
    end_leftovers(tmp_path, grace=0.1)
    assert stubborn.wait() == -9
    stubborn.stdout.close()
