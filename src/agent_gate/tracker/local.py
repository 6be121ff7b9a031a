"""The embedded tracker: SQLite in the git common directory, with Beads' semantics, for repositories without Beads."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.database import NewerDatabaseError, open_database
from agent_gate.tracker.model import (
    BLOCKS,
    CLOSED,
    LEASE_SECONDS,
    OPEN,
    Close,
    Create,
    Dependency,
    Issue,
    Landed,
    Note,
    RefusedError,
    Reopen,
    SetStatus,
    TakeBack,
    TrackerError,
    now,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agent_gate.tracker.model import Write

_STEPS = (
    """
CREATE TABLE issue (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    issue_type TEXT NOT NULL,
    labels TEXT NOT NULL,             -- JSON list
    acceptance TEXT NOT NULL,
    assignee TEXT NOT NULL DEFAULT '',
    lease_expires REAL NOT NULL DEFAULT 0,  -- seconds since 1970; 0: no lease
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT '',
    close_reason TEXT NOT NULL DEFAULT '',
    defer_until TEXT NOT NULL DEFAULT '',
    metadata TEXT NOT NULL            -- JSON object
);
CREATE TABLE dependency (
    issue TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    depends_on TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    PRIMARY KEY (issue, depends_on, type)
);
CREATE TABLE note (     -- only ever added to
    issue TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (issue, key)
);
CREATE INDEX issue_ready ON issue (status, priority, created_at);
CREATE INDEX dependency_on ON dependency (depends_on);
""",
)
_READY = """
    (status = 'open' OR (status = 'deferred' AND defer_until != ''))
    AND defer_until <= :now
    AND NOT EXISTS (
        SELECT 1 FROM dependency JOIN issue AS blocker ON blocker.id = dependency.depends_on
        WHERE dependency.issue = issue.id AND dependency.type = 'blocks' AND blocker.status != 'closed'
    )
"""


@dataclass(frozen=True, slots=True)
class LocalTracker:
    """The tracker whose database lies in `directory`."""

    directory: Path
    name: str = "local"
    prefix: str = "ag"

    def check(self) -> None:
        """Its database, if there is one, can be read, and no newer agent-gate wrote it."""
        if self._is_there:
            with self._transaction():
                pass

    def issues(self, ids: Sequence[str] = (), *, closed: bool = True) -> tuple[Issue, ...]:
        """All issues or these, oldest first."""
        wanted = "1" if closed else "status != 'closed'"
        if not self._is_there:
            return ()
        with self._transaction() as database:
            if not ids:
                return _read(database, wanted, {})
            found = {
                issue.id: issue
                for issue in _read(
                    database,
                    wanted + " AND id IN (SELECT value FROM json_each(:ids))",
                    {"ids": json.dumps(ids)},
                )
            }
        return tuple(found[issue_id] for issue_id in ids if issue_id in found)

    def ready(self) -> tuple[Issue, ...]:
        """Open, not deferred, no open blocker: by priority, then by age."""
        if not self._is_there:
            return ()
        with self._transaction() as database:
            return _read(database, _READY, {"now": now()}, "priority, created_at, rowid")

    def apply(self, writes: Sequence[Write], current: Mapping[str, Issue] | None = None) -> None:
        """Do all of it in one transaction, which reads what it needs itself.

        But who gives `current` tells a person what it had taken back by that: an issue that was closed since is left to the next time.
        """
        open_then = {issue.id for issue in (current or {}).values() if issue.status != CLOSED}
        with self._transaction() as database:
            for write in writes:
                if not (isinstance(write, TakeBack) and write.issue_id in open_then):
                    _write(database, write)

    def claim(self, issue_id: str, owner: str) -> bool:
        """Take an issue that is open or whose lease has run out; the owner may claim again."""
        return self._changed(
            "UPDATE issue SET status = 'in_progress', assignee = :owner, lease_expires = :until, updated_at = :now"
            " WHERE id = :id AND (status = 'open' OR (status = 'deferred' AND defer_until <= :now)"
            " OR (status = 'in_progress' AND (assignee = :owner OR lease_expires < :clock)))",
            issue_id,
            owner,
        )

    def heartbeat(self, issue_id: str, owner: str) -> bool:
        """Renew a lease that the owner still holds."""
        return self._changed(
            "UPDATE issue SET lease_expires = :until WHERE id = :id AND status = 'in_progress' AND assignee = :owner",
            issue_id,
            owner,
        )

    def release(self, issue_id: str, owner: str) -> bool:
        """Make the owner's issue open again."""
        return self._changed(
            "UPDATE issue SET status = 'open', assignee = '', lease_expires = 0, updated_at = :now"
            " WHERE id = :id AND status = 'in_progress' AND assignee = :owner",
            issue_id,
            owner,
        )

    def reclaim(self) -> tuple[str, ...]:
        """Make open what was claimed by somebody whose lease has run out."""
        with self._transaction() as database:
            rows = database.execute(
                "UPDATE issue SET status = 'open', assignee = '', lease_expires = 0, updated_at = :now"
                " WHERE status = 'in_progress' AND lease_expires < :clock RETURNING id",
                {"now": now(), "clock": time.time()},
            ).fetchall()
        return tuple(row[0] for row in rows)

    def defer(self, issue_id: str, until: str) -> None:
        """Hide an open issue from `ready` until this time."""
        with self._transaction() as database:
            database.execute(
                "UPDATE issue SET status = 'deferred', defer_until = ?, updated_at = ? WHERE id = ?",
                (until, now(), issue_id),
            )

    def change_token(self) -> object:
        """The files that SQLite writes to: their sizes and times, which readers leave alone."""
        files = (self.directory / name for name in ("issues.db", "issues.db-wal"))
        return tuple((stat.st_size, stat.st_mtime_ns) for file in files if (stat := _stat(file)))

    @property
    def _is_there(self) -> bool:
        """Whether there is a database: reading makes none."""
        return (self.directory / "issues.db").is_file()

    def _changed(self, statement: str, issue_id: str, owner: str) -> bool:
        clock = time.time()
        values = {
            "id": issue_id,
            "owner": owner,
            "now": now(),
            "clock": clock,
            "until": clock + LEASE_SECONDS,
        }
        with self._transaction() as database:
            return database.execute(statement, values).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(open_database(self.directory / "issues.db", _STEPS)) as database, database:
                yield database
        except NewerDatabaseError as problem:
            raise TrackerError(str(problem)) from problem
        except sqlite3.IntegrityError as problem:
            raise RefusedError(f"The issues in {self.directory} do not take this: {problem}.") from problem
        except (sqlite3.Error, OSError) as problem:
            raise TrackerError(
                f"The issues in {self.directory} cannot be read or written: {problem}."
            ) from problem


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:
        return None


def _write(database: sqlite3.Connection, write: Write) -> None:
    if isinstance(write, Create):
        _create(database, write.issue)
    elif isinstance(write, Note):
        database.execute(
            "INSERT OR IGNORE INTO note (issue, key, text) SELECT id, ?, ? FROM issue WHERE id = ?",
            (write.key, write.text, write.issue_id),
        )
    elif isinstance(write, Close):
        database.execute(
            "UPDATE issue SET status = 'closed', closed_at = :now, updated_at = :now, close_reason = :reason, lease_expires = 0"
            " WHERE id = :id AND status != 'closed'",
            {"now": now(), "reason": write.reason, "id": write.issue_id},
        )
    elif isinstance(write, Landed):
        _write(database, Close(write.issue_id, write.reason))
        database.execute(
            "UPDATE issue SET metadata = json_set(metadata, '$.landed', ?) WHERE id = ?",
            (write.commit, write.issue_id),
        )
    elif isinstance(write, SetStatus):
        database.execute(
            "UPDATE issue SET status = :status, updated_at = :now, lease_expires = 0,"
            " assignee = CASE WHEN :status = 'open' THEN '' ELSE assignee END"
            " WHERE id = :id AND status NOT IN ('closed', :status)",
            {"status": write.status, "now": now(), "id": write.issue_id},
        )
    elif isinstance(write, TakeBack):
        again = "UPDATE issue SET status = 'in_progress', closed_at = '', updated_at = ? WHERE id = ? AND status = 'closed'"
        if database.execute(again, (now(), write.issue_id)).rowcount:
            _write(database, write.note)
    elif isinstance(write, Reopen):
        database.execute(
            "UPDATE issue SET status = 'open', closed_at = '', assignee = '', updated_at = ? WHERE id = ? AND status = 'closed'",
            (now(), write.issue_id),
        )


def _create(database: sqlite3.Connection, issue: Issue) -> None:
    made = database.execute(
        "INSERT OR IGNORE INTO issue (id, title, description, status, priority, issue_type, labels, acceptance, assignee, created_at,"
        " updated_at, closed_at, close_reason, defer_until, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            issue.id,
            issue.title,
            issue.description,
            issue.status or OPEN,
            issue.priority,
            issue.issue_type,
            json.dumps(issue.labels),
            issue.acceptance,
            issue.assignee,
            issue.created_at or now(),
            issue.updated_at or now(),
            issue.closed_at,
            issue.close_reason,
            issue.defer_until,
            json.dumps(dict(issue.metadata)),
        ),
    )
    if not made.rowcount:
        return
    if issue.notes:
        database.execute(
            "INSERT INTO note (issue, key, text) VALUES (?, 'first', ?)", (issue.id, issue.notes)
        )
    for edge in issue.dependencies:
        database.execute(
            "INSERT OR IGNORE INTO dependency VALUES (?, ?, ?)", (edge.issue, edge.on, edge.type or BLOCKS)
        )


def _read(
    database: sqlite3.Connection, where: str, values: dict[str, object], order: str = "created_at, rowid"
) -> tuple[Issue, ...]:
    """The issues that fit, with their notes and edges, in three statements however many they are."""
    rows = database.execute(f"SELECT * FROM issue WHERE {where} ORDER BY {order}", values).fetchall()
    of = f"issue IN (SELECT id FROM issue WHERE {where})"
    notes: dict[str, list[str]] = {}
    for issue_id, text in database.execute(f"SELECT issue, text FROM note WHERE {of} ORDER BY rowid", values):
        notes.setdefault(issue_id, []).append(text)
    edges: dict[str, list[Dependency]] = {}
    for row in database.execute(
        f"SELECT issue, depends_on, type FROM dependency WHERE {of} ORDER BY rowid", values
    ):
        edges.setdefault(row["issue"], []).append(Dependency(*row))
    return tuple(_issue(row, notes.get(row["id"], []), edges.get(row["id"], [])) for row in rows)


def _issue(row: sqlite3.Row, notes: list[str], edges: list[Dependency]) -> Issue:
    return Issue(
        id=row["id"],
        title=row["title"],
        description=row["description"],
        status=row["status"],
        priority=row["priority"],
        issue_type=row["issue_type"],
        labels=tuple(json.loads(row["labels"])),
        dependencies=tuple(edges),
        notes="\n".join(notes),
        acceptance=row["acceptance"],
        assignee=row["assignee"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        closed_at=row["closed_at"],
        close_reason=row["close_reason"],
        defer_until=row["defer_until"],
        metadata=json.loads(row["metadata"]),
    )
