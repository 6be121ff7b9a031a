"""`policy-change`: a branch may not quietly change the rules; it is judged by the old ones either way."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.checks.declared import change_asked_for
from agent_gate.checks.reproduce import diff_command
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy import load_policy
from agent_gate.policy.model import Kind, PolicyError, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent_gate.changes.model import FileChange, Snapshot
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

INSTRUCTIONS = frozenset({"agents.md", "claude.md", "gemini.md"})  # in any folder, in any case
CONFIG = "agent-gate.toml"
PROJECT = "pyproject.toml"


def check_policy_change(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each changed instruction file and for changed settings of the gate.

    `rule.params["files"]` names further files that the base's policy was read from (AGENTS.md refers to them, or is a link):
    they count where the rules that are enforced would be others. The task can declare the change by asking to change the
    file: then it is a `follow-up`.
    """
    findings = tuple(_finding(rule, context, path, change) for path, change in _changed(rule, context))
    return CheckResult(
        findings,
        evidence=f"{len(context.changes.files)} changed files, none of them a policy" if not findings else "",
    )


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.POLICY_CHANGE: check_policy_change}


def _changed(rule: Rule, context: GateContext) -> Iterator[tuple[str, FileChange]]:
    """Each policy file that changes, under the name that makes it one."""
    files = rule.params.get("files")
    referred = {str(file) for file in files} if isinstance(files, list | tuple) else set()
    for change in context.changes.files:
        names = [change.path, *([change.old_path] if change.old_path else [])]
        policy = next((name for name in names if _is_policy(name)), None)
        if policy is not None:
            yield policy, change
        elif PROJECT in names and _table(context.changes.before) != _table(context.changes.after):
            yield PROJECT, change
        elif (named := referred.intersection(names)) and _rules_differ(context):
            yield named.pop(), change


def _is_policy(path: str) -> bool:
    return path == CONFIG or path.rpartition("/")[2].lower() in INSTRUCTIONS


def _rules_differ(context: GateContext) -> bool:
    """Whether the judged tree would enforce other rules than the base; what cannot be read would."""
    try:
        before, after = (_enforced(tree) for tree in (context.changes.before, context.changes.after))
    except PolicyError:
        return True
    return before != after


def _enforced(snapshot: Snapshot) -> list[str]:
    nowhere = Source("", 0, "")
    return sorted(repr(replace(rule, source=nowhere, reason="")) for rule in load_policy(snapshot).enforced)


def _table(snapshot: Snapshot) -> object:
    """`[tool.agent-gate]` of the top pyproject.toml; the text itself where that is no TOML: no text equals a table."""
    content = snapshot.read(PROJECT)
    if content is None:
        return None
    try:
        tool = tomllib.loads(content.decode()).get("tool")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return content
    return tool.get("agent-gate") if isinstance(tool, dict) else None


def _finding(rule: Rule, context: GateContext, path: str, change: FileChange) -> Finding:
    declared = change_asked_for(context, path, path.rpartition("/")[2])
    what = "The [tool.agent-gate] table" if path == PROJECT else "This file"
    lines = [hunk.new_start for hunk in change.hunks if path == change.path and change.new_blob]
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity.excused if declared else rule.severity,
        message=f"{what} holds rules and was changed; this branch is judged by the rules of its base.",
        path=path,
        line=lines[0] if lines and path != PROJECT else None,
        evidence="\n".join(f"+{line}" for hunk in change.hunks for line in hunk.added)[:2000],
        fix="Take the change out of this branch and propose it on its own, or have the task ask for it by the file's name.",
        reproduce=diff_command(context.changes, path),
        anchor="policy",
    )
