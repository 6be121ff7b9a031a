"""Patterns of words: the same answers as `re`, and nothing compiled for a text that cannot match."""

from __future__ import annotations

import re

import pytest

from agent_gate.policy.text.words import ANY_CASE, Pattern

TEXT = "Run Lint, then tests; never lint twice."


def test_a_pattern_answers_as_the_compiled_one() -> None:
    pattern, compiled = Pattern(r"\blint\b", ANY_CASE), re.compile(r"\blint\b", ANY_CASE)

    assert [m.span() for m in pattern.finditer(TEXT)] == [m.span() for m in compiled.finditer(TEXT)]
    assert pattern.findall(TEXT) == compiled.findall(TEXT)
    assert pattern.split(TEXT, maxsplit=1) == compiled.split(TEXT, maxsplit=1)
    assert pattern.sub("X", TEXT) == compiled.sub("X", TEXT)
    assert pattern.search(TEXT, 10) is not None
    assert pattern.match(TEXT, 4) is not None
    assert pattern.fullmatch("LINT") is not None


@pytest.mark.parametrize("text", ["", "no such words", "coverage of branches", "no line"])
def test_a_text_without_a_hint_is_answered_without_compiling(text: str) -> None:
    pattern = Pattern("(", 0, "coverage|cov", "line")  # would not compile

    assert pattern.search(text) is None
    assert list(pattern.finditer(text)) == pattern.findall(text) == []
    assert pattern.split(text) == [text]
    assert pattern.subn("X", text) == (text, 0)


def test_a_hint_is_looked_for_in_lower_case() -> None:
    assert Pattern(r"\bcoverage\b", ANY_CASE, "coverage").search("COVERAGE at 90 %")
