"""Turns at something that only one may use at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turns:
    """One thread at a time; those that are urgent before all others."""

    def __init__(self) -> None:
        """Nobody has it."""
        self._changed = threading.Condition()
        self._taken = False
        self._urgent = 0  # that wait

    @contextmanager
    def take(self, *, urgent: bool = False) -> Iterator[None]:
        """Wait for the turn, and have it within the block."""
        with self._changed:
            self._urgent += urgent
            try:
                self._changed.wait_for(lambda: not self._taken and (urgent or not self._urgent))
                self._taken = True
            finally:
                self._urgent -= urgent
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
