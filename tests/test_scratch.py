"""What a process leaves in the temporary directory, and who removes it: real processes, and every kind of impostor."""

import fcntl
import os
import subprocess
import sys

import pytest

from agent_gate.scratch import MARK, remove_dead

CODE = "import sys; from agent_gate.scratch import scratch_directory; print(scratch_directory(), flush=True); sys.stdin.read()"


@pytest.fixture
def begin(tmp_path):
    """Start a process that uses its directory until its input ends; the process, and the directory."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", CODE],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, tmp_path / process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_process_has_one_of_its_own_that_goes_with_it(begin, tmp_path):
    process, directory = begin()
    assert (directory.parent, directory.stat().st_mode & 0o777) == (tmp_path, 0o700)
    process.communicate(timeout=20)
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_removes_what_a_killed_one_left_and_nothing_of_a_living_one(begin, tmp_path):
    killed, left = begin()
    _, living = begin()
    (left / "objects" / "pack").mkdir(parents=True)
    (left / "objects" / "link").symlink_to(living)
    (living / "file").touch()
    killed.kill()
    killed.wait(20)
    _, newest = begin()
    assert set(tmp_path.iterdir()) == {living, newest}
    assert (living / "file").exists()


def _marked(directory, mode=0o700):
    directory.mkdir(mode=mode)
    directory.chmod(mode)
    (directory / MARK).touch()
    return directory


IMPOSTORS = {
    "not marked": lambda place: place.mkdir(0o700),
    "marked by a link": lambda place: (place.mkdir(0o700), (place / MARK).symlink_to("../victim/" + MARK)),
    "open to others": lambda place: _marked(place, 0o755),
    "a link to a directory": lambda place: place.symlink_to("victim"),
    "a file": lambda place: place.touch(),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("make", IMPOSTORS.values(), ids=IMPOSTORS)
def test_what_only_has_the_name_is_left_alone(tmp_path, make):
    victim = _marked(tmp_path / "victim")
    place = tmp_path / "agent-gate-impostor"
    make(place)
    remove_dead(tmp_path)
    assert os.path.lexists(place)
    assert (victim / MARK).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a directory of somebody else")
def test_what_is_another_users_is_left_alone(tmp_path):
    place = _marked(tmp_path / "agent-gate-other")
    os.chown(place, 12345, 12345)
    remove_dead(tmp_path)
    assert (place / MARK).exists()


def test_a_link_in_what_is_removed_is_not_followed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    left = _marked(tmp_path / "agent-gate-left")
    (left / "link").symlink_to(tmp_path / "kept")
    (left / "deep").mkdir()
    (left / "deep" / "link").symlink_to(tmp_path / "kept")
    remove_dead(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / "file").exists()


def test_one_that_somebody_else_is_removing_is_left_to_them(tmp_path):
    left = _marked(tmp_path / "agent-gate-left")
    other = os.open(left, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    remove_dead(tmp_path)
    assert (left / MARK).exists()
    os.close(other)
    remove_dead(tmp_path)
    assert not left.exists()


def test_a_directory_that_cannot_be_looked_into_is_no_reason_to_stop(tmp_path):
    remove_dead(tmp_path / "nowhere")
