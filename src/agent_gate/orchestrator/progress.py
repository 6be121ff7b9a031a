"""What a person sees of a run, and what the tracker hears of agents that still work."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from agent_gate.plain_text import one_line, printable
from agent_gate.tracker.model import Note, now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.live_table import LiveTable
    from agent_gate.orchestrator.site import Site

MAX_NOTE = 2_000  # bytes of an agent's latest output in a note
MAX_READ = 64 * 1024  # bytes of one log that are shown at a time


class Progress:
    """Plain lines, above a table of what is under way where there is one; with `follow`, the agents' own lines, too."""

    def __init__(self, *, follow: bool = False, table: LiveTable | None = None) -> None:
        """Nothing is shown before something is told."""
        self._follow = follow
        self._table = table
        self._lock = threading.Lock()
        self._showing = (
            threading.Lock()
        )  # held while a log is read and shown: its lines come once, and in order
        self._unheard = False
        self._told: dict[str, str] = {}
        self._read: dict[str, tuple[int, int]] = {}  # task → attempt, bytes shown
        self._noted: dict[str, tuple[int, int, float]] = {}  # task → attempt, bytes noted, when

    def tell(self, task: str, sentence: str) -> None:
        """One line for a person."""
        line = f"{time.strftime('%H:%M:%S')} {task + ': ' if task else ''}{one_line(sentence, 1000)}"
        self._say([line])

    def close(self) -> None:
        """The table goes, the lines stay."""
        table, self._table = self._table, None
        if table is not None:
            table.close()

    def _say(self, lines: Sequence[str]) -> None:
        with self._lock:
            for line in lines:
                if self._table is not None:
                    self._table.say(line)
                elif not self._unheard:
                    self._print(line)

    def _print(self, line: str) -> None:
        """Where nobody reads any more (`| head`), the work goes on unheard: its journal and the tracker have it."""
        try:
            print(line, flush=True)  # noqa: T201 - this is the output
        except OSError:
            self._unheard = True

    def tell_once(self, task: str, sentence: str) -> None:
        """The same, but not again what was said of this task last."""
        if self._told.get(task) != sentence:
            self._told[task] = sentence
            self.tell(task, sentence)

    def show(self, site: Site, working: Sequence[Task]) -> None:
        """Show what is under way, follow the agents' output, and note it in their issues from time to time."""
        if self._table is not None:
            self._table.show(site.repository.root.name, site.journal.live())
        for task in working:
            log = site.attempt_directory(task) / "log"
            if not log.is_file():
                continue
            size = log.stat().st_size
            if self._follow:
                self._show_output(task, log, size)
            self._note(site, task, log, size)

    def output_ends(self, task: Task, log: Path) -> None:
        """Nothing more comes from this attempt: show what was not shown yet."""
        if self._follow and log.is_file():
            self._show_output(task, log, log.stat().st_size, ended=True)

    def _show_output(self, task: Task, log: Path, size: int, *, ended: bool = False) -> None:
        """What is new; a line that is not whole is shown with its rest, or when the attempt has ended."""
        with self._showing:
            attempt, shown = self._read.get(task.id, (task.attempt, 0))
            if attempt > task.attempt:  # this look began before the next attempt
                return
            known = (
                min(shown, size) if attempt == task.attempt else 0
            )  # a log that lost its middle is shorter
            start = max(known, size - MAX_READ)
            with log.open("rb") as stream:
                stream.seek(start)
                text = stream.read(MAX_READ)
            whole = text if ended else text[: text.rfind(b"\n") + 1]
            self._say(
                [f"{task.id} | {printable(line)}" for line in whole.decode("utf-8", "replace").splitlines()]
            )
            self._read[task.id] = (task.attempt, start + len(whole))

    def _note(self, site: Site, task: Task, log: Path, size: int) -> None:
        """At most one note in `note_seconds`, with the end of what came since the last one."""
        attempt, noted, at = self._noted.get(task.id, (task.attempt, 0, time.monotonic()))
        noted = min(noted, size) if attempt == task.attempt else 0
        due = time.monotonic() - at >= site.configured().run.note_seconds
        if due and size > noted:
            with log.open("rb") as stream:
                stream.seek(max(noted, size - MAX_NOTE))
                text = stream.read(MAX_NOTE).decode("utf-8", "replace")
            body = "\n".join(f"    {line}" for line in printable(text).splitlines())
            key = f"{task.id}-output-{int(task.started_at)}-{task.attempt}-{size}"
            site.desk.post(Note(task.id, key, f"Attempt {task.attempt} goes on:\n\n{body}", now()))
        if due or task.id not in self._noted or attempt != task.attempt:
            self._noted[task.id] = (task.attempt, size if due else noted, time.monotonic() if due else at)
