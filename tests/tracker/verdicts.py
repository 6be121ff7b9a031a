"""Verdicts as the gate makes them, for filing."""

from __future__ import annotations

from typing import Any

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.gate.verdict import Decision, Judgement, Verdict
from agent_gate.policy.model import Kind, Rule, Source
from agent_gate.reports.json_report import verdict_to_json
from agent_gate.tracker.verdict_issues import Origin

BLOCK, FOLLOW_UP, ADVISE = Severity.BLOCK, Severity.FOLLOW_UP, Severity.ADVISE


def rule(name: str) -> Rule:
    return Rule(f"command.lint/{name}", Kind.LINT, Source("AGENTS.md", 7, f"Run `{name}`."), name)


def failing(name: str, *severities: Severity, **fields: object) -> Decision:
    asked = rule(name)
    values = {
        "path": "a.py",
        "line": 3,
        "evidence": "import os",
        "fix": "Remove it.",
        "reproduce": name,
        **fields,
    }
    found = tuple(
        Finding(asked.id, asked.kind, severity, f"unused import {n}", **values)
        for n, severity in enumerate(severities)
    )  # type: ignore[arg-type]
    return Decision(asked, Outcome.FAIL if BLOCK in severities else Outcome.FOLLOW_UP, found)


def kept(name: str) -> Decision:
    return Decision(rule(name), Outcome.PASS, detail="looked")


def verdict(*decisions: Decision, tree: str = "c") -> dict[str, Any]:
    made = Verdict(Judgement.BLOCKED, "a" * 40, "b" * 40, tree * 40, "d" * 64, decisions, 1.0)
    return verdict_to_json(made)


def origin(task: str = "", branch: str = "agent/work", tree: str = "c") -> Origin:
    return Origin(task, branch, "b" * 40, tree * 40)
