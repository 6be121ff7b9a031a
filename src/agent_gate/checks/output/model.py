"""A failure that a tool reported, and the evidence of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_FAILURES = 10_000  # that are read of one run; what is beyond cannot be compared with another run


@dataclass(frozen=True, slots=True)
class Failure:
    """One failing test or one message of a linter.

    Attributes:
        path: relative to the judged place; None where the tool names none inside it.
        line: 1-based.
        message: one line.
        test: id of the test; "" for a message of a linter.
        code: the linter's code ("F401", "no-unused-vars"); "" where there is none.
        detail: what the tool said at length.
    """

    path: str | None
    line: int | None
    message: str
    test: str = ""
    code: str = ""
    detail: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What is the same for the same failure at the base: never a line number, an address or a time."""
        words = re.sub(r"0x[0-9a-fA-F]+|\d+", "#", self.message)
        return (self.path or "", self.test or self.code, " ".join(words.split()))


def without_place(text: str, place: Path) -> str:
    """The text with the paths inside of `place` relative to it."""
    names = sorted({str(place), str(place.resolve())}, key=len, reverse=True)
    for name in names:
        text = re.sub(rf"{re.escape(name)}(?:/|(?![\w.-]))", "", text)
    return text


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves that tests ran.

    Attributes:
        tests_run: how many tests ran to an outcome; None where nobody counted.
        summary: for people: "412 passed, 3 skipped".
        problem: why the run's own word cannot be believed; "" where it can.
        modules: imported module → the file that it came from.
        ran: the tests that ran to an outcome, without their parameters: "tests/test_a.py::test_b", in the place.
        not_run: how many collected tests have no outcome, since the run ended before (`-x`).
    """

    tests_run: int | None = None
    summary: str = ""
    problem: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)
    ran: frozenset[str] = frozenset()
    not_run: int = 0
