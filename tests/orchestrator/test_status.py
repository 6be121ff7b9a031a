from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.status import stats_of, status_of


def test_status_names_what_is_under_way_and_what_is_held(site):
    site.journal.begin(Task("t-1", "A task"), site.owner.id)
    held = site.journal.begin(Task("t-2"), site.owner.id)
    site.journal.advance(held, State.HELD, reason="why")
    found = status_of(site.journal, site.directory)
    assert [(row["id"], row["state"]) for row in found["tasks"]] == [("t-1", "claiming")]
    assert [(row["id"], row["reason"]) for row in found["held"]] == [("t-2", "why")]
    assert [run["id"] for run in found["runs"]] == [site.owner.id]


def test_stats_count_what_landed_and_where_its_time_went(site):
    task = site.journal.begin(Task("t-1"), site.owner.id)
    for state in (State.PREPARING, State.WORKING, State.GATING, State.QUEUED, State.LANDING, State.CLOSED):
        task = site.journal.advance(task, state)
    found = stats_of(site.journal)
    assert (found["landed"], found["held"], found["tasks"][0]["attempts"]) == (1, 0, 1)
    assert set(found["medians"]) == {"waiting", "agent", "gate", "landing", "attempts"}
