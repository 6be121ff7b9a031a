"""The gate as a process of its own, and its verdict with what only the orchestrator can see."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from agent_gate.findings import Severity, identified
from agent_gate.gate.verdict import SCHEMA, Judgement
from agent_gate.isolation import isolated_arguments, isolated_environment
from agent_gate.options import PREFIX
from agent_gate.orchestrator import shared_state
from agent_gate.orchestrator.landing.candidates import CONFLICT_RULE
from agent_gate.orchestrator.landing.model import GateResult
from agent_gate.reports.json_report import finding_to_json, write_json
from agent_gate.running.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agent_gate.findings import Finding

NO_CHANGE, UNCOMMITTED, CUT_OFF = "orchestrator/no-change", "orchestrator/uncommitted", "orchestrator/cut-off"
NOT_REPAIRED = "orchestrator/not-repaired"
OWN_RULES = {
    NO_CHANGE: "A task is done when there is something to land.",
    UNCOMMITTED: "All work is committed when the agent stops.",
    CUT_OFF: "The agent itself says that it is done.",
    NOT_REPAIRED: "A task that the gate filed is done when what it lists is gone.",
    shared_state.RULE: "An agent changes its own branch, and nothing that all worktrees share.",
    CONFLICT_RULE: "The branch goes on top of the base, and of what lands before it.",
}


class _Source(msgspec.Struct):
    path: str
    line: int
    text: str


class _Rule(msgspec.Struct):
    id: str
    kind: str
    source: _Source
    outcome: str


class _Finding(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    rule: str
    kind: str
    severity: Severity
    path: str | None
    line: int | None
    message: str
    evidence: str
    fix: str
    reproduce: str


class _Rows(msgspec.Struct):
    """The part of a verdict that is read: agents can write where it lies, and nobody may stumble over it."""

    rules: list[_Rule]
    findings: list[_Finding]


@dataclass(frozen=True, slots=True)
class Gated:
    """A verdict that was read.

    Attributes:
        outcome: pass, blocked, or error: it could not be judged.
        content: the JSON, as `reports/verdict.schema.json` describes it; {} where there is none.
        problem: why it could not be judged, "" where it was.
        killed: the gate was ended by a signal of somebody else's, which says nothing of what it was to judge.
    """

    outcome: Judgement
    content: Mapping[str, Any]
    problem: str = ""
    killed: bool = False

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """All findings, as the JSON has them."""
        return tuple(self.content.get("findings", ()))

    @property
    def blocking(self) -> Sequence[Mapping[str, Any]]:
        """The findings for which it may not land."""
        return tuple(finding for finding in self.findings if finding["severity"] == "block")


def run_gate(worktree: Path, verdict: Path, options: Mapping[str, str], limit: float) -> Gated:
    """Judge something as `agent-gate check` does; what it prints goes beside the verdict.

    Args:
        worktree: where the gate is started.
        verdict: where its JSON goes; it is written in one step, and an old one is gone before the gate starts.
        options: of `agent-gate check`, without the dashes; the value of a flag is "".
        limit: seconds.
    """
    verdict.parent.mkdir(parents=True, exist_ok=True)
    verdict.unlink(missing_ok=True)
    named = {**options, "worktree": str(worktree), "json": str(verdict)}
    arguments = [f"{PREFIX}-{name}={value}" if value else f"{PREFIX}-{name}" for name, value in named.items()]
    argv = isolated_arguments([*arguments, "--quiet"], worktree)
    # Started in the worktree, with nothing that would load its code: a relative PYTHONPATH leads there.
    done = run(argv, cwd=worktree, env=isolated_environment(os.environ, worktree), timeout=limit)
    verdict.with_suffix(".log").write_text(done.output, encoding="utf-8", errors="replace")
    if done.timed_out:
        return Gated(Judgement.ERROR, {}, f"The gate did not end within {limit:.0f} s.")
    code = done.exit_code or 0
    if not verdict.exists():
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {done.exit_code}"
        problem = f"The gate {how} and left no verdict; what it said is in {verdict.with_suffix('.log')}."
        return Gated(Judgement.ERROR, {}, problem, killed=code < 0)
    gated = read_verdict(verdict)
    # The exit code and the file must say the same: either alone may be a leftover or half a run.
    agreed = {Judgement.PASS: 0, Judgement.BLOCKED: 1}.get(gated.outcome)
    if agreed is not None and done.exit_code != agreed:
        why = f"The gate ended with {done.exit_code}, and its verdict says {gated.outcome}."
        return Gated(Judgement.ERROR, gated.content, why)
    return gated


def read_verdict(file: Path) -> Gated:
    """A verdict from its file; one that is missing or damaged is an error, never a pass."""
    try:
        content = json.loads(file.read_bytes())
        outcome = Judgement(content["verdict"])
        msgspec.convert(content, _Rows)
        problem = ""
        if outcome is Judgement.ERROR:
            problem = (
                " ".join(str(found["message"]) for found in content["findings"][-1:])
                or "It does not say why."
            )
    except (OSError, ValueError, KeyError, TypeError, RecursionError, msgspec.MsgspecError) as why:
        return Gated(Judgement.ERROR, {}, f"The gate left no verdict that can be read ({why!r}).")
    return Gated(outcome, content, problem)


def with_findings(gated: Gated, findings: Sequence[Finding]) -> Gated:
    """The verdict with the orchestrator's own rules, kept or not; a blocking finding blocks."""
    content = dict(gated.content) or {
        "schema": SCHEMA, "verdict": "pass", "base": None, "head": None, "tree": None,
        "policy_hash": None, "rules": [], "findings": [], "seconds": 0.0,
    }  # fmt: skip
    blocks = any(finding.severity == "block" for finding in findings)
    outcome = Judgement.BLOCKED if blocks and gated.outcome is Judgement.PASS else gated.outcome
    content["findings"] = [*content["findings"], *map(finding_to_json, identified(findings))]
    content["rules"] = [*content["rules"], *_rules(findings)]
    content["verdict"] = outcome.value
    return Gated(outcome, content, gated.problem)


def nothing_judged() -> Gated:
    """What `with_findings` starts from where there was nothing to judge."""
    return Gated(Judgement.PASS, {})


def write_verdict(gated: Gated, file: Path) -> None:
    """Write the verdict in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(gated.content, file)


def landing_result(gated: Gated, file: Path) -> GateResult:
    """What the lander asks for."""
    return GateResult(gated.outcome, str(gated.content.get("tree") or ""), file)


def _rules(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """A row for each of our own rules: those without a finding are kept, so that their issues are closed."""
    rows = []
    for rule, text in OWN_RULES.items():
        severities = {finding.severity for finding in findings if finding.rule == rule}
        blocks = Severity.BLOCK in severities
        rows.append(
            {
                "id": rule,
                "kind": "orchestrator",
                "source": {"path": "agent-gate", "line": 0, "text": text},
                "value": None,
                "severity": Severity.BLOCK.value,
                "outcome": "fail" if blocks else "follow-up" if severities else "pass",
                "seconds": 0.0,
                "cached": False,
            }
        )
    return rows
