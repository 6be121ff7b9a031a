"""Files to be written, shown before they are: nothing outside of the repository, nothing over what is there."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.plain_text import printable
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path


class ScaffoldError(Exception):
    """Something cannot be set up as things stand; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One file's content, before (None: it is new) and after (None: it goes); `path` is relative to the root."""

    path: str
    before: str | None
    after: str | None
    executable: bool = False

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after


def read(root: Path, path: str) -> str | None:
    """The file's text; None where there is none.

    Raises:
        ScaffoldError: it is no text file, or lies outside of the root.
    """
    file = _inside(root, path)
    if not file.exists():
        return None
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ScaffoldError(
            f"{file} cannot be read as text ({problem}); move it, then run this again."
        ) from problem


def shown(edit: Edit) -> str:
    """The edit as a unified diff, harmless to a terminal."""
    lines = difflib.unified_diff(
        (edit.before or "").splitlines(),
        (edit.after or "").splitlines(),
        "/dev/null" if edit.before is None else f"a/{edit.path}",
        "/dev/null" if edit.after is None else f"b/{edit.path}",
        lineterm="",
    )
    return "\n".join(printable(line) for line in lines)


def write(root: Path, edit: Edit) -> None:
    """Do it, whole or not at all.

    Raises:
        ScaffoldError: the place is outside of the root, cannot be written, or has changed since it was read.
    """
    file = _inside(root, edit.path)
    if read(root, edit.path) != edit.before:
        raise ScaffoldError(f"{file} was changed while this ran; run it again.")
    try:
        if edit.after is None:
            file.unlink()
            return
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o755 if edit.executable else 0o644
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, edit.after.encode(), mode=mode)
    except OSError as problem:
        raise ScaffoldError(f"{file} cannot be written: {problem.strerror}.") from problem


def _inside(root: Path, path: str) -> Path:
    """Where the path leads: a link that stays in the root is followed, one that leaves it is refused."""
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()):
        raise ScaffoldError(f"{root / path} is a link that leads out of the repository; remove it first.")
    return file
