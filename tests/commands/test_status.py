import json
import re
from pathlib import Path

import pytest

from agent_gate.cli import main
from agent_gate.commands import status
from agent_gate.commands.status import _show_log
from agent_gate.orchestrator.journal import Journal, State, Task
from agent_gate.repository import open_repository


@pytest.fixture
def known(make_repo):
    """The path of a repository in which t-1 landed, t-2 is held and t-3 works, and its journal."""
    repository = open_repository(make_repo().path)
    journal = Journal(repository.common_dir / "agent-gate" / "journal.db")
    for name in ("t-1", "t-2", "t-3"):
        journal.begin(Task(name, f"Do {name}\x1b[2J"), "somebody")
    journal.advance(journal.task("t-1"), State.CLOSED, tokens=12)
    journal.advance(journal.task("t-2"), State.HELD, reason="it is red")
    journal.advance(journal.task("t-3"), State.WORKING)
    yield str(repository.root), journal
    journal.close()


def test_status_names_what_works_and_why_something_is_held(known, capsys):
    path, journal = known
    journal.know("paused", value=True)
    assert main(["status", "--worktree", path]) == 0
    first, working, held, hint = capsys.readouterr().out.splitlines()
    assert "paused" in first
    assert re.match(r"t-3 +working +\d+s +try 1/3", working)
    assert held.endswith("Do t-2  it is red")
    assert "t-1" not in first + working + held
    assert first.startswith("no run lives; `agent-gate run` goes on")
    assert "retry ID" in hint


def test_status_as_json_has_what_lines_have(known, capsys):
    path, _ = known
    main(["status", "--json", "--worktree", path])
    found = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in (*found["tasks"], *found["held"])] == ["t-3", "t-2"]


def test_history_is_the_last_events_with_the_newest_last(known, capsys):
    path, _ = known
    main(["history", "-n", "2", "--worktree", path])
    lines = capsys.readouterr().out.splitlines()
    assert ["held" in lines[0], "working" in lines[1], len(lines)] == [True, True, 2]


def test_stats_count_what_landed(known, capsys):
    path, _ = known
    main(["stats", "--worktree", path])
    assert "1 landed with 0 gate runs of the queue, 1 held" in capsys.readouterr().out


def test_a_log_is_the_tasks_events_and_what_its_agent_said_without_escapes(known, capsys):
    path, _ = known
    log = Path(path, ".git/agent-gate/attempts/t-2/1/log")
    log.parent.mkdir(parents=True)
    log.write_text("said\x1b[2J\n")
    assert (
        main(["log", "-f", "t-2", "--worktree", path]) == 0
    )  # it has ended, so there is nothing to wait for
    out = capsys.readouterr().out
    assert "reason=it is red" in out
    assert out.endswith(f"--- {log}\nsaid\n")
    assert main(["log", "t-9", "--worktree", path]) == 4


def test_a_log_that_lost_its_middle_is_followed_from_its_end(tmp_path, capsys):
    log, shown = tmp_path / "log", {}
    for text in ("a long line\n" * 9, "short\n", "short\nnew\n"):
        log.write_text(text)
        _show_log(log, shown)
    assert capsys.readouterr().out.endswith("a long line\nnew\n")


def test_following_a_task_tells_what_becomes_of_it(known, capsys, monkeypatch):
    path, journal = known
    monkeypatch.setattr(status.time, "sleep", lambda _: journal.advance(journal.task("t-3"), State.CLOSED))
    assert main(["log", "-f", "t-3", "--worktree", path]) == 0
    steps = [line.split()[3] for line in capsys.readouterr().out.splitlines()]
    assert steps == ["claiming", "working", "closed"]
