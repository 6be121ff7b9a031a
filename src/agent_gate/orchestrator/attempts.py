"""An attempt from outside: prepare its directory, start its runner, see how it stands, wait for it, stop it.

None of this needs the process that started the runner: another one goes on where it stopped (specs/agents-running.md).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from agent_gate.agents.model import End
from agent_gate.orchestrator import worktree_lock
from agent_gate.orchestrator.attempt_files import (
    AttemptError,
    Exit,
    read_attempt,
    read_exit,
    read_state,
    write_attempt,
    write_exit,
)
from agent_gate.orchestrator.leftovers import end_leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent_gate.orchestrator.attempt_files import Attempt

SHARED = "shared.json"  # stays: it tells how it was before the attempt was first started
STOP_SECONDS = 20.0  # that a runner has beyond its grace: for what was left behind, and to write


class Unfinished(StrEnum):
    """How an attempt stands that has not ended."""

    RUNNING = "running"
    NOT_STARTED = "not-started"  # or its runner was killed before it could say how it ended


@contextlib.contextmanager
def claimed(worktree: Path) -> Iterator[int]:
    """Hold the worktree's lock (its open file) while an attempt is prepared and started: nobody else begins one there.

    Raises:
        AttemptError: somebody has it.
    """
    lock = worktree_lock.take(worktree)
    if lock is None:
        raise AttemptError(f"The worktree {worktree} is in use.")
    try:
        yield lock
    finally:
        os.close(lock)


def prepare(attempt: Attempt, prompt: str) -> None:
    """Make the attempt's directory anew; what an earlier start left there is kept beside it.

    Raises:
        AttemptError: it cannot be written.
    """
    directory = attempt.directory
    try:
        if (directory / "attempt.json").exists():
            _set_aside(directory)
        directory.mkdir(parents=True, exist_ok=True)
        attempt.prompt_file.write_bytes(
            prompt.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace")
        )
        write_attempt(attempt)
    except OSError as problem:
        raise AttemptError(f"{directory} cannot be written: {problem.strerror}.") from problem


def start(directory: Path, lock: int | None = None) -> None:
    """Start the attempt that was prepared in `directory`; its runner is under way when this returns (or was killed), and outlives us.

    Whatever an earlier run left in the worktree is ended first. `lock` is of who has `claimed` the worktree.

    Raises:
        AttemptError: it has ended already, its worktree is in use, or the runner did not start.
    """
    if not hasattr(os, "pidfd_open"):
        raise AttemptError(
            "Agents are run on Linux 5.3 or newer: this system cannot tell one process from the next."
        )
    attempt = read_attempt(directory)
    if lock is None:
        with claimed(attempt.worktree) as ours:
            start(directory, ours)
        return
    try:
        if (directory / "exit.json").exists():
            raise AttemptError(f"The attempt in {directory} has ended: prepare another one.")
        (directory / "state.json").unlink(missing_ok=True)  # its number is not that of who has the lock now
        end_leftovers(attempt.worktree)
        _start_runner(directory, lock)
    except OSError as problem:
        raise AttemptError(f"The runner of {directory} could not be started: {problem}.") from problem


def status(worktree: Path, directory: Path) -> Exit | Unfinished:
    """How the attempt stands.

    Raises:
        AttemptError: `exit.json` is damaged.
    """
    if worktree_lock.is_locked(worktree):
        return Unfinished.RUNNING
    return read_exit(directory) or Unfinished.NOT_STARTED


def wait(worktree: Path, directory: Path) -> Exit | Unfinished:
    """Block until nobody has the worktree's lock, then say how the attempt stands; as `status`, but never RUNNING."""
    worktree_lock.wait_until_free(worktree)
    return read_exit(directory) or Unfinished.NOT_STARTED


def stop(worktree: Path, directory: Path) -> Exit | Unfinished:
    """End the agent, and its runner where that does not end by itself; how the attempt stands after that.

    Raises:
        AttemptError: the runner cannot be found, or `exit.json` is damaged.
    """
    runner = _runner(worktree, directory)
    if runner is None:
        return status(worktree, directory)
    try:
        signal.pidfd_send_signal(runner, signal.SIGTERM)
        if not _ends_within(runner, read_attempt(directory).limits.grace + STOP_SECONDS):
            signal.pidfd_send_signal(runner, signal.SIGKILL)
            _ends_within(runner, STOP_SECONDS)
    except ProcessLookupError:
        pass  # it ended by itself
    finally:
        os.close(runner)
    lock = worktree_lock.take(worktree)
    if lock is not None:  # else somebody has started it again
        try:
            end_leftovers(worktree)
            if read_exit(directory) is None:
                write_exit(directory, Exit(End.STOPPED, reason="Its runner did not end, and was killed."))
        finally:
            worktree_lock.give_back(lock)
    return status(worktree, directory)


def _set_aside(directory: Path) -> None:
    """Move away what is there; `attempt.json` last, so that this can be done again after a crash."""
    aside = directory.with_name(f"{directory.name}.{time.time_ns()}")
    aside.mkdir()
    entries = [entry for entry in directory.iterdir() if entry.name != SHARED]
    for entry in sorted(entries, key=lambda entry: entry.name == "attempt.json"):
        entry.rename(aside / entry.name)


def _start_runner(directory: Path, lock: int) -> None:
    command = [sys.executable, "-P", "-m", "agent_gate.orchestrator.runner", str(directory)]
    with (directory / "runner.err").open("wb") as errors:
        runner = subprocess.Popen(
            command,
            cwd="/",  # no relative entry of PYTHONPATH leads into the worktree
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=(lock,),
            start_new_session=True,
        )
    ready, _ = runner.communicate()  # it goes on as a child of nobody's
    if not ready and read_exit(directory) is None:
        last = (directory / "runner.err").read_text("utf-8", "replace").strip().rpartition("\n")[2]
        if last:  # else it was killed, which can be any moment of its life: it is to be started again
            raise AttemptError(f"The runner of {directory} did not start: {last}.")


def _runner(worktree: Path, directory: Path) -> int | None:
    """A handle (pidfd) of the runner; None where it does not run.

    While the lock is held the runner lives, so the number in its `state.json` was not another's when it was opened.
    """
    if not worktree_lock.is_locked(worktree):
        return None
    state = read_state(directory)
    handle = None
    if state is not None:
        with contextlib.suppress(ProcessLookupError, OSError):
            handle = os.pidfd_open(state.pid)
    if worktree_lock.is_locked(worktree):
        if handle is None:
            raise AttemptError(f"The runner of {directory} cannot be found, though it has {worktree}.")
        return handle
    if handle is not None:
        os.close(handle)
    return None


def _ends_within(process: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
