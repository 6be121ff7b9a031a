"""Whether a failure is a full disk's: programs say that in many ways, and git often not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST = 256 * 1024  # bytes; with less, hardly anything can be written
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def no_space(problem: Exception) -> str:
    """What the exception says of space that is missing; "" where it is about something else."""
    if not isinstance(problem, OSError) or problem.errno not in _NO_SPACE:
        return ""
    return f"{problem.filename or 'a file of its own'} cannot be written: {problem.strerror}"


def full_disk(*places: Path) -> str:
    """Says which of these directories is the first with a full disk; "" where none is, or they are not there."""
    for place in places:
        try:
            disk = os.statvfs(place)
        except FileNotFoundError:
            continue
        if disk.f_bavail * disk.f_frsize < SMALLEST or (disk.f_files and not disk.f_favail):
            return f"the disk of {place} is full"
    return ""
