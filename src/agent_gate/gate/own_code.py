"""Which agent-gate decides: what an earlier one kept is not its word."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import agent_gate


@cache
def own_code() -> str:
    """Of this process: what `code_of` says of the package."""
    return code_of(Path(agent_gate.__file__).parent)


def code_of(package: Path) -> str:
    """Hex SHA-256 of the name, size and time of every module: a checkout changes while its version stays."""
    rows, left = [], [os.fspath(package)]
    while left:
        with os.scandir(left.pop()) as entries:  # on every run: a few times faster than pathlib
            for entry in entries:
                if entry.name.endswith(".py"):
                    stat = entry.stat()
                    rows.append((entry.path[len(os.fspath(package)) :], stat.st_size, stat.st_mtime_ns))
                elif entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
    return hashlib.sha256(repr((agent_gate.__version__, sorted(rows))).encode()).hexdigest()
