"""What a reviewer answers: untrusted, so every finding is held against the change before it counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from agent_gate.agents.answers import AnswerError
from agent_gate.checks.review_change import reviewable_lines, shown_line
from agent_gate.findings import Finding, Severity
from agent_gate.plain_text import one_line, printable
from agent_gate.policy.reviewers import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent_gate.changes.model import FileChange
    from agent_gate.policy.model import Rule

SCHEMA = Path(__file__).with_name("review.schema.json")


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the reviewer finds wrong."""

    path: Annotated[
        str | None,
        Meta(description="A changed file, exactly as the change names it; null: the change as a whole."),
    ]
    line: Annotated[
        int | None, Meta(description="Number of a changed line in that file; null: the file as a whole.")
    ]
    severity: Level
    message: Annotated[str, Meta(min_length=1, max_length=1000, description="What is wrong: one sentence.")]
    why: Annotated[str, Meta(max_length=4000, description="What shows it, and whom it hurts how.")] = ""
    fix: Annotated[str, Meta(max_length=1000, description="What to do: one sentence.")] = ""


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer of a reviewer."""

    summary: Annotated[
        str, Meta(min_length=1, max_length=2000, description="What was read, and what came of it.")
    ]
    findings: Annotated[
        tuple[Remark, ...], Meta(max_length=50, description="Empty where nothing is wrong; the worst first.")
    ]


def refuse_remarks(review: Review, files: Iterable[FileChange]) -> None:
    """Refuse remarks on what was not changed.

    Raises:
        AnswerError: a path that is none of the changed files', or a line that is not in the change.
    """
    known = _by_shown_path(files)
    for number, remark in enumerate(review.findings):
        place = f"findings[{number}]"
        if remark.path is None:
            if remark.line is not None:
                raise AnswerError(f"{place} has a line and no path.")
            continue
        change = known.get(remark.path)
        if change is None:
            raise AnswerError(f'{place} speaks of "{one_line(remark.path, 120)}", which is no changed file.')
        if remark.line is not None and remark.line not in reviewable_lines(change):
            raise AnswerError(
                f"{place} speaks of line {remark.line} of {one_line(remark.path, 120)}, which the change does not touch."
            )


def findings_of(review: Review, rule: Rule, files: Iterable[FileChange]) -> tuple[Finding, ...]:
    """The remarks as findings; a remark of the level that the rule blocks from blocks."""
    known = _by_shown_path(files)
    return tuple(_finding(remark, rule, known) for remark in review.findings)


def _finding(remark: Remark, rule: Rule, known: dict[str, FileChange]) -> Finding:
    change = known[remark.path] if remark.path is not None else None
    block_from = str(rule.params.get("block_from") or "")
    blocks = block_from and remark.severity.reaches(Level(block_from))
    # a model words the same thing differently each time: the fingerprint is made of the line, where there is one
    text = _text(change, remark.line) if change and remark.line else ""
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.BLOCK if blocks else rule.severity,
        message=one_line(f"{remark.severity}: {remark.message}", 1000),
        path=change.path if change else None,
        line=remark.line,
        evidence=printable("\n".join(part for part in (text, remark.why) if part)),
        fix=one_line(remark.fix, 1000),
        anchor=text or ("whole file" if change else ""),
    )


def _by_shown_path(files: Iterable[FileChange]) -> dict[str, FileChange]:
    return {shown_line(change.path): change for change in files}


def _text(change: FileChange, line: int) -> str:
    added = (text for hunk in change.hunks for number, text in hunk.added_lines if number == line)
    return next(added, "").strip()
