"""How many work at once: a task has its slot from before its worktree is made ready until its gate has decided."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOK_SECONDS = 0.2  # between two looks at what may end the waiting


class Slots:
    """Those of one run, in all its repositories."""

    def __init__(self, total: int) -> None:
        """At most `total` at once, whatever each repository may have."""
        self._total = total
        self._changed = threading.Condition()
        self._taken: set[tuple[Path, str]] = set()

    def take(
        self, repository: Path, task: str, most: Callable[[], int], *, waits: Callable[[], bool]
    ) -> bool:
        """Wait for a slot, or keep the one that the task has; False where `waits` says that it waits no longer.

        Args:
            repository: whose task it is.
            task: its id.
            most: how many of this repository may work at once.
            waits: asked again and again while there is none.
        """
        key = repository, task
        with self._changed:
            while key not in self._taken and not self._is_free(repository, most()):
                if not waits():
                    return False
                self._changed.wait(LOOK_SECONDS)
            self._taken.add(key)
        return True

    def hold(self, repository: Path, task: str) -> None:
        """A task whose agent works already has one, even if that is one too many."""
        with self._changed:
            self._taken.add((repository, task))

    def give(self, repository: Path, task: str) -> None:
        """The task has ended, or waits for something else."""
        with self._changed:
            self._taken.discard((repository, task))
            self._changed.notify_all()

    def _is_free(self, repository: Path, most: int) -> bool:
        own = sum(place == repository for place, _ in self._taken)
        return own < most and len(self._taken) < self._total
