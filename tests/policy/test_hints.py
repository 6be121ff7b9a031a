"""Every hint of every pattern is proved: no text matches a pattern and lacks one of its hints."""

from __future__ import annotations

import gc
import pkgutil
import re
from importlib import import_module
from inspect import signature
from re import _constants as op
from re import _parser

import pytest

from agent_gate import policy
from agent_gate.policy.asks.things import CHANGELOG, DOCS, PAGES, SPECS, TESTS
from agent_gate.policy.text.words import ANY_CASE, Pattern

MATCHES_AS_IT_IS = {op.AT, op.ASSERT_NOT}  # these only narrow what matches
ONE_CHARACTER = {op.ANY, op.NOT_LITERAL, op.GROUPREF}


def without(items, begun, parts):
    """What may have been read when the items have matched and none of the parts was read.

    Of a text it matters how it ends: with which beginning of a part, "" where with none. From "" on, the parts are
    farthest: where "" leads to a part, every other end does.

    Args:
        items: a parsed expression.
        begun: ends before the items, each with an example of a text.
        parts: of a hint.
    """
    for kind, value in items:
        begun = _after(kind, value, begun, parts)
    return begun


def _after(kind, value, begun, parts):
    if kind is op.LITERAL:
        return _read(chr(value), begun, parts)
    if kind is op.IN and all(member is op.LITERAL for member, _ in value):
        return _any(_read(chr(character), begun, parts) for _, character in value)
    if kind is op.IN or kind in ONE_CHARACTER:
        return {"": f"{next(iter(begun.values()))}\N{HORIZONTAL ELLIPSIS}"} if begun else {}
    if kind in {op.MAX_REPEAT, op.MIN_REPEAT}:
        return _repeated(*value, begun, parts)
    if kind is op.SUBPATTERN:
        return without(value[3], begun, parts)
    if kind is op.BRANCH:
        return _any(without(branch, begun, parts) for branch in value[1])
    if kind is op.ASSERT:  # what it looks at is in the text, too
        return begun if without(value[1], {"": ""}, parts) else {}
    assert kind in MATCHES_AS_IT_IS, f"{kind} is not known here"
    return begun


def _read(character, begun, parts):
    found = {}
    for end, example in begun.items():
        now = end + character.lower()
        if not any(now.endswith(part) for part in parts):
            while not any(part.startswith(now) for part in parts):
                now = now[1:]
            found.setdefault(now, example + character)
    return found


def _repeated(least, most, items, begun, parts):
    for _ in range(least):
        begun = without(items, begun, parts)
    found, new = dict(begun), begun
    for _ in range(most - least):
        new = {end: text for end, text in without(items, new, parts).items() if end not in found}
        if not new:
            break
        found |= new
    return found


def _any(ways):
    return {end: text for way in ways for end, text in way.items()}


def texts_without_a_hint(pattern):
    """For each hint that is not necessary, how a text begins that matches all the same."""
    parsed = _parser.parse(pattern.source, pattern.flags)
    return [
        (hint, *without(parsed, {"": ""}, hint).values())
        for hint in pattern.hints
        if without(parsed, {"": ""}, hint)
    ]


def all_patterns():
    modules = [
        import_module(found.name) for found in pkgutil.walk_packages(policy.__path__, "agent_gate.policy.")
    ]
    for makes in [
        made for module in modules for made in vars(module).values() if hasattr(made, "cache_info")
    ]:
        if not signature(makes).parameters:  # patterns that are made when they are needed
            makes()
        elif "thing" in signature(makes).parameters:
            for thing in (TESTS, DOCS, PAGES, CHANGELOG, SPECS):
                makes(thing)
    return [found for found in gc.get_objects() if isinstance(found, Pattern)]


def test_no_text_matches_a_pattern_and_lacks_one_of_its_hints() -> None:
    wrong = {pattern.source: texts for pattern in all_patterns() if (texts := texts_without_a_hint(pattern))}

    assert wrong == {}


def test_a_pattern_with_hints_that_ignores_case_does_so_for_english_letters_only() -> None:
    ignoring = [
        found
        for found in all_patterns()
        if found.hints and (found.flags & re.IGNORECASE or "(?i" in found.source)
    ]

    assert all(
        found.flags & re.ASCII for found in ignoring
    )  # else "\u017f" is an s, and its lower case is not


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (r"\b(?:never|do not|don'?t) (?:push|commit)\b", "never|do not|don't|dont"),
        (r"\bpull[- ]?requests?\b", "pull request|pull-request|pullrequest"),
        (r"(?=.*\bcommits?\b).*\bbody\b", "commit"),
        (r"(?:\w+ ){2,3}tests?", "test"),
        (r"(?:no|NO)(?:ne)+", "none|NONE".lower()),
    ],
)
def test_a_hint_that_each_way_through_a_pattern_has_is_necessary(source: str, hint: str) -> None:
    assert texts_without_a_hint(Pattern(source, ANY_CASE, hint)) == []


@pytest.mark.parametrize(
    ("source", "hint", "example"),
    [
        (r"\bnever\b|\bavoid\b", "never", "avoid"),
        (r"\b(?:un)?tested\b", "untested", "tested"),
        (r"commit(?!s)", "commits", "commit"),
        (r"a[\w-]c", "abc", "a\N{HORIZONTAL ELLIPSIS}c"),
        (r"(?:ab)*c", "ab", "c"),
    ],
)
def test_a_hint_that_a_way_through_a_pattern_lacks_is_found_out(source: str, hint: str, example: str) -> None:
    assert texts_without_a_hint(Pattern(source, ANY_CASE, hint)) == [([hint], example)]
