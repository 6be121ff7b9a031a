"""`agent-gate agents` with programs that answer, fail, hang and are missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent_gate.cli import main
from agent_gate.commands import agents

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with four of the CLIs."""
    scripts = {
        "claude": "echo '2.1.197 (Claude Code)'",
        "codex": "echo boom >&2; exit 3",
        "qwen": "exec sleep 60",
        "gemini": "echo 0.61.0",
    }
    for name, script in scripts.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(agents, "ANSWER_SECONDS", 1.0)


@pytest.mark.usefixtures("programs")
def test_each_is_told_as_it_is(make_repo, capsys) -> None:
    repo = make_repo(
        {"agent-gate.toml": 'agent = ["gemini", "mine"]\n[agents.mine]\ncommand = "x {prompt}"\n'}
    )
    assert main(["agents", "--json", "--worktree", str(repo.path)]) == 0
    found = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert {name: entry["state"] for name, entry in found.items()} == {
        "gemini": "answers",
        "mine": "configured",
        "aider": "not installed",
        "claude": "answers",
        "codex": "fails",
        "cursor": "not installed",
        "mini": "not installed",
        "opencode": "not installed",
        "qwen": "silent",
    }
    assert found["claude"]["version"] == "2.1.197"
    assert found["codex"]["detail"] == "exit code 3: boom"
    assert [found[name]["configured"] for name in ("gemini", "mine", "claude")] == [1, 2, 0]


def test_a_broken_configuration_is_one_sentence(make_repo, capsys) -> None:
    repo = make_repo({"agent-gate.toml": 'agent = "gemeni"\n'})
    assert main(["agents", "--worktree", str(repo.path)]) == 4
    assert 'did you mean "gemini"' in capsys.readouterr().err
