"""What commands leave running in sessions of their own: it becomes ours when its parents end, and ends with us (Linux)."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

from agent_gate.running.prctl import PR_SET_CHILD_SUBREAPER, prctl

_ROUNDS = 100  # of looking again: what is ended may leave children of its own


def adopt_orphans() -> None:
    """Be the parent of what our descendants leave, from here on; elsewhere than on Linux, it is left."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_orphans() -> tuple[str, ...]:
    """End and reap our children in other sessions than ours, when no command runs any more; their names."""
    ended: dict[int, str] = {}
    for _ in range(_ROUNDS):
        found = [pid for pid in _children() if _session(pid) not in {os.getsid(0), None}]
        if not found:
            break
        for pid in found:
            ended.setdefault(pid, _name(pid))
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    return tuple(name for name in ended.values() if name)


def _children() -> list[int]:
    """The children of every thread of ours."""
    files = Path("/proc/self/task").glob("*/children")
    with contextlib.suppress(OSError):  # a thread ended
        return [int(pid) for file in files for pid in file.read_text().split()]
    return []


def _session(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def _name(pid: int) -> str:
    """The command's name; "" for one that has ended, and was only to be reaped."""
    with contextlib.suppress(OSError):
        if ") Z " not in (Path("/proc") / str(pid) / "stat").read_text("utf-8", "replace"):
            return (Path("/proc") / str(pid) / "comm").read_text("utf-8", "replace").strip()
    return ""
