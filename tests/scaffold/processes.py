"""`agent-gate` as a process, as users start it."""

import os
import subprocess
import sys
from pathlib import Path

AGENT_GATE = Path(sys.executable).with_name("agent-gate")


def agent_gate(cwd, *args, stdin=None, path=None):
    env = {**os.environ, "PATH": path or f"{AGENT_GATE.parent}:{os.environ['PATH']}"}
    return subprocess.run(
        [AGENT_GATE, *args], cwd=cwd, env=env, input=stdin, capture_output=True, text=True, check=False
    )


def without_bd():
    """A PATH on which there is no `bd`: `init` would make a database with it, which takes seconds."""
    places = [AGENT_GATE.parent, *map(Path, os.environ["PATH"].split(os.pathsep))]
    return os.pathsep.join(str(place) for place in places if not (place / "bd").exists())
