"""The journal of the repository that a command is about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import Journal, JournalError
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

USAGE, FAULT = 4, 3


def with_journal(options: argparse.Namespace, act: Callable[[Journal, Path], int]) -> int:
    """Call `act` with the journal and the directory that it lies in; its exit code, or that of what went wrong."""
    try:
        directory = open_repository(Path(options.worktree)).common_dir / "agent-gate"
        if not (directory / "journal.db").is_file():
            return fail(
                options, "no run has begun in this repository: start one with `agent-gate run`.", USAGE
            )
        return act(Journal(directory / "journal.db"), directory)
    except RepositoryError as problem:
        return fail(options, str(problem), USAGE)
    except (JournalError, TrackerError) as problem:
        return fail(options, str(problem), FAULT)


def fail(options: argparse.Namespace, message: str, code: int) -> int:
    """Say it, under the command's name."""
    print(f"agent-gate {options.command}: {message}", file=sys.stderr)
    return code
