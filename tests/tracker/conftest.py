"""Both trackers, real: the embedded one, and `bd` on a database that was initialised once and is copied for each test."""

import os
import shutil
import subprocess

import pytest

from agent_gate.tracker.beads import Beads
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.outbox import Outbox


@pytest.fixture(scope="session")
def bd_template(tmp_path_factory):
    """A repository with an empty Beads database; skips where there is no bd, but not in CI."""
    if shutil.which("bd") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("bd is not on PATH: `make bd` builds it, and `make test` uses it")
        pytest.skip("bd is not on PATH (`make bd` builds it with Go)")
    home = tmp_path_factory.mktemp("bd")
    env = {**os.environ, "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=home, check=True)
    done = subprocess.run(
        ["bd", "init", "--stealth", "--non-interactive", "--prefix", "t"],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def beads(bd_template, tmp_path):
    """A fresh Beads database."""
    shutil.copytree(bd_template, tmp_path / "beads")
    return Beads(tmp_path / "beads")


@pytest.fixture
def local(tmp_path):
    """A fresh embedded tracker."""
    return LocalTracker(tmp_path / "local")


@pytest.fixture(params=["local", "beads"])
def tracker(request):
    """Each tracker in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def outbox(tmp_path):
    """An empty outbox."""
    return Outbox(tmp_path / "outbox")
