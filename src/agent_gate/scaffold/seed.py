"""From specs/ to issues: what an agent is asked, and what its proposal becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.agents.ask import Question
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.scaffold.files import read
from agent_gate.scaffold.proposal import SCHEMA, Proposal, Proposed, content_id, in_order, refuse_proposal
from agent_gate.tracker.jsonl import to_row
from agent_gate.tracker.model import Dependency, Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

LABEL = "seeded"
MAX_SPECS = 80_000  # characters of all pages together in the prompt
MAX_LISTED = 500  # existing issues in the prompt


def specs(root: Path) -> dict[str, str]:
    """The pages of specs/, and GAPS.md, by their paths.

    Raises:
        ScaffoldError: one is no text, or leads out of the repository.
    """
    paths = [path.relative_to(root).as_posix() for path in sorted((root / "specs").rglob("*.md"))]
    pages = {path: read(root, path) for path in (*paths, "GAPS.md")}
    return {path: text for path, text in pages.items() if text}


def seed_question(
    root: Path, pages: Mapping[str, str], existing: Mapping[str, Issue], prefix: str
) -> Question[Proposal]:
    """What is asked."""
    share = MAX_SPECS // max(len(pages), 1)
    listed = [
        f"- {issue.id} ({issue.status}) {one_line(issue.title, 120)}"
        for issue in list(existing.values())[-MAX_LISTED:]
    ]
    parts = [
        _TASK,
        "Issues that exist:\n" + ("\n".join(listed) or "none"),
        *(f"# File {path}\n\n{clipped(text, share)}" for path, text in pages.items()),
    ]
    return Question(
        prompt="\n\n".join(parts),
        directory=root,
        type=Proposal,
        schema=SCHEMA.read_text(encoding="utf-8"),
        refuse=lambda proposal: refuse_proposal(proposal, existing, prefix),
    )


def new_issues(proposal: Proposal, existing: Mapping[str, Issue], prefix: str) -> tuple[Proposed, ...]:
    """What was not filed before, each after what it depends on."""
    return tuple(issue for issue in in_order(proposal) if f"{prefix}-{content_id(issue)}" not in existing)


def to_content(issues: Sequence[Proposed], proposal: Proposal, prefix: str) -> dict[str, Any]:
    """What the outbox keeps of them, in one entry; issues of the same entry are named without the prefix that sending gives them."""
    new = {issue.key: content_id(issue) for issue in issues}
    filed = {issue.key: f"{prefix}-{content_id(issue)}" for issue in proposal.issues if issue.key not in new}
    rows = []
    for issue in issues:
        own = new[issue.key]
        needed = dict.fromkeys(new.get(key) or filed.get(key) or key for key in issue.depends_on)
        rows.append(
            to_row(
                Issue(
                    id=own,
                    title=one_line(issue.title, 180),
                    description=printable(issue.description),
                    priority=issue.priority,
                    issue_type=issue.type,
                    labels=(LABEL,),
                    acceptance="\n".join(f"- {one_line(sentence, 500)}" for sentence in issue.acceptance),
                    dependencies=tuple(Dependency(own, other) for other in needed),
                )
            )
        )
    return {"issues": rows}


def table(issues: Sequence[Proposed]) -> str:
    """The issues as a table, numbered."""
    number = {issue.key: str(place) for place, issue in enumerate(issues, 1)}
    lines = ["  #  P  type     title"]
    for issue in issues:
        needs = ", ".join(number.get(key, one_line(key, 60)) for key in issue.depends_on)
        after = f"  (after {needs})" if needs else ""
        lines.append(
            f"{number[issue.key]:>3}  {issue.priority}  {issue.type:<8} {one_line(issue.title, 100)}{after}"
        )
        lines += [f"{'':18}✓ {one_line(sentence, 120)}" for sentence in issue.acceptance]
    return "\n".join(lines)


def graph(issues: Sequence[Proposed]) -> str:
    """Who waits for whom, as trees; an issue that waits for several is drawn whole once."""
    number = {issue.key: place for place, issue in enumerate(issues, 1)}
    after: dict[str, list[Proposed]] = {issue.key: [] for issue in issues}
    for issue in issues:
        for key in issue.depends_on:
            if key in after:
                after[key].append(issue)
    drawn: set[str] = set()

    def branch(issue: Proposed, indent: str) -> Iterator[str]:
        again = issue.key in drawn and bool(after[issue.key])
        drawn.add(issue.key)
        yield f"{indent}{number[issue.key]} {one_line(issue.title, 80)}{' …' if again else ''}"
        for follower in () if again else after[issue.key]:
            yield from branch(follower, f"{' ' * len(indent)}└─ " if indent else "└─ ")

    first = [issue for issue in issues if not any(key in after for key in issue.depends_on)]
    return "\n".join(line for issue in first for line in branch(issue, ""))


_TASK = """\
Plan the work on this project. Read README.md, AGENTS.md, everything in specs/ and the code that is there, then propose the issues that are left
between what the specs ask for and what the code does; entries of GAPS.md are work, too.
- An issue is one change that one agent can finish, test and hand in alone, in an hour or two. Split what is larger, and say in depends_on what has to
  be there first; leave out edges that merely follow from others.
- Its description stands by itself: why, what exactly (names, files, formats, limits, errors), what is not part of it, and the page of the specs.
- acceptance is what a test or a person can check, with figures where there are some.
- Propose nothing that exists already, in the list below or in the code."""
