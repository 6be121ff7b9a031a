"""Real git repositories for every test; nothing here is a mock."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.hookspecs import GateContext, Task
from agent_gate.policy.model import Kind, Rule, Source
from agent_gate.policy.settings import Settings

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from pathlib import Path

    from agent_gate.changes.model import ChangeSet

IDENTITY = {
    "GIT_AUTHOR_NAME": "A Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.invalid",
    "GIT_COMMITTER_NAME": "A Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.invalid",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True)
class Repo:
    """A real repository with the few verbs that tests need."""

    path: Path

    def git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"git {args}: {done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(
        self, message: str = "feat: change something", files: dict[str, str | bytes] | None = None
    ) -> str:
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        self.git("switch", "-q", "-c", name)

    def changes(self, base: str = "main", *, committed_only: bool = False) -> ChangeSet:
        from agent_gate.changes import read_changes
        from agent_gate.repository import open_repository

        return read_changes(open_repository(self.path), base, committed_only=committed_only)


def with_signals(how: signal.Handlers, *numbers: signal.Signals) -> list[str]:
    """What to put before a command so that it starts with these signals ignored, or as if we ourselves had none ignored."""
    code = (
        f"import os, signal, sys\nfor number in {list(map(int, numbers))}: signal.signal(number, {int(how)})\n"
        "os.execvp(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-c", code]


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the user's git config or writes the user's cache."""
    home = tmp_path_factory.mktemp("home")
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., Repo]:
    """Make a repository with one commit on `main`."""

    def make(files: dict[str, str | bytes] | None = None, name: str = "repo") -> Repo:
        repo = Repo(tmp_path / name)
        repo.path.mkdir()
        repo.git("init", "-q", "-b", "main")
        repo.commit("feat: start", files or {"README.md": "# A project\n"})
        return repo

    return make


@pytest.fixture
def context_of(tmp_path: Path) -> Callable[..., GateContext]:
    """What a check is given, for a repository as it stands."""

    def make(repo: Repo, base: str = "main", task: str | None = None, **settings: object) -> GateContext:
        from agent_gate.repository import open_repository
        from agent_gate.running.rooms import Rooms

        chosen = Settings(**settings)  # type: ignore[arg-type]
        return GateContext(
            changes=repo.changes(base),
            place=repo.path,
            task=Task("t-1", "", task) if task is not None else None,
            settings=chosen,
            rooms=Rooms(open_repository(repo.path), chosen, tmp_path / "rooms"),
        )

    return make


@pytest.fixture
def rule_of() -> Callable[..., Rule]:
    """A rule as the policy would make it."""

    def make(kind: Kind, value: str | None = None, text: str = "as it says", **fields: object) -> Rule:
        fields.setdefault("severity", Severity.BLOCK)
        source = Source("AGENTS.md", 1, text)
        return Rule(id=f"{kind}/test", kind=kind, source=source, value=value, **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def bd_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with an empty Beads database; skips where there is no bd, but not in CI."""
    if shutil.which("bd") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("bd is not on PATH: `make bd` builds it, and `make test` uses it")
        pytest.skip("bd is not on PATH (`make bd` builds it with Go)")
    home = tmp_path_factory.mktemp("bd")
    env = {**os.environ, "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=home, check=True)
    done = subprocess.run(
        ["bd", "init", "--stealth", "--non-interactive", "--prefix", "t"],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., str]:
    """Make an agent that gives these answers, one a call (the last one again and again); the command that starts it.

    What it is asked is kept in `asked-N` beside its answers; an answer that starts with `!` is Python that is run.
    """

    def make(*answers: str, name: str = "scripted") -> str:
        home = tmp_path / name
        home.mkdir()
        for number, answer in enumerate(answers):
            (home / f"answer-{number}").write_text(answer)
        (home / "agent.py").write_text(SCRIPTED)
        return shlex.join([sys.executable, str(home / "agent.py")])

    return make


SCRIPTED = """\
import os, pathlib, sys
home = pathlib.Path(__file__).parent
number = len(list(home.glob("asked-*")))
(home / f"asked-{number}").write_text(sys.stdin.read())
answer = (home / f"answer-{min(number, len(list(home.glob('answer-*'))) - 1)}").read_text()
if answer.startswith("!"):
    exec(answer[1:])
else:
    print(answer)
"""
