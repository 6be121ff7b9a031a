"""Issues as Beads' JSONL: what `bd import` takes and `bd export`, `bd list --json` and `bd show --json` give."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agent_gate.tracker.model import Dependency, Issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Issue's field → Beads' field, where it is text
_TEXT = {
    "id": "id",
    "title": "title",
    "description": "description",
    "status": "status",
    "issue_type": "issue_type",
    "notes": "notes",
    "acceptance": "acceptance_criteria",
    "assignee": "assignee",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "closed_at": "closed_at",
    "close_reason": "close_reason",
    "defer_until": "defer_until",
}


UNTITLED = "(no title)"


def to_row(issue: Issue) -> dict[str, Any]:
    """The issue as one object of Beads' JSONL; empty fields are left out, but for the title: bd takes none without one."""
    row: dict[str, Any] = {theirs: value for ours, theirs in _TEXT.items() if (value := getattr(issue, ours))}
    row["title"] = issue.title.strip() or UNTITLED
    row["priority"] = issue.priority
    if issue.labels:
        row["labels"] = list(issue.labels)
    if issue.dependencies:
        row["dependencies"] = [
            {"issue_id": edge.issue, "depends_on_id": edge.on, "type": edge.type}
            for edge in issue.dependencies
        ]
    if issue.metadata:
        row["metadata"] = dict(issue.metadata)
    return row


def from_row(row: Mapping[str, Any]) -> Issue:
    """The issue of an object that Beads printed.

    Raises:
        KeyError, TypeError, ValueError: it is no such object.
    """
    texts = {ours: str(row.get(theirs) or "") for ours, theirs in _TEXT.items()}
    if not texts["id"]:
        raise ValueError("an issue without an id")
    edges = row.get("dependencies") or []
    return Issue(
        **{**texts, "status": texts["status"] or "open", "issue_type": texts["issue_type"] or "task"},
        priority=int(row.get("priority", 2)),
        labels=tuple(row.get("labels") or ()),
        dependencies=tuple(
            # `list` and `export` give edges, `show` gives the issues at their other ends
            Dependency(edge["issue_id"], edge["depends_on_id"], edge["type"])
            if "depends_on_id" in edge
            else Dependency(texts["id"], edge["id"], edge["dependency_type"])
            for edge in edges
        ),
        metadata=row.get("metadata") or {},
    )


def to_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as JSONL; a text that is not Unicode is escaped by its backslash form."""
    return b"".join(
        json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n" for row in rows
    )
