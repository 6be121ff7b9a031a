"""`agent-gate run` as a user starts it: real processes, real git, scripted agents."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

AGENTS = "# Rules\n\n- Run `ruff check .` before you commit.\n- Use the conventional commit format for commit messages.\n"
AGENT = Path(__file__).with_name("agent.py")
BIN = Path(sys.executable).parent
PATIENCE = 90.0  # seconds that anything may take here


@dataclass
class Place:
    """A repository with agents: what tests do and look at."""

    repo: object
    starts: Path
    state: Path

    @property
    def path(self) -> Path:
        return self.repo.path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "STARTS": str(self.starts)}

    def call(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "agent-gate"), *args]
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def add(self, title: str, *args: str) -> str:
        return self.call("q", title, *args).stdout.strip()

    def arguments(self, *args: str) -> list[str]:
        return ["run", "--workers", "2", "--agent-cmd", f"{sys.executable} {AGENT}", *args]

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return self.call(*self.arguments("--drain", *args))

    def start(self, *args: str) -> subprocess.Popen[str]:
        command = [str(BIN / "agent-gate"), *self.arguments(*args)]
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def issues(self) -> dict[str, dict]:
        return {row["id"]: row for row in json.loads(self.call("issues", "list", "--all", "--json").stdout)}

    def status(self) -> dict:
        return json.loads(self.call("status", "--json").stdout)

    def started(self) -> list[str]:
        return self.starts.read_text().splitlines() if self.starts.exists() else []

    def wait_until(self, holds) -> None:
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, "it did not come about"
            time.sleep(0.1)

    def files(self, ref: str = "main") -> set[str]:
        return set(self.repo.git("ls-tree", "-r", "--name-only", ref).splitlines())

    def check_invariants(self, tasks: list[str]) -> None:
        """From git and the tracker alone: everything landed once, main is green, nothing is under way or filed twice."""
        issues = self.issues()
        assert {issues[task]["status"] for task in tasks} == {"closed"}
        assert {row["status"] for row in issues.values()} <= {"closed"}
        titles = [row["title"] for row in issues.values()]
        assert len(titles) == len(set(titles)), titles
        wanted = {"m_" + task.replace("-", "_").replace(".", "_") + ".py" for task in tasks}
        assert wanted <= self.files()
        subjects = self.repo.git("log", "--first-parent", "--format=%s", "main").splitlines()
        assert len(subjects) == len(set(subjects)), subjects
        ruff = subprocess.run([BIN / "ruff", "check", "-q", "."], cwd=self.path, check=False)
        assert ruff.returncode == 0
        assert self.repo.git("status", "--porcelain") == ""
        started = self.started()
        assert len(started) == len(set(started)), started


@pytest.fixture
def place(make_repo, tmp_path):
    """A repository with rules; every run that a test leaves is ended."""
    repo = make_repo({"AGENTS.md": AGENTS, "a.py": "A = 1\n", "shared.txt": "shared\n"})
    made = Place(repo, tmp_path / "starts", tmp_path)
    yield made
    runs = repo.path / ".git" / "agent-gate" / "runs"
    for lock in runs.glob("*.lock") if runs.is_dir() else ():
        with_pid = lock.read_text()
        if with_pid and Path(f"/proc/{with_pid}").exists():
            os.kill(int(with_pid), signal.SIGKILL)
