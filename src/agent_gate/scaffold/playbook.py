"""AGENTS.md: the playbook as sections; what is there stays as it is, and only what nobody has said yet is added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from agent_gate.policy.model import Kind
from agent_gate.scaffold.detect import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from agent_gate.scaffold.detect import Commands

_KIND = {"lint": Kind.LINT, "format": Kind.FORMAT, "typecheck": Kind.TYPECHECK, "test": Kind.TEST}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the playbook; it is left out where a rule of its kind is already asked for."""

    text: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[Line, ...]


def playbook(found: Mapping[str, Commands], root: Path) -> tuple[Section, ...]:
    """The sections for a repository that has these commands."""
    commands = [Line(f"- Run `{command}`.", _KIND[purpose]) for purpose, command in listed(dict(found))]
    docs = "`docs/` or `README.md`" if (root / "docs").is_dir() else "`README.md`"
    has_tests = any("test" in entry for entry in found.values())
    return (
        Section(
            "Before you start",
            (
                Line("1. Study README.md: what this is for, and how it is used."),
                Line("2. Search `specs/` for the words of your task, and read the pages that you find."),
                Line("3. Look at `examples/` for data and calls that are known to work."),
                Line("4. Start from a clean branch on top of the newest base."),
            ),
        ),
        Section(
            "Before you commit",
            (
                *commands,
                *(
                    [
                        Line(
                            "- Every behaviour change comes with a test that fails without it.",
                            Kind.TEST_PER_CHANGE,
                        )
                    ]
                    if has_tests
                    else []
                ),
                Line("- Never skip or delete tests to make a change pass.", Kind.NO_TEST_TAMPERING),
                Line(f"- Update {docs} with every change that a user can see.", Kind.DOCS_UPDATED),
                Line(
                    "- Update the page in `specs/` when a decision or a contract changes.", Kind.SPEC_UPDATED
                ),
                Line("- Never commit secrets, tokens or keys.", Kind.NO_SECRETS),
            ),
        ),
        Section(
            "Commits",
            (
                Line(
                    "- Commit messages must follow [Conventional Commits](https://www.conventionalcommits.org/).",
                    Kind.COMMIT_FORMAT,
                ),
                Line(
                    "- The commit description must explain the problem first, then what each part of the change does."
                ),
            ),
        ),
        Section(
            "Gaps",
            (
                Line(
                    "What is left open goes into GAPS.md, one list item each, and is filed as an issue (`agent-gate gaps`)."
                ),
                Line("A task that cannot be finished is said so in its issue, with what is missing."),
            ),
        ),
        Section(
            "Code",
            (
                Line("- Prefer functions to state, and keep what has state apart."),
                Line("- Use what is there, and a well-kept library, before writing it anew."),
            ),
        ),
    )


def merged(text: str | None, sections: Iterable[Section], asked: frozenset[Kind]) -> str:
    """The file with the sections that it lacks behind what it has; a new file where `text` is None.

    Args:
        text: the file as it is.
        sections: the playbook.
        asked: the kinds of rules that the repository's instruction files already ask for.
    """
    have = _headings(text or "")
    parts = []
    for section in sections:
        left = [line for line in section.lines if line.kind not in asked]
        spent = any(line.kind for line in section.lines) and not any(line.kind for line in left)
        if section.heading.casefold() not in have and not spent:
            parts.append(f"## {section.heading}\n\n" + "\n".join(line.text for line in left) + "\n")
    if text is None:
        return "# Working on this repository\n\n" + "\n".join(parts)
    if not parts:
        return text
    return text.rstrip("\n") + "\n\n" + "\n".join(parts) if text.strip() else "\n".join(parts)


def _headings(text: str) -> set[str]:
    """The headings of a Markdown text, casefolded; not those in code."""
    tokens = MarkdownIt("commonmark").parse(text)
    return {
        " ".join(tokens[index + 1].content.split()).casefold()
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    }
