"""`agent-gate policy --review` with scripted agents."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from agent_gate.cli import main
from agent_gate.policy import load_policy
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.scaffold.policy_review import SCHEMA, Corrections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent_gate.policy.model import Rule

PROJECT = """\
[project]  # ours
name = "x"

[tool.agent-gate]
timeout = 60.0  # short

[tool.ruff]
line-length = 90
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "AGENTS.md").write_text("# Rules\n\n- Run `ruff check .` before you commit.\n- Be kind.\n")
    (root / "pyproject.toml").write_text(PROJECT)
    return root


def answer(*corrections: dict[str, Any]) -> str:
    return json.dumps({"corrections": [{"why": "because", **correction} for correction in corrections]})


def review(root: Path, command: str, *options: str) -> int:
    return main(["policy", "--review", "--worktree", str(root), "--agent-cmd", command, *options])


def rules(root: Path) -> dict[str, Rule]:
    return {rule.id: rule for rule in load_policy(DirectorySnapshot(root)).enforced}


def test_corrections_are_shown_and_written_as_a_freeze_words_them(
    project: Path, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (lint,) = rules(project)
    docs = {
        "id": "docs",
        "kind": "docs-updated",
        "value": "docs/**",
        "text": "Be kind.",
        "source": "AGENTS.md:4",
    }
    command = scripted(answer({"id": lint, "severity": "follow-up", "why": "It is only a habit."}, docs))
    assert review(project, command, "--yes") == 0
    output = capsys.readouterr().out
    assert f"{lint}: It is only a habit." in output
    assert '+severity = "follow-up"' in output
    assert "+ enforced: docs (docs-updated, block)" in output
    found = rules(project)
    assert (found[lint].severity, found["docs"].source.line) == ("follow-up", 4)
    written = (project / "pyproject.toml").read_text()
    assert written.startswith(PROJECT[: PROJECT.index("[tool.ruff]")].rstrip())
    assert "[tool.ruff]\nline-length = 90" in written
    asked = (tmp_path / "scripted" / "asked-0").read_text()
    assert "   3 - Run `ruff check .` before you commit." in asked
    assert f'"id": "{lint}"' in asked


@pytest.mark.parametrize("typed", ["n\n", ""])
def test_nothing_is_written_without_a_yes(
    project: Path, scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    (lint,) = rules(project)
    assert review(project, scripted(answer({"id": lint, "enabled": False}))) == 0
    assert (project / "pyproject.toml").read_text() == PROJECT


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        ({"id": "ghost", "enabled": False}, "names no rule"),
        ({"id": "ghost"}, "changes nothing"),
        ({"id": "ghost", "kind": "advisory", "enabled": True}, "cannot be enforced"),
        ({"id": "ghost", "kind": "miracle"}, "miracle"),
        ({"id": "ghost", "timeout": 1}, "unknown field `timeout`"),
    ],
)
def test_what_would_not_load_is_refused(
    project: Path, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str], correction: Any, why: str
) -> None:
    assert review(project, scripted(answer(correction)), "--yes") == 3
    assert why in capsys.readouterr().err
    assert (project / "pyproject.toml").read_text() == PROJECT


def test_a_repository_without_a_configuration_gets_a_file_of_its_own(
    project: Path, scripted: Callable[..., str]
) -> None:
    (project / "pyproject.toml").unlink()
    (lint,) = rules(project)
    assert review(project, scripted(answer({"id": lint, "enabled": False})), "--yes") == 0
    assert (project / "agent-gate.toml").exists()
    assert rules(project) == {}


def test_a_form_that_cannot_be_edited_is_left_to_a_person(
    project: Path, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    inline = "tool.agent-gate = { timeout = 60.0 }\n"
    (project / "pyproject.toml").write_text(inline)
    (lint,) = rules(project)
    assert review(project, scripted(answer({"id": lint, "enabled": False})), "--yes") == 4
    assert "write the rules by hand" in capsys.readouterr().err
    assert (project / "pyproject.toml").read_text() == inline


def test_nothing_to_correct_writes_nothing(
    project: Path, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(project, scripted(answer()), "--yes") == 0
    assert "Nothing to correct." in capsys.readouterr().out
    assert (project / "pyproject.toml").read_text() == PROJECT


def test_it_is_about_the_working_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(project, "unused {prompt}", "--file", str(project / "AGENTS.md")) == 4
    assert "leave --file and --at out" in capsys.readouterr().err


def test_the_published_schema_is_what_is_read() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(msgspec.json.encode(msgspec.json.schema(Corrections)))
