"""Directives in AGENTS.md."""

from __future__ import annotations

import pytest

from agent_gate.policy.explicit import params_of, read_directives
from agent_gate.policy.model import Kind, PolicyError


def test_a_directive_makes_rules_with_their_line() -> None:
    rules, _ = read_directives("A.md", '# A\n\n<!-- agent-gate: test = ["a", "b"] -->\n')
    assert [(rule.kind, rule.value, rule.source.line) for rule in rules] == [
        (Kind.TEST, "a", 3),
        (Kind.TEST, "b", 3),
    ]


def test_false_switches_off() -> None:
    assert read_directives("A.md", "<!-- agent-gate: no-secrets = false -->") == ((), {"no-secrets": 1})


def test_a_directive_in_code_is_an_example() -> None:
    text = '```\n<!-- agent-gate: test = "x" -->\n```\n'
    assert read_directives("A.md", text) == ((), {})


@pytest.mark.parametrize(
    ("body", "message"),
    [("tests = 'x'", 'did you mean "test"'), ("test = ", "is not TOML"), ("test = 3", "which it cannot be")],
)
def test_a_wrong_directive_says_where_and_what(body: str, message: str) -> None:
    with pytest.raises(PolicyError, match=rf"A\.md:1.*{message}"):
        read_directives("A.md", f"<!-- agent-gate: {body} -->")


def test_an_explicit_value_gives_the_parameters_of_its_kind() -> None:
    assert params_of(Kind.COMMIT_FORMAT, "conventional") == {"conventional": True}
    assert params_of(Kind.FORBIDDEN_PATTERN, r"eval\(") == {"pattern": r"eval\("}
    assert params_of(Kind.TEST, "make test") == {}
