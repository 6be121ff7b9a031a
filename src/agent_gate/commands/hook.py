"""`agent-gate hook`: the gate where agents work; and `agent-gate stop-hook`, which their hooks run."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.repository import RepositoryError, open_repository
from agent_gate.scaffold.agent_hooks import PLACES, edit_for
from agent_gate.scaffold.files import ScaffoldError, shown, write
from agent_gate.scaffold.git_hook import git_edits, pre_commit_edit

if TYPE_CHECKING:
    import argparse

    from agent_gate.repository import Repository

USAGE_ERROR = 4


def hook(options: argparse.Namespace) -> int:
    """Install one hook, or take it out; twice is once. 4 where it cannot be done."""
    try:
        repository = open_repository(Path(options.worktree))
        root = repository.root
        if options.where == "git":
            root = _hooks_directory(repository)
            edits = git_edits(root, remove=options.remove)
        elif options.where == "pre-commit":
            edits = (pre_commit_edit(root, remove=options.remove),)
        else:
            edits = (edit_for(root, options.where, remove=options.remove),)
        changing = [edit for edit in edits if edit.changes]
        for edit in changing:
            print(shown(edit), end="\n\n")
            write(root, edit)
    except (RepositoryError, ScaffoldError) as problem:
        print(f"agent-gate hook: {problem}", file=sys.stderr)
        return USAGE_ERROR
    done = "out of" if options.remove else "in"
    print(f"The hook is {done} {root}." if changing else f"Nothing to do: the hook is {done} {root} already.")
    if not options.remove and options.where in PLACES and PLACES[options.where].note:
        print(PLACES[options.where].note)
    if not options.remove and options.where == "pre-commit":
        print("Run `pre-commit install --hook-type pre-push` once in each clone.")
    return 0


def stop_hook(options: argparse.Namespace) -> int:
    """Read an agent's stop event from standard input; answer in JSON. Always 0: what it says is in the answer."""
    from agent_gate.scaffold.stop import stop_answer

    try:
        event = json.loads(sys.stdin.read() or "{}")
    except ValueError:
        event = {}
    event = event if isinstance(event, dict) else {}
    print(stop_answer(event, Path(options.worktree).absolute()).to_json())
    return 0


def _hooks_directory(repository: Repository) -> Path:
    """Where the caller's own git looks for hooks.

    Raises:
        ScaffoldError: that is outside of this repository, and so not of this repository alone.
    """
    values = os.fsdecode(repository.try_git("config", "--get-all", "core.hooksPath") or b"").splitlines()
    configured = [value for value in values if value != os.devnull]  # which is what we ask git to use
    if not configured:
        return repository.common_dir / "hooks"
    directory = (repository.root / Path(configured[-1]).expanduser()).resolve()
    if not any(directory.is_relative_to(own) for own in (repository.root, repository.common_dir)):
        raise ScaffoldError(
            f"core.hooksPath is {directory}, outside of this repository: add `agent-gate check` to its pre-push by hand."
        )
    return directory
