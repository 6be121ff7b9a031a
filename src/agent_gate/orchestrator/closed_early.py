"""An issue that its agent closed: nothing lands by that, so it is taken back, and the issue, the person and the agent are told.

bd refuses to close what another has claimed, but not with `--force`. Whether an issue is closed is seen when something is
written to it, which the tracker reads it for anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.tracker.model import CLOSED, TakeBack, now

if TYPE_CHECKING:
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.site import Site
    from agent_gate.tracker.model import Issue


def take_back(task: Task) -> TakeBack:
    """What the tracker is told while the task's work has not landed; it changes nothing where the issue is as it should be."""
    text = (
        "This was closed before its work had landed, and is opened again: it is closed when its branch lands."
        f" `agent-gate drop {task.id}` gives it up."
    )
    return TakeBack(task.id, _key(task), text, now())


def was_closed_early(site: Site, task: Task, issue: Issue) -> bool:
    """Whether the issue is closed, or was during the attempt before this one."""
    return issue.status == CLOSED or site.desk.has_taken_back(_key(replace(task, attempt=task.attempt - 1)))


def _key(task: Task) -> str:
    return f"{task.id}-closed-{task.attempt}-{int(task.started_at)}"
