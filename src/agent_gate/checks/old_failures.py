"""What fails at the base already: the same command, in a room of the base, kept by tree."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent_gate.checks.command_run import first_step, run_command
from agent_gate.plain_text import clipped
from agent_gate.policy.model import Kind
from agent_gate.running.rooms import RoomError
from agent_gate.running.tools import tools_of
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agent_gate.changes.model import ChangeSet
    from agent_gate.checks.output.model import Failure
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

Key = tuple[str, str, str]


def old_among(
    failures: Sequence[Failure], at_base: Mapping[Key, Sequence[str]], changes: ChangeSet
) -> dict[int, str]:
    """Which of the failures (by their position) fail at the base, too, and what the tool said of them there.

    Of failures that say the same, as many are old as the base has: first those on lines that the branch left alone.
    """
    left = {key: list(details) for key, details in at_base.items()}
    old_paths = {change.path: change.old_path for change in changes.files if change.old_path}
    added = {
        (change.path, line)
        for change in changes.files
        for hunk in change.hunks
        for line, _ in hunk.added_lines
    }
    old = {}
    for position in sorted(range(len(failures)), key=lambda n: (failures[n].path, failures[n].line) in added):
        failure = failures[position]
        key = replace(failure, path=old_paths.get(failure.path or "", failure.path)).key
        if details := left.get(key):
            old[position] = details.pop(0)
    return old


@dataclass(frozen=True, slots=True)
class AtBase:
    """What a command says at the base.

    Attributes:
        failures: by key, what the tool said of each that has it.
        unknown: why the base's run proves nothing, so that there are none; "" where it does.
    """

    failures: Mapping[Key, Sequence[str]]
    unknown: str = ""


def failures_at_base(rule: Rule, context: GateContext) -> AtBase:
    """The failures of the command at the base.

    None where the base's run proves nothing: it could not start, ran out of time, its output names no failure, or its tests
    imported another checkout. So none of these ever excuses a branch.
    """
    file = _file(rule, context)
    if (kept := _read(file)) is not None:
        return AtBase(kept)
    try:
        with context.rooms.room(context.changes.base, "base") as place:
            done = run_command(rule, context, place)
            judged_elsewhere = any(
                not file.startswith(str(place)) and file.startswith(str(context.place))
                for file in done.evidence.modules.values()
            )
    except RoomError as problem:
        return AtBase({}, str(problem).rstrip("."))
    if judged_elsewhere:
        return AtBase({}, "its tests imported the files of this checkout there")
    if not done.comparable:
        return AtBase(
            {}, done.undecided or f"it ended with exit code {done.exit_code} before it judged anything"
        )
    failures: dict[Key, list[str]] = {}
    for failure in done.failures:
        if (
            failure.test or rule.kind is not Kind.TEST
        ):  # what a test command says of no test is about the command
            failures.setdefault(failure.key, []).append(clipped(failure.detail or failure.message, 2000))
    with contextlib.suppress(OSError):  # it only saves the next run's time
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps([[list(key), details] for key, details in failures.items()]).encode())
    return AtBase(failures)


def _read(file: Path) -> dict[Key, list[str]] | None:
    """What is kept; None where there is nothing that one of us has written."""
    try:
        rows = json.loads(file.read_bytes())
        if not isinstance(rows, list):
            return None
        return {
            (str(path), str(name), str(what)): [*map(str, details)] for (path, name, what), details in rows
        }
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _file(rule: Rule, context: GateContext) -> Path:
    tools = tools_of(rule.value or "", context.place)
    what = (rule.value, first_step(rule), rule.directory)
    parts = repr((context.changes.before.tree, what, context.settings, tools))
    return context.rooms.cache / "failures-2" / f"{hashlib.sha256(parts.encode()).hexdigest()}.json"
