"""The outbox: whatever must reach the tracker is on disk before anything is sent.

An entry is what was seen or wanted (a verdict's failures, a captured issue), never a list of effects. Sending compares it with
the tracker's facts and does what is missing; so sending again, after a crash at any point, is the normal path.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from agent_gate.database import NewerDatabaseError, open_database
from agent_gate.tracker.model import RefusedError, TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

LOCK_SECONDS = 120
_STEPS = (
    """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of sending
    kind TEXT NOT NULL,                    -- which sender understands the content
    content TEXT NOT NULL,                 -- JSON
    written_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    problem TEXT NOT NULL DEFAULT ''       -- why it could not be sent the last time
);
CREATE TABLE seen (          -- on which trees an issue's failure was seen: the count of its notes
    issue TEXT NOT NULL,
    tree TEXT NOT NULL,
    PRIMARY KEY (issue, tree)
);
CREATE TABLE fact (          -- what does not change, and costs a call of the tracker to learn
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
""",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that has to reach the tracker."""

    id: int
    kind: str
    content: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox of one repository, in `directory`; open it anew wherever it is used."""

    directory: Path

    def add(self, kind: str, content: Mapping[str, Any]) -> int:
        """Keep an entry; it is on disk when this returns its number.

        Raises:
            TrackerError: it could not be written; nothing is kept.
        """
        with self._open("nothing was filed") as database:
            cursor = database.execute(
                "INSERT INTO entry (kind, content) VALUES (?, ?)", (kind, json.dumps(content))
            )
            return int(cursor.lastrowid or 0)

    def pending(self) -> tuple[Entry, ...]:
        """What has not been sent, oldest first."""
        with self._open() as database:
            rows = database.execute("SELECT id, kind, content, problem FROM entry ORDER BY id").fetchall()
        return tuple(
            Entry(number, kind, json.loads(content), problem) for number, kind, content, problem in rows
        )

    def flush(self, send: Callable[[Entry], None], together: str = "") -> int:
        """Send every entry in order, and count them; one flush at a time.

        Args:
            send: sends one.
            together: kind whose neighbours are sent as one entry: their contents are lists, by the same names.

        Raises:
            TrackerError: entries could not be sent and stay; the first reason is told. After one that the tracker refused for
                itself (`RefusedError`) the others are sent all the same.
        """
        count, refused = 0, None
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.directory / "outbox.lock", timeout=LOCK_SECONDS):
                for group in _groups(self.pending(), together):
                    try:
                        self._send(group, send)
                    except RefusedError as problem:
                        refused = refused or problem
                    else:
                        count += len(group)
        except Timeout as problem:
            raise TrackerError(
                f"Another flush of {self.directory} is still under way after {LOCK_SECONDS} s."
            ) from problem
        if refused:
            raise refused
        return count

    def _send(self, group: Sequence[Entry], send: Callable[[Entry], None]) -> None:
        """Send them as one; where that is refused, one by one, so that one alone stays.

        Raises:
            TrackerError: it could not be sent.
        """
        try:
            send(_joined(group))
        except RefusedError as problem:
            if len(group) == 1:
                self._keep(group, problem)
                raise
            for refused in [refused for entry in group if (refused := self._refused(entry, send))]:
                raise refused from problem
            return
        except TrackerError as problem:
            self._keep(group, problem)
            raise
        marks = ", ".join("?" * len(group))
        self._execute(f"DELETE FROM entry WHERE id IN ({marks})", tuple(entry.id for entry in group))

    def _refused(self, entry: Entry, send: Callable[[Entry], None]) -> RefusedError | None:
        try:
            self._send([entry], send)
        except RefusedError as problem:
            return problem
        return None

    def _keep(self, group: Sequence[Entry], problem: TrackerError) -> None:
        for entry in group:
            self._execute("UPDATE entry SET problem = ? WHERE id = ?", (str(problem), entry.id))

    def see(self, issue: str, tree: str) -> None:
        """Remember that this issue's failure was seen on this tree, and that the tracker knows."""
        self._execute("INSERT OR IGNORE INTO seen (issue, tree) VALUES (?, ?)", (issue, tree))

    def has_seen(self, issue: str, tree: str) -> bool:
        """Whether the tracker knows that this issue's failure was seen on this tree."""
        return self._count("issue = ? AND tree = ?", (issue, tree)) > 0

    def times_seen(self, issue: str) -> int:
        """On how many different trees this issue's failure was seen."""
        return self._count("issue = ?", (issue,))

    def recall(self, name: str, learn: Callable[[], str]) -> str:
        """A fact of the tracker: learnt once, then kept here."""
        with self._open() as database:
            row = database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        if row:
            return str(row[0])
        value = learn()
        self._execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, value))
        return value

    def knows(self, name: str) -> bool:
        """Whether this fact is kept."""
        with self._open() as database:
            return database.execute("SELECT 1 FROM fact WHERE name = ?", (name,)).fetchone() is not None

    def _count(self, where: str, values: tuple[str, ...]) -> int:
        with self._open() as database:
            return int(database.execute(f"SELECT count(*) FROM seen WHERE {where}", values).fetchone()[0])

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        with self._open() as database:
            database.execute(statement, values)

    @contextmanager
    def _open(self, so: str = "what it holds is sent later") -> Iterator[sqlite3.Connection]:
        """One transaction; `so` is what a failure means.

        Raises:
            TrackerError: the disk is full, or the file cannot be used; what was kept before is still kept.
        """
        try:
            with closing(open_database(self.directory / "outbox.db", _STEPS)) as database, database:
                yield database
        except NewerDatabaseError as problem:
            raise TrackerError(str(problem)) from problem
        except (sqlite3.Error, OSError) as problem:
            raise TrackerError(
                f"The outbox {self.directory} cannot be written ({problem}): {so}; free space there and run again."
            ) from problem


def _groups(entries: Sequence[Entry], together: str) -> list[list[Entry]]:
    """Each entry alone, but neighbours of the kind `together` as one."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and entry.kind == together == groups[-1][-1].kind:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _joined(group: Sequence[Entry]) -> Entry:
    first, *others = group
    if not others:
        return first
    names = first.content.keys()
    content = {name: [item for entry in group for item in entry.content[name]] for name in names}
    return Entry(first.id, first.kind, content)
