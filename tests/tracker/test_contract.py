"""What every tracker does, run against both."""

import pytest

from agent_gate.tracker.model import (
    BLOCKS,
    CLOSED,
    DISCOVERED_FROM,
    Close,
    Create,
    Dependency,
    Issue,
    Landed,
    Note,
    RefusedError,
    Reopen,
    SetStatus,
    TakeBack,
)

AT = "2026-01-01T00:00:00Z"


def made(tracker, *issues):
    tracker.apply([Create(issue) for issue in issues])


def one(tracker, issue_id="t-1"):
    (issue,) = tracker.issues([issue_id])
    return issue


def test_an_issue_without_a_title_stops_no_other(tracker):
    made(tracker, Issue("t-1", " "), Issue("t-2", "A title"))
    assert {issue.id for issue in tracker.issues()} == {"t-1", "t-2"}


def test_what_is_created_can_be_read(tracker):
    made(
        tracker,
        Issue(
            "t-1",
            "A title",
            "A body\nof lines",
            priority=1,
            issue_type="bug",
            labels=("agent-gate", "x"),
            acceptance="done",
            metadata={"agent_gate": {"rule": "r"}},
        ),
    )
    issue = one(tracker)
    assert (issue.title, issue.description, issue.status, issue.priority, issue.issue_type) == (
        "A title",
        "A body\nof lines",
        "open",
        1,
        "bug",
    )
    assert (set(issue.labels), issue.acceptance, issue.metadata) == (
        {"agent-gate", "x"},
        "done",
        {"agent_gate": {"rule": "r"}},
    )


def test_creating_twice_is_creating_once(tracker):
    made(tracker, Issue("t-1", "first"))
    made(tracker, Issue("t-1", "second"))
    assert [issue.title for issue in tracker.issues()] == ["first"]


def test_only_the_issues_that_exist_are_read(tracker):
    made(tracker, Issue("t-1", "x"))
    assert [issue.id for issue in tracker.issues(["t-1", "t-2"])] == ["t-1"]


def test_ready_is_by_priority_and_without_what_is_blocked(tracker):
    made(
        tracker,
        Issue("t-1", "task", priority=0),
        Issue("t-2", "low", priority=3),
        Issue("t-3", "high", priority=1),
    )
    made(
        tracker,
        Issue(
            "t-4",
            "finding",
            priority=1,
            dependencies=(Dependency("t-4", "t-1", DISCOVERED_FROM), Dependency("t-1", "t-4", BLOCKS)),
        ),
    )
    assert [issue.id for issue in tracker.ready()] == ["t-3", "t-4", "t-2"]
    tracker.apply([Close("t-4", "fixed")])
    assert [issue.id for issue in tracker.ready()] == ["t-1", "t-3", "t-2"]


def test_closing_and_reopening_can_be_done_again(tracker):
    made(tracker, Issue("t-1", "x"))
    for _ in range(2):
        tracker.apply([Close("t-1", "fixed by abc")])
    assert (one(tracker).status, one(tracker).close_reason) == (CLOSED, "fixed by abc")
    assert tracker.issues(closed=False) == ()
    for _ in range(2):
        tracker.apply([Reopen("t-1")])
    assert one(tracker).status == "open"


def test_writes_to_issues_that_do_not_exist_are_left_out(tracker):
    tracker.apply([Close("t-9", "x"), Note("t-9", "k", "x", AT), Reopen("t-9")])
    assert tracker.issues() == ()


def test_an_edge_of_an_issue_that_does_not_exist_is_refused_with_all_else(tracker):
    with pytest.raises(RefusedError):
        made(tracker, Issue("t-1", "x", dependencies=(Dependency("t-9", "t-1"),)))
    assert tracker.issues() == ()


def test_a_claim_is_had_by_one(tracker):
    made(tracker, Issue("t-1", "x"))
    assert tracker.claim("t-1", "a")
    assert not tracker.claim("t-1", "b")
    assert tracker.claim("t-1", "a"), "claiming again is no loss"
    assert (one(tracker).status, one(tracker).assignee) == ("in_progress", "a")
    assert tracker.ready() == ()


def test_a_lease_is_renewed_and_given_back_by_its_owner_alone(tracker):
    made(tracker, Issue("t-1", "x"))
    tracker.claim("t-1", "a")
    assert (tracker.heartbeat("t-1", "a"), tracker.heartbeat("t-1", "b")) == (True, False)
    assert (tracker.release("t-1", "b"), tracker.release("t-1", "a")) == (False, True)
    assert not tracker.heartbeat("t-1", "a")
    assert [issue.id for issue in tracker.ready()] == ["t-1"]


def test_what_is_closed_or_not_there_cannot_be_claimed(tracker):
    made(tracker, Issue("t-1", "x"))
    tracker.apply([Close("t-1", "done")])
    assert (tracker.claim("t-1", "a"), tracker.claim("t-9", "a")) == (False, False)


def test_a_living_lease_is_not_reclaimed(tracker):
    made(tracker, Issue("t-1", "x"))
    tracker.claim("t-1", "a")
    assert tracker.reclaim() == ()


def test_a_tracker_that_can_be_used_passes_its_check(tracker):
    tracker.check()


def test_a_deferred_issue_is_not_ready_until_its_time(tracker):
    made(tracker, Issue("t-1", "x"), Issue("t-2", "y"))
    tracker.defer("t-1", "2999-01-01T00:00:00Z")
    assert [issue.id for issue in tracker.ready()] == ["t-2"]


@pytest.mark.parametrize(
    "text", ["-x --help", "@/etc/passwd", 'a "b" \\ `c` $(d)', "tab\there\n\nline", "ünïcode 🙂", "# comment"]
)
def test_text_is_text(tracker, text):
    made(tracker, Issue("t-1", text.replace("\n", " "), text))
    tracker.apply([Note("t-1", "k", text, AT), Close("t-1", text)])
    assert (one(tracker).title, one(tracker).description) == (text.replace("\n", " "), text)
    assert one(tracker).status == CLOSED


def test_ten_megabytes_are_text_too(tracker):
    made(tracker, Issue("t-1", "x", "y" * 10_000_000))
    assert len(one(tracker).description) == 10_000_000


def test_a_status_is_set_and_open_means_nobodys(tracker):
    tracker.apply([Create(Issue("t-1", "one"))])
    assert tracker.claim("t-1", "me")
    tracker.apply([SetStatus("t-1", "blocked")])
    assert tracker.issues(["t-1"])[0].status == "blocked"
    assert not tracker.claim("t-1", "me")
    tracker.apply([SetStatus("t-1", "open"), SetStatus("t-none", "open")])
    (issue,) = tracker.issues(["t-1"])
    assert (issue.status, issue.assignee) == ("open", "")
    assert tracker.claim("t-1", "you")


def test_writes_to_one_issue_are_done_in_their_order(tracker):
    made(tracker, Issue("t-1", "x"), Issue("t-2", "y"))
    tracker.apply([Close("t-1", "done"), Close("t-2", "done")])
    tracker.apply(
        [Reopen("t-1"), SetStatus("t-1", "blocked"), Reopen("t-2"), Landed("t-2", "c" * 40, "landed")]
    )
    assert one(tracker).status == "blocked"
    assert (one(tracker, "t-2").status, one(tracker, "t-2").close_reason) == (CLOSED, "landed")


def test_what_is_taken_back_is_still_its_owners(tracker):
    made(tracker, Issue("t-1", "x"), Issue("t-2", "y"))
    tracker.claim("t-1", "me")
    tracker.apply([Close("t-1", "done")])
    for _ in range(2):
        tracker.apply([TakeBack("t-1", "k", "not yet", AT), TakeBack("t-2", "k2", "not yet", AT)])
    assert (one(tracker).status, one(tracker).assignee) == ("in_progress", "me")
    assert tracker.heartbeat("t-1", "me")
    assert one(tracker, "t-2").status == "open"


def test_landing_closes_the_issue_with_its_commit_once(tracker):
    tracker.apply([Create(Issue("t-1", "one"))])
    landed = Landed("t-1", "c" * 40, "landed as cccc")
    tracker.apply([landed])
    tracker.apply([landed])
    (issue,) = tracker.issues(["t-1"])
    assert (issue.status, issue.close_reason) == ("closed", "landed as cccc")


def test_who_has_claimed_may_claim_again_and_nobody_else(tracker):
    tracker.apply([Create(Issue("t-1", "one"))])
    assert [tracker.claim("t-1", "me"), tracker.claim("t-1", "me"), tracker.claim("t-1", "you")] == [
        True,
        True,
        False,
    ]


def test_the_change_token_changes_with_writes_and_not_with_reads(tracker):
    tracker.apply([Create(Issue("t-1", "one"))])
    before = tracker.change_token()
    tracker.ready()
    tracker.issues()
    assert before is not None
    assert tracker.change_token() == before
    tracker.apply([Create(Issue("t-2", "two"))])
    assert tracker.change_token() != before
