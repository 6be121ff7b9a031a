"""Starting a program that is not trusted: its own session, a time limit, bounded output, nothing left behind.

Everything that can go wrong with a start is a value of `Completed`, never another code path.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HEAD_BYTES = 64 * 1024  # kept from the start of the output
TAIL_BYTES = 1024 * 1024  # kept from its end, which is the useful one
GRACE_SECONDS = 3.0  # between TERM and KILL
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Completed:
    """How a run ended.

    Attributes:
        exit_code: None where the program did not end by itself (time limit) or was never started; negative: a signal.
        output: standard output and error as they came, bounded; undecodable bytes are replaced.
        timed_out: the time limit ended it.
        missing: why it could not be started ("" where it was): the program's name, or the reason.
        seconds: wall time.
        cut: some of the output was dropped.
    """

    exit_code: int | None
    output: str
    timed_out: bool = False
    missing: str = ""
    seconds: float = 0.0
    cut: bool = False

    @property
    def ok(self) -> bool:
        """It ran to its end and says that all is well."""
        return self.exit_code == 0


_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Condition()  # guards _running; told when a process has left it


def run(  # noqa: PLR0913 - what a start needs
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes | None = None,
    wrapper: Sequence[str] = (),
) -> Completed:
    """Run a program to its end, and end its whole process group with it.

    Args:
        argv: program and arguments; the program is looked up on the PATH of `env`.
        cwd: directory to run in.
        env: the whole environment.
        timeout: seconds.
        stdin: what it reads; nothing where None.
        wrapper: what starts the program in its turn (a sandbox), with its arguments; it is not looked up in `cwd`.
    """
    started = time.perf_counter()
    program = _program(argv[0], cwd, env)
    if program is None:
        return Completed(None, "", missing=argv[0])
    try:
        process = _start([*wrapper, program, *argv[1:]], cwd, env, with_input=stdin is not None)
    except OSError as problem:
        return Completed(None, "", missing=f"{argv[0]} ({problem.strerror})")
    output = _Bounded()
    reader = threading.Thread(target=output.read_from, args=(process.stdout,), daemon=True)
    reader.start()
    if stdin is not None:
        threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True).start()
    timed_out = False
    try:
        timed_out = not _ended_within(process, timeout)
        if timed_out:
            _signal_group(process, signal.SIGTERM)
            _ended_within(process, GRACE_SECONDS)
    finally:  # also where Ctrl-C breaks the wait off
        with _lock:  # between the last signal and the reaping, nobody else may signal this number
            _signal_group(process, signal.SIGKILL)
            process.wait()
            _running.discard(process)
            _lock.notify_all()
    reader.join(
        GRACE_SECONDS
    )  # a process that left the group may hold the pipe: its words are not waited for
    exit_code = None if timed_out else process.returncode
    seconds = time.perf_counter() - started
    return Completed(exit_code, output.text(), timed_out, "", seconds, output.cut)


def stop_all() -> None:
    """End every group that runs: TERM to all, one shared deadline, KILL. Who waits for them in `run` reaps them."""
    with _lock:
        processes = list(_running)
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        _lock.wait_for(lambda: not _running.intersection(processes), GRACE_SECONDS)
        for process in _running.intersection(processes):
            _signal_group(process, signal.SIGKILL)


def _program(name: str, cwd: Path, env: Mapping[str, str]) -> str | None:
    """The program as an absolute path: a name with a slash is relative to `cwd`, as for a shell."""
    if "/" in name:
        path = os.path.normpath(os.path.join(cwd, name))  # noqa: PTH118 - `name` may be absolute
        return path if os.access(path, os.X_OK) and not os.path.isdir(path) else None  # noqa: PTH112
    return shutil.which(name, path=env.get("PATH", ""))


def _start(
    argv: list[str], cwd: Path, env: Mapping[str, str], *, with_input: bool
) -> subprocess.Popen[bytes]:
    with _lock:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
    return process


def _feed(pipe: IO[bytes] | None, data: bytes) -> None:
    if pipe is not None:
        try:
            with pipe:
                pipe.write(data)
        except BrokenPipeError:
            return  # it did not want to hear the end


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end without reaping: its number stays taken until its group has been ended, too."""
    if not hasattr(os, "pidfd_open"):  # not Linux: subprocess polls
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    descriptor = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(descriptor)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


class _Bounded:
    """The first and the last bytes of a stream of any length."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def read_from(self, stream: IO[bytes] | None) -> None:
        """Read to the end of the stream."""
        if stream is None:
            return
        with stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                room = HEAD_BYTES - len(self._head)
                self._head += chunk[:room]
                self._tail += chunk[room:] if room > 0 else chunk
                if len(self._tail) > 2 * TAIL_BYTES:
                    self._cut()

    @property
    def cut(self) -> bool:
        """Whether something was dropped, as of the last `text()`."""
        return self._dropped > 0

    def text(self) -> str:
        """What was kept, with a line where something was dropped."""
        if len(self._tail) > TAIL_BYTES:
            self._cut()
        gap = f"\n… {self._dropped} bytes left out …\n".encode() if self._dropped else b""
        return (bytes(self._head) + gap + bytes(self._tail)).decode("utf-8", "replace")

    def _cut(self) -> None:
        excess = len(self._tail) - TAIL_BYTES
        self._dropped += excess
        del self._tail[:excess]
