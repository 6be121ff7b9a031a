"""What a run of the gate leaves behind: room for its reports, and issues for what fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent_gate.options import TRACKER
from agent_gate.reports import json_report
from agent_gate.repository import open_repository
from agent_gate.tracker import filing, verdict_issues
from agent_gate.tracker.config import read_tracker_config
from agent_gate.tracker.find import find_tracker, open_outbox

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from agent_gate.gate.verdict import Verdict
    from agent_gate.hookspecs import GateContext


def make_way(report: Path) -> None:
    """Remove an earlier run's report: a gate that is killed must not leave it as its own.

    Raises:
        pytest.UsageError: nothing can be written there.
    """
    try:
        report.unlink(missing_ok=True)
    except OSError as problem:
        raise pytest.UsageError(f"{report} cannot be written: {problem.strerror}.") from problem
    if not report.parent.is_dir():
        raise pytest.UsageError(f"{report} cannot be written: {report.parent} is no directory.")


def file_verdict(
    verdict: Verdict, context: GateContext, task: str | None, undecided: AbstractSet[str], place: str
) -> None:
    """Keep what fails in the outbox and send it, or write it to a file.

    Args:
        verdict: what to file.
        context: what was judged.
        task: id of the issue that the change is for; nothing: the task's, or as the branch says.
        undecided: ids of rules of which this run says nothing.
        place: `TRACKER`, or a path.

    Raises:
        TrackerError, PolicyError, OSError: it is not filed.
    """
    changes = context.changes
    task = task or (context.task.id if context.task else "") or verdict_issues.task_of_branch(changes.branch)
    origin = verdict_issues.Origin(task, changes.branch or "", changes.head, changes.tree)
    priorities = read_tracker_config(changes.before).by_severity()
    entry = verdict_issues.to_entry(json_report.verdict_to_json(verdict), origin, priorities, undecided)
    if place != TRACKER:
        verdict_issues.write_jsonl(entry, Path(place))
        return
    repository = open_repository(Path(changes.root))
    outbox = open_outbox(repository)
    outbox.add(filing.ENTRY_KIND, entry)
    filing.flush(find_tracker(repository), outbox)
