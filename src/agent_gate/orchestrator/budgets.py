"""What a run, and a night, have used: the attempts that have ended, and those that are under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from agent_gate.agents.model import Usage
from agent_gate.orchestrator.attempt_files import AttemptError, read_state
from agent_gate.orchestrator.journal import ENDED, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent_gate.orchestrator.config import Budget
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.site import Site

NIGHT_SECONDS = 12 * 3600.0
LOOK_SECONDS = 5.0


class Spending:
    """The use so far of one run, by the journal."""

    def __init__(self, site: Site) -> None:
        """Start counting now."""
        self._site = site
        self._started = time.monotonic()
        self._looked = 0.0
        self._why = ""

    def exceeded(self) -> str:
        """Which budget is used up, as a sentence's start; "" for none. Looks every few seconds only."""
        run = self._site.configured().run
        if time.monotonic() - self._looked < LOOK_SECONDS or not (
            _any(run.run_budget) or _any(run.night_budget)
        ):
            return self._why
        self._looked = time.monotonic()
        events = [event for event in self._site.journal.events() if event.kind == ENDED]
        tasks = self._site.journal.tasks(State.WORKING)
        ours = self._under_way([task for task in tasks if task.owner == self._site.owner.id])
        mine = sum((_usage(event.data) for event in events if event.owner == self._site.owner.id), ours)
        since = time.time() - NIGHT_SECONDS
        night = [event for event in events if event.at >= since]
        all_night = sum((_usage(event.data) for event in night), self._under_way(tasks))
        seconds = sum(float(event.data.get("seconds", 0)) for event in night)
        self._why = _over(run.run_budget, mine, time.monotonic() - self._started, "this run") or _over(
            run.night_budget, all_night, seconds, "the night"
        )
        return self._why

    def _under_way(self, tasks: Sequence[Task]) -> Usage:
        used = Usage()
        for task in tasks:
            try:
                state = read_state(self._site.attempt_directory(task))
            except AttemptError:
                continue  # what cannot be read is counted when the attempt ends
            used += state.usage if state else Usage()
        return used


def _any(budget: Budget) -> bool:
    return bool(budget.seconds or budget.tokens or budget.money)


def _usage(data: Mapping[str, Any]) -> Usage:
    return Usage(int(data.get("tokens", 0)), 0, float(data.get("money", 0.0)))


def _over(budget: Budget, used: Usage, seconds: float, whose: str) -> str:
    if budget.tokens and used.tokens >= budget.tokens:
        return f"The budget of {whose} is used up ({used.tokens} of {budget.tokens} tokens)"
    if budget.money and used.money >= budget.money:
        return f"The budget of {whose} is used up (${used.money:.2f} of ${budget.money:.2f})"
    if budget.seconds and seconds >= budget.seconds:
        return f"The budget of {whose} is used up ({seconds:.0f} of {budget.seconds:.0f} s)"
    return ""
