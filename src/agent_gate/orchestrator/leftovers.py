"""Ending what an agent started and left: its descendants, and whatever carries the mark of its worktree in its environment.

A process that merely has its working directory there (a person's shell or editor) is not touched.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

MARK = "AGENT_GATE_WORKTREE"  # nobody else's processes carry it, and a worktree has one attempt at a time
_ROUNDS = 20  # of looking again after a KILL: something that forks faster than this is left, and named
_PROC = Path("/proc")
_SHOWN = 200  # characters of a command line


@dataclass(frozen=True, slots=True)
class _Process:
    """A living process; with `started` (ticks since the machine's start) it is told from a later one of its number."""

    pid: int
    parent: int
    started: str
    command: str


def end_leftovers(worktree: Path, *, below: int | None = None, grace: float = 3.0) -> tuple[str, ...]:
    """End them: TERM, `grace` seconds, KILL until none is left; their command lines.

    Args:
        worktree: whose mark they carry.
        below: descendants of this process are meant, too.
        grace: seconds.
    """
    ended: dict[int, str] = {}
    for round_ in range(_ROUNDS):
        found = _find(worktree, below)
        if not found:
            break
        ended |= {process.pid: process.command for process in found}
        if round_ == 0:
            _end(found, signal.SIGTERM, grace)
        else:
            _end(found, signal.SIGKILL, 1.0)
    return tuple(f"{command} (pid {pid})" for pid, command in ended.items())


def _find(worktree: Path, below: int | None) -> list[_Process]:
    """The living ones, without ourselves and those that started us."""
    processes = {process.pid: process for process in _processes()}
    ours = set(_upwards(processes, os.getpid()))
    return [
        process
        for process in processes.values()
        if process.pid not in ours
        and (
            (below is not None and below in _upwards(processes, process.parent))
            or _is_marked(process.pid, worktree)
        )
    ]


def _upwards(processes: dict[int, _Process], pid: int) -> list[int]:
    """The process, its parent, and so on."""
    line: list[int] = []
    while pid in processes and pid not in line:
        line.append(pid)
        pid = processes[pid].parent
    return line


def _processes() -> list[_Process]:
    """All living processes of this machine that can be seen."""
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal()]
    return [process for number in numbers if (process := _process(number))]


def _process(pid: int) -> _Process | None:
    """The process with this number, if it lives."""
    place = _PROC / str(pid)
    try:
        name, _, rest = (place / "stat").read_text("utf-8", "replace").rpartition(")")
        fields = rest.split()
        if fields[0] in {"Z", "X"}:
            return None
        words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except (OSError, IndexError):  # it ended while we looked
        return None
    return _Process(pid, int(fields[1]), fields[19], (words or name.partition("(")[2])[:_SHOWN])


def _is_marked(pid: int, worktree: Path) -> bool:
    mark = os.fsencode(f"{MARK}={worktree}")
    with contextlib.suppress(OSError):  # it ended, or is not ours to look at
        return mark in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    return False


def _end(found: list[_Process], number: signal.Signals, seconds: float) -> None:
    """Signal them, and wait at most that long for their end."""
    until = time.monotonic() + seconds
    poll = select.poll()
    with contextlib.ExitStack() as handles:
        waiting = 0
        for process in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # gone, or another user's by now
                handle = os.pidfd_open(process.pid)
                handles.callback(os.close, handle)
                # the number may have gone to another since we looked; the handle keeps to what it was opened for
                if (now := _process(process.pid)) and now.started == process.started:
                    signal.pidfd_send_signal(handle, number)
                    poll.register(handle, select.POLLIN)
                    waiting += 1
        while waiting and (left := until - time.monotonic()) > 0:
            for handle, _ in poll.poll(left * 1000):
                poll.unregister(handle)
                waiting -= 1
