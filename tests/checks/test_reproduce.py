import subprocess

import pytest

from agent_gate.checks.reproduce import diff_command

NAMES = [
    "a.txt",
    "a  b.txt",
    'it\'s "so".txt',
    "two\nlines.txt",
    "-x.txt",
    "caf\u00e9.txt",
    "b\\x.txt",
    "raw\udcff.txt",
]


def pasted(repo, command):
    """What the command prints in bash, at the top of the worktree."""
    argv = ["bash", "-c", command]
    return subprocess.run(argv, cwd=repo.path, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def repo(make_repo):
    repo = make_repo()
    repo.branch("work")
    return repo


@pytest.mark.parametrize("name", NAMES)
def test_the_command_shows_a_file_whatever_its_name(repo, name):
    repo.write(name, "new words\n")
    untracked = diff_command(repo.changes(), name)
    assert "\n" not in untracked
    assert "+new words" in pasted(repo, untracked)
    repo.commit("feat: add it")
    assert "+new words" in pasted(repo, diff_command(repo.changes(), name))


def test_a_commit_is_shown_that_is_not_checked_out(repo):
    from agent_gate.changes import read_changes
    from agent_gate.repository import open_repository

    repo.commit("feat: add it", {"a.txt": "new words\n"})
    repo.git("switch", "-q", "main")
    changes = read_changes(open_repository(repo.path), "main", commit="work")
    assert "+new words" in pasted(repo, diff_command(changes, "a.txt"))
