"""Both trackers, real: the embedded one, and `bd` on a database that was initialised once and is copied for each test."""

import shutil

import pytest

from agent_gate.tracker.beads import Beads
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.outbox import Outbox


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
