"""The verdict in words, for a person at 3 a.m. and for the agent that must repair it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agent_gate.findings import Outcome, Severity
from agent_gate.plain_text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent_gate.findings import Finding
    from agent_gate.gate.verdict import Decision

MAX_FINDINGS = 25
MAX_EVIDENCE_LINES = 40
MAX_EVIDENCE_LINES_OF_MANY = 12  # where a rule has more than three findings


def location(finding: Finding) -> str:
    """`path:line`, `path`, or "" as one printable word."""
    if finding.path is None:
        return ""
    path = printable(finding.path.replace("\n", "\\n"))
    return f"{path}:{finding.line}" if finding.line else path


def rule_report(decision: Decision) -> str:
    """What AGENTS.md says, what was found, how to reproduce it and how to fix it."""
    source = decision.rule.source
    where = f"{printable(source.path)}:{source.line}" if source.line else "built in"
    lines = [f"{where} says: {one_line(source.text, 300)}", ""]
    shown = decision.findings[:MAX_FINDINGS]
    limit = MAX_EVIDENCE_LINES if len(shown) <= 3 else MAX_EVIDENCE_LINES_OF_MANY  # noqa: PLR2004 - as said above
    lines += [line for finding in shown for line in _finding_lines(finding, limit)]
    if len(decision.findings) > len(shown):
        lines.append(f"… and {len(decision.findings) - len(shown)} more (--agent-gate-json has them all).")
    lines += _advice("reproduce", (finding.reproduce for finding in decision.findings))
    lines += _advice("fix", (finding.fix for finding in decision.findings))
    return "\n".join(lines)


def headline(decision: Decision) -> str:
    """One line: how many findings, and the first."""
    first = decision.findings[0]
    where = location(first)
    count = len(decision.findings)
    more = f" (+{count - 1} more)" if count > 1 else ""
    return one_line(f"{where}: {first.message}{more}" if where else f"{first.message}{more}")


def follow_ups(decisions: Iterable[Decision]) -> Iterator[str]:
    """Lines on what may merge and yet wants to be known; rules that fail have their own report."""
    for decision in decisions:
        if decision.outcome in {Outcome.FAIL, Outcome.ERROR} or not decision.findings:
            continue
        for finding in decision.findings[:MAX_FINDINGS]:
            where = location(finding)
            yield f"{finding.severity}: {where}{': ' if where else ''}{one_line(finding.message)}"
            if finding.fix:
                yield f"    fix: {one_line(finding.fix)}"


def rerun(node_id: str, options: Iterable[str]) -> str:
    """The command that decides one rule again, with the options that say what is judged."""
    return shlex.join(["agent-gate", "check", *options, "--", node_id])


def _finding_lines(finding: Finding, limit: int) -> Iterator[str]:
    where = location(finding)
    mark = "" if finding.severity is Severity.BLOCK else f" [{finding.severity}]"
    yield f"- {where}{': ' if where else ''}{one_line(finding.message, 500)}{mark}"
    evidence = printable(finding.evidence).rstrip("\n").split("\n") if finding.evidence else []
    if len(evidence) > limit:
        yield f"    | … {len(evidence) - limit} lines before"
    # The bar keeps a line from being read as a command of the CI service ("::error …").
    yield from (f"    | {line}" for line in evidence[-limit:])


def _advice(word: str, sentences: Iterable[str]) -> Iterator[str]:
    """Each different advice once, in order; a long list is cut."""
    different = list(dict.fromkeys(one_line(sentence, 500) for sentence in sentences if sentence))
    yield from (f"{word}: {sentence}" for sentence in different[:5])
    if len(different) > 5:  # noqa: PLR2004 - the five above
        yield f"{word}: … and {len(different) - 5} more, one for each finding (--agent-gate-json has them all)."
