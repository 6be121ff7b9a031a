"""What this run has claimed in the tracker: its leases are renewed, and issues that their agents closed are taken back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agent_gate.orchestrator.closed_early import take_back
from agent_gate.orchestrator.journal import LANDS, State
from agent_gate.tracker.model import LEASE_SECONDS, TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent_gate.orchestrator.site import Site

_CLAIMED = (State.PREPARING, State.WORKING, State.GATING, State.WAITING, *LANDS)


class Claims:
    """Those of one run."""

    def __init__(self, site: Site, tell_once: Callable[[str, str], None]) -> None:
        """Nothing is claimed yet."""
        self._site = site
        self._tell_once = tell_once
        self._renewed_at = time.monotonic()
        self._looked_at: object = None  # the tracker's files, when it was asked what is closed

    def keep(self) -> None:
        """To be called every few seconds: leases are renewed well before they run out."""
        self._take_back_closed()
        if time.monotonic() - self._renewed_at < LEASE_SECONDS * 0.6:
            return
        self._renewed_at = time.monotonic()
        for task in self._site.ours(*_CLAIMED):
            try:
                self._site.desk.heartbeat(task.id)
            except TrackerError as problem:
                self._tell_once(task.id, f"its claim could not be renewed: {problem}")

    def _take_back_closed(self) -> None:
        """Where the tracker's files have changed, and not by what we have still to tell."""
        token = self._site.desk.tracker.change_token()
        if self._site.desk.is_telling or (token is not None and token == self._looked_at):
            return
        self._looked_at = token
        if working := self._site.ours(State.WORKING, State.GATING):
            self._site.desk.post(*map(take_back, working))
