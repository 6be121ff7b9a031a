"""The policy of a repository: nested files, directives and configuration together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.policy import load_policy, policy_of_file
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.model import Policy, PolicyError, Rule

if TYPE_CHECKING:
    from pathlib import Path


def policy(root: Path, **files: str) -> Policy:
    for name, text in files.items():
        path = root / {"agents": "AGENTS.md", "web": "web/AGENTS.md", "toml": "pyproject.toml"}[name]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return load_policy(DirectorySnapshot(root))


def one(root: Path, toml: str, agents: str = "- Run `make lint`.\n") -> Rule:
    (rule,) = policy(root, agents=agents, toml=toml).enforced
    return rule


def test_the_nearest_file_wins_for_its_kinds_and_binds_to_its_directory(tmp_path: Path) -> None:
    found = policy(tmp_path, agents="Run `make lint` and `make test`.", web="Run `npm run lint`.").enforced
    rows = {rule.value: (rule.scope, rule.directory) for rule in found}
    assert rows["make lint"] == (("!web/**",), "")
    assert rows["make test"] == ((), "")
    assert rows["npm run lint"] == (("web/**",), "web")


def test_an_inner_file_does_not_take_away_a_protected_path(tmp_path: Path) -> None:
    found = policy(tmp_path, agents="Never edit `gen/`.", web="Never edit `dist/`.").enforced
    assert {(rule.value, rule.scope) for rule in found} == {("gen/**", ()), ("web/dist/**", ("web/**",))}


def test_configuration_re_words_re_scopes_and_grades_by_id(tmp_path: Path) -> None:
    rule = one(
        tmp_path,
        '[tool.agent-gate.rules."command.lint/make-lint"]\nvalue = "just lint"\nscope = ["src/**"]\nseverity = "follow-up"\n',
    )
    assert (rule.value, rule.scope, rule.severity) == ("just lint", ("src/**",), Severity.FOLLOW_UP)


def test_configuration_adds_and_disables(tmp_path: Path) -> None:
    off = '[tool.agent-gate.rules."command.lint/make-lint"]\nenabled = false\n'
    new = '[tool.agent-gate.rules.mine]\nkind = "protected-path"\nvalue = "gen/**"\n'
    rule = one(tmp_path, off + new)
    assert (rule.id, rule.kind, rule.value) == ("mine", "protected-path", "gen/**")
    assert (rule.source.path, rule.source.line) == ("pyproject.toml", 3)


def test_an_unknown_id_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r'did you mean "command\.lint/make-lint"\?'):
        one(tmp_path, '[tool.agent-gate.rules."command.lint/make-lnt"]\nenabled = false\n')


def test_what_has_no_check_cannot_be_enforced(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be enforced"):
        one(tmp_path, '[tool.agent-gate.rules.x]\nkind = "advisory"\n')


def test_equal_rules_have_equal_hashes_and_another_rule_another(tmp_path: Path) -> None:
    first = policy(tmp_path, agents="- Run `make lint`.\n").hash
    assert policy(tmp_path, agents="# Title\n\n- Run `make lint`.\n").hash == first
    assert policy(tmp_path, agents="- Run `make test`.\n").hash != first


def test_a_single_file_needs_no_repository(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_bytes(b"- Run `make test`.\r\n")
    assert [rule.value for rule in policy_of_file(tmp_path / "x.md").enforced] == ["make test"]
    with pytest.raises(PolicyError, match="cannot be read"):
        policy_of_file(tmp_path)
