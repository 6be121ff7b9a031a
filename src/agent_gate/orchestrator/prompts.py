"""What an agent is told: the habits, the rules that will be enforced, the task, and what the gate found last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent_gate.plain_text import clipped, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent_gate.policy.model import Policy
    from agent_gate.tracker.model import Issue

MAX_TASK = 60_000  # characters of the issue
MAX_NOTES = 8_000  # characters of its notes
MAX_FINDINGS = 40
MAX_EVIDENCE = 2_000  # characters a finding
_CLOSED_EARLY = """\
The issue was closed before its work had landed. That lands nothing, and it was opened again. Leave its status alone:
it is closed when your branch lands."""


def prompt_for(  # noqa: PLR0913 - all that an agent is told
    pre_prompt: str,
    policy: Policy,
    issue: Issue,
    findings: Sequence[Mapping[str, Any]],
    attempt: int,
    *,
    closed_early: bool = False,
) -> str:
    """The whole prompt of one attempt.

    Args:
        pre_prompt: what every agent is told first.
        policy: of the base.
        issue: the task.
        findings: those of the last verdict, as its JSON has them.
        attempt: from 1.
        closed_early: the issue was closed during the last attempt.
    """
    parts = [pre_prompt.strip(), _rules(policy), _task(issue)]
    if closed_early:
        parts.append(_CLOSED_EARLY)
    if findings:
        parts.append(_findings(findings, attempt))
    return "\n\n".join(part for part in parts if part) + "\n"


def _rules(policy: Policy) -> str:
    lines = [
        f"- {printable(rule.source.path)}:{rule.source.line}: {one_line(rule.source.text, 300)}"
        + (f" [runs `{one_line(rule.value, 200)}`]" if rule.kind.is_command and rule.value else "")
        for rule in policy.enforced
    ]
    return "## What the gate checks\n\n" + "\n".join(dict.fromkeys(lines)) if lines else ""


def _task(issue: Issue) -> str:
    parts = [
        f"## The task: {issue.id}: {one_line(issue.title)}",
        printable(clipped(issue.description, MAX_TASK)),
    ]
    if issue.acceptance:
        parts.append(f"Done when: {printable(clipped(issue.acceptance, MAX_TASK))}")
    if issue.notes:
        parts.append(f"Notes:\n{printable(clipped(issue.notes, MAX_NOTES))}")
    return "\n\n".join(part for part in parts if part.strip())


def _findings(findings: Sequence[Mapping[str, Any]], attempt: int) -> str:
    lines = [
        f"## What the gate found (this is attempt {attempt})",
        "",
        "Your branch was not landed. It is checked out as you left it. Repair each of these, and commit:",
        "",
    ]
    for finding in findings[:MAX_FINDINGS]:
        place = f"{finding['path']}:{finding['line']}: " if finding.get("line") else ""
        place = place or (f"{finding['path']}: " if finding.get("path") else "")
        lines.append(f"- {place}{one_line(finding['message'], 500)} (rule {finding['rule']})")
        lines += [f"  Fix: {one_line(finding['fix'], 500)}"] if finding.get("fix") else []
        lines += [f"  Reproduce: {one_line(finding['reproduce'], 500)}"] if finding.get("reproduce") else []
        evidence = printable(clipped(finding.get("evidence") or "", MAX_EVIDENCE)).strip("\n")
        lines += [f"      {line}" for line in evidence.split("\n")] if evidence else []
    if len(findings) > MAX_FINDINGS:
        lines.append(f"- … and {len(findings) - MAX_FINDINGS} more")
    return "\n".join(lines)
