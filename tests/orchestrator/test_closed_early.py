"""An issue that is closed before its work has landed is taken back, and everybody hears of it."""

import pytest

from agent_gate.orchestrator.closed_early import take_back, was_closed_early
from agent_gate.orchestrator.journal import Task
from agent_gate.tracker.model import Close, Create, Issue, Landed


@pytest.fixture
def closed(site):
    """A task whose agent has closed its own issue."""
    site.desk.tracker.apply([Create(Issue("t-1", "A task"))])
    site.desk.claim("t-1")
    site.desk.tracker.apply([Close("t-1", "done, I think")])
    return Task("t-1")


def test_an_issue_that_its_agent_closed_is_ours_again_with_a_note(site, closed):
    site.desk.post(take_back(closed))
    site.desk.close()
    issue = site.desk.issue("t-1")
    assert (issue.status, issue.assignee) == ("in_progress", "tester")
    assert "closed before its work had landed" in issue.notes


def test_the_next_attempt_is_told_and_the_one_after_that_is_not(site, closed):
    site.desk.post(take_back(closed))
    site.desk.close()
    issue = site.desk.issue("t-1")
    told = [was_closed_early(site, Task("t-1", attempt=number), issue) for number in (1, 2, 3)]
    assert told == [False, True, False]


def test_what_lands_after_it_is_closed_and_stays_so(site, closed):
    site.desk.post(take_back(closed), Landed("t-1", "c" * 40, "landed"))
    site.desk.close()
    assert (site.desk.issue("t-1").status, site.desk.issue("t-1").close_reason) == ("closed", "landed")


def test_an_issue_that_is_not_closed_is_left_alone(site):
    site.desk.tracker.apply([Create(Issue("t-2", "A task"))])
    site.desk.post(take_back(Task("t-2")))
    site.desk.close()
    assert (site.desk.issue("t-2").status, site.desk.issue("t-2").notes) == ("open", "")
