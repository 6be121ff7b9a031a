"""What an interview keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from agent_gate.scaffold.interview import SCHEMA, Exchange, Interview, Step

if TYPE_CHECKING:
    from pathlib import Path


def test_every_question_and_answer_is_on_disk_at_once(tmp_path: Path) -> None:
    file = tmp_path / "made" / "grill.json"
    interview = Interview(file)
    interview.asked("For whom?")
    assert Interview(file).pending == "For whom?"
    interview.answer("sailors\ud800")
    again = Interview(file)
    assert (again.pending, again.answered[0].question) == ("", "For whom?")
    again.asked("How many?")
    assert [exchange.question for exchange in Interview(file).answered] == ["For whom?"]


def test_an_exchange_knows_an_empty_answer_from_none() -> None:
    assert Exchange("?", "") != Exchange("?")


def test_the_published_schema_is_what_is_read() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(msgspec.json.encode(msgspec.json.schema(Step)))
