"""Which files a rule governs: gitignore-style patterns, as `Rule.scope` has them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pathspec import PathSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec.pattern import Pattern

    from agent_gate.changes.model import ChangeSet, FileChange
    from agent_gate.policy.model import Rule


def in_scope(rule: Rule, path: str) -> bool:
    """Whether the rule governs the file at `path`; a rule without a scope governs every file."""
    return not rule.scope or matches(rule.scope, path)


def changed_in_scope(rule: Rule, changes: ChangeSet) -> tuple[FileChange, ...]:
    """The changed files that the rule governs, by their new path or the one they were renamed from."""
    return tuple(
        change
        for change in changes.files
        if in_scope(rule, change.path) or (change.old_path is not None and in_scope(rule, change.old_path))
    )


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether gitignore-style patterns choose the path: the last one that matches decides, `!` takes out.

    Patterns that only take out leave everything else in.
    """
    # A line break is what the patterns' `.` does not match: without this a directory's odd name would hide its files.
    return _spec(tuple(patterns)).match_file(path.replace("\n", "_"))


@lru_cache(maxsize=256)
def _spec(patterns: tuple[str, ...]) -> PathSpec[Pattern]:
    if all(pattern.startswith("!") for pattern in patterns):
        patterns = ("*", *patterns)
    return PathSpec.from_lines("gitignore", patterns)  # GitIgnoreSpec ignores `!dir/` after `*`, as git does
