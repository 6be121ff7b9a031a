import pytest

from agent_gate.orchestrator.journal import Journal, JournalError, LostLeaseError, State, Task


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def test_a_task_that_was_handed_back_counts_its_attempts_on(journal):
    first = journal.begin(Task("t-1", allowed=3), "one")
    assert (first.attempt, first.allowed) == (1, 3)
    assert journal.begin(Task("t-1", allowed=3), "two") is None
    journal.advance(first, State.RELEASED)
    again = journal.begin(Task("t-1", allowed=3), "two")
    assert (again.attempt, again.allowed, again.epoch) == (2, 4, 2)


def test_what_a_task_has_used_and_what_was_filed_stay_with_it(journal):
    first = journal.begin(Task("t-1"), "one")
    journal.advance(first, State.RELEASED, tokens=7, money=0.5, filed=1, agent="a", session="s")
    again = journal.begin(Task("t-1"), "two")
    assert (again.tokens, again.money, again.filed) == (7, 0.5, 1)
    assert (again.agent, again.session) == ("a", "s")


def test_a_row_that_was_moved_on_meanwhile_is_not_written_over(journal):
    """As when a person drops what the lander has just landed."""
    seen = journal.advance(journal.begin(Task("t-1"), "one"), State.QUEUED)
    landing = journal.advance(seen, State.LANDING)
    with pytest.raises(LostLeaseError, match="landing now, and no longer queued"):
        journal.advance(seen, State.RELEASED)
    assert journal.task("t-1") == landing


def test_a_task_that_landed_gets_no_further_attempts(journal):
    journal.advance(journal.begin(Task("t-1"), "one"), State.CLOSED)
    assert journal.again("t-1", 3) is None
    assert journal.again("t-2", 3) is None


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path, journal):
    journal._database.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="newer agent-gate"):
        Journal(tmp_path / "journal.db")
