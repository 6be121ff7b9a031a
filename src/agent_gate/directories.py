"""Where the gate keeps its own files, outside of every repository."""

from __future__ import annotations

import os
from pathlib import Path


def cache_directory() -> Path:
    """What can be made again: `$XDG_CACHE_HOME/agent-gate`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agent-gate"


def state_directory() -> Path:
    """What cannot be made again: `$XDG_STATE_HOME/agent-gate`."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "agent-gate"
