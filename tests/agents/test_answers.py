"""JSON in what an agent says."""

from __future__ import annotations

import msgspec
import pytest

from agent_gate.agents.answers import AnswerError, understood


class Colour(msgspec.Struct, forbid_unknown_fields=True):
    name: str


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "red"}',
        'Here it is:\n```json\n{"name": "red"}\n```\nAnything else?',
        'The schema {"type": "object"} asks for {a name}, so: {"name": "red"}.',
        'Wrong first: {"nom": "rouge"}; right: {"name": "red"}',
        'Before {"name": "blue"}, and in the end {"name": "red"}',
        '{"name": "red"} and then {"thanks": true}',
    ],
)
def test_the_last_object_of_the_right_form_is_the_answer(text: str) -> None:
    assert understood(text, Colour) == Colour("red")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I would rather not.", "no JSON object"),
        ('{"name": 7}', r"Expected `str`, got `int` - at `\$.name`"),
        ('{"name": "red", "and": 1}', "unknown field `and`"),
        ('{"outer": {"name": "red"}}', "unknown field `outer`"),
        ("{" * 100_000, "no JSON object"),
        ('{"a":' * 2_000, "no JSON object"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(AnswerError, match=why):
        understood(text, Colour)
