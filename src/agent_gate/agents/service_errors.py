"""What a service's or a CLI's words for a failure mean. Only ever asked about what the CLI itself marks as an error."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from agent_gate.agents.model import End, Ending
from agent_gate.plain_text import one_line

LONGEST_MESSAGE = 2_000  # characters that are looked at: the output is hostile, and patterns cost time
LONGEST_WAIT = 40 * 86400.0  # seconds; what is longer was no time to wait
_KINDS = {  # the first that fits
    End.CONTEXT_OVERFLOW: (
        r"context.?(length|window)|maximum context|prompt is too long|input is too long|input token count|too many tokens"
    ),
    End.RATE_LIMITED: (
        r"\b(429|529)\b|rate.?limit|too many requests|resource.?exhausted|quota|usage limit|limit reached|overloaded_error"
    ),
    End.NOT_LOGGED_IN: (
        r"\b401\b|unauthori[sz]ed|unauthenticated|authentication|not logged in|log ?in again|/login|auth method|credit balance"
        r"|(invalid|incorrect|missing|expired|not valid).{0,20}\b(api.?key|token|credential)"
        r"|api.?key.{0,20}(invalid|incorrect|missing|expired|not valid|not set)"
    ),
    End.REFUSED: (
        r"content.?filter|refus|usage policy|prohibited.?content|safety|blocked (for|by|due)|requires approval|not permitted"
    ),
}
_PATTERNS = tuple((end, re.compile(pattern, re.IGNORECASE)) for end, pattern in _KINDS.items())
_EPOCH = re.compile(r"\b(?:reset\w*|until|reached\|)\D{0,20}(\d{10})\b", re.IGNORECASE)
_DATE = re.compile(r"\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)")
_WAIT = re.compile(
    r"(?:retry.?(?:after|delay|in)|try again (?:in|after)|resets? (?:in|after)|wait)\W{0,4}((?:\d+(?:\.\d+)?\s*[a-z]*[\s,]*(?:and )?)+)",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def ending_of(message: str, status: int | None = None) -> Ending | None:
    """How a run ends that ends with this message (and HTTP status, where it is known); None where nothing is recognised."""
    message = message[:LONGEST_MESSAGE]
    text = f"{status} {message}" if status else message
    for end, pattern in _PATTERNS:
        if pattern.search(text):
            until = wait_until(message, time.time()) if end is End.RATE_LIMITED else None
            return Ending(end, one_line(message), until)
    return None


def failure(message: str, status: int | None = None) -> Ending:
    """As `ending_of`; what is not recognised is a crash."""
    return ending_of(message, status) or Ending(End.CRASHED, one_line(message))


def wait_until(message: str, now: float) -> float | None:
    """The time that a message names, as a date, as a duration, or in seconds since 1970; None where it names none."""
    if found := _EPOCH.search(message):
        until = float(found[1])
    elif found := _WAIT.search(message):
        until = now + sum(float(number) * _seconds(unit) for number, unit in _PART.findall(found[1]))
    elif found := _DATE.search(message):
        until = _date(found[1])
    else:
        return None
    return until if now < until < now + LONGEST_WAIT else None


def _seconds(unit: str) -> float:
    """A unit's length: "ms", "hours", "m"; none are seconds."""
    unit = unit.lower()
    return _UNITS["ms"] if unit.startswith(("ms", "milli")) else _UNITS.get(unit[:1], 1.0)


def _date(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
