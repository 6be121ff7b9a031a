"""Which tracker a repository has, wherever it is asked from."""

import shutil

import pytest

from agent_gate.repository import open_repository
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.find import find_tracker
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.model import Create, Issue, TrackerError


@pytest.fixture
def linked(make_repo, tmp_path):
    """A repository and a linked worktree of it."""
    repo = make_repo()
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    return repo.path, tmp_path / "linked"


def test_without_beads_all_worktrees_share_the_embedded_tracker(linked):
    trackers = [find_tracker(open_repository(place)) for place in linked]
    assert trackers == [LocalTracker(linked[0] / ".git" / "agent-gate")] * 2


def test_a_linked_worktree_has_the_issues_of_the_main_one(linked, bd_template):
    shutil.copytree(bd_template / ".beads", linked[0] / ".beads")
    find_tracker(open_repository(linked[0])).apply([Create(Issue("t-1", "one"))], {})
    there = find_tracker(open_repository(linked[1]))
    assert [issue.id for issue in there.ready()] == ["t-1"]
    assert there.change_token() is not None


def test_the_database_that_is_named_is_the_one(linked, bd_template, tmp_path, monkeypatch):
    shutil.copytree(bd_template / ".beads", tmp_path / "elsewhere" / ".beads")
    monkeypatch.setenv("BEADS_DIR", str(tmp_path / "elsewhere" / ".beads"))
    tracker = find_tracker(open_repository(linked[1]))
    tracker.apply([Create(Issue("t-1", "one"))], {})
    assert tracker.change_token() is not None
    monkeypatch.delenv("BEADS_DIR")
    assert [issue.id for issue in Beads(tmp_path / "elsewhere").ready()] == ["t-1"]


def test_a_named_database_that_is_not_there_is_said_and_no_other_is_used(linked, monkeypatch):
    monkeypatch.setenv("BEADS_DIR", "/no/such/.beads")
    with pytest.raises(TrackerError, match=r"BEADS_DIR names /no/such/.beads, which is no directory"):
        find_tracker(open_repository(linked[0]))
