"""Which of the ready issues a run takes, and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.plain_text import one_line
from agent_gate.tracker.model import BLOCKS, CLOSED, OPEN
from agent_gate.tracker.verdict_issues import LABEL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agent_gate.tracker.model import Issue, Tracker

_NO_TASKS = frozenset({"epic", "gate", "molecule", "event"})  # kinds of Beads that hold or watch other issues
_USABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")  # it names branches and directories


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids and labels that `--only` names; empty: every issue."""

    only: tuple[str, ...] = ()

    def unknown(self, tracker: Tracker) -> str:
        """What to say of names that are neither an issue nor a label of one, as a slip of the hand would be; "" where all are."""
        known = (
            {name for issue in tracker.issues() for name in (issue.id, *issue.labels)} if self.only else set()
        )
        missing = ", ".join(one_line(name, 80) for name in self.only if name not in known)
        return f"--only names {missing}: no issue has that id or label" if missing else ""


def own_to_repair(tracker: Tracker, tasks: Sequence[str]) -> list[Issue]:
    """Those of the tasks (handed back after the gate filed something) that nothing but their own findings blocks.

    The tracker calls none of them ready, since what was filed blocks them; and it is their own agent's to repair.
    """
    issues = [issue for issue in tracker.issues(tasks) if issue.status == OPEN] if tasks else []
    on = {issue.id: [edge.on for edge in issue.dependencies if edge.type == BLOCKS] for issue in issues}
    blockers = {name for names in on.values() for name in names}
    open_others = {
        issue.id
        for issue in (tracker.issues(sorted(blockers)) if blockers else ())
        if issue.status != CLOSED and LABEL not in issue.labels
    }
    return [issue for issue in issues if not open_others.intersection(on[issue.id])]


def chosen(
    ready: Iterable[Issue], selection: Selection, live: Collection[str], *, follow_ups: bool
) -> list[Issue]:
    """The issues to work on: by priority, then by age.

    What blocks a task is worked on by that task's own agent, in its branch, and not as an issue of its own. What a task that
    is under way blocks waits, even if its agent has closed it.
    """
    found = [
        issue
        for issue in {issue.id: issue for issue in ready}.values()
        if issue.id not in live
        and not any(edge.type == BLOCKS and edge.on in live for edge in issue.dependencies)
        and issue.issue_type not in _NO_TASKS
        and _USABLE.fullmatch(issue.id)
        and not issue.id.endswith((".", ".lock"))
        and ".." not in issue.id
        and (not selection.only or {issue.id, *issue.labels} & {*selection.only})
        and not (LABEL in issue.labels and (Severity.BLOCK in issue.labels or not follow_ups))
    ]
    return sorted(found, key=lambda issue: (issue.priority, issue.created_at, issue.id))
