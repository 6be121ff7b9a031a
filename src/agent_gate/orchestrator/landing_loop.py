"""The thread that lands: one round after the other as long as a run lives, and what keeps it from landing anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import LANDS, JournalError
from agent_gate.orchestrator.landings import land, look_again
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from agent_gate.orchestrator.site import Site

WAITS_SECONDS = 2.0  # between two rounds while something is in the way
LOOK_SECONDS = 0.25  # between two looks at what waits to land
BASE_SECONDS = 2.0  # between two looks at the base where nothing waits
FETCH_SECONDS = 60.0  # between two rounds without anything that waits: others may have moved the base
STUCK_SECONDS = 60.0  # after which a run that has nothing else to do does not wait for the landing


class LandingLoop:
    """The rounds of one run on its base."""

    def __init__(
        self, site: Site, tell_once: Callable[[str], None], fault: Callable[[str, Exception], str]
    ) -> None:
        """Nothing lands before `run`; `fault` keeps a traceback, and says where."""
        self._site = site
        self._tell_once = tell_once
        self._fault = fault
        self.has_looked = False  # whether the base still blocks what it blocked in an earlier run
        self._seen = ""  # the base's tip before the last round
        self._looked_at = self._landed_at = 0.0
        self._due: frozenset[str] = frozenset()  # tasks that wait
        self._waits = ""  # what the last round said is in the way
        self._stuck_since = 0.0  # that something is, and the same tasks wait

    def run(self, over: threading.Event) -> None:
        """Land what waits until `over`, and then once more, so that what has passed is not left."""
        while True:
            last, due = over.is_set(), self._due
            try:
                waits = self._look(last=last)
            except (RepositoryError, PolicyError, JournalError, OSError) as problem:
                waits = str(problem)
                self._tell_once(f"Nothing lands now: {waits}")
            except Exception as fault:  # noqa: BLE001 - a run that silently lands no more would be worse
                waits = self._fault("landing", fault)
                self._tell_once(f"Nothing lands now: {waits}")
            if not (waits and self._waits) or due != self._due:
                self._stuck_since = time.monotonic()
            self._waits = waits
            if last:
                return
            over.wait(WAITS_SECONDS if waits else LOOK_SECONDS)

    def stuck(self) -> str:
        """What has kept the same tasks from landing for a minute, and no other run lands them; "" where nothing has."""
        if not self._waits or time.monotonic() - self._stuck_since < STUCK_SECONDS:
            return ""
        site = self._site
        ours = site.journal.take_lease(f"landing:{site.base}", site.owner.id, site.owner.is_gone)
        return self._waits if ours else ""

    def _look(self, *, last: bool) -> str:
        """A round, where one is due; what is in the way."""
        site, now = self._site, time.monotonic()
        if not self.has_looked:
            look_again(site)
            self.has_looked = True
        self._due = frozenset(task.id for task in site.journal.tasks(*LANDS))
        if not (self._due or last or now - self._looked_at >= BASE_SECONDS):
            return self._waits
        self._looked_at, tip = now, site.tip()
        if not (self._due or tip != self._seen or now - self._landed_at > FETCH_SECONDS):
            return self._waits
        self._landed_at = now
        waits = land(site, self._waits)
        self._seen = tip
        site.changed.set()  # the base may be known now
        return waits
