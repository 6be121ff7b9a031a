"""`forbidden-pattern`: in which files a span is looked for, and how much a finding weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.policy.extract import extract_rules

if TYPE_CHECKING:
    from agent_gate.policy.model import Rule


def rule_of(text: str) -> Rule:
    (rule,) = [rule for rule in extract_rules("AGENTS.md", text) if rule.enforced]
    return rule


@pytest.mark.parametrize(
    ("text", "globs"),
    [
        ("## Rust style\n\n- Never use `Box::leak()`.\n", ["*.rs"]),
        ("- In `.tsx` files, never use `React.FC`.", ["*.tsx"]),
        ("- `packages/core` must not import from `packages/ui`.", ["packages/core"]),
        ("- Never use `.unwrap()` in tests.", ["test/", "tests/"]),
    ],
)
def test_what_a_text_says_about_files_limits_where_a_span_is_looked_for(text: str, globs: list[str]) -> None:
    found = rule_of(text).params["globs"]
    assert isinstance(found, list)
    assert found[: len(globs)] == globs


def test_pages_may_speak_of_what_code_must_not_hold() -> None:
    assert "!*.md" in rule_of("- Never use `Box::leak()`.").params["globs"]  # type: ignore[operator]
    assert rule_of("- No `:param:` fields in docstrings.").params["globs"] == []


@pytest.mark.parametrize(
    "text",
    [
        "- In reducers, never call `Date.now()`.",
        "- Handlers must not call `fetch()`.",
        "- Use `require` instead of `assert`.",
        "- Use `logger.exception()` instead of `logger.error()` when catching exceptions.",
    ],
)
def test_a_case_that_no_glob_tells_or_a_word_of_prose_is_a_follow_up(text: str) -> None:
    assert rule_of(text).severity is Severity.FOLLOW_UP


@pytest.mark.parametrize(
    "text",
    ["- We must not call `fetch()`.", "- Avoid raw colours: do not use `.white()`; prefer the default.", "- Use `Credenza`, never `AlertDialog`."],
)  # fmt: skip
def test_a_plain_prohibition_blocks(text: str) -> None:
    assert rule_of(text).severity is Severity.BLOCK


def test_a_construct_and_a_span_of_one_statement_are_two_rules() -> None:
    rules = extract_rules("AGENTS.md", "- No `@author` tags, no wildcard imports.")
    assert [rule.value for rule in rules if rule.enforced] == ["wildcard-import", "@author"]


@pytest.mark.parametrize(
    "text",
    [
        "- Use `pnpm`, not `npm`.",
        "- Use the `Edit` tool instead of `sed`.",
        "- Use `main`, not `master`, as the base.",
        "- Don't create `Body` views that are too long.",
        "- Do not call it before `init()` has run.",
        "- Prefer `const` over `let`.",
    ],
)
def test_tools_branches_and_part_of_the_uses_are_no_patterns(text: str) -> None:
    assert [rule for rule in extract_rules("AGENTS.md", text) if rule.enforced] == []
