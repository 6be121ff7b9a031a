"""The orchestrator with scripted agents: makespan, what it costs while agents work, and adoption after a kill.

Prints ratios within one run; needs bd on PATH for the makespan (else the embedded tracker is used, and said).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AGENT_GATE = str(Path(sys.executable).with_name("agent-gate"))
AGENT = """
import os, subprocess, sys, time
task = os.environ["AGENT_GATE_TASK"]
with open(os.environ["STARTS"], "a") as starts:
    starts.write(task + "\\n")
time.sleep(float(os.environ["SECONDS"]))
with open("m_" + task.replace("-", "_") + ".py", "w") as module:
    module.write('VALUE = "%s"\\n' % task)
subprocess.run(["git", "add", "-A"], check=True)
subprocess.run(["git", "commit", "-q", "-m", "feat: add " + task], check=True)
"""
RULES = "# Rules\n\n- Use the conventional commit format for commit messages.\n"


class Place:
    """A repository with a gate that costs next to nothing, and issues."""

    def __init__(self, root: Path, issues: int) -> None:
        self.path, self.starts = root / "repo", root / "starts"
        self.path.mkdir()
        (root / "agent.py").write_text(AGENT)
        who = {
            f"GIT_{role}_{name}": "bench@localhost"
            for role in ("AUTHOR", "COMMITTER")
            for name in ("NAME", "EMAIL")
        }
        state = {
            "XDG_STATE_HOME": str(root / "state"),
            "XDG_CACHE_HOME": str(root / "cache"),
            "STARTS": str(self.starts),
        }
        quiet = {"DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
        self.environment = {**os.environ, **who, **state, **quiet}
        self.command = [AGENT_GATE, "run", "--agent-cmd", f"{sys.executable} {root / 'agent.py'}"]
        (self.path / "AGENTS.md").write_text(RULES)
        self.call("git", "init", "-q", "-b", "main")
        self.call("git", "add", "-A")
        self.call("git", "commit", "-q", "-m", "feat: start")
        if shutil.which("bd"):
            self.call("bd", "init", "--stealth", "--non-interactive", "--prefix", "b")
        for number in range(issues):
            self.call(AGENT_GATE, "q", f"task {number}")

    def call(self, *command: str) -> str:
        return subprocess.run(
            command, cwd=self.path, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self, seconds: float, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.command, *options],
            cwd=self.path,
            env={**self.environment, "SECONDS": str(seconds)},
            stdout=subprocess.DEVNULL,
        )

    def started(self) -> list[str]:
        return self.starts.read_text().split() if self.starts.exists() else []

    def wait_for(self, count: int) -> None:
        while len(self.started()) < count:
            time.sleep(0.05)


def makespan(root: Path) -> None:
    """20 tasks of 3 s on 4 workers: ideal is 15 s."""
    place, ideal = Place(root, 20), 15.0
    began = time.perf_counter()
    code = place.start(3.0, "--drain", "--workers", "4").wait()
    took = time.perf_counter() - began
    stats = json.loads(place.call(AGENT_GATE, "stats", "--json"))
    gates = sum(task["gate"] for task in stats["tasks"]) / 4
    bound = 1.5 * ideal + gates
    print(
        f"makespan    20 tasks × 3 s, 4 workers, {'bd' if shutil.which('bd') else 'embedded tracker'}: {took:.1f} s, exit {code}, {stats['landed']} landed"
    )
    print(
        f"            {took / bound:.2f} of 1.5 × ideal + the gates' own time ({bound:.1f} s; gates {gates:.1f} s a worker)"
    )


def idle(root: Path) -> None:
    """8 agents that work for a while: what the orchestrator itself takes; then it is killed, and started again."""
    place = Place(root, 8)
    run = place.start(60.0, "--workers", "8")
    place.wait_for(8)
    time.sleep(3)  # the beginning is over
    before, began = cpu_seconds(run.pid), time.perf_counter()
    time.sleep(15)
    share = (cpu_seconds(run.pid) - before) / (time.perf_counter() - began)
    status = Path(f"/proc/{run.pid}/status").read_text()
    megabytes = int(status.split("VmRSS:")[1].split()[0]) / 1024
    print(
        f"cost        8 agents at work: {share / 0.01:.2f} of 1 % of a core, {megabytes:.0f} MB ({megabytes / 80:.2f} of 80 MB)"
    )
    run.kill()
    run.wait()
    began = time.perf_counter()
    again = place.start(60.0, "--workers", "8")
    while taken_over(place) < 8:  # noqa: PLR2004 - all of them
        time.sleep(0.02)
    took = time.perf_counter() - began
    print(
        f"adoption    8 adopted after {took:.2f} s ({took / 2:.2f} of 2 s), {len(place.started()) - 8} started twice"
    )
    again.send_signal(signal.SIGTERM)
    again.wait()


def taken_over(place: Place) -> int:
    """How many tasks have been adopted."""
    return place.call(AGENT_GATE, "history", "-n", "1000").count("adopted")


def cpu_seconds(pid: int) -> float:
    """User and system time of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    for measure in (makespan, idle):
        with tempfile.TemporaryDirectory() as root:
            measure(Path(root))


if __name__ == "__main__":
    main()
