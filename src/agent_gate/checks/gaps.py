"""`gaps-to-issues`: what GAPS.md says is still open, one follow-up each; and TODOs that the branch adds, where they are forbidden."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agent_gate.checks.scope import changed_in_scope
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.plain_text import shell_word
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

FILE = "GAPS.md"
_DONE = re.compile(r"^\[[xX]\]\s|^~~.*~~$")
_BOX = re.compile(r"^\[ \]\s*")
_TODO = re.compile(r"(?:#|//|/\*|\*|--|<!--|;|%|\"\"\")\s*(?:.*?\b)?(TODO|FIXME|XXX)\b")
_ISSUE = re.compile(
    r"#\d+|\b[A-Z][A-Z0-9]+-\d+\b|\b[a-z]+-[a-z0-9]{2,}\b(?=[):])|https?://"
)  # what a TODO may name


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.GAPS_TO_ISSUES: check_gaps}


def check_gaps(rule: Rule, context: GateContext) -> CheckResult:
    """A follow-up for each open entry, and for each added TODO where AGENTS.md forbids them."""
    if rule.params.get("forbid_todo") and not rule.params.get("file"):
        return CheckResult(tuple(_todos(rule, context)), evidence="no TODO was added")
    file = str(rule.params.get("file") or FILE)
    beside = (PurePosixPath(rule.source.path).parent / file).as_posix()  # of a nested AGENTS.md
    content = context.changes.after.read(beside)
    if content is None:
        content = context.changes.after.read(file)
    else:
        file = beside
    entries = tuple(read_gaps((content or b"").decode("utf-8", "replace")))
    findings = [
        _finding(rule, Severity.FOLLOW_UP, f"open gap: {text}", file, line, text) for line, text in entries
    ]
    if rule.params.get("forbid_todo"):
        findings += _todos(rule, context)
    looked = f"{file} has no open entry" if content is not None else f"there is no {file}"
    return CheckResult(tuple(findings), evidence=looked)


def read_gaps(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each entry of a Markdown file: its list items (with what is nested in them), and headings with text of their own.

    Ticked and struck-out items are done. The first heading is the title.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - it takes longer to import than most gates need for all checks

    tokens = MarkdownIt("commonmark").parse(text)
    depth, heading, own = 0, None, True
    for index, token in enumerate(tokens):
        if token.type == "list_item_open":
            depth += 1
            if depth == 1:
                heading = None  # its items are the entries
                line, said = (token.map or [0])[0] + 1, _text_of(tokens[index + 1 :])
                if not _DONE.match(said) and (text := _BOX.sub("", said)):
                    yield line, text
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "heading_open" and depth == 0:
            heading = ((token.map or [0])[0] + 1, tokens[index + 1].content) if token.tag != "h1" else None
            own = False
        elif token.type == "paragraph_open" and depth == 0 and heading and not own:
            own = True
            if not _DONE.match(heading[1]):
                yield heading[0], f"{heading[1]}: {' '.join(tokens[index + 1].content.split())}"


def _text_of(tokens: Sequence[Token]) -> str:
    """What an item says first; "" where it ends before it says anything."""
    first = next((token for token in tokens if token.type in {"inline", "list_item_close"}), None)
    content = first.content if first else ""
    return " ".join(str(content).split())


def _todos(rule: Rule, context: GateContext) -> Iterator[Finding]:
    for change in changed_in_scope(rule, context.changes):
        if change.new_blob and kind_of(change.path) in {FileKind.SOURCE, FileKind.TEST}:
            for hunk in change.hunks:
                for line, text in hunk.added_lines:
                    match = _TODO.search(text[:1000])
                    if match and not (rule.params.get("allow_issue") and _ISSUE.search(text[:1000])):
                        message = f"this line adds a {match[1]}"
                        yield _finding(rule, Severity.FOLLOW_UP, message, change.path, line, text.strip())


def _finding(rule: Rule, severity: Severity, message: str, path: str, line: int, anchor: str) -> Finding:  # noqa: PLR0913, PLR0917 - the fields of a finding
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity,
        message=message[:300],
        path=path,
        line=line,
        fix="File it as an issue (`agent-gate gaps` does), or do it and take the entry out.",
        reproduce=f"sed -n {line}p {shell_word(path)}",
        anchor=anchor[:300],
    )
