"""Who owns a task: one run at a time, and whoever was away for too long changes nothing."""

import os

import pytest

from agent_gate.orchestrator import journal as journal_module
from agent_gate.orchestrator.journal import Journal, LostLeaseError, State, Task
from agent_gate.orchestrator.owner import living, new_owner


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def lives(_owner):
    return False


def test_what_a_living_run_has_is_not_taken_over(journal):
    journal.begin(Task("t-1"), "one")
    assert journal.take_over("two", lives) == ()


def test_a_run_that_is_gone_loses_its_tasks_and_writes_nothing_more(journal):
    stale = journal.begin(Task("t-1"), "one")
    (taken,) = journal.take_over("two", lambda owner: owner == "one")
    assert (taken.owner, taken.epoch, taken.state) == ("two", stale.epoch + 1, State.CLAIMING)
    with pytest.raises(LostLeaseError, match="t-1 has another owner"):
        journal.advance(stale, State.PREPARING)
    assert journal.task("t-1") == taken


def test_a_lease_that_has_run_out_is_taken_from_a_run_that_lives(journal, monkeypatch):
    monkeypatch.setattr(journal_module, "LEASE_SECONDS", -1.0)
    journal.begin(Task("t-1"), "frozen")
    assert [task.id for task in journal.take_over("two", lives)] == ["t-1"]
    assert journal.renew("frozen") == 0


def test_two_that_take_over_at_once_share_nothing(journal):
    for number in range(4):
        journal.begin(Task(f"t-{number}"), "dead")
    first = journal.take_over("two", lambda owner: owner == "dead")
    assert len(first) == 4
    assert journal.take_over("three", lambda owner: owner == "dead") == ()


def test_a_held_task_goes_on_with_the_next_number_and_a_landed_one_never(journal):
    held = journal.advance(journal.begin(Task("t-1", allowed=3), "one"), State.HELD, attempt=3)
    assert held.owner == ""
    again = journal.again("t-1", 2)
    assert again is not None
    assert (again.state, again.attempt, again.allowed) == (State.CLAIMING, 4, 5)
    journal.advance(again, State.CLOSED)
    assert journal.again("t-1", 2) is None
    journal.give_up("t-1")
    assert journal.task("t-1").state is State.CLOSED


def test_only_one_may_land_until_it_is_gone(journal):
    assert journal.take_lease("landing:main", "one", lives)
    assert not journal.take_lease("landing:main", "two", lives)
    assert journal.has_lease("landing:main", "one")
    assert journal.take_lease("landing:main", "two", lambda owner: owner == "one")
    assert not journal.has_lease("landing:main", "one")


def test_a_run_lives_as_long_as_it_holds_its_lock(tmp_path):

    first, second = new_owner(tmp_path), new_owner(tmp_path)
    assert not second.is_gone(first.id)
    assert {name for name, _ in living(tmp_path)} == {first.id, second.id}
    os.close(first.lock)
    assert second.is_gone(first.id)
    assert [name for name, _ in living(tmp_path)] == [second.id]
    os.close(second.lock)
