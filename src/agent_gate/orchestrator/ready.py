"""What is ready, as the tracker said last: asked again when its files change, when that is old, and before a run ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import State
from agent_gate.orchestrator.selection import chosen, own_to_repair
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent_gate.orchestrator.selection import Selection
    from agent_gate.orchestrator.site import Site
    from agent_gate.tracker.model import Issue

POLL_SECONDS = 2.0  # between two questions to a tracker on a server, whose files tell nothing
READY_SECONDS = 30.0  # after which the tracker is asked even if its files tell nothing
STALE_SECONDS = 5.0  # that a list is good for as long as nobody is free;
LEFT_SECONDS = 10.0  # where somebody is, and it has an issue left: who is free does not wait for a better one
TELLING_SECONDS = (
    1.0  # between two questions while the tracker is told what happened: that changes its files, too
)
SILENT_SECONDS = 5.0  # before a tracker that did not answer is asked again


class Ready:
    """The list of one run; with `once` it is made a single time.

    Attributes:
        known: whether the tracker has answered; before that nobody knows whether there is nothing to do.
    """

    def __init__(
        self, site: Site, selection: Selection, tell: Callable[[str, str], None], *, once: bool
    ) -> None:
        """Nothing is asked yet; `tell` is for a tracker that does not answer."""
        self.known = False
        self._site = site
        self._selection = selection
        self._tell = tell
        self._once = once
        self._issues: list[Issue] = []
        self._token: object = None
        self._asked_at = 0.0
        self._silent_until = 0.0

    @property
    def is_done(self) -> bool:
        """Whether nothing more is ever taken from it."""
        return self._once and self.known and not self._issues

    def next(self) -> Issue | None:
        """The next one; None where there is none."""
        return self._issues.pop(0) if self._issues else None

    def look(self, *, free: bool) -> None:
        """Ask the tracker, if that is due; `free`: somebody waits for a task."""
        clock, token = time.monotonic(), self._site.desk.tracker.change_token()
        waited = clock - self._asked_at
        if clock < self._silent_until or (self._once and self.known):
            return
        if not free:
            least = STALE_SECONDS
        elif self._issues:
            least = LEFT_SECONDS
        else:
            least = TELLING_SECONDS if self._site.desk.is_telling else 0.0
        if self.known and waited < least:
            return
        if self.known and token is not None and token == self._token and waited < READY_SECONDS:
            return
        if self.known and token is None and waited < POLL_SECONDS:
            return
        self._ask()
        self._token = token

    def is_all(self) -> bool:
        """Whether nothing became ready by what this run did: the tracker was asked after it had heard of all that."""
        told = self._site.desk.told_since()
        if told is None or told < self._asked_at:
            return told is not None
        self.known = False
        self._site.changed.set()
        return False

    def _ask(self) -> None:
        site, asked_at = self._site, time.monotonic()
        try:
            handed_back = [task.id for task in site.journal.tasks(State.RELEASED) if task.filed]
            ready = [*site.desk.tracker.ready(), *own_to_repair(site.desk.tracker, handed_back)]
        except TrackerError as problem:
            self._tell("", f"The tracker does not say what is ready: {problem}")
            self._issues, self.known = [], False
            self._silent_until = time.monotonic() + SILENT_SECONDS
            return
        follow_ups = site.configured().run.follow_ups
        self._issues = chosen(ready, self._selection, site.live_tasks(), follow_ups=follow_ups)
        self._asked_at, self.known = asked_at, True
