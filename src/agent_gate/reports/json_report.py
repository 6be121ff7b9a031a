"""The verdict as JSON, in the shape of `verdict.schema.json` (kept exactly: other tools read it)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_gate.gate.verdict import SCHEMA, verdict_of
from agent_gate.plain_text import printable
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.findings import Finding
    from agent_gate.gate.verdict import Decision, Verdict

SCHEMA_FILE = Path(__file__).with_name("verdict.schema.json")


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON values."""
    return {
        "schema": SCHEMA,
        "verdict": verdict.judgement.value,
        "base": verdict.base,
        "head": verdict.head,
        "tree": verdict.tree,
        "policy_hash": verdict.policy_hash,
        "rules": [_rule(decision) for decision in verdict.decisions],
        "findings": [finding_to_json(finding) for finding in verdict.findings],
        "seconds": round(verdict.seconds, 3),
    }


def write(verdict: Verdict, path: Path) -> None:
    """Write the verdict, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    write_json(verdict_to_json(verdict), path)


def write_wrong_option(path: Path) -> None:
    """Write the verdict of a run whose options are wrong: there is one in every case.

    Raises:
        OSError: the file cannot be written.
    """
    write(verdict_of(None, (), "An option of this run is wrong: its output says which.", 0.0), path)


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write a verdict's JSON values, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())


def _rule(decision: Decision) -> dict[str, Any]:
    rule = decision.rule
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "source": {
            "path": printable(rule.source.path),
            "line": rule.source.line,
            "text": printable(rule.source.text),
        },
        "value": rule.value,
        "severity": rule.severity.value,
        "outcome": decision.outcome.value,
        "seconds": round(decision.seconds, 3),
        "cached": decision.cached,
    }


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """One finding, which has its id, as JSON values."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "kind": finding.kind,
        "severity": finding.severity.value,
        "path": None if finding.path is None else printable(finding.path),
        "line": finding.line,
        "message": printable(finding.message),
        "evidence": printable(finding.evidence),
        "fix": printable(finding.fix),
        "reproduce": printable(finding.reproduce),
    }
