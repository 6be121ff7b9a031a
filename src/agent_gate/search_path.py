"""PATH without what an agent could fill. Imports nothing heavy: the gate is not yet isolated when it asks."""

from __future__ import annotations

import os
from pathlib import Path


def trusted_path(path: str, start: Path) -> str:
    """The entries that are neither relative nor inside the working tree that holds `start` (a venv's bin, say)."""
    start = start.resolve()
    tree = next((place for place in (start, *start.parents) if (place / ".git").exists()), start)
    entries = map(Path, absolute_path(path).split(os.pathsep))
    return os.pathsep.join(str(entry) for entry in entries if not entry.resolve().is_relative_to(tree))


def absolute_path(path: str) -> str:
    """The entries that lead to the same place from everywhere; a command runs in the judged tree, and `bin` is the branch's."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if os.path.isabs(entry))  # noqa: PTH117 - text
