"""The lock of a worktree: who holds it is its attempt, or is about to change it. A flock on `<n>.lock` beside it.

A flock belongs to the open file: handed to a child it stays held until the last who has it is gone, however they went.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TRIES = 20  # a look at the lock (`is_locked`) takes it for a moment
_PAUSE = 0.05  # seconds


def lock_file(worktree: Path) -> Path:
    """The lock of this worktree."""
    return worktree.with_name(f"{worktree.name}.lock")


def take(worktree: Path) -> int | None:
    """The lock's open file, or None where somebody has it. `give_back` it, or hand it to a child and close it here."""
    descriptor = _open(worktree)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return descriptor
    os.close(descriptor)
    return None


def give_back(lock: int) -> None:
    """Free it at once: a child that another thread has just forked has the open file, too, until it becomes its program."""
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def is_locked(worktree: Path) -> bool:
    """Whether somebody has the lock."""
    return is_held(_open(worktree))


def is_held(descriptor: int) -> bool:
    """Whether another open file has the lock on this one, which is closed; lookers do not disturb each other."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def wait_until_free(worktree: Path) -> None:
    """Return when nobody has the lock; costs nothing while it waits."""
    descriptor = _open(worktree)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _open(worktree: Path) -> int:
    file = lock_file(worktree)
    file.parent.mkdir(parents=True, exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
