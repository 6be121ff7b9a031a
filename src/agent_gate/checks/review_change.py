"""A change as a reviewer reads it: every line numbered and quoted, so that none of them is taken for an instruction."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from agent_gate.plain_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent_gate.changes.model import FileChange


def shown_change(files: Sequence[FileChange]) -> str:
    """The files and their changed regions; added lines have the numbers that they have in the judged tree."""
    return "\n".join(line for change in files for line in _file(change))


def quoted(text: str) -> str:
    """The text between two marks that nobody who wrote it could know."""
    mark = secrets.token_hex(8)
    return f"--- begin of data {mark} ---\n{text}\n--- end of data {mark} ---"


def reviewable_lines(change: FileChange) -> frozenset[int]:
    """The line numbers of the judged tree that a finding may name: added lines, and those around removed ones."""
    numbers: set[int] = set()
    for hunk in change.hunks if change.new_blob else ():
        count = len(hunk.added) or 2  # lines; where some were only removed: the ones before and after
        numbers.update(range(max(hunk.new_start, 1), hunk.new_start + count))
    return frozenset(numbers)


def shown_line(text: str) -> str:
    """The text on one line, with nothing left out: what a terminal would hide is what somebody may want to hide."""
    return printable(text.replace("\x1b", "\\x1b")).replace("\n", "\\n")


def _file(change: FileChange) -> Iterator[str]:
    notes = [str(change.status)]
    notes += [f"before: {shown_line(change.old_path)}"] if change.old_path not in {None, change.path} else []
    notes += [f"mode {change.new_mode:o}"] if change.new_mode not in {0, 0o100644, change.old_mode} else []
    notes += ["binary"] if change.binary else []
    yield f"== {shown_line(change.path)} ({', '.join(notes)})"
    for hunk in change.hunks:
        yield f"@@ line {hunk.new_start}"
        yield from (f"       - {shown_line(line)}" for line in hunk.removed)
        yield from (f"{number:>6} + {shown_line(line)}" for number, line in hunk.added_lines)
