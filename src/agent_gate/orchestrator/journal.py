"""What is under way: one row a task, and an append-only table of events. SQLite, on disk before a step is taken.

A row is an intention; git and the tracker hold the facts that it is compared with. Every write of a task names the owner and
the epoch that it was read with, so an orchestrator that was frozen past its lease changes nothing (specs/orchestrator.md).
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from agent_gate.database import NewerDatabaseError, open_database
from agent_gate.orchestrator.journal_tables import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

# Of an owner; renewed every sixth of it. All runs of a repository must agree on it.
LEASE_SECONDS = float(os.environ.get("AGENT_GATE_LEASE_SECONDS", "30"))


class State(StrEnum):
    """Which step of a task is due; the last five are ends."""

    CLAIMING = "claiming"
    PREPARING = "preparing"
    WORKING = "working"
    GATING = "gating"
    QUEUED = "queued"
    LANDING = "landing"
    WAITING = "waiting"  # until `not_before`
    CLOSED = "closed"  # landed
    HELD = "held"  # needs a person
    RELEASED = "released"  # handed back to the tracker
    DROPPED = "dropped"  # given up by a person


ENDS = frozenset({State.CLOSED, State.HELD, State.RELEASED, State.DROPPED})
LANDS = (State.QUEUED, State.LANDING)  # it has passed
_LIVE = tuple(state for state in State if state not in ENDS)


class LostLeaseError(Exception):
    """Somebody else has the task now, or has moved it on; whoever reads this does nothing more with it."""


class JournalError(Exception):
    """The journal cannot be read or written; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Task:
    """One row; see the table for units."""

    id: str
    title: str = ""
    priority: int = 2
    state: State = State.CLAIMING
    owner: str = ""
    epoch: int = 0
    lease_expires: float = 0.0
    attempt: int = 1
    allowed: int = 3
    agent: str = ""
    session: str = ""
    worktree: str = ""
    branch: str = ""
    base: str = ""
    head: str = ""
    tree: str = ""
    not_before: float = 0.0
    waits_for: str = ""
    reason: str = ""
    tokens: int = 0
    money: float = 0.0
    filed: int = 0
    started_at: float = 0.0
    changed_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `task` is "" for the run as a whole."""

    number: int
    at: float
    task: str
    owner: str
    kind: str
    data: Mapping[str, Any]


ENDED = "agent-ended"  # kind of the event with what an attempt used
_KEPT = ("agent", "session", "tokens", "money", "filed")  # by a task that is begun again
_COLUMNS = tuple(item.name for item in fields(Task))


class Journal:
    """The journal in `file`. One object serves all threads of a process."""

    def __init__(self, file: Path) -> None:
        """Open it, and bring it up to date.

        Raises:
            JournalError: it cannot be opened, or a newer agent-gate wrote it.
        """
        self._lock, self._file = threading.RLock(), file
        self._own: dict[str, Any] = {}  # facts as this process wrote them last
        try:
            self._database = open_database(file, MIGRATIONS, shared_by_threads=True)
            self._database.isolation_level = None  # `_transaction` begins them
        except NewerDatabaseError as problem:
            raise JournalError(str(problem)) from problem
        except (sqlite3.Error, OSError) as problem:
            raise JournalError(f"The journal {file} cannot be opened: {problem}.") from problem

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    # ------------------------------------------------------------------ tasks
    def begin(self, task: Task, owner: str) -> Task | None:
        """Make the task ours: a new one, or one that has come to an end; None where it is under way.

        Attempts are counted on (the files of an earlier one are not those of the first); what was used and filed stays the task's.
        """
        clock = time.time()
        fresh = replace(
            task, owner=owner, lease_expires=clock + LEASE_SECONDS, started_at=clock, changed_at=clock
        )
        with self._transaction() as database:
            known = self._task(database, task.id)
            if known is not None and known.state not in ENDS:
                return None
            before = known or Task(task.id, attempt=0)
            fresh = replace(
                fresh,
                epoch=before.epoch + 1,
                attempt=before.attempt + fresh.attempt,
                allowed=before.attempt + fresh.allowed,
                **{name: getattr(before, name) for name in _KEPT},
            )
            self._put(database, fresh)
            self._record(database, fresh.id, owner, fresh.state, {"attempt": fresh.attempt})
        return fresh

    def advance(
        self,
        task: Task,
        state: State | None = None,
        *,
        ended: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Task:
        """Write what is due next (and what is known now), if the task is still ours, and in the state that it was read in.

        A state is recorded as an event, with the changes as its data; before it, what an attempt that `ended` used.

        Raises:
            LostLeaseError: it is not.
        """
        wanted = replace(task, state=state or task.state, changed_at=time.time(), **changes)
        if wanted.state in ENDS:
            wanted = replace(wanted, owner="")
        with self._transaction() as database:
            known = self._task(database, task.id)
            if known is None or (known.owner, known.epoch) != (task.owner, task.epoch):
                raise LostLeaseError(f"{task.id} has another owner now: nothing more is done with it here.")
            if known.state is not task.state:
                raise LostLeaseError(f"{task.id} is {known.state} now, and no longer {task.state}.")
            wanted = replace(wanted, lease_expires=known.lease_expires)
            self._put(database, wanted)
            if ended is not None:
                self._record(database, task.id, task.owner, ENDED, ended)
            if state is not None:
                self._record(database, task.id, task.owner, state, {"attempt": wanted.attempt, **changes})
        return wanted

    def take_over(self, owner: str, is_gone: Callable[[str], bool]) -> tuple[Task, ...]:
        """Make ours what a run that is gone, or that let its lease run out, had under way; in order of priority."""
        clock = time.time()
        taken = []
        with self._transaction() as database:
            for task in self._tasks(database, _LIVE):
                if task.owner == owner or (task.lease_expires > clock and not is_gone(task.owner)):
                    continue
                mine = replace(task, owner=owner, epoch=task.epoch + 1, lease_expires=clock + LEASE_SECONDS)
                self._put(database, mine)
                self._record(database, task.id, owner, "taken-over", {"from": task.owner})
                taken.append(mine)
        return tuple(taken)

    def renew(self, owner: str) -> int:
        """Renew the owner's leases, and count its tasks; one that was taken over is not ours and stays so."""
        until = time.time() + LEASE_SECONDS
        with self._transaction() as database:
            values = (until, owner)
            database.execute("UPDATE lease SET expires = ? WHERE owner = ?", values)
            return database.execute("UPDATE task SET lease_expires = ? WHERE owner = ?", values).rowcount

    def task(self, task_id: str) -> Task | None:
        """The task's row, if there is one."""
        with self._transaction() as database:
            return self._task(database, task_id)

    def tasks(self, *states: State) -> tuple[Task, ...]:
        """The tasks in these states (in any), by priority and age."""
        with self._transaction() as database:
            return tuple(self._tasks(database, states or tuple(State)))

    def live(self) -> tuple[Task, ...]:
        """The tasks that have not come to an end."""
        return self.tasks(*_LIVE)

    def again(self, task_id: str, attempts: int) -> Task | None:
        """Let a task that has ended (but not landed) have further attempts; nobody owns it. None where it cannot.

        It goes on with the next number, on the branch that it has.
        """
        with self._transaction() as database:
            known = self._task(database, task_id)
            if known is None or known.state not in ENDS - {State.CLOSED}:
                return None
            task = replace(
                known,
                state=State.CLAIMING,
                epoch=known.epoch + 1,
                attempt=known.attempt + 1,
                allowed=known.attempt + attempts,
                lease_expires=0.0,
                reason="",
            )
            self._put(database, task)
            self._record(database, task_id, "", "again", {"attempt": task.attempt})
        return task

    def give_up(self, task_id: str) -> None:
        """A task that has ended, and has not landed, is dropped."""
        with self._transaction() as database:
            known = self._task(database, task_id)
            if known is not None and known.state in ENDS - {State.CLOSED}:
                self._put(database, replace(known, state=State.DROPPED, epoch=known.epoch + 1))
                self._record(database, task_id, "", State.DROPPED, {})

    # ------------------------------------------------------------------ events, facts, leases
    def record(self, task_id: str, owner: str, kind: str, **data: Any) -> None:
        """Append an event."""
        with self._transaction() as database:
            self._record(database, task_id, owner, kind, data)

    def events(self, task_id: str | None = None, after: int = 0, limit: int = -1) -> tuple[Event, ...]:
        """Events with higher numbers than `after`, of one task or of all, oldest first; at most the last `limit`."""
        where = "number > ?" + ("" if task_id is None else " AND task = ?")
        values = (after,) if task_id is None else (after, task_id)
        with self._transaction() as database:
            rows = database.execute(
                f"SELECT * FROM event WHERE {where} ORDER BY number DESC LIMIT ?", (*values, limit)
            ).fetchall()
        return tuple(Event(**{**dict(row), "data": json.loads(row["data"])}) for row in reversed(rows))

    def fact(self, name: str) -> Any:
        """What is known under this name; None where nothing is."""
        with self._transaction() as database:
            row = database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def own(self, name: str) -> Any:
        """What this process itself wrote under this name last; None for nothing.

        Agents run as the same user and can write the file, but not this.
        """
        return self._own.get(name)

    def know(self, name: str, value: Any) -> None:
        """Keep a fact; None forgets it."""
        with self._transaction() as database:
            if value is None:
                database.execute("DELETE FROM fact WHERE name = ?", (name,))
            else:
                database.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, json.dumps(value)))
        self._own[name] = value

    def take_lease(self, name: str, owner: str, is_gone: Callable[[str], bool]) -> bool:
        """Get (or keep) the right to do what only one may do; it runs out unless `renew` is called."""
        clock = time.time()
        with self._transaction() as database:
            row = database.execute("SELECT owner, expires FROM lease WHERE name = ?", (name,)).fetchone()
            if row and row["owner"] != owner and row["expires"] > clock and not is_gone(row["owner"]):
                return False
            database.execute(
                "INSERT OR REPLACE INTO lease VALUES (?, ?, ?)", (name, owner, clock + LEASE_SECONDS)
            )
        return True

    def has_lease(self, name: str, owner: str) -> bool:
        """Whether the owner still has that right: asked right before an effect."""
        with self._transaction() as database:
            row = database.execute("SELECT owner, expires FROM lease WHERE name = ?", (name,)).fetchone()
        return bool(row and row["owner"] == owner and row["expires"] > time.time())

    # ------------------------------------------------------------------ rows
    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which has the file to itself."""
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as problem:
                raise JournalError(f"The journal {self._file} cannot be written: {problem}.") from problem
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException as problem:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                if isinstance(problem, sqlite3.Error):
                    raise JournalError(f"The journal {self._file} cannot be written: {problem}.") from problem
                raise

    @staticmethod
    def _task(database: sqlite3.Connection, task_id: str) -> Task | None:
        row = database.execute("SELECT * FROM task WHERE id = ?", (task_id,)).fetchone()
        return None if row is None else _task_of(row)

    @staticmethod
    def _tasks(database: sqlite3.Connection, states: Sequence[State]) -> list[Task]:
        rows = database.execute(
            "SELECT * FROM task WHERE state IN (SELECT value FROM json_each(?)) ORDER BY priority, started_at, id",
            (json.dumps(states),),
        )
        return [_task_of(row) for row in rows]

    @staticmethod
    def _put(database: sqlite3.Connection, task: Task) -> None:
        names = ", ".join(_COLUMNS)
        marks = ", ".join("?" * len(_COLUMNS))
        values = [getattr(task, name) for name in _COLUMNS]
        database.execute(f"INSERT OR REPLACE INTO task ({names}) VALUES ({marks})", values)

    @staticmethod
    def _record(
        database: sqlite3.Connection, task_id: str, owner: str, kind: str, data: Mapping[str, Any]
    ) -> None:
        database.execute(
            "INSERT INTO event (at, task, owner, kind, data) VALUES (?, ?, ?, ?, ?)",
            (time.time(), task_id, owner, kind, json.dumps(data)),
        )


def _task_of(row: sqlite3.Row) -> Task:
    values = dict(row)
    return Task(**{**values, "state": State(values["state"])})
