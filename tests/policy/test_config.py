"""`[tool.agent-gate]` and agent-gate.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent_gate.policy.config import parse_config, read_config
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.model import PolicyError

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_and_numbers_as_values_are_read() -> None:
    config = parse_config({"timeout": 9, "rules": {"line-limit/x": {"value": 100}}}, "f", "f")
    assert config.settings.timeout == 9
    assert config.rules["line-limit/x"].value == "100"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"timeot": 3}, 'unknown key "timeot"; did you mean "timeout"'),
        ({"timeout": "long"}, "timeout"),
        ({"sandbox": "on"}, 'can be "off", "auto" or "bwrap"'),
        ({"rules": {"a": {"sevrity": "block"}}}, 'did you mean "severity"'),
        ({"rules": {"a": {"kind": "command.lnt"}}}, 'did you mean "command.lint"'),
        ({"rules": {"a": 1}}, "is no table"),
    ],
)
def test_a_mistake_is_named_with_the_nearest_valid_word(table: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_config(table, "f.toml", "f.toml")


def test_two_configurations_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "agent-gate.toml").write_text("timeout = 1")
    (tmp_path / "pyproject.toml").write_text("[tool.agent-gate]\ntimeout = 2")
    with pytest.raises(PolicyError, match="keep one of them"):
        read_config(DirectorySnapshot(tmp_path))


def test_text_that_is_no_toml_is_said(tmp_path: Path) -> None:
    (tmp_path / "agent-gate.toml").write_bytes(b"\xff = ")
    with pytest.raises(PolicyError, match=r"agent-gate\.toml is not valid TOML"):
        read_config(DirectorySnapshot(tmp_path))
