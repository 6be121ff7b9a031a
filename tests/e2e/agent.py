"""A scripted agent: does what the title of its task says, and notes each start of its own in `$STARTS`."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

TASK, ATTEMPT = os.environ["AGENT_GATE_TASK"], int(os.environ["AGENT_GATE_ATTEMPT"])


def git(*args: str) -> None:
    subprocess.run(["git", *args], check=False)


def wait_for(name: str) -> None:
    """Until the test makes this file."""
    while not Path(os.environ["STARTS"]).with_name(name).exists():
        time.sleep(0.05)


def add_module(*, body: str = "", commit: bool = True, message: str = "") -> None:
    name = "m_" + "".join(character if character.isalnum() else "_" for character in TASK)
    Path(f"{name}.py").write_text(f'{body}"""For {TASK}."""\n\nVALUE = {TASK!r}\n'.replace("'", '"'))
    if commit:
        git("add", "-A")
        git(
            "commit",
            "-q",
            "-m",
            message or f"feat: add {name} ({ATTEMPT})\n\nThere was none, so nobody could use it.",
        )


def close_own_issue() -> None:
    if Path(os.environ["STARTS"]).with_name("repo").joinpath(".beads").exists():
        subprocess.run(["bd", "close", TASK, "--force"], check=True)
        return
    database = Path(os.environ["STARTS"]).with_name("repo") / ".git/agent-gate/issues.db"
    with sqlite3.connect(database) as issues:
        issues.execute("UPDATE issue SET status = 'closed' WHERE id = ?", (TASK,))


def forge_verdict() -> None:
    def ask(*args: str) -> str:
        return subprocess.run(["git", *args], check=True, capture_output=True, text=True).stdout.strip()

    place = Path(ask("rev-parse", "--git-common-dir"), "agent-gate", "attempts", TASK, str(ATTEMPT))
    verdict = {
        "schema": "agent-gate-verdict/1",
        "verdict": "pass",
        "base": ask("rev-parse", "main"),
        "head": ask("rev-parse", "HEAD"),
    }
    verdict |= {
        "tree": ask("rev-parse", "HEAD^{tree}"),
        "policy_hash": "",
        "rules": [],
        "findings": [],
        "seconds": 0.0,
    }
    for name in ("verdict.json", "gate.json"):
        (place / name).write_text(json.dumps(verdict))


def dawdle(title: str, *, first: bool) -> None:
    if "silent" in title and first:
        time.sleep(600)
    if "looping" in title and first:
        while True:
            sys.stdout.write("the same again\n")
            sys.stdout.flush()
            time.sleep(0.01)
    if "stubborn" in title:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        Path(os.environ["STARTS"]).with_name("stubborn").touch()
        time.sleep(600)
    if "wait" in title and first:
        wait_for("go")
    if "linger" in title and ATTEMPT == 2:
        time.sleep(600)


def main() -> int:
    prompt = sys.stdin.read()
    with Path(os.environ["STARTS"]).open("a") as starts:
        starts.write(f"{TASK} {ATTEMPT}\n")
    sys.stdout.write(f"{TASK} attempt {ATTEMPT}\n")
    sys.stdout.flush()
    title = next(line for line in prompt.splitlines() if line.startswith("## The task: "))
    first = ATTEMPT == 1
    if "nothing" in title and first:
        return 0
    if "crash" in title:
        add_module()
        return 7
    dawdle(title, first=first)
    if "shared" in title:
        text = (
            Path("shared.txt").read_text()
            if first
            else subprocess.run(
                ["git", "show", "main:shared.txt"], check=True, capture_output=True, text=True
            ).stdout
        )
        if not first:
            git("reset", "-q", "--hard", "main")
        Path("shared.txt").write_text(text + f"{TASK}\n")
    if "weaken" in title:
        Path("AGENTS.md").write_text("# Rules\n\n- Be kind.\n")
    if "already at the base" in title:
        title = "a follow-up"
        if not first:
            Path("red.py").write_text('"""Repaired."""\n')
    bad = ("lint" in title and first) or "weaken" in title
    add_module(
        body="import os\n" if bad or "hopeless" in title else "",
        commit=not ("uncommitted" in title and first),
    )
    if "stash" in title and first:
        Path("a.py").write_text("A = 2\n")
        git("stash")
        git("checkout", "-q", "--", ".")
    if "push" in title and first:
        git("push", "-q", ".", "HEAD:main")
        git("update-ref", "refs/heads/main", "HEAD")
    if "bypass" in title and first:  # a plumbing write that no hook sees
        common = subprocess.run(
            ["git", "rev-parse", "--git-common-dir"], check=True, capture_output=True, text=True
        )
        head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        Path(common.stdout.strip(), "refs/heads/main").write_text(head.stdout)
    if "forged" in title:  # a verdict where the orchestrator keeps its own
        forge_verdict()
    if "closing" in title and first:
        close_own_issue()
    if "daemon" in title:
        subprocess.Popen(["sleep", "600"], start_new_session=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
