"""`clean-worktree`: all work is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.checks.scope import in_scope
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.plain_text import shell_word
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

MOST = 100  # findings; more are counted in the last one


def check_clean_worktree(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each path that is not committed and not ignored by the repository's own .gitignore files."""
    if not context.changes.checked_out:
        return CheckResult(skipped="a commit was named (--head), so no worktree is looked at")
    paths = [path for path in context.changes.uncommitted if in_scope(rule, path)]
    findings = [_finding(rule, path, f"{path!r} is not committed.") for path in paths[:MOST]]
    if len(paths) > MOST:
        findings.append(_finding(rule, None, f"{len(paths) - MOST} more paths are not committed."))
    return CheckResult(
        tuple(findings), evidence="nothing is uncommitted" if not paths else f"{len(paths)} uncommitted paths"
    )


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.CLEAN_WORKTREE: check_clean_worktree}


def _finding(rule: Rule, path: str | None, message: str) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message=message,
        path=path,
        fix="Commit it, delete it, or ignore it in a committed .gitignore (.git/info/exclude does not count).",
        reproduce=f"git status --ignored --untracked-files=all -- {shell_word(path)}"
        if path
        else "git status --untracked-files=all",
        anchor="uncommitted",
    )
