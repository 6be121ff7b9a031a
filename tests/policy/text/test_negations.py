"""Prohibitions in other words are said in one way; what is negated elsewhere forbids nothing."""

from __future__ import annotations

import pytest

from agent_gate.policy.text.negations import as_never, row_as_never, without_harmless


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is strictly forbidden to edit `a/`.", "Never edit `a/`."),
        ("Style: deleting tests is not allowed.", "Style: Never deleting tests."),
        ("Ban on star imports.", "Never star imports."),
        ("Prohibit the use of `var`.", "Never `var`."),
        ("Wildcard imports disallowed.", "No Wildcard imports."),
        ("Use of `goto` is banned in C.", "No `goto` in C."),
        ("Fixes without tests are rejected.", "Fixes without tests are rejected."),
        ("It returns 403 when access is not allowed.", "It returns 403 when access is not allowed."),
    ],
)
def test_other_words_for_never(text: str, said: str) -> None:
    assert as_never(text) == said


def test_a_negated_condition_and_what_is_not_needed_are_left_out() -> None:
    assert "not" not in without_harmless("If it does not build, edit `a`.")
    assert "need" not in without_harmless("You do not need to edit `a`.")
    assert without_harmless("Never edit `a`.") == "Never edit `a`."


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (("Don't", "Do"), "Never use `a()`"),
        (("Use", "Instead of"), "Never use `b()`"),
        (("Bad", "Good"), ""),
        (("Banned", "Why"), ""),
    ],
)
def test_a_column_of_what_not_to_do_beside_one_of_what_to_do(header: tuple[str, ...], said: str) -> None:
    assert row_as_never(header, ("`a()`", "`b()`")) == said
