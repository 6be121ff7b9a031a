"""Reviewers of the configuration, as rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.policy import load_policy
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.freeze import frozen
from agent_gate.policy.model import Kind, PolicyError, Rule
from agent_gate.policy.reviewers import Level

if TYPE_CHECKING:
    from pathlib import Path


def rules(directory: Path, config: str) -> list[Rule]:
    (directory / "AGENTS.md").write_text("- Do not edit `vendor/`.\n")
    (directory / "pyproject.toml").write_text(config)
    return [rule for rule in load_policy(DirectorySnapshot(directory)).rules if rule.kind is Kind.REVIEW]


def test_a_reviewer_is_a_rule_that_advises_from_the_line_that_names_it(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, "[project]\n\n[tool.agent-gate.reviewers.security]\n")
    assert (rule.id, rule.value, rule.severity, rule.enforced) == (
        "review/security",
        "security",
        Severity.ADVISE,
        True,
    )
    assert (rule.source.path, rule.source.line) == ("pyproject.toml", 3)
    assert "review a change for security" in str(rule.params["prompt"])


def test_its_keys_word_the_rule(tmp_path: Path) -> None:
    config = (
        '[tool.agent-gate.reviewers]\napi = { prompt = "Guard the API.", agent = "gemini", severity = "follow-up",'
        ' block-from = "high", scope = ["src/**"] }\ndocs = { enabled = false }\n'
    )
    api, docs = rules(tmp_path, config)
    assert (api.severity, api.scope) == (Severity.FOLLOW_UP, ("src/**",))
    assert dict(api.params) == {"prompt": "Guard the API.", "agent": "gemini", "block_from": "high"}
    assert not docs.enforced


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("[tool.agent-gate.reviewers.securty]", 'did you mean "security"?'),
        ("[tool.agent-gate.reviewers.docs]\nblock_form = 1", 'did you mean "block-from"?'),
        ('[tool.agent-gate.reviewers.docs]\nblock-from = "worst"', "block-from"),
        ("[tool.agent-gate]\nreviewers = 3", "no table"),
        ("[tool.agent-gate.reviewers]\ndocs = 3", "no table"),
    ],
)
def test_a_slip_is_told(tmp_path: Path, table: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why.replace("?", r"\?")):
        rules(tmp_path, table)


def test_a_freeze_leaves_reviewers_to_their_own_tables(tmp_path: Path) -> None:
    rules(tmp_path, "[tool.agent-gate.reviewers.security]\n")
    assert "security" not in frozen(load_policy(DirectorySnapshot(tmp_path)))


def test_levels_rise() -> None:
    assert [level for level in Level if level.reaches(Level.HIGH)] == [Level.HIGH, Level.CRITICAL]
