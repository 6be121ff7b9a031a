"""Which of the ready issues a run takes, and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.tracker.filing import LABEL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from agent_gate.tracker.model import Issue

_NO_TASKS = frozenset({"epic", "gate", "molecule", "event"})  # kinds of Beads that hold or watch other issues
_USABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")  # it names branches and directories


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids and labels that `--only` names; empty: every issue."""

    only: tuple[str, ...] = ()


def chosen(
    ready: Iterable[Issue], selection: Selection, live: Collection[str], *, follow_ups: bool
) -> list[Issue]:
    """The issues to work on: by priority, then by age.

    What blocks a task is worked on by that task's own agent, in its branch, and not as an issue of its own.
    """
    found = [
        issue
        for issue in ready
        if issue.id not in live
        and issue.issue_type not in _NO_TASKS
        and _USABLE.fullmatch(issue.id)
        and not issue.id.endswith((".", ".lock"))
        and ".." not in issue.id
        and (not selection.only or {issue.id, *issue.labels} & {*selection.only})
        and not (LABEL in issue.labels and (Severity.BLOCK in issue.labels or not follow_ups))
    ]
    return sorted(found, key=lambda issue: (issue.priority, issue.created_at, issue.id))
