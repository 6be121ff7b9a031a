"""Attempts from outside: adopted by another process, stopped, damaged."""

import json
import os
import subprocess
import sys

import pytest

from agent_gate.agents.model import End
from agent_gate.orchestrator import attempts, worktree_lock
from agent_gate.orchestrator.attempt_files import AttemptError, read_exit, read_state
from agent_gate.orchestrator.attempts import Unfinished

START = "import sys; from pathlib import Path; from agent_gate.orchestrator import attempts; attempts.start(Path(sys.argv[1])); "


@pytest.fixture
def talking(attempt_of):
    """An attempt that says "up", and ends when it is told something."""
    attempt = attempt_of("echo up > said; read word < told; echo $word")
    os.mkfifo(attempt.worktree / "said")
    os.mkfifo(attempt.worktree / "told")
    return attempt


def test_an_attempt_that_was_prepared_has_not_started(attempt_of):
    attempt = attempt_of("")
    assert attempts.status(attempt.worktree, attempt.directory) is Unfinished.NOT_STARTED


def test_a_run_outlives_who_started_it_and_is_adopted(talking):
    command = [sys.executable, "-c", f"{START} import os; os.kill(os.getpid(), 9)", str(talking.directory)]
    assert subprocess.run(command, check=False).returncode == -9
    talking.says("up")
    assert attempts.status(talking.worktree, talking.directory) is Unfinished.RUNNING
    with pytest.raises(AttemptError, match="is in use"):
        attempts.start(talking.directory)
    talking.tell("bye")
    assert talking.wait().end is End.FINISHED
    assert talking.log == "bye\n"


def test_an_interrupt_of_who_started_it_does_not_reach_the_agent(talking):
    script = f"{START} import os; os.killpg(0, 2)"
    subprocess.run(
        [sys.executable, "-c", script, str(talking.directory)], check=False, start_new_session=True
    )
    talking.says("up")
    talking.tell("bye")
    assert talking.wait().end is End.FINISHED


def test_a_stopped_attempt_says_so(talking):
    talking.start()
    talking.says("up")
    done = attempts.stop(talking.worktree, talking.directory)
    assert done.end is End.STOPPED
    assert done == attempts.status(talking.worktree, talking.directory)


def test_stopping_what_does_not_run_changes_nothing(attempt_of):
    attempt = attempt_of("exit 0")
    assert attempts.stop(attempt.worktree, attempt.directory) is Unfinished.NOT_STARTED
    done = attempt.run()
    assert attempts.stop(attempt.worktree, attempt.directory) == done


def test_an_attempt_that_has_ended_is_not_started_again(attempt_of):
    attempt = attempt_of("exit 0")
    attempt.run()
    with pytest.raises(AttemptError, match="has ended"):
        attempts.start(attempt.directory)


def test_a_prepared_directory_keeps_that_of_an_earlier_life(attempt_of):
    attempt = attempt_of("echo once")
    attempt.run()
    values = attempts.read_attempt(attempt.directory)
    attempts.prepare(values, "again")
    assert attempts.status(attempt.worktree, attempt.directory) is Unfinished.NOT_STARTED
    (earlier,) = attempt.directory.parent.glob("1.*")
    assert (earlier / "log").read_text() == "once\n"


def test_a_worktree_in_use_is_refused(attempt_of):
    attempt = attempt_of("")
    lock = worktree_lock.take(attempt.worktree)
    with pytest.raises(AttemptError, match="is in use"):
        attempt.start()
    os.close(lock)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"end": "finished"}',
        b'{"end": "landed", "exit_code": 0}',
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps(
            {"end": "finished", "exit_code": "0; rm", "until": None, "reason": "", "session": ""}
        ).encode(),
    ],
)
def test_damaged_files_are_an_error_of_one_sentence(attempt_of, content):
    attempt = attempt_of("")
    (attempt.directory / "exit.json").write_bytes(content)
    (attempt.directory / "state.json").write_bytes(content)
    with pytest.raises(AttemptError, match=r"exit\.json is damaged"):
        read_exit(attempt.directory)
    with pytest.raises(AttemptError, match=r"state\.json is damaged"):
        read_state(attempt.directory)
    (attempt.directory / "exit.json").unlink()


def test_a_runner_that_cannot_start_says_why(attempt_of):
    attempt = attempt_of("")
    (attempt.directory / "attempt.json").write_text(
        (attempt.directory / "attempt.json").read_text().replace('"limits"', '"limit"')
    )
    with pytest.raises(AttemptError, match="damaged"):
        attempt.start()


def test_a_runner_that_is_killed_before_it_is_ready_is_one_to_start_again(attempt_of, monkeypatch, tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    attempt = attempt_of("exit 0")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(program))
        attempt.start()
    assert attempts.status(attempt.worktree, attempt.directory) is Unfinished.NOT_STARTED
    assert attempt.run().end is End.FINISHED
