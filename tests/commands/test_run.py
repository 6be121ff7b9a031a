"""`agent-gate run`, as far as it starts no agent."""

import os
import signal
from queue import SimpleQueue

import pytest

from agent_gate import cli
from agent_gate.commands.run import _Asked
from agent_gate.orchestrator.journal import Journal, Task
from agent_gate.orchestrator.progress import Progress
from agent_gate.repository import init_repository, open_repository
from agent_gate.tracker.find import find_tracker
from agent_gate.tracker.model import Create, Issue


@pytest.fixture
def repo(make_repo):
    return make_repo({"AGENTS.md": "# Rules\n\n- Run `ruff check .`.\n"})


def written(root):
    return {path: path.is_dir() or (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*")}


def dry_run(repo, capsys):
    code = cli.main(["run", "--dry-run", "--agent-cmd", "true", "--worktree", str(repo.path)])
    return code, capsys.readouterr().out


def test_a_run_whose_tracker_cannot_be_used_begins_nothing(repo, capsys, monkeypatch):
    (repo.path / ".beads").mkdir()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    code = cli.main(["run", "--drain", "--agent-cmd", "true", "--worktree", str(repo.path)])
    assert (code, capsys.readouterr().err.count("`bd` is not on PATH")) == (3, 1)


def test_a_dry_run_in_a_fresh_repository_writes_nothing_at_all(repo, capsys, tmp_path):
    before = written(tmp_path)
    code, said = dry_run(repo, capsys)
    assert (code, "nothing is ready" in said) == (0, True)
    assert written(tmp_path) == before


@pytest.mark.parametrize(
    ("config", "args", "code", "said"),
    [
        ("", ["--only", "nobody"], 0, "--only names nobody: no issue has that id or label"),
        ('[run]\nbase = "nowhere"\n', [], 4, "has no branch nowhere to land on"),
    ],
)
def test_a_dry_run_says_what_a_run_would_say(repo, capsys, config, args, code, said):
    repo.write("agent-gate.toml", config)
    assert cli.main(["run", "--dry-run", "--agent-cmd", "true", "--worktree", str(repo.path), *args]) == code
    assert said in "".join(capsys.readouterr())


def test_a_dry_run_says_what_goes_on_and_what_begins_and_writes_nothing(repo, capsys, tmp_path):
    repository = open_repository(repo.path)
    find_tracker(repository).apply([Create(Issue("ag-1", "ready")), Create(Issue("ag-2", "under way"))])
    journal = Journal(repository.common_dir / "agent-gate" / "journal.db")
    journal.begin(Task("ag-2", "under way"), "somebody")
    journal.know("paused", value=True)
    journal.close()
    before = written(tmp_path)
    code, said = dry_run(repo, capsys)
    assert (code, said.count("goes on  ag-2"), said.count("begins   ag-1")) == (0, 1, 1)
    assert said.endswith("paused: nothing of it before `agent-gate resume`\n")
    assert written(tmp_path) == before


def test_a_dry_run_says_what_a_run_would_refuse(repo, capsys):
    (repo.path / "agent-gate.toml").write_text('[run]\nbase = "trunk"\n')
    assert cli.main(["run", "--dry-run", "--agent-cmd", "true", "--worktree", str(repo.path)]) == 4
    assert "has no branch trunk" in capsys.readouterr().err


def test_a_repository_without_a_commit_is_called_that(tmp_path, capsys):
    init_repository(tmp_path)
    assert cli.main(["run", "--agent-cmd", "true", "--worktree", str(tmp_path)]) == 4
    assert "has no commit yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no [[repositories]]"),
        ('workers = 3\n[[repositories]]\npath = "repo"\n', "holds `workers` beside [[repositories]]"),
        ('[[repositories]]\npath = "repo"\n[[repositories]]\npath = "./repo"\n', "twice"),
        ('[[repositories]]\npath = "repo"\nworkers = -1\n', "each of [[repositories]] has a path"),
    ],
)
def test_a_mistake_in_the_list_of_repositories_is_named(repo, tmp_path, capsys, text, said):
    file = tmp_path / "several.toml"
    file.write_text(text)
    assert cli.main(["run", "--dry-run", "--agent-cmd", "true", "--config", str(file)]) == 4
    assert said in capsys.readouterr().err


def test_who_asks_for_the_end_of_the_agents_again_does_not_leave_them(monkeypatch):
    """`stop`, then `stop --now`; and `timeout`, which sends SIGTERM to the process and to its group."""
    monkeypatch.setattr(os, "_exit", lambda _: pytest.fail("it left at once"))
    asked, stops = _Asked([], Progress()), SimpleQueue()
    monkeypatch.setattr(asked, "_leave", lambda _said, stop: stops.put(stop))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
        asked.signalled(number, None)
    assert {stops.get(timeout=30), stops.get(timeout=30)} == {False, True}
    assert stops.empty()


def test_the_third_interrupt_leaves_at_once(monkeypatch, capfd):
    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    asked = _Asked([], Progress())
    for number in (signal.SIGTERM, signal.SIGINT):
        asked.signalled(number, None)
    assert left == [2]
    assert "left at once" in capfd.readouterr().err
