"""A verdict → issues: one a (task, rule) that fails, with all that the next agent needs, and the rules that are kept now."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.tracker.jsonl import from_row, to_lines, to_row
from agent_gate.tracker.model import BLOCKS, DISCOVERED_FROM, Dependency, Issue, now
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

LABEL = "agent-gate"
DEFAULT_PREFIX = "ag"
PRIORITY = {Severity.BLOCK: 1, Severity.FOLLOW_UP: 2, Severity.ADVISE: 4}
MAX_FINDINGS = 50
MAX_EVIDENCE = 4_000  # characters a finding
MAX_BODY = 30_000  # characters an issue; Beads takes 64 KiB in a field
_TASK_IN_BRANCH = re.compile(r"(?:^|/)([a-z][a-z0-9]*(?:-[a-z0-9]+)*-[a-z0-9]+(?:\.\d+)*)$")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where findings come from.

    Attributes:
        task: id of the issue that the agent worked on; "" where none is known.
        branch: the branch that was gated, "" on a detached HEAD.
        head: its commit.
        tree: the judged tree.
    """

    task: str
    branch: str
    head: str
    tree: str

    @property
    def scope(self) -> str:
        """What an issue belongs to: the task, else the branch."""
        return self.task or f"branch {self.branch}"


def task_of_branch(branch: str | None) -> str:
    """The issue id that a branch is named after (`agent/bd-a1b2`, `feature/proj-12`), else ""."""
    match = _TASK_IN_BRANCH.search(branch or "")
    return match[1] if match else ""


def issue_id(prefix: str, scope: str, rule: str) -> str:
    """The same for the same task and rule, on every machine and in every tracker that has this prefix."""
    data = f"{scope}\x00{rule}".encode("utf-8", "surrogateescape")
    return f"{prefix}-ag{hashlib.sha256(data).hexdigest()[:12]}"


def is_filed(issue: str) -> bool:
    """Whether the id is one that `issue_id` made."""
    return re.search(r"-ag[0-9a-f]{12}$", issue) is not None


def prefix_of(task: str) -> str:
    """What the task's id begins with: Beads takes an edge between two prefixes for one to another database."""
    return task.partition("-")[0] if "-" in task else ""


def to_entry(
    verdict: Mapping[str, Any],
    origin: Origin,
    priorities: Mapping[Severity, int] = PRIORITY,
    left_out: Collection[str] = (),
) -> dict[str, Any]:
    """What the outbox keeps of a verdict: issues of the rules that fail, and the rules that are kept now.

    It can be made without a tracker: ids get their prefix when the entry is sent.

    Args:
        verdict: as `reports/verdict.schema.json` describes it.
        origin: where it comes from.
        priorities: of the issues.
        left_out: ids of rules that nobody decided: nothing is said of them.
    """
    failing, kept = [], []
    findings = [_finding(row) for row in verdict["findings"]]
    for rule in verdict["rules"]:
        filed = [f for f in findings if f.rule == rule["id"] and f.severity is not Severity.ADVISE]
        blocking = any(finding.severity is Severity.BLOCK for finding in filed)
        if filed:
            failing.append(to_row(_issue(rule, filed, origin, priorities)))
        if rule["outcome"] == Outcome.ERROR or rule["id"] in left_out:
            continue
        if not blocking:  # what blocked the task does so no longer
            kept.append(rule["id"])
        if not filed:
            kept.append(_follow_up_of(rule["id"]))
    return {
        "task": origin.task,
        "scope": origin.scope,
        "head": origin.head,
        "tree": origin.tree,
        "at": now(),
        "failing": failing,
        "kept": kept,
    }


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(**{**row, "severity": Severity(row["severity"])})


def issues_of(content: Mapping[str, Any], prefix: str) -> list[Issue]:
    """The issues of an entry, with ids of this prefix."""
    issues = []
    for row in content["failing"]:
        issue = from_row(row)
        new = issue_id(prefix, content["scope"], issue.id)
        edges = tuple(
            replace(edge, **{end: new for end in ("issue", "on") if getattr(edge, end) == issue.id})
            for edge in issue.dependencies
        )
        issues.append(replace(issue, id=new, dependencies=edges))
    return issues


def _follow_up_of(rule: str) -> str:
    """What stands for a rule whose findings block nobody: an issue of its own, which outlives the one that blocked the task."""
    return f"{rule}\0follow-up"


def _issue(
    rule: Mapping[str, Any], findings: Sequence[Finding], origin: Origin, priorities: Mapping[Severity, int]
) -> Issue:
    """The issue of a rule; its id is the rule's, until it is known in which tracker it will be."""
    blocking = any(finding.severity is Severity.BLOCK for finding in findings)
    severity = Severity.BLOCK if blocking else Severity.FOLLOW_UP
    own = rule["id"] if blocking else _follow_up_of(rule["id"])
    edges = [Dependency(own, origin.task, DISCOVERED_FROM)] if origin.task else []
    if origin.task and blocking:
        edges.append(Dependency(origin.task, own, BLOCKS))
    first = findings[0]
    where = f" ({first.path}:{first.line})" if first.path and first.line else ""
    return Issue(
        id=own,
        title=one_line(f"{rule['kind']}: {first.message}{where}", 180),
        description=body(rule, findings, origin),
        priority=priorities[severity],
        issue_type="bug" if blocking else "task",
        labels=(LABEL, severity.value, rule["kind"]),
        dependencies=tuple(edges),
        acceptance=one_line(
            f"`agent-gate check` passes the rule {rule['id']} on {origin.branch or origin.head[:12]}."
        ),
        metadata={
            "agent_gate": {
                "scope": printable(origin.scope),
                "rule": rule["id"],
                "findings": [finding.id for finding in findings],
                "branch": printable(origin.branch),
                "head": origin.head,
            }
        },
    )


def body(rule: Mapping[str, Any], findings: Sequence[Finding], origin: Origin) -> str:
    """All that the next agent needs: who asked, what was found, how to see it again and how to repair it."""
    source = rule["source"]
    asked = f"{printable(source['path'])} line {source['line']}" if source["line"] else "agent-gate"
    lines = [f"{asked} asks for this:", "", f"> {one_line(source['text'], 500)}", ""]
    lines += [f"Found on branch {one_line(origin.branch) or '(detached)'} at commit {origin.head}:", ""]
    for finding in findings[:MAX_FINDINGS]:
        place = printable(finding.path or "") + (f":{finding.line}" if finding.line else "")
        lines.append(f"- {place}{': ' if place else ''}{one_line(finding.message, 500)} [{finding.id}]")
        evidence = printable(clipped(finding.evidence, MAX_EVIDENCE)).strip("\n")
        lines += [f"      {line}" for line in evidence.split("\n")] if evidence else []
    if len(findings) > MAX_FINDINGS:
        lines.append(f"- … and {len(findings) - MAX_FINDINGS} more")
    for heading, texts in (
        ("Reproduce", [f.reproduce for f in findings]),
        ("Fix", [f.fix for f in findings]),
    ):
        different = list(dict.fromkeys(one_line(text, 500) for text in texts if text))[:10]
        lines += ["", f"{heading}:", "", *(f"    {text}" for text in different)] if different else []
    return clipped("\n".join(lines), MAX_BODY)


def write_jsonl(content: Mapping[str, Any], path: Path) -> None:
    """The issues of an entry as Beads' JSONL, for `bd import` where there is a tracker.

    Raises:
        OSError: the file cannot be written.
    """
    prefix = prefix_of(content["task"]) or DEFAULT_PREFIX
    issues = issues_of(content, prefix)
    known = {issue.id for issue in issues}
    rows = []
    for issue in issues:
        edges = tuple(
            edge for edge in issue.dependencies if edge.issue in known
        )  # others' edges need their issues
        rows.append(to_row(replace(issue, dependencies=edges)))
    write_whole(path, to_lines(rows))
