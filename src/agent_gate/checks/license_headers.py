"""`license-header`: new source files begin with the header that AGENTS.md asks for."""

from __future__ import annotations

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

    from agent_gate.changes.model import FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

FIRST_LINES = 20


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.LICENSE_HEADER: check_license_headers}


def check_license_headers(rule: Rule, context: GateContext) -> CheckResult:
    """Look for the words of the header in the first lines of every source file that is new, or had them."""
    words = rule.params.get("must_contain")
    words = [str(word) for word in words] if isinstance(words, list | tuple) else []
    if not words:
        return CheckResult(
            undecided="the rule does not say what the header contains (set params.must_contain)"
        )
    globs = rule.params.get("globs")
    globs = [str(glob) for glob in globs] if isinstance(globs, list | tuple) else []
    looked_at = [
        change
        for change in changed_in_scope(rule, context.changes)
        if change.new_blob
        and (
            matches(globs, change.path) if globs else kind_of(change.path) in {FileKind.SOURCE, FileKind.TEST}
        )
    ]
    findings = [
        _finding(rule, context, change, missing)
        for change in looked_at
        if (missing := _missing(words, context.changes.after.read(change.path)))
        and not (change.old_path and _missing(words, context.changes.before.read(change.old_path)))
    ]
    if not findings and all(change.old_path for change in looked_at):
        return CheckResult(skipped="no new source file")
    return CheckResult(tuple(findings), evidence=f"{len(looked_at)} new or changed files have the header")


def _missing(words: list[str], content: bytes | None) -> str:
    """The first of the words that the first lines do not have; "" where all are there, or the file is empty."""
    lines = (content or b"")[:20_000].decode("utf-8", "replace").splitlines()
    head = "\n".join(lines[:FIRST_LINES]).casefold()
    return (
        next((word for word in words if word.casefold() not in head), "")
        if any(map(str.strip, lines))
        else ""
    )


def _finding(rule: Rule, context: GateContext, change: FileChange, missing: str) -> Finding:
    what = "lost its licence header" if change.old_path else "does not begin with the licence header"
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity_of(rule, context, change.path),
        message=f"the {'' if change.old_path else 'new '}file {what} ({missing[:60]!r} is missing)",
        path=change.path,
        line=1,
        fix="Copy the header of a neighbouring file to the top.",
        reproduce=diff_command(context.changes, change.path),
        anchor="no header",
    )
