"""What has to reach the tracker, as entries of the outbox; sending one reads the tracker's facts and does what is missing.

An issue of the gate is there once, is noted again where its failure is seen on another tree, and closed when it is gone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from agent_gate.plain_text import one_line, printable
from agent_gate.tracker.jsonl import from_row, to_row
from agent_gate.tracker.model import CLOSED, Close, Create, Issue, Landed, Note, Reopen, SetStatus, TakeBack
from agent_gate.tracker.verdict_issues import LABEL, issue_id, issues_of, prefix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent_gate.tracker.model import Tracker, Write
    from agent_gate.tracker.outbox import Entry, Outbox

ENTRY_KIND = "verdict"  # what a run of the gate saw
ISSUE_KIND = "issues"  # issues as somebody wrote them
WRITE_KIND = "writes"  # what the orchestrator has to tell of tasks


def flush(tracker: Tracker, outbox: Outbox, tell: Callable[[str], None] = lambda _: None) -> int:
    """Send whatever the outbox holds, and count it.

    Args:
        tracker: gets it.
        outbox: holds it.
        tell: for what a person should know.

    Raises:
        TrackerError: something could not be sent, and stays.
    """
    return outbox.flush(lambda entry: send(entry, tracker, outbox, tell), together=WRITE_KIND)


def send(
    entry: Entry, tracker: Tracker, outbox: Outbox, tell: Callable[[str], None] = lambda _: None
) -> None:
    """File one entry. Doing it again changes nothing.

    Raises:
        TrackerError: the tracker could not be read or written; the entry has to be sent again.
    """
    content = entry.content
    if entry.kind == WRITE_KIND:
        _write(writes_of(content), tracker, outbox, tell)
        return
    if entry.kind == ISSUE_KIND:
        _send_issues(content, tracker, outbox)
        return
    prefix = prefix_of(content["task"]) or outbox.recall(f"prefix of {tracker.name}", lambda: tracker.prefix)
    failing = issues_of(content, prefix)
    kept = [issue_id(prefix, content["scope"], rule) for rule in content["kept"]]
    ids = [*(issue.id for issue in failing), *kept, *([content["task"]] if content["task"] else [])]
    current = {issue.id: issue for issue in tracker.issues(ids)}
    writes: list[Write] = []
    for issue in failing:
        writes += _writes_for(issue, current, content, outbox)
    fixed = [known for gone in kept if (known := current.get(gone)) and _is_ours(known)]
    writes += [
        Close(issue.id, f"fixed by {content['head'][:12]}") for issue in fixed if issue.status != CLOSED
    ]
    if writes:
        tracker.apply(writes, current)
    for issue in failing:
        outbox.see(issue.id, content["tree"])


def captured(titles: Sequence[str], *, key: str = "", priority: int = 2, label: str = "") -> dict[str, Any]:
    """What the outbox keeps of issues as somebody wrote them; with the same key and title they are the same issues."""
    issues = [
        Issue(
            id=hashlib.sha256(
                f"{key or secrets.token_hex(8)}\x00{title}".encode("utf-8", "surrogateescape")
            ).hexdigest()[:8],
            title=one_line(title, 180),
            description=printable(title) if len(title) > 180 or "\n" in title else "",  # noqa: PLR2004 - as above
            priority=priority,
            labels=(label,) if label else (),
        )
        for title in titles
    ]
    return {"issues": [to_row(issue) for issue in issues]}


def written(writes: Sequence[Note | Reopen | SetStatus | Landed | TakeBack]) -> dict[str, Any]:
    """What the outbox keeps of these writes."""
    return {"writes": [{"type": type(write).__name__, **asdict(write)} for write in writes]}


def writes_of(content: Mapping[str, Any]) -> list[Write]:
    """The writes that `written` kept."""
    kinds: dict[str, type[Any]] = {
        kind.__name__: kind for kind in (Note, Reopen, SetStatus, Landed, TakeBack)
    }
    return [
        kinds[row["type"]](**{key: value for key, value in row.items() if key != "type"})
        for row in content["writes"]
    ]


def taken_back(key: str) -> str:
    """The outbox's fact that says that a `TakeBack` found its issue closed."""
    return f"taken back: {key}"


def _write(writes: Sequence[Write], tracker: Tracker, outbox: Outbox, tell: Callable[[str], None]) -> None:
    ids = dict.fromkeys(write.issue.id if isinstance(write, Create) else write.issue_id for write in writes)
    current = {issue.id: issue for issue in tracker.issues(tuple(ids))}
    tracker.apply(writes, current)
    for write in writes:
        known = current.get(write.issue_id) if isinstance(write, TakeBack) else None
        if isinstance(write, TakeBack) and known and known.status == CLOSED:
            outbox.recall(taken_back(write.key), lambda: "yes")
            tell(f"{write.issue_id} was closed before its work had landed; it is opened again")


def _send_issues(content: Mapping[str, Any], tracker: Tracker, outbox: Outbox) -> None:
    prefix = outbox.recall(f"prefix of {tracker.name}", lambda: tracker.prefix)
    issues = [from_row(row) for row in content["issues"]]
    named = {
        issue.id: f"{prefix}-{issue.id}" for issue in issues
    }  # edges lead to these, or to issues that exist
    tracker.apply(
        [
            Create(
                replace(
                    issue,
                    id=named[issue.id],
                    dependencies=tuple(
                        replace(edge, issue=named.get(edge.issue, edge.issue), on=named.get(edge.on, edge.on))
                        for edge in issue.dependencies
                    ),
                )
            )
            for issue in issues
        ]
    )


def _writes_for(
    issue: Issue, current: Mapping[str, Issue], content: Mapping[str, Any], outbox: Outbox
) -> list[Write]:
    """What a failing rule's issue needs: to be made, a note that it was seen again, or to be opened again."""
    known, tree = current.get(issue.id), content["tree"]
    if known is None:
        exist = {*current, issue.id}
        edges = tuple(edge for edge in issue.dependencies if {edge.issue, edge.on} <= exist)
        return [Create(replace(issue, dependencies=edges))]
    if not _is_ours(known) or (known.status != CLOSED and outbox.has_seen(issue.id, tree)):
        return []
    times = outbox.times_seen(issue.id) + 1
    back = known.status == CLOSED
    headline = "Regression: the finding is back" if back else f"Seen again ({times} times)"
    key = f"{issue.id}-{tree[:12]}"
    # decided once: after a crash between reopening and this, the issue looks otherwise, and the note must not
    headline = outbox.recall(f"headline of {key}", lambda: headline)
    note = Note(issue.id, key, f"{headline} at {content['head'][:12]}.\n\n{issue.description}", content["at"])
    return [Reopen(issue.id), note] if back else [note]


def _is_ours(issue: Issue) -> bool:
    """Whether the gate made it: only those are ever changed by it."""
    return LABEL in issue.labels and "agent_gate" in issue.metadata
