"""`agent-gate pause`, `resume`, `stop`, `retry` and `drop`: what a person asks of a run that lives, or of the next one."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.commands.journals import fail, with_journal
from agent_gate.orchestrator.config import read_configured
from agent_gate.orchestrator.journal import ENDS, State
from agent_gate.orchestrator.owner import living
from agent_gate.policy.model import PolicyError
from agent_gate.repository import open_repository
from agent_gate.tracker import filing
from agent_gate.tracker.find import find_tracker, open_outbox
from agent_gate.tracker.model import SetStatus

if TYPE_CHECKING:
    import argparse

    from agent_gate.orchestrator.journal import Journal
    from agent_gate.repository import Repository

USAGE = 4


def pause(options: argparse.Namespace) -> int:
    """Begin no new task until `resume`; what is under way goes on."""
    return with_journal(options, lambda journal, _: _say(journal, paused=True))


def resume(options: argparse.Namespace) -> int:
    """Begin tasks again."""
    return with_journal(options, lambda journal, _: _say(journal, paused=False))


def stop(options: argparse.Namespace) -> int:
    """Ask the runs of this repository to end: after what runs, or with --now by stopping the agents, whose work is kept."""

    def act(_journal: Journal, directory: Path) -> int:
        runs = living(directory / "runs")
        for name, pid in runs:
            try:
                os.kill(pid, signal.SIGTERM if options.now else signal.SIGINT)
            except ProcessLookupError:
                print(f"{name} (pid {pid}) has ended by itself")
            except PermissionError:
                return fail(
                    options, f"{name} (pid {pid}) is another user's: ask that user to stop it.", USAGE
                )
            else:
                print(f"asked {name} (pid {pid}) to stop")
        return 0 if runs else fail(options, "no run lives in this repository.", USAGE)

    return with_journal(options, act)


def retry(options: argparse.Namespace) -> int:
    """Let a task that is held, dropped or handed back have as many attempts again, on the branch that it has."""

    def act(journal: Journal, directory: Path) -> int:
        repository = open_repository(Path(options.worktree))
        try:
            attempts = read_configured(repository.root).run.attempts
        except PolicyError as problem:
            return fail(options, str(problem), USAGE)
        known = journal.task(options.id)
        if known is None or known.state not in ENDS - {State.CLOSED}:
            return fail(
                options,
                f"{options.id} is {known.state if known else 'not known'}: there is nothing to retry.",
                USAGE,
            )
        _set_status(repository, options.id, "open")
        journal.know(f"drop:{options.id}", None)
        if journal.again(options.id, attempts) is None:
            return fail(options, f"{options.id} was taken up meanwhile.", USAGE)
        print(f"{options.id} goes on with attempt {known.attempt + 1} {_when(directory)}")
        return 0

    return with_journal(options, act)


def drop(options: argparse.Namespace) -> int:
    """Give a task up: its agent is stopped, its branch is kept, its issue is blocked."""

    def act(journal: Journal, directory: Path) -> int:
        known = journal.task(options.id)
        if known is None or known.state is State.CLOSED:
            return fail(
                options,
                f"{options.id} is {known.state if known else 'not known'}: there is nothing to drop.",
                USAGE,
            )
        if known.state in ENDS:  # one that was handed back is open, and would be begun again
            _set_status(open_repository(Path(options.worktree)), options.id, "blocked")
            journal.give_up(options.id)
            how = "is given up"
        else:
            journal.know(f"drop:{options.id}", value=True)
            how = f"is given up {_when(directory)}"
        print(f"{options.id} {how}; its work stays on {known.branch or 'no branch'}")
        return 0

    return with_journal(options, act)


def _when(directory: Path) -> str:
    """When a run sees what was asked for."""
    return "now" if living(directory / "runs") else "when `agent-gate run` is started"


def _set_status(repository: Repository, issue: str, status: str) -> None:
    outbox = open_outbox(repository)
    outbox.add(filing.WRITE_KIND, filing.written([SetStatus(issue, status)]))
    filing.flush(find_tracker(repository), outbox)


def _say(journal: Journal, *, paused: bool) -> int:
    journal.know("paused", paused or None)
    print("paused: no new tasks are begun" if paused else "tasks are begun again")
    return 0
