"""Turns at something that only one may use at a time: among the threads of this process, and after other processes."""

from __future__ import annotations

import fcntl
import itertools
import os
import threading
import time
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LOOK_SECONDS = 0.01  # between two looks at a lock
KEPT_SECONDS = 0.05  # that the turn is kept for those who go first, after one of them


class Rank(IntEnum):
    """Who goes first."""

    CLAIM = 0  # an agent waits for it
    READY = 1  # an agent may be about to
    OTHER = 2


class Turns:
    """One thread at a time, by rank and then by arrival; after a claim, or the question what is ready, the next one goes first, too."""

    def __init__(self) -> None:
        """Nobody has it."""
        self._changed = threading.Condition()
        self._taken = False
        self._arrivals = itertools.count()
        self._waiting: list[tuple[Rank, int]] = []
        self._kept_until = 0.0  # for the first two ranks, by the monotonic clock

    @contextmanager
    def take(self, rank: Rank = Rank.OTHER) -> Iterator[None]:
        """Wait for the turn, and have it within the block."""
        with self._changed:
            place = rank, next(self._arrivals)
            self._waiting.append(place)
            try:
                while not self._is_turn_of(place):
                    self._changed.wait(KEPT_SECONDS)
                self._taken = True
            finally:
                self._waiting.remove(place)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._kept_until = 0.0 if rank is Rank.OTHER else time.monotonic() + KEPT_SECONDS
                self._changed.notify_all()

    def _is_turn_of(self, place: tuple[Rank, int]) -> bool:
        kept = place[0] is Rank.OTHER and time.monotonic() < self._kept_until
        return not (self._taken or kept) and place == min(self._waiting)


def wait_for_others(locks: Iterable[Path], seconds: float) -> None:
    """Return when no process has one of these files locked (`flock`), but after some seconds in any case."""
    until = time.monotonic() + seconds
    for lock in locks:
        while _is_locked(lock) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)


def _is_locked(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it is not there (any more)
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child that is being forked has the open file, too
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
