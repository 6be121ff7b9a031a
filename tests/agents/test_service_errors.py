"""What a service's words mean."""

from __future__ import annotations

import pytest

from agent_gate.agents.model import End
from agent_gate.agents.service_errors import failure, wait_until

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("429 Too Many Requests", End.RATE_LIMITED),
        ("You exceeded your current quota", End.RATE_LIMITED),
        ("Claude AI usage limit reached|1800003600", End.RATE_LIMITED),
        ("Incorrect API key provided", End.NOT_LOGGED_IN),
        ("Invalid API key · Please run /login", End.NOT_LOGGED_IN),
        ("OAuth token expired: log in again", End.NOT_LOGGED_IN),
        ("prompt is too long: 210000 tokens > 200000 maximum", End.CONTEXT_OVERFLOW),
        ("This model's maximum context length is 8192 tokens", End.CONTEXT_OVERFLOW),
        ("The response was blocked by the provider's content filter", End.REFUSED),
        ("500 Internal server error", End.CRASHED),
        ("no such model: gpt-4290", End.CRASHED),
    ],
)
def test_failures_are_told_apart(message: str, end: End) -> None:
    assert failure(message).end is end


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Please try again in 20s.", 20),
        ("try again in 3 hours 5 minutes.", 3 * 3600 + 300),
        ("Your quota will reset after 1h2m3s.", 3723),
        ("Retry-After: 3600", 3600),
        ('"retryDelay": "34s"', 34),
        ("retry after 1500ms", 1.5),
        ("usage limit reached|1800003600", 3600),
        ("limit resets at 2027-01-15T08:10:00Z", 600),
    ],
)
def test_the_time_that_is_named_is_read(message: str, seconds: float) -> None:
    assert wait_until(message, NOW) == pytest.approx(NOW + seconds)


@pytest.mark.parametrize(
    "message",
    [
        "rate limited",
        "retry after 0s",
        "try again in 9000000 hours",
        "resets at 2020-01-01T00:00:00Z",
        "2026-99-99 00:00",
    ],
)
def test_no_time_or_an_impossible_one_is_none(message: str) -> None:
    assert wait_until(message, NOW) is None
