import pytest

from agent_gate.changes import read_changes
from agent_gate.policy.settings import Settings
from agent_gate.repository import open_repository
from agent_gate.running.rooms import RoomError, Rooms


@pytest.fixture
def repo(make_repo):
    return make_repo({"a.py": "A = 1\n", ".gitignore": "*.cache\n", "uv.locked": "1\n"})


def head(repo):
    return repo.git("rev-parse", "HEAD")


def rooms(repo, tmp_path, **settings):
    return Rooms(open_repository(repo.path), Settings(**settings), tmp_path / "cache")


def test_a_room_holds_the_commit_and_nothing_else(repo, tmp_path):
    first = repo.git("rev-parse", "HEAD")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    some = rooms(repo, tmp_path)
    with some.room(repo.git("rev-parse", "HEAD"), "base") as place:
        (place / "junk.txt").write_text("x")
        (place / "x.cache").write_text("x")
        (place / "a.py").write_text("changed")
    with some.room(first, "base") as again:
        assert again == place
        assert {path.name for path in again.iterdir()} == {".git", ".gitignore", "a.py", "uv.locked"}
        assert (again / "a.py").read_text() == "A = 1\n"


def test_uncommitted_work_can_be_checked_out_too(repo, tmp_path):
    repo.write("new file.py", "N = 1\n")
    changes = read_changes(open_repository(repo.path), "HEAD")
    with rooms(repo, tmp_path).room(changes.tree, "copy", changes.objects) as place:
        assert (place / "new file.py").read_text() == "N = 1\n"


def test_what_happens_in_a_room_does_not_reach_the_repository(repo, tmp_path):
    import subprocess

    before = repo.git("for-each-ref"), repo.git("config", "--local", "--list")
    with rooms(repo, tmp_path).room(head(repo), "base") as place:
        for args in (
            ["branch", "evil"],
            ["tag", "evil"],
            ["config", "core.hooksPath", "/evil"],
            ["update-ref", "refs/heads/main", "HEAD"],
        ):
            subprocess.run(["git", *args], cwd=place, check=True)
    assert (repo.git("for-each-ref"), repo.git("config", "--local", "--list")) == before


def test_tags_and_history_are_there(repo, tmp_path):
    import subprocess

    repo.git("tag", "-a", "v1.2", "-m", "v1.2")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    with rooms(repo, tmp_path).room(head(repo), "base") as place:
        described = subprocess.run(
            ["git", "describe"], cwd=place, check=True, capture_output=True, text=True
        ).stdout
    assert described.startswith("v1.2-1-g")


def test_set_up_runs_once_and_again_when_its_inputs_change(repo, tmp_path):
    log = tmp_path / "log"
    script = repo.write("setup.sh", f"#!/bin/sh\necho ran >> {log}\ntouch tool.cache\n")
    script.chmod(0o755)
    repo.commit("feat: set-up")
    some = rooms(repo, tmp_path, setup="./setup.sh")
    for _ in range(2):
        with some.room(head(repo), "base") as place:
            assert (place / "tool.cache").exists(), "what set-up made is kept"
            (place / "poison.cache").write_text("left by a test")
    assert log.read_text() == "ran\n"
    with some.room(head(repo), "base") as place:
        assert not (place / "poison.cache").exists()
    repo.commit("feat: lock", {"pyproject.toml": "[project]\n"})
    with some.room(head(repo), "base"):
        assert log.read_text() == "ran\nran\n"


def test_a_set_up_that_fails_says_which_and_shows_its_words(repo, tmp_path):
    with (
        pytest.raises(RoomError, match="failed with 3 in") as caught,
        rooms(repo, tmp_path, setup="sh -c 'echo no; exit 3'").room(head(repo), "base"),
    ):
        pass
    assert caught.value.output == "no\n"
    with (
        pytest.raises(RoomError, match="no-such-tool, which is not installed"),
        rooms(repo, tmp_path, setup="no-such-tool").room(head(repo), "base"),
    ):
        pass


def test_two_at_once_get_a_room_each(repo, tmp_path):
    some = rooms(repo, tmp_path)
    with some.room(head(repo), "base") as one, some.room(head(repo), "base") as other:
        assert one != other


def test_a_room_that_was_broken_off_is_made_anew(repo, tmp_path):
    some = rooms(repo, tmp_path)
    with some.room(head(repo), "base") as place:
        pass
    (place / ".git" / "HEAD").unlink()
    (place / ".git" / "index.lock").touch()
    with some.room(head(repo), "base") as again:
        assert (again / "a.py").exists()
