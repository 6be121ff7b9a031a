"""`license-header`: new source files begin with the header that AGENTS.md asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.changes.model import Status
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

FIRST_LINES = 20


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.LICENSE_HEADER: check_license_headers}


def check_license_headers(rule: Rule, context: GateContext) -> CheckResult:
    """Look for the words of the header in the first lines of every new source file."""
    words = rule.params.get("must_contain")
    words = [str(word) for word in words] if isinstance(words, list | tuple) else []
    if not words:
        return CheckResult(
            undecided="the rule does not say what the header contains (set params.must_contain)"
        )
    globs = rule.params.get("globs")
    globs = [str(glob) for glob in globs] if isinstance(globs, list | tuple) else []
    new = [
        change
        for change in changed_in_scope(rule, context.changes)
        if change.status is Status.ADDED
        and (
            matches(globs, change.path) if globs else kind_of(change.path) in {FileKind.SOURCE, FileKind.TEST}
        )
    ]
    if not new:
        return CheckResult(skipped="no new source file")
    findings = []
    for change in new:
        content = (context.changes.after.read(change.path) or b"")[:20_000].decode("utf-8", "replace")
        head = "\n".join(content.splitlines()[:FIRST_LINES]).casefold()
        missing = [word for word in words if word.casefold() not in head]
        if missing and content.strip():
            findings.append(
                Finding(
                    rule=rule.id,
                    kind=rule.kind,
                    severity=severity_of(rule, context, change.path),
                    message=f"the new file does not begin with the licence header ({missing[0][:60]!r} is missing)",
                    path=change.path,
                    line=1,
                    fix="Copy the header of a neighbouring file to the top.",
                    reproduce=diff_command(context.changes, change.path),
                    anchor="no header",
                )
            )
    return CheckResult(tuple(findings), evidence=f"{len(new)} new files have the header")
