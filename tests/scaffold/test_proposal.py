"""Proposed issues: what cannot be filed as it stands."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from agent_gate.agents.answers import AnswerError
from agent_gate.scaffold.proposal import SCHEMA, Proposal, Proposed, content_id, in_order, refuse_proposal
from agent_gate.scaffold.seed import graph
from agent_gate.tracker.model import Issue


def issue(key: str, *depends_on: str, **fields: Any) -> Proposed:
    return Proposed(
        **{
            "key": key,
            "title": f"Build {key}",
            "description": "whole",
            "priority": 1,
            "acceptance": ("It runs.",),
            "depends_on": depends_on,
            **fields,
        }
    )


EXISTING = {"t-1": Issue("t-1", "Write the  parser.")}


@pytest.mark.parametrize(
    ("issues", "why"),
    [
        ([issue("a"), issue("a", title="Other")], "Two issues have the key a"),
        ([issue("a", "ghost")], 'depends on "ghost", which is neither a key nor an existing issue'),
        (
            [issue("a", "b"), issue("b", "c"), issue("c", "a")],
            "in a circle: a → b → c → a|b → c → a → b|c → a → b → c",
        ),
        ([issue("a", "a")], "in a circle: a → a"),
        ([issue("a", title="write the parser")], "the same as t-1"),
        ([issue("a", title="One"), issue("b", title="one ")], "the same as a"),
        ([issue("a", acceptance=("It runs.", " "))], "empty acceptance"),
        ([issue("a", description=" ")], "empty title or description"),
    ],
)
def test_one_sentence_says_what_is_wrong(issues: list[Proposed], why: str) -> None:
    with pytest.raises(AnswerError, match=why):
        refuse_proposal(Proposal(tuple(issues)), EXISTING, "t")


def test_existing_issues_can_come_first_and_an_issue_of_its_own_title_is_no_duplicate() -> None:
    again = issue("a", "t-1")
    filed = {**EXISTING, f"t-{content_id(again)}": Issue(f"t-{content_id(again)}", again.title)}
    refuse_proposal(Proposal((again,)), filed, "t")


def test_an_issue_comes_after_what_it_needs_then_by_priority() -> None:
    issues = (issue("late", "base"), issue("base", priority=4), issue("urgent", priority=0))
    assert [found.key for found in in_order(Proposal(issues))] == ["urgent", "base", "late"]


def test_the_graph_draws_every_issue_below_what_it_waits_for() -> None:
    issues = in_order(
        Proposal((issue("a"), issue("b", "a"), issue("c", "a"), issue("d", "b", "c"), issue("e", "d")))
    )
    assert graph(issues).splitlines() == [
        "1 Build a",
        "└─ 2 Build b",
        "   └─ 4 Build d",
        "      └─ 5 Build e",
        "└─ 3 Build c",
        "   └─ 4 Build d …",
    ]


def test_the_published_schema_is_what_is_read() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(msgspec.json.encode(msgspec.json.schema(Proposal)))
