"""The findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from agent_gate import __version__
from agent_gate.findings import Severity
from agent_gate.plain_text import printable
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.findings import Finding
    from agent_gate.gate.verdict import Verdict
    from agent_gate.policy.model import Source

_LEVEL = {Severity.BLOCK: "error", Severity.FOLLOW_UP: "warning", Severity.ADVISE: "note"}


def verdict_to_sarif(verdict: Verdict) -> dict[str, Any]:
    """One run, one reporting descriptor a rule, one result a finding."""
    rules = [
        {
            "id": decision.rule.id,
            "shortDescription": {"text": printable(decision.rule.source.text) or decision.rule.id},
            "defaultConfiguration": {"level": _LEVEL[decision.rule.severity]},
            "properties": {"kind": decision.rule.kind, "outcome": decision.outcome},
        }
        for decision in verdict.decisions
    ]
    sources = {decision.rule.id: decision.rule.source for decision in verdict.decisions}
    run = {
        "tool": {"driver": {"name": "agent-gate", "version": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": not verdict.problem}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, sources.get(finding.rule)) for finding in verdict.findings],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def write(verdict: Verdict, path: Path) -> None:
    """Write the findings, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(path, (json.dumps(verdict_to_sarif(verdict), indent=2) + "\n").encode())


def _result(finding: Finding, source: Source | None) -> dict[str, Any]:
    """A finding about no file stands where its rule does: code scanning rejects a whole report for a result without a place."""
    message = "\n".join(part for part in (finding.message, finding.evidence, finding.fix) if part)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": printable(message)},
        "partialFingerprints": {"agentGate/v1": finding.id},
    }
    path, line = finding.path, finding.line
    if path is None:
        asked = source is not None and source.line > 0  # not of a rule that nobody has to ask for
        path, line = (source.path, source.line) if source and asked else ("AGENTS.md", 1)
    uri = quote(path.encode("utf-8", "surrogateescape"))
    place: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if line:
        place["region"] = {"startLine": line}
    result["locations"] = [{"physicalLocation": place}]
    return result
