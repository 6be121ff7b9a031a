"""`forbidden-pattern`: what AGENTS.md says must not be written, looked for in added lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.checks.declared import severity_of
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope, matches
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

MAX_LINE = 2_000  # characters of a line that are looked at: a pattern of AGENTS.md may be slow
_INSTRUCTIONS = frozenset({"AGENTS.md", "CLAUDE.md", "GEMINI.md"})  # they quote what they forbid


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.FORBIDDEN_PATTERN: check_patterns}


def check_patterns(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each added line that the pattern fits."""
    if rule.params.get("binary"):
        return _binary_files(rule, context)
    source = rule.params.get("pattern")
    if not isinstance(source, str) or not source:
        return CheckResult(
            undecided="the rule has no pattern to look for (set params.pattern in [tool.agent-gate.rules])"
        )
    try:
        pattern = re.compile(source)
    except re.error as problem:
        return CheckResult(undecided=f"the pattern {source!r} is no regular expression: {problem}")
    globs = rule.params.get("globs")
    globs = [str(glob) for glob in globs] if isinstance(globs, list | tuple) else []
    files = [
        change
        for change in changed_in_scope(rule, context.changes)
        if change.new_blob
        and not change.binary
        and _is_looked_at(change.path)
        and (not globs or matches(globs, change.path))
    ]
    findings = tuple(
        Finding(
            rule=rule.id,
            kind=rule.kind,
            severity=severity_of(rule, context, change.path),
            message=f"this line has what AGENTS.md forbids: {match[0][:80]!r}",
            path=change.path,
            line=line,
            evidence=text[:300],
            fix=f"Write it without {rule.value or source}.",
            reproduce=diff_command(context.changes, change.path),
            anchor=text.strip(),
        )
        for change in files
        for hunk in change.hunks
        for line, text in hunk.added_lines
        if (match := pattern.search(text[:MAX_LINE]))
    )
    return CheckResult(findings, evidence=f"looked for {source!r} in the added lines of {len(files)} files")


def _binary_files(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each binary file that the branch adds or changes."""
    files = [change for change in changed_in_scope(rule, context.changes) if change.new_blob]
    findings = tuple(
        Finding(
            rule=rule.id,
            kind=rule.kind,
            severity=severity_of(rule, context, change.path),
            message=f"This is a binary file and was {change.status}; AGENTS.md forbids them.",
            path=change.path,
            fix="Take it out of the branch, or have the task name it.",
            reproduce=diff_command(context.changes, change.path),
            anchor="binary",
        )
        for change in files
        if change.binary
    )
    return CheckResult(findings, evidence=f"looked for binary files among {len(files)} changed ones")


def _is_looked_at(path: str) -> bool:
    return kind_of(path) is not FileKind.GENERATED and path.rpartition("/")[2] not in _INSTRUCTIONS
