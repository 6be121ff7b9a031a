"""Issues, what can be written, and the small interface that every tracker has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPEN = "open"
IN_PROGRESS = "in_progress"
BLOCKED = "blocked"
DEFERRED = "deferred"
CLOSED = "closed"

BLOCKS = "blocks"
DISCOVERED_FROM = "discovered-from"

LEASE_SECONDS = 300.0  # of a claim; a heartbeat renews it (Beads' own figure)


class TrackerError(Exception):
    """The tracker could not be read or written; nothing is lost, and the message is one sentence."""


class RefusedError(TrackerError):
    """The tracker answered, and refused this write; another one may still be taken."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """`issue` depends on `on`: it is blocked by it, or was discovered from it."""

    issue: str
    on: str
    type: str = BLOCKS


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue, in Beads' terms. Times are RFC 3339 in UTC, "" where there is none; priority 0 (first) … 4.

    Attributes:
        notes: only ever appended to.
        dependencies: what this issue depends on; when written, also edges of others to it.
    """

    id: str
    title: str
    description: str = ""
    status: str = OPEN
    priority: int = 2
    issue_type: str = "task"
    labels: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    notes: str = ""
    acceptance: str = ""
    assignee: str = ""
    created_at: str = ""
    updated_at: str = ""
    closed_at: str = ""
    close_reason: str = ""
    defer_until: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Create:
    """Make an issue; nothing happens where its id exists."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class Note:
    """Append a note; nothing happens where a note with this key was appended before.

    Attributes:
        at: when, in RFC 3339; the same each time that the note is sent (Beads knows a comment again by all of it).
    """

    issue_id: str
    key: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close an issue; nothing happens where it is closed."""

    issue_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a closed issue again; nothing happens where it is not closed."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Give an issue that is not closed another status; made `open`, it is nobody's any more."""

    issue_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Landed:
    """Close an issue whose work is on the base, and bind it to the commit."""

    issue_id: str
    commit: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Have a closed issue in progress again, for who had claimed it, with a note that says why.

    Nothing happens where it is not closed.

    Attributes:
        key, text, at: of the note.
    """

    issue_id: str
    key: str
    text: str
    at: str

    @property
    def note(self) -> Note:
        """Why."""
        return Note(self.issue_id, self.key, self.text, self.at)


Write = Create | Note | Close | Reopen | SetStatus | Landed | TakeBack


def now() -> str:
    """The time in UTC, as Beads writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Tracker(Protocol):
    """What the gate and the orchestrator need of a tracker. Every method may raise `TrackerError`."""

    @property
    def name(self) -> str:
        """For messages: `beads`, `local`, …."""

    @property
    def prefix(self) -> str:
        """What the ids of its issues begin with, without the hyphen."""

    def check(self) -> None:
        """Raise where nobody can use it (not installed, another version); asked once, before work begins.

        One that does not answer now may do so later: no reason to raise.
        """

    def issues(self, ids: Sequence[str] = (), *, closed: bool = True) -> tuple[Issue, ...]:
        """These issues (those that exist), or all; with or without the closed ones."""

    def ready(self) -> tuple[Issue, ...]:
        """Open, not deferred, no open blocker: by priority, then by age."""

    def apply(self, writes: Sequence[Write], current: Mapping[str, Issue] | None = None) -> None:
        """Do all of it in as few calls as can be; doing it again, after a crash in the middle, changes nothing more.

        Writes to an issue that does not exist are left out.

        Args:
            writes: those to one issue are done in their order.
            current: the touched issues that exist, by id, for who has just read them; saves a call.
        """

    def claim(self, issue_id: str, owner: str) -> bool:
        """Take an issue, atomically and for `LEASE_SECONDS`; False where another has it."""

    def heartbeat(self, issue_id: str, owner: str) -> bool:
        """Renew the owner's lease; False where it is lost."""

    def release(self, issue_id: str, owner: str) -> bool:
        """Give a claim back; False where the owner does not hold it."""

    def reclaim(self) -> tuple[str, ...]:
        """Free the issues whose lease has run out, and name them."""

    def defer(self, issue_id: str, until: str) -> None:
        """Hide an issue from `ready` until this time."""

    def change_token(self) -> object:
        """Another value whenever somebody may have written, and the same after reads; None where that cannot be told.

        Costs less than a millisecond.
        """
