"""Filing with the real bd, as ratios to `bd create` in the same run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.tracker.verdicts import BLOCK, failing, origin, verdict

from agent_gate.tracker import filing
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.model import Create, Issue
from agent_gate.tracker.outbox import Entry, Outbox

CREATES = 5  # measured, and scaled to 100
ROUNDS = 5  # of `ready`, in turn; the best of each counts


class Counting(Beads):
    """Beads that counts its calls."""

    calls = 0

    def _call(self, *arguments: str, **options: object) -> str:  # type: ignore[override]
        type(self).calls += 1
        return super()._call(*arguments, **options)  # type: ignore[arg-type]


def timed(action: object) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - started


def main() -> int:
    """Print the figures; 0 also where there is no bd."""
    if shutil.which("bd") is None:
        print("bd is not on PATH: `make bd` builds it; nothing was measured")
        return 0
    env = {**os.environ, "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for command in (
            ["git", "init", "-q"],
            ["bd", "init", "--stealth", "--non-interactive", "--prefix", "t"],
        ):
            subprocess.run(command, cwd=home, env=env, check=True, capture_output=True)
        create = timed(
            lambda: [
                subprocess.run(
                    ["bd", "create", f"x {n}", "--json"], cwd=home, env=env, check=True, capture_output=True
                )
                for n in range(CREATES)
            ]
        )
        creates = create / CREATES * 100
        beads, outbox = Counting(home), Outbox(home / "outbox")
        entry = Entry(
            1,
            filing.ENTRY_KIND,
            filing.to_entry(verdict(*(failing(f"rule-{n}", BLOCK) for n in range(100))), origin("t-1")),
        )
        first = timed(lambda: filing.send(entry, beads, outbox))
        calls, Counting.calls = Counting.calls, 0
        again = timed(lambda: filing.send(entry, beads, outbox))
        print(
            f"100 findings filed      {first:6.2f} s = {first / creates:.3f} x 100 `bd create` ({creates:.0f} s); allowed 0.1; {calls} bd processes, allowed 3"
        )
        print(f"filed again, nothing new {again:5.2f} s; {Counting.calls} bd process, allowed 1")
        beads.apply([Create(Issue(f"t-many{n}", f"issue {n}", priority=n % 5)) for n in range(10_000)], {})
        ready = ["bd", "ready", "--json", "--limit", "0"]
        rounds = [
            (
                timed(lambda: subprocess.run(ready, cwd=home, env=env, check=True, capture_output=True)),
                timed(beads.ready),
            )
            for _ in range(ROUNDS)
        ]
        own, ours = (min(times) for times in zip(*rounds, strict=True))
        print(
            f"ready of 10,000 issues   {ours:5.2f} s = `bd ready` ({own:.2f} s) + {ours - own:.2f} s; allowed + 0.1 s"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
