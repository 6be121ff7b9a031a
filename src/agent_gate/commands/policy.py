"""`agent-gate policy`: what becomes of every statement of AGENTS.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.policy import load_policy, policy_of_file
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.freeze import frozen
from agent_gate.policy.model import PolicyError
from agent_gate.policy.show import as_json, as_text

if TYPE_CHECKING:
    import argparse

    from agent_gate.policy.model import Policy

USAGE_ERROR = 4
NOTHING = 5


def policy(options: argparse.Namespace) -> int:
    """Print the policy of a file, of the working files, or of a commit; 4 where it cannot be read, 5 where there is none."""
    try:
        found = _policy(options)
    except PolicyError as problem:
        return _fail(str(problem), USAGE_ERROR)
    if not found.files:
        return _fail(
            f"There is no AGENTS.md, CLAUDE.md or GEMINI.md in {Path(options.worktree).resolve()}.", NOTHING
        )
    if options.review:
        if options.file or options.at:
            return _fail("--review is about the working files: leave --file and --at out.", USAGE_ERROR)
        from agent_gate.commands.policy_review import review

        return review(options, found)
    if options.freeze:
        print(frozen(found), end="")
    elif options.json:
        print(as_json(found))
    else:
        print(as_text(found, enforced_only=options.enforced, colour=sys.stdout.isatty()), end="")
    return 0


def _policy(options: argparse.Namespace) -> Policy:
    if options.file:
        return policy_of_file(Path(options.file))
    if options.at:
        from agent_gate.changes import snapshot_at
        from agent_gate.repository import RepositoryError, open_repository

        try:
            return load_policy(snapshot_at(open_repository(Path(options.worktree)), options.at))
        except RepositoryError as problem:
            raise PolicyError(str(problem)) from problem
    directory = Path(options.worktree)
    if not directory.is_dir():
        raise PolicyError(f"{directory} is not a directory.")
    return load_policy(DirectorySnapshot(directory))


def _fail(message: str, code: int) -> int:
    print(f"agent-gate policy: {message}", file=sys.stderr)
    return code
