"""The tracker as the orchestrator uses it: claims are asked for at once, everything else goes through the outbox and is sent beside the work."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from agent_gate.tracker import filing
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent_gate.tracker.model import Issue, Landed, Note, Reopen, SetStatus, TakeBack, Tracker
    from agent_gate.tracker.outbox import Outbox

COLLECT_SECONDS = 3.0  # writes that come close together are sent together: each round costs several calls
AGAIN_SECONDS = 5.0  # after a failure
LAST_SECONDS = 60.0  # that closing waits for what is still to be sent


class Desk:
    """One repository's tracker, its outbox, and a thread that sends."""

    def __init__(self, tracker: Tracker, outbox: Outbox, actor: str, tell: Callable[[str], None]) -> None:
        """Start sending.

        Args:
            tracker: where issues live.
            outbox: of the same repository.
            actor: who claims.
            tell: for a tracker that cannot be reached: once for each reason.
        """
        self.tracker = tracker
        self._outbox = outbox
        self._actor = actor
        self._tell = tell
        self._todo = threading.Event()
        self._closing = threading.Event()
        self._hurry = threading.Event()
        self._count = threading.Lock()
        self._posted, self._tried, self._tried_at = 0, -1, 0.0
        self._todo.set()  # what an earlier run has left
        self._thread = threading.Thread(target=self._send, name="tracker", daemon=True)
        self._thread.start()

    def claim(self, issue_id: str) -> bool:
        """Take the issue, or keep it; what is still to be said of it (that it is open again) is sent first."""
        if any(issue_id in json.dumps(entry.content) for entry in self._outbox.pending()):
            filing.flush(self.tracker, self._outbox, self._tell)
        return self.tracker.claim(issue_id, self._actor)

    def heartbeat(self, issue_id: str) -> bool:
        """Keep the claim."""
        return self.tracker.heartbeat(issue_id, self._actor)

    def issue(self, issue_id: str) -> Issue | None:
        """The issue as it is now."""
        return next(iter(self.tracker.issues([issue_id])), None)

    def has_taken_back(self, key: str) -> bool:
        """Whether the `TakeBack` with this key found its issue closed."""
        return self._outbox.knows(filing.taken_back(key))

    def post(self, *writes: Note | SetStatus | Landed | Reopen | TakeBack) -> None:
        """Have this written; it is on disk when this returns."""
        self._add(filing.WRITE_KIND, filing.written(writes))

    def file(self, entry: Mapping[str, Any]) -> None:
        """Have a verdict's findings filed; they are on disk when this returns."""
        self._add(filing.ENTRY_KIND, entry)

    @property
    def is_telling(self) -> bool:
        """Whether the tracker has still to hear of something."""
        return self._tried != self._posted

    def told_since(self) -> float | None:
        """Since when the tracker knows (or has refused) all that was posted, by the monotonic clock; None: it is told now."""
        with self._count:
            if self._tried == self._posted:
                return self._tried_at
        self.hurry()
        return None

    def hurry(self) -> None:
        """Send what there is now: nobody needs the tracker for something else."""
        if self.is_telling:
            self._hurry.set()

    def close(self) -> None:
        """Send what is left; what cannot be sent stays in the outbox for the next run."""
        with self._count:
            self._closing.set()
            self._hurry.set()
            self._todo.set()
        self._thread.join(LAST_SECONDS)

    def _add(self, kind: str, content: Mapping[str, Any]) -> None:
        with self._count:
            self._outbox.add(kind, content)
            self._posted += 1
        self._todo.set()

    def _send(self) -> None:
        told = ""
        while True:
            self._todo.wait()
            self._hurry.wait(COLLECT_SECONDS)
            self._todo.clear()
            self._hurry.clear()
            last = self._closing.is_set()  # asked before the flush: what is posted during it is sent, too
            posted, problem = self._posted, self._flush()
            with self._count:
                self._tried, self._tried_at = posted, time.monotonic()
                if not (self.is_telling or self._closing.is_set()):
                    self._hurry.clear()  # who was in a hurry meanwhile has what was wanted
            if problem and problem != told:
                self._tell(f"The tracker does not take what happened, it is kept: {problem}")
            told = problem
            if last:
                return
            if problem:
                self._closing.wait(AGAIN_SECONDS)
                self._todo.set()

    def _flush(self) -> str:
        """Send all that waits; why it could not be, "" where it could."""
        try:
            filing.flush(self.tracker, self._outbox, self._tell)
        except TrackerError as problem:
            return str(problem)
        except Exception as fault:  # noqa: BLE001 - a tracker that is silently told nothing more would be worse
            return f"agent-gate itself failed ({type(fault).__name__}: {fault})."
        return ""
