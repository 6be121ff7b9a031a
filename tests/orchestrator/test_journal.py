from agent_gate.orchestrator.journal import Journal, State, Task


def test_a_task_that_was_handed_back_counts_its_attempts_on(tmp_path):
    journal = Journal(tmp_path / "journal.db")
    first = journal.begin(Task("t-1", allowed=3), "one")
    assert (first.attempt, first.allowed) == (1, 3)
    assert journal.begin(Task("t-1", allowed=3), "two") is None
    journal.advance(first, State.RELEASED)
    again = journal.begin(Task("t-1", allowed=3), "two")
    assert (again.attempt, again.allowed, again.epoch) == (2, 4, 2)
    journal.close()
