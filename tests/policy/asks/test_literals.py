"""The patterns that find what a code span shows."""

from __future__ import annotations

import re

import pytest

from agent_gate.policy.asks.literals import change_of, is_code, pattern_of


@pytest.mark.parametrize(
    ("span", "found", "passed"),
    [
        ("Box::leak()", "let x = Box::leak (y);", "let x = Box::leaky(y);"),
        ("getattr(...)", "getattr(x, 'y')", "getattribute(x)"),
        (".white()", "text.white()", "text.whiter()"),
        ("let _ = unused_var;", "let _ = result;", "let x = result;"),
        ("#[allow(dead_code)]", "#![allow(unused, dead_code)]", "#[allow(unused)]"),
        ("// TODO: stop cheating", "x(); //TODO: stop  cheating", "// TODO: stop"),
        ("unittest.mock", "from unittest import TestCase, mock", "from unittest import TestCase"),
        ("math/rand", '"math/rand"', '"math/rand/v2"'),
        ("src/legacy/", "from '../src/legacy/api'", "see src/legacy/api"),
        ("com.sun.*", "import com.sun.net.Http;", "import com.sunny.Http;"),
        ("typing.Optional[X]", "x: typing.Optional[int]", "x: typing.Optional"),
        ('Version="..."', '<P Version="1.2"/>', "<P Version/>"),
        ("assert", "assert.Equal(t, a, b)", "// they assert that"),
        ("moment", "import moment from 'moment'", "wait a moment please"),
        ("float", "price: float = 0", "# some float on water"),
        ("var", "for (var i = 0;", "the var is"),
    ],
)
def test_a_pattern_finds_what_the_span_shows_and_nothing_like_it(span: str, found: str, passed: str) -> None:
    pattern = re.compile(pattern_of(span))
    assert pattern.search(found)
    assert not pattern.search(passed)


@pytest.mark.parametrize(
    "span",
    ["npx", "python -m", "git push", "pacman -R*", "--force", "src/a.py", "<name>", "_foo", ".proto", "null", "x", "all the words"],
)  # fmt: skip
def test_commands_paths_flags_and_placeholders_are_no_code(span: str) -> None:
    assert not is_code(span)


def test_a_change_is_told_from_a_use() -> None:
    pattern = re.compile(change_of("sys.path"))
    assert all(pattern.search(line) for line in ("sys.path.insert(0, x)", "sys.path = []", "del sys.path[0]"))
    assert not any(pattern.search(line) for line in ("for entry in sys.path:", "if sys.path == x:"))
    assert change_of("retry count") == ""
