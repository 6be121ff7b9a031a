"""The table that a person sees on a terminal while a run works (rich, an extra); lines that are told go above it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agent_gate.orchestrator.journal import State
from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent_gate.orchestrator.journal import Task

_STYLES = {
    State.WORKING: "cyan",
    State.GATING: "yellow",
    State.QUEUED: "green",
    State.LANDING: "green",
    State.WAITING: "dim",
}


class LiveTable:
    """A table of the tasks under way, redrawn in place."""

    def __init__(self) -> None:
        """Take over the bottom of the terminal."""
        self._tasks: dict[str, Sequence[Task]] = {}
        self._live = Live(table_of({}), console=Console(), refresh_per_second=2, transient=True)
        self._live.start()

    def show(self, place: str, tasks: Sequence[Task]) -> None:
        """What is under way in one repository now."""
        self._tasks[place] = tasks
        self._live.update(table_of(self._tasks))

    def say(self, line: str) -> None:
        """A line above the table; nothing in it is markup."""
        self._live.console.print(Text(line))

    def close(self) -> None:
        """Give the terminal back."""
        self._live.stop()


def table_of(places: Mapping[str, Sequence[Task]]) -> Table:
    """A row a task; the repository is named where there are several."""
    table = Table(box=None, pad_edge=False)
    for name in (
        *(("repository",) if len(places) > 1 else ()),
        "task",
        "state",
        "for",
        "try",
        "agent",
        "title",
    ):
        table.add_column(name, no_wrap=True)
    for place, tasks in places.items():
        for task in tasks:
            cells = [Text(place)] if len(places) > 1 else []
            seconds = max(0, int(time.time() - task.changed_at))
            cells += [
                Text(task.id),
                Text(task.state, style=_STYLES.get(task.state, "")),
                Text(f"{seconds // 60}:{seconds % 60:02}"),
                Text(f"{task.attempt}/{task.allowed}"),
                Text(task.agent),
                Text(one_line(task.title, 60)),
            ]
            table.add_row(*cells)
    return table
