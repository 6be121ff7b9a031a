"""`agent-gate init`: a repository made ready for agents."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.plain_text import one_line
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError, init_repository, is_repository, open_repository
from agent_gate.scaffold.beads import init_beads
from agent_gate.scaffold.detect import detect, listed
from agent_gate.scaffold.files import ScaffoldError, shown, write
from agent_gate.scaffold.init import edits
from agent_gate.tracker.find import beads_directory

if TYPE_CHECKING:
    import argparse

USAGE_ERROR = 4


def init(options: argparse.Namespace) -> int:
    """Show what is missing as diffs, and write it; 4 where that cannot be done."""
    directory = Path(options.worktree)
    try:
        root = _root(directory, dry_run=options.dry_run)
        found = detect(root)
        wanted = edits(root, found)
        for edit in wanted:
            print(shown(edit), end="\n\n")
            if not options.dry_run:
                write(root, edit)
        beads = _beads(root, dry_run=options.dry_run)
    except (RepositoryError, PolicyError, ScaffoldError) as problem:
        print(f"agent-gate init: {problem}", file=sys.stderr)
        return USAGE_ERROR
    commands = ", ".join(f"`{command}`" for _, command in listed(found))
    print(f"Commands that this repository has: {one_line(commands, 500) or 'none yet'}.")
    if beads:
        print(beads)
    if not wanted:
        print("Nothing to add: everything is there.")
    elif options.dry_run:
        print(f"Nothing was written (--dry-run): {len(wanted)} files would be.")
    else:
        print(f"{len(wanted)} files were written. Read them, correct them, and commit them:")
        print(f"  git add {' '.join(edit.path for edit in wanted)}")
        print('  git commit -m "chore: rules for agents" && agent-gate policy')
    return 0


def _root(directory: Path, *, dry_run: bool) -> Path:
    """The top of the repository; a directory that is in none becomes one."""
    if not directory.is_dir():
        raise ScaffoldError(f"{directory} is not a directory.")
    if not is_repository(directory):
        print(
            f"{directory.resolve()} is in no git repository: {'it would be made one' if dry_run else 'git init'}."
        )
        if dry_run:
            return directory.resolve()
        init_repository(directory)
    return open_repository(directory).root


def _beads(root: Path, *, dry_run: bool) -> str:
    """Make the issue database where bd is installed; what to tell, "" for nothing."""
    if shutil.which("bd") is None:
        return "Issues are kept by agent-gate itself (`bd`, of Beads, is not installed)."
    if not is_repository(root):
        return "`bd init --stealth` would be run."
    if beads_directory(open_repository(root)):
        return ""
    if dry_run:
        return "`bd init --stealth` would be run."
    init_beads(root)
    return "`bd init --stealth` made the issue database."
