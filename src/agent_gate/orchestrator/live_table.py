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
        self._console = Console()
        self._live = Live(table_of({}), console=self._console, refresh_per_second=2, transient=True)
        self._live.start()

    def show(self, place: str, tasks: Sequence[Task]) -> None:
        """What is under way in one repository now."""
        self._tasks[place] = tasks
        self._live.update(table_of(self._tasks, self._console.encoding))

    def say(self, line: str) -> None:
        """A line above the table; nothing in it is markup."""
        self._console.print(Text(line))

    def close(self) -> None:
        """Give the terminal back."""
        self._live.stop()


def table_of(places: Mapping[str, Sequence[Task]], encoding: str = "utf-8") -> Table:
    """A row a task; the repository is named where there are several.

    What the encoding lacks is a question mark, as wide as what it stands for. Where the terminal is narrow, titles are cut.
    """

    def cell(text: str, style: str = "") -> Text:
        return Text(text.encode(encoding, "replace").decode(encoding), style, no_wrap=True, overflow="crop")

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
        table.add_column(name, no_wrap=name != "title")
    for place, tasks in places.items():
        for task in tasks:
            cells = [cell(place)] if len(places) > 1 else []
            seconds = max(0, int(time.time() - task.changed_at))
            cells += [
                cell(task.id),
                cell(task.state, _STYLES.get(task.state, "")),
                cell(f"{seconds // 60}:{seconds % 60:02}"),
                cell(f"{task.attempt}/{task.allowed}"),
                cell(task.agent),
                cell(one_line(task.title, 60)),
            ]
            table.add_row(*cells)
    return table
