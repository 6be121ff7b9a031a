"""Where the gate keeps its own files, outside of every repository."""

from __future__ import annotations

import os
from pathlib import Path


def cache_directory() -> Path:
    """What can be made again: `$XDG_CACHE_HOME/agent-gate`."""
    return _named("XDG_CACHE_HOME", ".cache")


def state_directory() -> Path:
    """What cannot be made again: `$XDG_STATE_HOME/agent-gate`."""
    return _named("XDG_STATE_HOME", ".local/state")


def _named(variable: str, below_home: str) -> Path:
    """A relative path does not count (the XDG specification): it would lie in the judged tree."""
    said = Path(os.environ.get(variable, ""))
    return (said if said.is_absolute() else Path.home() / below_home) / "agent-gate"
