"""`agent-gate status`, `log`, `history` and `stats`: what is under way, and what was."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from agent_gate.commands.journals import with_journal
from agent_gate.orchestrator.journal import ENDS
from agent_gate.orchestrator.status import stats_of, status_of
from agent_gate.plain_text import one_line, printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from agent_gate.orchestrator.journal import Event, Journal

USAGE = 4
FOLLOW_SECONDS = 0.5


def status(options: argparse.Namespace) -> int:
    """What is under way, and what needs a person."""

    def act(journal: Journal, directory: Path) -> int:
        found = status_of(journal, directory)
        if options.json:
            print(json.dumps(found, indent=1))
            return 0
        idle = "no run lives" + ("; `agent-gate run` goes on with these" if found["tasks"] else "")
        runs = ", ".join(f"{run['id']} (pid {run['pid']})" for run in found["runs"]) or idle
        print(f"{runs}{'; paused' if found['paused'] else ''}")
        for row in (*found["tasks"], *found["held"]):
            print(_task_line(row))
        if found["held"]:
            print("held: `agent-gate log ID` tells more, `retry ID` goes on, `drop ID` gives up")
        return 0

    return with_journal(options, act)


def history(options: argparse.Namespace) -> int:
    """What happened, newest last."""

    def act(journal: Journal, _directory: Path) -> int:
        for event in journal.events(limit=options.limit):
            print(_event_line(event))
        return 0

    return with_journal(options, act)


def stats(options: argparse.Namespace) -> int:
    """Where time and tokens went."""

    def act(journal: Journal, _directory: Path) -> int:
        found = stats_of(journal)
        if options.json:
            print(json.dumps(found, indent=1))
            return 0
        print(
            f"{'task':<20} {'state':<9} {'tries':>5} {'waiting':>8} {'agent':>8} {'gate':>8} {'landing':>8} {'tokens':>9} {'US$':>7}"
        )
        for row in found["tasks"]:
            seconds = " ".join(f"{row[name]:>7.1f}s" for name in ("waiting", "agent", "gate", "landing"))
            print(
                f"{row['id']:<20} {row['state']:<9} {row['attempts']:>5} {seconds} {row['tokens']:>9} {row['money']:>7.2f}"
            )
        print(
            f"{found['landed']} landed with {found['landing_gates']} gate runs of the queue, {found['held']} held"
        )
        return 0

    return with_journal(options, act)


def log(options: argparse.Namespace) -> int:
    """What happened to a task, and what its agent said last; with -f, on and on."""

    def act(journal: Journal, directory: Path) -> int:
        task = journal.task(options.id)
        if task is None:
            print(f"agent-gate log: no run has had a task {options.id}.", file=sys.stderr)
            return USAGE
        first, told = task.attempt, 0
        shown: dict[Path, int] = {}
        while True:
            task = journal.task(options.id) or task
            for event in journal.events(task.id, told):
                print(_event_line(event))
                told = event.number
            for attempt in range(
                first, task.attempt + 1
            ):  # the end of one may come after the start of the next
                _show_log(directory / "attempts" / task.id / str(attempt) / "log", shown)
            if not options.follow or task.state in ENDS:
                return 0
            time.sleep(FOLLOW_SECONDS)

    return with_journal(options, act)


def _show_log(file: Path, shown: dict[Path, int]) -> None:
    if not file.is_file():
        return
    if file not in shown:
        print(f"--- {file}")
    with file.open("rb") as stream:
        start = min(shown.get(file, 0), file.stat().st_size)  # a log that has lost its middle is shorter
        stream.seek(start)
        text = stream.read()
    shown[file] = start + len(text)
    sys.stdout.write(printable(text.decode("utf-8", "replace")))
    sys.stdout.flush()


def _task_line(row: Mapping[str, Any]) -> str:
    where = f"  {one_line(row['reason'], 100)}" if row["reason"] else ""
    tries = f"{row['attempt']}/{row['allowed']}"
    return f"{row['id']:<20} {row['state']:<9} {row['seconds']:>7.0f}s  try {tries:<5} {row['agent']:<10} {one_line(row['title'], 60)}{where}"


def _event_line(event: Event) -> str:
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.at))
    data = " ".join(
        f"{name}={one_line(str(value), 80)}"
        for name, value in event.data.items()
        if value not in ("", None, 0)
    )
    return f"{at}  {event.task or '-':<20} {event.kind:<12} {data}".rstrip()
