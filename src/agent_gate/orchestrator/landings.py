"""What the lander tells becomes journal, tracker and words: tasks are closed or go back, and what is wrong with the base is filed."""

from __future__ import annotations

import hashlib
import shlex
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator import red_base
from agent_gate.orchestrator.gating import (
    landing_result,
    nothing_judged,
    read_verdict,
    run_gate,
    with_findings,
    write_verdict,
)
from agent_gate.orchestrator.journal import State
from agent_gate.orchestrator.judging import file_landed, file_verdict
from agent_gate.orchestrator.landing.candidates import style_for
from agent_gate.orchestrator.landing.lander import Lander
from agent_gate.orchestrator.landing.model import (
    BaseBroken,
    BaseMoved,
    BaseRed,
    Flaky,
    Landed,
    Returned,
    Waiting,
)
from agent_gate.orchestrator.tasks import try_again
from agent_gate.plain_text import one_line
from agent_gate.tracker import model, verdict_issues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent_gate.orchestrator.landing.model import GateResult, Told
    from agent_gate.orchestrator.site import Site


def lander_for(site: Site) -> Lander:
    """The lander of the site's base, which judges with our own gate."""

    def judge(base: str, head: str) -> GateResult:
        return _gate(site, {"base": base, "head": head}, f"{head[:12]}-on-{base[:12]}")

    def judge_base(tip: str) -> GateResult:
        return _judge_base(site, tip)

    first = f"first:{site.base}"
    style = style_for(site.policy_at(site.tip()), site.configured().run.landing)
    return Lander(
        site.repository,
        site.journal,
        site.base,
        site.owner.id,
        site.owner.is_gone,
        judge,
        site.passed,
        judge_base,
        site.journal.own(first) or site.journal.fact(first) or "",
        style,
    )


def land(site: Site, last_words: str = "") -> str:
    """One round; what it waits for, "" where it waits for nothing. `last_words` are not said again."""
    waits = ""
    for told in lander_for(site).round():
        if isinstance(told, Waiting):
            waits = told.reason
            if waits != last_words:
                site.tell(told.task, waits)
        else:
            _take(site, told)
        site.changed.set()
    return waits


def look_again(site: Site) -> None:
    """Where an earlier run has found that the base blocks every branch: what it lacked may be there now."""
    if red_base.why_blocked(site):
        tip = site.tip()
        result = _judge_base(site, tip)
        if result.outcome is Judgement.BLOCKED:
            _take(site, BaseRed(tip, result.verdict_file))


def _take(site: Site, told: Told) -> None:
    if isinstance(told, Landed):
        _landed(site, told)
    elif isinstance(told, Returned):
        _returned(site, told)
    elif isinstance(told, Flaky):
        site.tell(
            "", f"the gate was red, then green on {told.commit[:12]}: nobody is blamed, and it is filed"
        )
        _file(site, told.verdict_file, "It failed, and passed when it was run again on the same tree.")
    elif isinstance(told, BaseMoved):
        how = "was rewritten" if told.rewritten else "was moved"
        moved = f"{site.base} {how} from {told.old[:12]} to {told.new[:12]}, and not by this run"
        _tell_all(site, f"{moved}: it is gated now.")
        for place in told.left_behind:
            bring = f"git -C {shlex.quote(str(place))} read-tree -m -u {told.old[:12]} {told.new[:12]}"
            site.tell(
                "", f"{place} still shows {site.base} as it was before; this brings it along: `{bring}`"
            )
    elif isinstance(told, BaseBroken):
        why = f"{site.base} does not pass the gate at {told.new[:12]}; it did at {told.old[:12]}."
        _tell_all(site, f"{why} What is broken is filed.")
        _file(site, told.verdict_file, why)
    elif isinstance(told, BaseRed):
        why = f"{site.base} was red at {told.commit[:12]}, before anything landed"
        if hidden := red_base.why_blocked(site):
            why += f": {hidden}. No branch can pass before that is repaired"
        site.tell("", f"WARNING: {why}. What fails is filed; nothing red may be added.")


def _landed(site: Site, told: Landed) -> None:
    """The tracker's part is on disk before the journal forgets the task."""
    task, commit = told.task, told.commit
    if (gated := read_verdict(site.attempt_directory(task) / "verdict.json")).content:
        file_landed(site, task, gated.content)
    site.desk.post(model.Landed(task.id, commit, f"landed on {site.base} as {commit}"))
    site.journal.advance(task, State.CLOSED, head=commit, reason=f"landed as {commit[:12]}")
    site.tell(task.id, f"landed on {site.base} as {commit[:12]}")


def _returned(site: Site, told: Returned) -> None:
    """What passed alone does not pass with what landed before it: the next attempt is told so."""
    task = told.task
    gated = read_verdict(told.verdict_file) if told.verdict_file else nothing_judged()
    gated = with_findings(gated, told.findings)
    write_verdict(gated, site.attempt_directory(task) / "verdict.json")
    filed = file_verdict(site, task, gated.content)
    task = site.journal.advance(task, filed=int(filed))
    first = next(
        (str(finding["message"]) for finding in gated.blocking), "it does not pass together with what landed"
    )
    # A conflict came with what landed meanwhile: that is nobody's fault, and there is an end to it, since others did land.
    try_again(site, task, f"did not land: {one_line(first, 300)}", counts=not told.findings)


def _file(site: Site, verdict: Path | None, why: str) -> list[str]:
    """File findings about the base itself, which block nobody; their ids."""
    if verdict is None:
        return []
    gated = read_verdict(verdict)
    found = [_about_the_base(row, why) for row in gated.findings if row["severity"] != "advise"]
    if not found:
        return []
    failing = {row["rule"] for row in found}
    rules = [row for row in gated.content.get("rules", ()) if row["id"] in failing]
    content = {**gated.content, "rules": rules, "findings": found}
    origin = verdict_issues.Origin(
        "", site.base, str(content.get("head") or ""), str(content.get("tree") or "")
    )
    site.desk.file(verdict_issues.to_entry(content, origin))
    return [str(row["id"]) for row in found]


def _about_the_base(row: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {**row, "severity": "follow-up", "evidence": f"{why}\n{row['evidence']}".strip()}


def _tell_all(site: Site, sentence: str) -> None:
    """To the person, and to every task that is under way."""
    site.tell("", sentence)
    at, key = model.now(), hashlib.sha256(sentence.encode()).hexdigest()[:8]
    notes = [model.Note(task.id, f"{task.id}-told-{key}", sentence, at) for task in site.journal.live()]
    if notes:
        site.desk.post(*notes)


def _gate(site: Site, options: Mapping[str, str], name: str) -> GateResult:
    started = time.monotonic()
    file = site.directory / "landing" / f"{name}.json"
    gated = run_gate(site.repository.root, file, options, site.configured().run.gate_limit)
    site.journal.record(
        "", site.owner.id, "landing-gate", outcome=str(gated.outcome), seconds=time.monotonic() - started
    )
    if gated.outcome is Judgement.ERROR:
        site.tell("", f"the gate could not judge {name}: {gated.problem}")
    return landing_result(gated, file)


def _judge_base(site: Site, tip: str) -> GateResult:
    """The base judged by itself; once more where it blocks, before everything waits for its repair: it may have been a flake."""
    options = {"base": tip, "head": tip, "allow-unchanged": ""}
    name = f"base-{tip[:12]}"
    result = _gate(site, options, name)
    if result.outcome is Judgement.BLOCKED:
        result = _gate(site, {**options, "no-cache": ""}, name)
    return _base_judged(site, result, tip)


def _base_judged(site: Site, result: GateResult, tip: str) -> GateResult:
    """File what is found on the base itself, once, and not again for each task; red is a base whose commands fail.

    Judged by itself, all that fails is a follow-up: it fails at the base, too.
    """
    if result.verdict_file is None:
        return result
    gated = read_verdict(result.verdict_file)
    known = _file(site, result.verdict_file, f"Found on {site.base} at {tip[:12]}, before anything landed.")
    site.journal.know(f"red:{site.base}", known)
    red_base.keep(site, tip, gated)
    red = any(
        str(row["kind"]).startswith("command.") and row["severity"] != "advise" for row in gated.findings
    )
    return replace(result, outcome=Judgement.BLOCKED) if red and result.outcome is Judgement.PASS else result
