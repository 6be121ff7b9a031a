"""A program that runs one agent: `python -P -m agent_gate.orchestrator.runner ATTEMPT_DIR`.

It is started by `attempts` with the worktree's lock open, holds it as long as it lives, and outlives who started it. It starts
the agent, reads it, keeps it to its limits, ends what it left behind, and writes how it ended as its last act. Killed itself, it
takes the agent with it (PDEATHSIG); what that one had started is ended by the next start in the worktree.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents.fitting import fitting
from agent_gate.agents.model import AgentError, End, Ending, Job
from agent_gate.agents.registry import find_adapter
from agent_gate.orchestrator.attempt_files import Exit, read_attempt, write_exit
from agent_gate.orchestrator.launching import start, why_not_started
from agent_gate.orchestrator.leftovers import end_leftovers
from agent_gate.orchestrator.limits import Watch
from agent_gate.orchestrator.output import Output
from agent_gate.plain_text import one_line
from agent_gate.running.prctl import PR_SET_CHILD_SUBREAPER, prctl

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from agent_gate.orchestrator.attempt_files import Attempt

READY = b"ready\n"  # on standard output, once `state.json` is there and a SIGTERM is understood
LAST_WORDS_SECONDS = 5.0  # for what was written before the end and not read yet
_OURS = frozenset({End.SILENT, End.LOOPING, End.OVER_BUDGET})  # limits that end a run
_EXPLAINED = frozenset({End.RATE_LIMITED, End.NOT_LOGGED_IN})  # what such a limit may come from


def main(argv: list[str]) -> int:
    """Run the attempt that was prepared in argv[0]."""
    if os.fork():  # nobody has to wait for us
        return 0
    directory = Path(argv[0])
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
    signal.signal(signal.SIGHUP, lambda *_: None)  # ignored, it would be ignored by the agent, too
    signal.signal(signal.SIGCHLD, lambda *_: None)  # else the wake-up is not told
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    attempt = read_attempt(directory)
    started = time.monotonic()
    try:
        ended = _run(attempt, wake, lambda: bool(stopped))
    except Exception as problem:  # noqa: BLE001 - whatever it is, how the attempt ended must be on disk
        traceback.print_exc()
        end_leftovers(attempt.worktree, below=os.getpid())
        ended = Exit(End.CRASHED, reason=f"agent-gate's runner failed: {one_line(repr(problem))}")
    write_exit(directory, replace(ended, seconds=round(time.monotonic() - started, 3)))
    return 0


def _run(attempt: Attempt, wake: int, is_stopped: Callable[[], bool]) -> Exit:
    """Start the agent and see it to its end."""
    job = Job(
        prompt=attempt.prompt_file.read_text("utf-8"),
        prompt_file=attempt.prompt_file,
        worktree=attempt.worktree,
        directory=attempt.directory,
        task=attempt.task,
        model=attempt.model,
        session=attempt.session,
        options=attempt.options,
    )
    try:
        adapter = find_adapter(attempt.agent)
        launch = fitting(adapter.launch, job)
        with Output(attempt.directory, adapter.reader(job)) as output:
            output.write_state(0)
            _tell_ready()
            try:
                agent = start(launch, attempt)
            except (OSError, ValueError) as problem:
                return Exit(End.CRASHED, reason=why_not_started(problem, launch, attempt))
            return _Run(agent, output, attempt, wake, is_stopped).to_the_end()
    except AgentError as problem:
        return Exit(End.CRASHED, reason=str(problem))


class _Run:
    """One run, from the agent's start to its end."""

    def __init__(
        self,
        agent: subprocess.Popen[bytes],
        output: Output,
        attempt: Attempt,
        wake: int,
        is_stopped: Callable[[], bool],
    ) -> None:
        self._agent = agent
        self._output = output
        self._attempt = attempt
        self._is_stopped = is_stopped
        self._watch = Watch(attempt.limits, time.monotonic())
        self._wake = wake
        self._poll = select.poll()
        self._poll.register(wake, select.POLLIN)
        self._open = {stream.fileno() for stream in (agent.stdout, agent.stderr) if stream}
        for stream in self._open:
            os.set_blocking(stream, False)
            self._poll.register(stream, select.POLLIN)
        self._why: Ending | None = None  # we end it, and this is why
        self._kill_at: float | None = None

    def to_the_end(self) -> Exit:
        """Sleep until something comes: output, a signal, the end of a child, a limit."""
        self._output.write_state(self._agent.pid)
        while not self._agent_is_gone():
            for stream, _ in self._poll.poll(self._milliseconds()):
                self._take(stream)
            self._output.write_state(self._agent.pid)
            self._enforce()
        left = end_leftovers(self._attempt.worktree, below=os.getpid())
        self._signal(signal.SIGKILL)  # what has slipped through; its number is still taken
        self._agent.wait()
        until = time.monotonic() + LAST_WORDS_SECONDS
        for stream in tuple(self._open):
            while self._take(stream) and time.monotonic() < until:
                pass
        self._output.finish()
        return self._exit(left)

    def _exit(self, left: tuple[str, ...]) -> Exit:
        code = self._agent.returncode
        said = self._output.reader.ending(None if self._why else code)
        ending = self._why or said
        if self._why and self._why.end in _OURS and said.end in _EXPLAINED:
            ending = said
        return Exit(
            end=ending.end,
            exit_code=code,
            reason=one_line(ending.reason, 500),
            until=ending.until if ending.until and math.isfinite(ending.until) else None,
            session=self._output.session,
            usage=self._output.usage,
            left_behind=tuple(one_line(command) for command in left[:50]),
        )

    def _take(self, stream: int) -> bool:
        """Read what is there; whether there may be more."""
        if stream == self._wake:
            os.read(stream, 512)
            return False
        lines = self._output.take(stream)
        if lines is None:
            self._poll.unregister(stream)
            self._open.discard(stream)
            return False
        now = time.monotonic()
        self._watch.heard(now)
        for line in lines:
            self._watch.read(line, now)
        return True

    def _enforce(self) -> None:
        """Ask the agent to end where it must, and end it where it does not."""
        now = time.monotonic()
        if self._why is None:
            if self._is_stopped():
                self._why = Ending(End.STOPPED)
            else:
                self._why = self._watch.verdict(self._output.usage, now)
            if self._why:
                self._signal(signal.SIGTERM)
                self._kill_at = now + self._attempt.limits.grace
        elif self._kill_at is not None and now >= self._kill_at:
            self._signal(signal.SIGKILL)
            self._kill_at = None

    def _milliseconds(self) -> float | None:
        """How long nothing needs to be done; None: until something comes."""
        now = time.monotonic()
        next_look = self._watch.next_look(now) if self._why is None else None
        kill = None if self._kill_at is None else max(0.0, self._kill_at - now)
        waits = [wait for wait in (next_look, kill, self._output.unwritten()) if wait is not None]
        return min(waits) * 1000 + 1 if waits else None

    def _agent_is_gone(self) -> bool:
        """Whether it has ended; it is not reaped yet, so that its number, and its group's, stay taken.

        Children that it left and that came to us are reaped.
        """
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return True
            if found is None:
                return False
            if found.si_pid == self._agent.pid:
                return True
            os.waitpid(found.si_pid, os.WNOHANG)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._agent.pid, number)


def _tell_ready() -> None:
    """Say so to who started us, who may be gone; nothing else is ever said there."""
    with contextlib.suppress(OSError):
        os.write(1, READY)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
