import json

import pytest

from agent_gate.cli import main
from agent_gate.orchestrator.journal import Journal, Task
from agent_gate.orchestrator.worktrees import Wanted, acquire, pool_of
from agent_gate.policy.settings import Settings
from agent_gate.repository import open_repository
from agent_gate.tracker.find import own_directory


@pytest.fixture
def repository(make_repo):
    """A repository with the worktrees of two tasks, of which the journal knows the second as under way."""
    repo = make_repo()
    opened = open_repository(repo.path)
    journal = Journal(own_directory(opened) / "journal.db")
    journal.begin(Task("t-2"), "somebody")
    journal.close()
    for task in ("t-1", "t-2"):
        wanted = Wanted(task, f"agent/{task}", repo.git("rev-parse", "HEAD"))
        acquire(opened, wanted, Settings(setup=""), lambda: {"t-1", "t-2"})
    return opened


def test_the_pool_is_listed(repository, capsys):
    assert main(["worktrees", "--json", "--worktree", str(repository.root)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["task"], row["branch"], row["state"]) for row in rows] == [
        ("t-1", "agent/t-1", "idle"),
        ("t-2", "agent/t-2", "idle"),
    ]


def test_pruning_leaves_what_is_under_way(repository, capsys):
    assert main(["worktrees", "prune", "--worktree", str(repository.root)]) == 0
    assert capsys.readouterr().out == f"{pool_of(repository)}/1 was removed.\n"
    assert (pool_of(repository) / "2").is_dir()
    main(["worktrees", "--worktree", str(repository.root)])
    assert capsys.readouterr().out == f"idle       agent/t-2                 {pool_of(repository)}/2\n"


def test_a_place_without_a_repository_is_wrong_usage(tmp_path, capsys):
    assert main(["worktrees", "prune", "--worktree", str(tmp_path)]) == 4
    assert "is not in a git repository" in capsys.readouterr().err
