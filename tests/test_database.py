import sqlite3
import threading

import pytest

from agent_gate.database import NewerDatabaseError, open_database

FIRST = "CREATE TABLE a (x);\nCREATE TABLE b (y);\n"
SECOND = "ALTER TABLE a ADD COLUMN z DEFAULT 7;\n"


def test_an_older_file_gets_the_steps_it_lacks_and_keeps_its_rows(tmp_path):
    old = open_database(tmp_path / "new" / "file.db", [FIRST])
    with old:
        old.execute("INSERT INTO a VALUES (1)")
    old.close()
    row = open_database(tmp_path / "new" / "file.db", [FIRST, SECOND]).execute("SELECT * FROM a").fetchone()
    assert dict(row) == {"x": 1, "z": 7}


def test_a_newer_file_is_left_alone(tmp_path):
    open_database(tmp_path / "file.db", [FIRST, SECOND]).close()
    before = (tmp_path / "file.db").read_bytes()
    with pytest.raises(NewerDatabaseError, match=r"file\.db was written by a newer agent-gate"):
        open_database(tmp_path / "file.db", [FIRST])
    assert (tmp_path / "file.db").read_bytes() == before


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path):
    open_database(tmp_path / "file.db", [FIRST]).close()
    with pytest.raises(sqlite3.OperationalError):
        open_database(tmp_path / "file.db", [FIRST, "CREATE TABLE c (x);\nCREATE TABLE b (x);\n"])
    tables = open_database(tmp_path / "file.db", [FIRST]).execute("SELECT name FROM sqlite_master").fetchall()
    assert [row["name"] for row in tables] == ["a", "b"]


def test_of_many_that_open_it_at_once_one_makes_the_tables(tmp_path):
    problems, start = [], threading.Barrier(8)

    def opens():
        start.wait()
        try:
            open_database(tmp_path / "file.db", [FIRST, SECOND]).close()
        except sqlite3.Error as problem:
            problems.append(problem)

    threads = [threading.Thread(target=opens) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "file.db").write_text("no database, but longer than the header of one " * 9)
    with pytest.raises(sqlite3.DatabaseError):
        open_database(tmp_path / "file.db", [FIRST])
