"""Issues as an agent proposes them: untrusted, and refused as a whole where one of them does not hold together."""

from __future__ import annotations

import hashlib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from agent_gate.agents.answers import AnswerError
from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.tracker.model import Issue

SCHEMA = Path(__file__).with_name("seed.schema.json")


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One issue."""

    key: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9][a-z0-9-]{0,40}$",
            description="Names the issue in this answer: kebab-case, unique.",
        ),
    ]
    title: Annotated[str, Meta(min_length=1, max_length=180, description="What is done when it is closed.")]
    description: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=20_000,
            description="All that somebody needs who knows only the repository.",
        ),
    ]
    priority: Annotated[int, Meta(ge=0, le=4, description="0 is first, 4 is last.")]
    acceptance: Annotated[
        tuple[Annotated[str, Meta(max_length=500)], ...],
        Meta(
            min_length=1, max_length=30, description="What can be checked when it is done, one sentence each."
        ),
    ]
    depends_on: Annotated[
        tuple[str, ...], Meta(description="Keys of this answer, or ids of existing issues, that come first.")
    ] = ()
    type: Literal["task", "feature", "bug", "chore"] = "task"


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer: issues to be filed."""

    issues: Annotated[
        tuple[Proposed, ...], Meta(max_length=200, description="Empty where nothing is left to do.")
    ]


def content_id(issue: Proposed) -> str:
    """The id without its prefix: the same title is the same issue, on every machine."""
    return hashlib.sha256(f"seed\x00{_folded(issue.title)}".encode()).hexdigest()[:8]


def refuse_proposal(proposal: Proposal, existing: Mapping[str, Issue], prefix: str) -> None:
    """Refuse what cannot be filed as it stands; an issue that was filed from this very title before is none of that.

    Raises:
        AnswerError: a key or title comes twice, an issue exists, has no acceptance, or depends on an unknown one or on itself.
    """
    titles = {_folded(issue.title): issue.id for issue in existing.values()}
    keys: set[str] = set()
    for issue in proposal.issues:
        shown = f'"{one_line(issue.title, 80)}"'
        if issue.key in keys:
            raise AnswerError(f"Two issues have the key {issue.key}.")
        keys.add(issue.key)
        if not issue.title.strip() or not issue.description.strip():
            raise AnswerError(f"The issue {issue.key} has an empty title or description.")
        if not all(sentence.strip() for sentence in issue.acceptance):
            raise AnswerError(f"The issue {shown} has an empty acceptance.")
        known = titles.setdefault(_folded(issue.title), issue.key)
        if known not in {issue.key, f"{prefix}-{content_id(issue)}"}:
            raise AnswerError(f"The issue {shown} is the same as {known}, which exists.")
    for issue in proposal.issues:
        for needed in issue.depends_on:
            if needed not in keys and needed not in existing:
                raise AnswerError(
                    f'The issue {issue.key} depends on "{one_line(needed, 60)}", which is neither a key nor an existing issue.'
                )
    in_order(proposal)


def in_order(proposal: Proposal) -> tuple[Proposed, ...]:
    """The issues, each after what it depends on; else by priority.

    Raises:
        AnswerError: they depend on each other in a circle.
    """
    by_key = {issue.key: issue for issue in proposal.issues}
    sorter = TopologicalSorter(
        {issue.key: [key for key in issue.depends_on if key in by_key] for issue in proposal.issues}
    )
    try:
        sorter.prepare()
    except CycleError as problem:
        circle = " → ".join(reversed(problem.args[1]))
        raise AnswerError(f"Issues depend on each other in a circle: {circle}.") from problem
    ordered: list[Proposed] = []
    while sorter.is_active():
        ready = sorted(
            (by_key[key] for key in sorter.get_ready()), key=lambda issue: (issue.priority, issue.key)
        )
        ordered += ready
        sorter.done(*(issue.key for issue in ready))
    return tuple(ordered)


def _folded(title: str) -> str:
    return " ".join(title.casefold().split()).rstrip(".")
