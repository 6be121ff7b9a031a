"""`line-limit`: how long a line, a file or a function may be."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from agent_gate.checks.declared import severity_of
from agent_gate.checks.public_surface import parse_python
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope, matches
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent_gate.changes.model import ChangeSet, FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

Excess = tuple[int, str, str]  # line, message, anchor


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.LINE_LIMIT: check_line_limit}


def check_line_limit(rule: Rule, context: GateContext) -> CheckResult:
    """What the change makes longer than the limit; what was too long before and did not grow is not its fault."""
    number = re.search(r"\d+", rule.value or "")
    if number is None:
        return CheckResult(undecided="the rule names no number")
    limit, unit = int(number[0]), str(rule.params.get("unit", "columns"))
    globs = rule.params.get("globs")
    globs = [str(glob) for glob in globs] if isinstance(globs, list | tuple) else []
    files = [
        change
        for change in changed_in_scope(rule, context.changes)
        if change.new_blob
        and not change.binary
        and _counts(change.path)
        and (not globs or matches(globs, change.path))
    ]
    findings = tuple(
        Finding(
            rule=rule.id,
            kind=rule.kind,
            severity=severity_of(rule, context, change.path),
            message=message,
            path=change.path,
            line=line,
            fix=f"Keep it within {limit} {'columns' if unit == 'columns' else 'lines'}.",
            reproduce=diff_command(context.changes, change.path),
            anchor=anchor,
        )
        for change in files
        for line, message, anchor in _EXCESS.get(unit, _columns)(change, context.changes, limit)
    )
    return CheckResult(findings, evidence=f"{len(files)} changed files are within {limit} ({unit})")


def _counts(path: str) -> bool:
    return kind_of(path) in {FileKind.SOURCE, FileKind.TEST}


def _columns(change: FileChange, changes: ChangeSet, limit: int) -> Iterator[Excess]:
    del changes
    for hunk in change.hunks:
        for line, text in hunk.added_lines:
            if len(text.expandtabs(4)) > limit and "://" not in text:  # a URL cannot be broken
                yield line, f"{len(text.expandtabs(4))} columns, of {limit} allowed", text.strip()


def _file(change: FileChange, changes: ChangeSet, limit: int) -> Iterator[Excess]:
    before = _lines(changes.before.read(change.old_path)) if change.old_path else 0
    after = _lines(changes.after.read(change.path))
    if after > limit and after > before:
        yield 1, f"the file has {after} lines, of {limit} allowed", "file"


def _function(change: FileChange, changes: ChangeSet, limit: int) -> Iterator[Excess]:
    if not change.path.endswith(".py"):
        return
    try:
        before = dict(_functions(changes.before.read(change.old_path) or b"")) if change.old_path else {}
        after = dict(_functions(changes.after.read(change.path) or b""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # what cannot be parsed fails its tests
    for name, (length, line) in after.items():
        if length > limit and length > before.get(name, (0, 0))[0]:
            yield line, f"{name} has {length} lines, of {limit} allowed", name


_EXCESS = {"columns": _columns, "file": _file, "function": _function}


def _functions(content: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    for node in ast.walk(parse_python(content)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, ((node.end_lineno or node.lineno) - node.lineno + 1, node.lineno)


def _lines(content: bytes | None) -> int:
    return len((content or b"").splitlines())
