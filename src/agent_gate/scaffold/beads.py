"""`bd init --stealth`: Beads for this clone, without a file in the repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agent_gate.plain_text import one_line
from agent_gate.running.process import run
from agent_gate.scaffold.files import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 120.0


def init_beads(root: Path) -> None:
    """Make the database.

    Raises:
        ScaffoldError: bd failed.
    """
    environment = {**os.environ, "DO_NOT_TRACK": "1", "BD_DISABLE_METRICS": "1", "BD_NON_INTERACTIVE": "1"}
    argv = ("bd", "init", "--stealth", "--non-interactive")
    done = run(argv, cwd=root, env=environment, timeout=_SECONDS)
    if not done.ok:
        why = "ran out of time" if done.timed_out else one_line(done.output.strip().rpartition("\n")[2], 300)
        raise ScaffoldError(f"`{' '.join(argv)}` failed in {root}: {why}. Run it by hand to see all of it.")
