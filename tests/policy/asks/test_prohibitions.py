"""The forms in which a text forbids code spans, and what looks like one of them."""

from __future__ import annotations

import pytest

from agent_gate.policy.asks.prohibitions import prohibitions


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Never use `a.b()` here.", ("a.b()",)),
        ("Don't `panic!`.", ("panic!",)),
        ("Do not call `a`, `b` or `c`.", ("a", "b", "c")),
        ("Never mutate `os.environ`.", ("os.environ",)),
        ("Never add or modify any code related to `ENV_X`.", ("ENV_X",)),
        ("No calls to `time.time()`.", ("time.time()",)),
        ("No hand-rolled loggers (`zap`, `logrus`, others).", ("zap", "logrus")),
        ("Always use `require` (not `assert`).", ("assert",)),
        ("Use `pathlib` rather than `os.path`.", ("os.path",)),
        ("Write queries with the builder, never `raw_sql()`.", ("raw_sql()",)),
        ("Instead of `print()`, use the logger.", ("print()",)),
        ("Replace `interface{}` with `any`.", ("interface{}",)),
        ("Swap out `Date` for `Temporal`.", ("Date",)),
        ("Calls to `Date.now()` are banned.", ("Date.now()",)),
        ("The linter rejects `datetime.now()`.", ("datetime.now()",)),
        ("Banned imports: `a.x` and `b.y`, see the linter.", ("a.x", "b.y")),
        ("Never hide lint errors with `eslint-disable`.", ("eslint-disable",)),
        ("`monotonic()` for durations, not `time()`.", ("time()",)),
        ("Import sources, not barrels (e.g. `a/b` not `a`).", ("a",)),
        ("The old types `A` and `B` should NEVER be used.", ("A", "B")),
        ("This replaces `View` which no longer exists and should never be used.", ("View",)),
        ("Playwright for testing (NO Enzyme)", ("Enzyme",)),
        ("Fix findings rather than silencing them with `//nolint`.", ("//nolint",)),
    ],
)
def test_a_forbidden_span_is_found_in_each_form(text: str, spans: tuple[str, ...]) -> None:
    assert [found.spans for found in prohibitions(text)] == [spans]


@pytest.mark.parametrize(
    "text",
    [
        "Pass `limit` instead of `count` to the helper.",
        "The worker uses `redis` instead of `memcached`.",
        "Use `Foo` and not just `Bar`.",
        "Replace `API_KEY` with your key.",
        "Never forget `await`.",
        "Do not remove `retry()` calls.",
        "Charts (no `svg2` here) are drawn on demand.",
        "Do not use names that start with `tmp_`.",
        "Never hard-code an SDK where `FileIO` exists.",
        "The parser rejects `x` tokens.",
        "`retries` is a number, not `None`.",
    ],
)
def test_a_span_that_is_only_mentioned_is_not_forbidden(text: str) -> None:
    assert list(prohibitions(text)) == []


def test_a_prohibition_knows_what_stands_around_it() -> None:
    (found,) = prohibitions("In reducers, never import `moment` for dates.")
    assert (found.before, found.rest, found.imported) == ("In reducers, ", " for dates.", True)
