"""A policy for people and for tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agent_gate.policy import policy_of_file
from agent_gate.policy.show import as_json, as_text

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.policy.model import Policy


def policy(root: Path) -> Policy:
    (root / "A.md").write_text(
        "- Run `make lint`.\n- Run `npm publish`.\n- Ask before adding a dependency.\n"
    )
    return policy_of_file(root / "A.md")


def test_json_rows_have_exactly_the_promised_fields(tmp_path: Path) -> None:
    fields = {"id", "kind", "path", "line", "text", "value", "severity", "enforced", "reason"}
    assert [set(row) for row in json.loads(as_json(policy(tmp_path)))] == [fields] * 3


def test_text_says_why_a_command_is_not_run_and_what_only_follows_up(tmp_path: Path) -> None:
    text = as_text(policy(tmp_path))
    assert "not run: it releases, publishes or pushes" in text
    assert "[follow-up]" in text
    assert "2 rules are enforced, of 3 statements." in text


def test_enforced_only_leaves_the_rest_out(tmp_path: Path) -> None:
    assert "publish" not in as_text(policy(tmp_path), enforced_only=True)
