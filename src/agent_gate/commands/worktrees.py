"""`agent-gate worktrees`: the pool that agents work in, shown and cleaned up."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import ENDS, Journal, JournalError
from agent_gate.orchestrator.worktrees import listed, prune
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.tracker.find import own_directory

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agent_gate.orchestrator.worktrees import Pooled
    from agent_gate.repository import Repository

USAGE_ERROR = 4
FAILED = 3


def worktrees(options: argparse.Namespace) -> int:
    """List the pool, or remove from it what nobody has and what holds nothing of its own."""
    try:
        repository = open_repository(Path(options.worktree))
        if options.action == "prune":
            print(
                "\n".join(prune(repository, lambda: _live_tasks(repository))) or "There is nothing to remove."
            )
        else:
            _show(listed(repository), as_json=options.json)
    except RepositoryError as problem:
        return _fail(str(problem), USAGE_ERROR)
    except JournalError as problem:
        return _fail(str(problem), FAILED)
    return 0


def _live_tasks(repository: Repository) -> frozenset[str]:
    """The tasks that have not come to an end, by the journal."""
    file = own_directory(repository) / "journal.db"
    if not file.exists():
        return frozenset()
    journal = Journal(file)
    try:
        return frozenset(task.id for task in journal.tasks() if task.state not in ENDS)
    finally:
        journal.close()


def _show(pool: Sequence[Pooled], *, as_json: bool) -> None:
    rows = [
        {
            "path": str(entry.path),
            "task": entry.task,
            "branch": entry.branch,
            "state": "set aside" if entry.aside else "running" if entry.running else "idle",
        }
        for entry in pool
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
    elif rows:
        print("\n".join(f"{row['state']:<9}  {row['branch'] or '-':<24}  {row['path']}" for row in rows))
    else:
        print("There is no worktree yet: `agent-gate run` makes them.")


def _fail(message: str, code: int) -> int:
    print(f"agent-gate: {message}", file=sys.stderr)
    return code
