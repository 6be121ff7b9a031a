"""One command that shows what a finding is about, to be pasted at the top of the worktree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.plain_text import shell_word

if TYPE_CHECKING:
    from agent_gate.changes.model import ChangeSet


def diff_command(changes: ChangeSet, path: str) -> str:
    """Show what the branch did to the file, whether git knows it or not, and whatever is checked out."""
    name, base = shell_word(path), changes.base[:12]
    if not changes.checked_out:
        return f"git diff {base} {changes.head[:12]} -- {name}"
    if path in changes.uncommitted and any(
        change.path == path and not change.old_path for change in changes.files
    ):
        return f"git diff --no-index -- /dev/null {name}"
    return f"git diff {base} -- {name}"
