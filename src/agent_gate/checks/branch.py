"""`branch`: where work may be committed, and how its branch is named."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind
from agent_gate.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule


def check_branch(rule: Rule, context: GateContext) -> CheckResult:
    """Compare the branch's name with the forbidden and the allowed ones, and its start with the branch it should leave."""
    if not context.changes.checked_out:
        return CheckResult(skipped="a commit was named (--head), so no branch is known")
    try:
        findings = tuple(_problems(rule, context))
    except re.error as problem:
        return CheckResult(undecided=f"The rule's pattern is not a regular expression: {problem}.")
    branch = context.changes.branch
    return CheckResult(
        findings, evidence=f"on branch {branch}" if branch else "HEAD is detached, so on no branch"
    )


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.BRANCH: check_branch}


def _problems(rule: Rule, context: GateContext) -> Iterator[Finding]:
    branch = context.changes.branch
    allowed = _globs(rule, "allowed")
    pattern = rule.params.get("pattern")
    if branch is None:
        # CI checks out commits, not branches: nothing that the author could repair, and nothing that has passed.
        if allowed or pattern:
            yield _finding(
                rule,
                "HEAD is detached, so the branch's name is not known",
                "Check out the branch itself.",
                Severity.FOLLOW_UP,
            )
        return
    if any(fnmatchcase(branch, glob) for glob in _globs(rule, "forbidden")):
        fix = "Move the work to a branch of its own: `git switch -c NAME`."
        yield _finding(rule, f"The work is on the branch {branch!r}, which is not to be worked on", fix)
    names = " or ".join([*allowed, *([str(pattern)] if pattern else [])])
    fits = any(fnmatchcase(branch, glob) for glob in allowed) or (pattern and re.search(str(pattern), branch))
    if names and not fits:
        yield _finding(
            rule, f"The branch {branch!r} is not named as asked ({names})", "Rename it: `git branch -m NAME`."
        )
    base = rule.params.get("base")
    if isinstance(base, str) and base != branch and not _leaves(context, base):
        fix = f"Rebase it onto {base}: `git rebase --onto {base} {context.changes.base[:12]}`."
        yield _finding(rule, f"The branch {branch!r} was not started from {base!r}", fix)


def _leaves(context: GateContext, base: str) -> bool:
    """Whether the branch started at a commit of `base`; a base that is not here cannot say no."""
    repository = open_repository(Path(context.changes.root))
    refs = [f"refs/heads/{base}", f"refs/remotes/origin/{base}"]
    known = [ref for ref in refs if repository.try_git("rev-parse", "--verify", "--quiet", ref)]
    start = context.changes.base
    return not known or any(
        repository.try_git("merge-base", "--is-ancestor", start, ref) is not None for ref in known
    )


def _globs(rule: Rule, name: str) -> list[str]:
    value = rule.params.get(name)
    return [str(glob) for glob in value] if isinstance(value, list | tuple) else []


def _finding(rule: Rule, message: str, fix: str, severity: Severity | None = None) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity or rule.severity,
        message=f"{message}.",
        fix=fix,
        reproduce="git log --oneline --decorate -1",
        anchor=message,
    )
