"""SQLite files that several processes share and that outlive releases: how they are opened and brought up to date."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WAIT_SECONDS = 30  # for another process that writes


class NewerDatabaseError(Exception):
    """A later release wrote the file; it is left alone."""


def open_database(file: Path, steps: Sequence[str], *, shared_by_threads: bool = False) -> sqlite3.Connection:
    """A connection whose rows have names, to a file that is made where it is not there.

    Args:
        file: its directory is made, too.
        steps: SQL scripts, each of which makes the tables of a version from those of the one before; the first from nothing.
        shared_by_threads: the caller sees to it that only one of them uses it at a time.

    Raises:
        NewerDatabaseError: as it says.
        sqlite3.Error: the file is damaged, locked for too long, or no database.
        OSError: the directory cannot be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, timeout=WAIT_SECONDS, check_same_thread=not shared_by_threads)
    try:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # what was written survives power loss
        database.execute("PRAGMA foreign_keys = ON")
        if _version(database) != len(steps):
            _bring_up_to_date(database, file, steps)
    except BaseException:
        database.close()
        raise
    return database


def _bring_up_to_date(database: sqlite3.Connection, file: Path, steps: Sequence[str]) -> None:
    """Forwards only, and all or nothing."""
    database.execute("BEGIN IMMEDIATE")
    version = _version(database)  # again: another process may have come first
    if version > len(steps):
        raise NewerDatabaseError(f"{file} was written by a newer agent-gate: upgrade this one.")
    for script in steps[version:]:
        for statement in script.split(";\n"):
            database.execute(statement)
    database.execute(f"PRAGMA user_version = {len(steps)}")
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
