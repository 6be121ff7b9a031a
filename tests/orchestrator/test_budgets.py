import json
from dataclasses import asdict, replace

from agent_gate.agents.model import Usage
from agent_gate.orchestrator.attempt_files import RunState
from agent_gate.orchestrator.budgets import Spending
from agent_gate.orchestrator.config import Budget, Configured, RunConfig
from agent_gate.orchestrator.journal import State, Task


def with_budget(site, **budgets):
    configured = Configured(RunConfig(**budgets), ())
    return Spending(replace(site, configured=lambda: configured))


def works(site, name, owner, tokens):
    task = site.journal.advance(site.journal.begin(Task(name), owner), State.WORKING)
    directory = site.attempt_directory(task)
    directory.mkdir(parents=True)
    state = asdict(RunState(1, usage=Usage(tokens, 0, 0.0)))
    (directory / "state.json").write_text(json.dumps(state))


def test_what_another_run_uses_counts_for_the_night_and_not_for_this_run(site):
    works(site, "t-1", "another", 100)
    assert with_budget(site, run_budget=Budget(tokens=50)).exceeded() == ""
    assert (
        "the night is used up (100 of 50 tokens)"
        in with_budget(site, night_budget=Budget(tokens=50)).exceeded()
    )


def test_what_has_ended_and_what_is_under_way_count_together(site):
    works(site, "t-1", site.owner.id, 30)
    site.journal.record("t-0", site.owner.id, "agent-ended", tokens=30, money=0.0, seconds=5.0)
    assert "60 of 50 tokens" in with_budget(site, run_budget=Budget(tokens=50)).exceeded()


def test_a_state_that_cannot_be_read_stops_nothing(site):
    works(site, "t-1", site.owner.id, 30)
    (site.attempt_directory(Task("t-1")) / "state.json").write_text("{")
    assert with_budget(site, run_budget=Budget(tokens=50)).exceeded() == ""
