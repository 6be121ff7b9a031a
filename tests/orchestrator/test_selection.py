"""Which of the ready issues a run takes."""

import pytest

from agent_gate.orchestrator.selection import Selection, chosen, own_to_repair
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.model import Create, Dependency, Issue


def names(*issues, only=(), live=(), follow_ups=True):
    return [issue.id for issue in chosen(issues, Selection(only), live, follow_ups=follow_ups)]


def test_the_most_urgent_comes_first_then_the_oldest():
    late = Issue("t-1", "", priority=1, created_at="2026-01-02T00:00:00Z")
    early = Issue("t-2", "", priority=1, created_at="2026-01-01T00:00:00Z")
    urgent = Issue("t-3", "", priority=0, created_at="2026-01-03T00:00:00Z")
    assert names(late, early, urgent) == ["t-3", "t-2", "t-1"]


def test_only_takes_what_its_ids_or_labels_name():
    labelled = Issue("t-2", "", labels=("docs",))
    assert names(Issue("t-1", ""), labelled, Issue("t-3", ""), only=("t-1", "docs")) == ["t-1", "t-2"]


def test_names_that_no_issue_has_are_told_apart_from_what_is_not_ready(tmp_path):
    tracker = LocalTracker(tmp_path)
    tracker.apply([Create(Issue("t-1", "", status="closed")), Create(Issue("t-2", "", labels=("docs",)))])
    assert Selection(("t-1", "docs")).unknown(tracker) == Selection(()).unknown(tracker) == ""
    assert "names t-9, doc: no issue" in Selection(("t-1", "t-9", "doc")).unknown(tracker)


def test_what_is_under_way_and_what_only_holds_others_is_left():
    assert names(Issue("t-1", ""), Issue("t-2", "", issue_type="epic"), live={"t-1"}) == []


def test_what_waits_for_a_task_that_was_closed_and_has_not_landed_waits_on():
    later = Issue(
        "t-2", "", dependencies=(Dependency("t-2", "t-1"), Dependency("t-2", "t-0", "discovered-from"))
    )
    assert names(later, live={"t-1"}) == []
    assert names(later, live={"t-0"}) == ["t-2"]


def test_what_blocks_a_task_is_its_own_agents_and_follow_ups_are_as_configured():
    block = Issue("t-1", "", labels=("agent-gate", "block"))
    later = Issue("t-2", "", labels=("agent-gate", "follow-up"))
    assert names(block, later) == ["t-2"]
    assert names(block, later, follow_ups=False) == []


@pytest.mark.parametrize("name", ["../x", "-t", "t..1", "t.lock", "t.", "a/b", ""])
def test_an_id_that_cannot_name_a_branch_is_never_taken(name):
    assert names(Issue(name, "")) == []


def test_a_task_that_only_its_own_findings_block_is_its_agents_to_repair(tmp_path):
    tracker = LocalTracker(tmp_path)
    found, other = Issue("t-9", "", labels=("agent-gate", "block")), Issue("t-8", "")
    own = Issue("t-1", "", dependencies=(Dependency("t-1", "t-9"),))
    both = Issue("t-2", "", dependencies=(Dependency("t-2", "t-9"), Dependency("t-2", "t-8")))
    tracker.apply([Create(issue) for issue in (found, other, own, both)])
    assert "t-1" not in [issue.id for issue in tracker.ready()]
    assert [issue.id for issue in own_to_repair(tracker, ["t-1", "t-2"])] == ["t-1"]
