"""Findings as GitHub workflow commands (docs.github.com: "Workflow commands for GitHub Actions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.plain_text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.findings import Finding
    from agent_gate.gate.verdict import Verdict

_COMMAND = {Severity.BLOCK: "error", Severity.FOLLOW_UP: "warning", Severity.ADVISE: "notice"}


def workflow_commands(verdict: Verdict) -> Iterator[str]:
    """One command a finding, escaped so that no text of an agent ends it or begins another."""
    for finding in verdict.findings:
        properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding).items())
        message = printable(finding.message) + (f"\nfix: {printable(finding.fix)}" if finding.fix else "")
        yield f"::{_COMMAND[finding.severity]} {properties}::{_data(message)}"


def _properties(finding: Finding) -> dict[str, str]:
    properties = {} if finding.path is None else {"file": printable(finding.path)}
    if finding.path is not None and finding.line:
        properties["line"] = str(finding.line)
    return {**properties, "title": one_line(f"agent-gate {finding.rule}")}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
