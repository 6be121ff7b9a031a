"""What was derived, as configuration that enforces the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent_gate.policy import load_policy
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.freeze import frozen

FILES = sorted((Path(__file__).parents[2] / "fixtures" / "agents_md").glob("*.md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_frozen_policy_enforces_the_same_rules(path: Path, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_bytes(path.read_bytes())
    derived = load_policy(DirectorySnapshot(tmp_path))
    (tmp_path / "pyproject.toml").write_text(frozen(derived), encoding="utf-8")
    again = load_policy(DirectorySnapshot(tmp_path))
    assert [replace(rule, reason="") for rule in again.enforced] == [
        replace(rule, reason="") for rule in derived.enforced
    ]
