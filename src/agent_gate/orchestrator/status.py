"""What the journal says of a repository, as values: for people and for JSON."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any

from agent_gate.orchestrator.journal import State
from agent_gate.orchestrator.owner import living

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agent_gate.orchestrator.journal import Event, Journal, Task

DROPPED = "a person has dropped it"
_SPENT = {  # where the time goes: what a state's time counts as
    State.CLAIMING: "waiting",
    State.PREPARING: "waiting",
    State.WAITING: "waiting",
    State.WORKING: "agent",
    State.GATING: "gate",
    State.QUEUED: "landing",
    State.LANDING: "landing",
}


def status_of(journal: Journal, directory: Path) -> dict[str, Any]:
    """Runs that live, tasks under way, and tasks that need a person.

    Returns:
        `{paused, runs: [{id, pid}], tasks: [{id, title, state, attempt, allowed, agent, branch, worktree, seconds, reason,
        tokens, money}], held: [the same]}`; seconds are those in the present state.
    """
    return {
        "paused": bool(journal.fact("paused")),
        "runs": [{"id": name, "pid": pid} for name, pid in living(directory / "runs")],
        "tasks": [
            _row(replace(task, reason=DROPPED) if journal.fact(f"drop:{task.id}") else task)
            for task in journal.live()
        ],
        "held": [_row(task) for task in journal.tasks(State.HELD)],
    }


def _row(task: Task) -> dict[str, Any]:
    names = (
        "id",
        "title",
        "priority",
        "attempt",
        "allowed",
        "agent",
        "branch",
        "worktree",
        "reason",
        "tokens",
        "money",
    )
    row = {name: getattr(task, name) for name in names}
    return {**row, "state": task.state.value, "seconds": round(time.time() - task.changed_at, 1)}


def stats_of(journal: Journal) -> dict[str, Any]:
    """Per task: seconds that it waited, its agents worked, its gates ran, it waited to land; attempts and tokens.

    Returns:
        `{tasks: [{id, state, attempts, waiting, agent, gate, landing, tokens, money}], landed, held, landing_gates, medians: {…}}`.
    """
    rows = [_spent(task, journal.events(task.id)) for task in journal.tasks()]
    runs = [event for event in journal.events("") if event.kind == "landing-gate"]
    landed = [row for row in rows if row["state"] == State.CLOSED]
    names = ("waiting", "agent", "gate", "landing", "attempts")
    return {
        "tasks": rows,
        "landed": len(landed),
        "held": sum(row["state"] == State.HELD for row in rows),
        "landing_gates": len(runs),
        "medians": {name: round(median(row[name] for row in landed), 2) for name in names} if landed else {},
    }


def _spent(task: Task, events: Sequence[Event]) -> dict[str, Any]:
    """Seconds by what they went into: the time from each state to the next one."""
    spent = dict.fromkeys(("waiting", "agent", "gate", "landing"), 0.0)
    known = {state.value for state in State}
    states = [event for event in events if event.kind in known]
    ends = [event.at for event in states[1:]] + [time.time()]
    for event, end in zip(states, ends, strict=False):
        if (name := _SPENT.get(State(event.kind))) is not None:
            spent[name] += end - event.at
    return {
        "id": task.id,
        "state": task.state.value,
        "attempts": task.attempt,
        **{name: round(seconds, 2) for name, seconds in spent.items()},
        "tokens": task.tokens,
        "money": task.money,
    }
