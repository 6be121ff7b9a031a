"""The JSON in what an agent said: alone, in a fence, or between sentences. It is untrusted, and read as a struct or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
MAX_STARTS = 20_000  # braces that are tried: text that only looks like JSON must not cost minutes
_DECODER = json.JSONDecoder()


class AnswerError(Exception):
    """The answer cannot be used; the message is one sentence that the agent is told, too."""


def understood(text: str, type_: type[T]) -> T:
    """The last JSON object of the text that is such a struct.

    Raises:
        AnswerError: there is none; what is wrong with the last object.
    """
    problem = "it holds no JSON object"
    for number, found in enumerate(reversed(list(_objects(text)))):
        try:
            return msgspec.convert(found, type_)
        except msgspec.ValidationError as wrong:
            if number == 0:
                problem = one_line(str(wrong), 300)
    raise AnswerError(f"The answer does not follow the schema: {problem}.")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that is not inside another, in order."""
    at, tried = text.find("{"), 0
    while at >= 0 and tried < MAX_STARTS:
        tried += 1
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield found
        at = text.find("{", end)
