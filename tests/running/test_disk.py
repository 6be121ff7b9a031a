"""Full disks: real ones, small, in a mount namespace of their own."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_gate.running.disk import SMALLEST, full_disk, no_space
from agent_gate.running.sandbox import sandbox_problem

needs_bwrap = pytest.mark.skipif(bool(sandbox_problem()), reason=f"no small disk here: {sandbox_problem()}")


@pytest.fixture
def on_disk(tmp_path):
    """Run a command for which the directory `small` is a disk of this many bytes."""
    place = tmp_path / "small"
    place.mkdir()

    def call(size, *argv, cwd=tmp_path, **variables):
        env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        env |= {name: str(place) for name in variables}
        mount = ["bwrap", "--dev-bind", "/", "/", "--size", str(size), "--tmpfs", str(place)]
        return subprocess.run(
            [*mount, "--chdir", str(cwd), *argv], env=env, capture_output=True, text=True, check=False
        )

    return call


@pytest.fixture
def repo(make_repo):
    rules = '- Use the conventional commit format for commit messages.\n<!-- agent-gate: lint = "sh lint.sh" -->\n'
    fill = "head -c 9000000 /dev/zero > $TMPDIR/junk\n"
    repo = make_repo({"AGENTS.md": rules, "lint.sh": fill, "big.bin": os.urandom(2_000_000)})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    return repo


@needs_bwrap
class TestASmallDisk:
    def test_is_full_when_it_is(self, on_disk):
        code = "from pathlib import Path; from agent_gate.running.disk import full_disk; print(full_disk(Path('nowhere'), Path('small')))"
        assert on_disk(SMALLEST - 4096, sys.executable, "-c", code).stdout == "the disk of small is full\n"
        assert on_disk(SMALLEST * 2, sys.executable, "-c", code).stdout == "\n"

    @pytest.mark.parametrize("size", [4096, 16384, 1_000_000])
    def test_for_rooms_leaves_commands_undecided_and_the_rest_decided(self, on_disk, repo, size):
        done = on_disk(size, "agent-gate", "check", "--clean", cwd=repo.path, XDG_CACHE_HOME="")
        assert done.returncode == 1, done.stdout
        assert "could not be decided: The room" in done.stdout
        assert "AGENTS.md::L1::commit-format PASSED" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr

    def test_for_temporary_files_is_one_sentence(self, on_disk, repo):
        done = on_disk(4096, "agent-gate", "check", "--clean", cwd=repo.path, TMPDIR="")
        assert done.returncode == 4, done.stdout
        assert f"{repo.path} cannot be read into" in done.stderr
        assert "Traceback" not in done.stdout + done.stderr

    def test_that_a_command_fills_is_not_the_branchs_fault(self, on_disk, repo):
        done = on_disk(1_000_000, "agent-gate", "check", cwd=repo.path, TMPDIR="")
        assert done.returncode == 1, done.stdout
        assert "`sh lint.sh` could not be decided: the disk of" in done.stdout


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_missing_space_is_told_with_the_file(number):
    assert no_space(OSError(number, "no", "here")) == "here cannot be written: no"
    assert no_space(OSError(number, "no")) == "a file of its own cannot be written: no"


def test_other_problems_are_no_missing_space(tmp_path):
    assert (no_space(OSError(errno.EACCES, "no")), no_space(ValueError("no"))) == ("", "")
    assert full_disk(tmp_path / "nowhere") == ""
