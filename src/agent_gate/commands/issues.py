"""`agent-gate issues`, `q` and `gaps`: the repository's issues, wherever they live."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.checks.gaps import read_gaps
from agent_gate.plain_text import one_line, printable
from agent_gate.repository import Repository, RepositoryError, open_repository
from agent_gate.tracker import filing
from agent_gate.tracker.adopt import adopt
from agent_gate.tracker.find import find_tracker, open_outbox
from agent_gate.tracker.jsonl import to_lines, to_row
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from agent_gate.tracker.model import Issue, Tracker

USAGE_ERROR = 4
FAILED = 3


def issues(options: argparse.Namespace) -> int:
    """List, show, export or adopt issues; or send what the outbox holds."""
    return _with_repository(options, lambda repository: _act(options, repository))


def capture(options: argparse.Namespace) -> int:
    """File one issue; it is safe in the outbox before the tracker is asked."""
    title = " ".join(options.text)
    if not title.strip():
        return _fail("an issue needs a title.", USAGE_ERROR)
    return _with_repository(options, lambda repository: _file(repository, [title], priority=options.priority))


def gaps(options: argparse.Namespace) -> int:
    """File the open entries of GAPS.md, each once."""

    def act(repository: Repository) -> int:
        path = Path(options.worktree, options.path)
        try:
            entries = [text for _, text in read_gaps(path.read_text(encoding="utf-8", errors="replace"))]
        except OSError as problem:
            return _fail(f"{path} cannot be read: {problem.strerror}.", USAGE_ERROR)
        if not entries:
            print(f"{options.path} has no open entry.", file=sys.stderr)
            return 0
        return _file(repository, entries, key=f"gaps {options.path}", label="gap")

    return _with_repository(options, act)


def _with_repository(options: argparse.Namespace, act: Callable[[Repository], int]) -> int:
    try:
        return act(open_repository(Path(options.worktree)))
    except RepositoryError as problem:
        return _fail(str(problem), USAGE_ERROR)
    except TrackerError as problem:
        return _fail(str(problem), FAILED)


def _act(options: argparse.Namespace, repository: Repository) -> int:
    tracker = find_tracker(repository)
    if options.action == "flush":
        print(
            f"{filing.flush(tracker, open_outbox(repository))} entries of the outbox were sent to {tracker.name}."
        )
        return 0
    if options.action == "adopt":
        print(adopt(repository))
        return 0
    found = _chosen(options, tracker)
    if options.action == "export":
        sys.stdout.buffer.write(to_lines(to_row(issue) for issue in found))
    elif options.json:
        print(json.dumps([to_row(issue) for issue in found], indent=1))
    elif found:
        shown = (_whole(issue) + "\n" if options.action == "show" else _line(issue) for issue in found)
        print("\n".join(shown).rstrip("\n"))
    elif not options.ids:
        print(
            f"There is no such issue (tracker: {tracker.name}; --all shows closed ones, too).",
            file=sys.stderr,
        )
    missing = set(options.ids) - {issue.id for issue in found}
    return (
        _fail(f"There is no issue {min(missing)} (tracker: {tracker.name}).", USAGE_ERROR) if missing else 0
    )


def _chosen(options: argparse.Namespace, tracker: Tracker) -> Sequence[Issue]:
    if options.action == "ready":
        return tracker.ready()
    if options.action == "show":
        return tracker.issues(options.ids) if options.ids else ()
    return tracker.issues(closed=options.all or options.action == "export")


def _file(
    repository: Repository, titles: Sequence[str], *, key: str = "", priority: int = 2, label: str = ""
) -> int:
    content = filing.captured(titles, key=key, priority=priority, label=label)
    outbox, tracker = open_outbox(repository), find_tracker(repository)
    outbox.add(filing.ISSUE_KIND, content)
    filing.flush(tracker, outbox)
    prefix = outbox.recall(f"prefix of {tracker.name}", lambda: tracker.prefix)
    print("\n".join(f"{prefix}-{row['id']}" for row in content["issues"]))
    return 0


def _line(issue: Issue) -> str:
    return f"{issue.id}  P{issue.priority}  {issue.status:<11}  {one_line(issue.title, 100)}"


def _whole(issue: Issue) -> str:
    edges = [f"  {edge.type}: {edge.issue} → {edge.on}" for edge in issue.dependencies]
    parts = [
        _line(issue),
        printable(issue.description),
        "\n".join(edges),
        printable(issue.acceptance),
        printable(issue.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def _fail(message: str, code: int) -> int:
    print(f"agent-gate: {message}", file=sys.stderr)
    return code
