"""One directory a process for what it needs only while it lives, and the removal of those that dead processes left.

A living process holds a lock (flock) on its directory, which the kernel drops with the process, however that ends. What is removed is
a directory of this user, closed to others, with our mark in it, and locked by nobody: its name alone decides nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import threading
import weakref
from pathlib import Path

PREFIX = "agent-gate-"
MARK = ".agent-gate-scratch"  # made when the lock is held: without it, a directory may be just being made
_OPENING = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_lock = threading.Lock()
_own: list[_Own] = []  # the last one is used; there are more where somebody removed one


class _Own:
    """This process's directory; it goes, and is unlocked, when the process ends."""

    def __init__(self, place: Path) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        self._descriptor = os.open(self.path, _OPENING)
        with contextlib.suppress(OSError):  # a file system without locks: then nobody else removes it
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (self.path / MARK).touch()


def scratch_directory() -> Path:
    """This process's directory below the temporary one; made at first use, when what dead ones left is removed.

    Raises:
        OSError: it cannot be made.
    """
    with _lock:
        if not (_own and _own[-1].path.is_dir()):
            place = Path(tempfile.gettempdir())
            remove_dead(place)
            _own.append(_Own(place))
        return _own[-1].path


def remove_dead(place: Path) -> None:
    """Remove every directory in `place` that a process of ours left when it was killed; what cannot be removed stays."""
    try:
        parent = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        for name in _names(parent):
            if name.startswith(PREFIX):
                with contextlib.suppress(OSError):  # not ours, or another process removes it at this moment
                    _remove_if_dead(parent, name)
    finally:
        os.close(parent)


def _remove_if_dead(parent: int, name: str) -> None:
    directory = os.open(name, _OPENING, dir_fd=parent)
    try:
        if not _is_ours(directory):
            return
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # through the descriptor: whatever has the name by now, this is what was looked at
        for entry in _names(directory):
            if entry != MARK:
                _remove(directory, entry)
        os.unlink(MARK, dir_fd=directory)  # last: else nobody would go on where we are interrupted
        os.rmdir(name, dir_fd=parent)
    finally:
        os.close(directory)


def _names(directory: int) -> list[str]:
    with os.scandir(directory) as entries:
        return [entry.name for entry in entries]


def _is_ours(directory: int) -> bool:
    found, mark = os.fstat(directory), os.stat(MARK, dir_fd=directory, follow_symlinks=False)
    own = {found.st_uid, mark.st_uid} == {os.geteuid()}
    return own and stat.S_IMODE(found.st_mode) == stat.S_IRWXU and stat.S_ISREG(mark.st_mode)


def _remove(directory: int, name: str) -> None:
    if stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
        shutil.rmtree(name, dir_fd=directory)
    else:
        os.unlink(name, dir_fd=directory)
