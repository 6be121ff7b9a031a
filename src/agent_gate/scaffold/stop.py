"""What an agent's stop hook runs: the gate on the worktree, and its findings as the reason to go on.

It never loops: the same work is not sent back twice, and one session not more than `MAX_BLOCKS` times. It is a help to the
agent, never the gate: the agent could edit its own settings, so what lands is judged again elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_gate.directories import state_directory
from agent_gate.isolation import isolated_arguments, isolated_environment
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.running.process import run
from agent_gate.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BLOCKS = 5  # times that one session is sent back
MAX_REASON = 9_000  # characters; codex cuts what is longer than 10,000
SECONDS = 1_700.0  # below the time that the agents' settings give us
_MAX_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent is told; `reason` sends it back, `message` is for the person alone. Both empty: it may stop."""

    reason: str = ""
    message: str = ""

    def to_json(self) -> str:
        """As claude, gemini and codex read it."""
        data = {"decision": "block", "reason": self.reason} if self.reason else {}
        return json.dumps({**data, "systemMessage": self.message} if self.message else data)


def stop_answer(event: Mapping[str, Any], worktree: Path) -> Answer:
    """Judge the worktree, and decide whether the agent may stop."""
    verdict, problem = _verdict(worktree)
    if problem:
        return Answer(message=f"agent-gate could not judge this: {problem}")
    if verdict.get("verdict") != "blocked":
        return Answer()
    memory = _memory(event, worktree)
    blocks = _read(memory)
    work = hashlib.sha256(f"{verdict.get('head')} {verdict.get('tree')}".encode()).hexdigest()
    if (
        work in blocks
        or len(blocks) >= MAX_BLOCKS
        or (not event.get("session_id") and event.get("stop_hook_active"))
    ):
        return Answer(message="agent-gate still blocks this; the agent was told, and is not sent back again.")
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps([*blocks, work]))
    return Answer(reason=told(verdict))


def told(verdict: Mapping[str, Any]) -> str:
    """The blocking findings, as the agent reads them."""
    lines = ["agent-gate: this may not merge yet. Repair what follows, commit, and finish again.", ""]
    blocking = [finding for finding in verdict.get("findings", ()) if finding.get("severity") == "block"]
    for finding in blocking[:_MAX_FINDINGS]:
        place = printable(finding.get("path") or "") + (f":{finding['line']}" if finding.get("line") else "")
        lines.append(
            f"- [{finding['rule']}] {place}{': ' if place else ''}{one_line(finding['message'], 400)}"
        )
        if evidence := printable(finding.get("evidence") or "").strip():
            lines += [f"  | {line}" for line in clipped(evidence, 1_000).splitlines()]
        lines += [
            f"  {key}: {one_line(finding[key], 300)}" for key in ("fix", "reproduce") if finding.get(key)
        ]
    if len(blocking) > _MAX_FINDINGS:
        lines.append(f"… and {len(blocking) - _MAX_FINDINGS} more: `agent-gate check` shows them all.")
    return clipped("\n".join(lines), MAX_REASON)


def _verdict(worktree: Path) -> tuple[dict[str, Any], str]:
    """The gate's verdict, or why there is none; nothing to judge is an empty one."""
    with tempfile.TemporaryDirectory(prefix="stop-hook-", dir=scratch_directory()) as directory:
        file = Path(directory) / "verdict.json"
        argv = isolated_arguments([f"--agent-gate-json={file}"], worktree)
        done = run(argv, cwd=worktree, env=isolated_environment(os.environ, worktree), timeout=SECONDS)
        if done.exit_code == 5:  # noqa: PLR2004 - pytest's: nothing to judge
            return {}, ""
        if done.timed_out:
            return {}, f"the gate took more than {SECONDS:.0f} s"
        try:
            verdict: dict[str, Any] = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}, one_line(done.output.strip().rpartition("\n")[2], 300) or "the gate wrote no verdict"
        if verdict.get("verdict") == "error":  # its one finding says why nothing was judged
            return {}, one_line(" ".join(finding["message"] for finding in verdict.get("findings", ())), 300)
        return verdict, ""


def _memory(event: Mapping[str, Any], worktree: Path) -> Path:
    """Where it is kept which work of this session was sent back."""
    session = hashlib.sha256(
        f"{event.get('session_id')}\0{worktree}".encode("utf-8", "backslashreplace")
    ).hexdigest()
    return state_directory() / "stop-hook" / f"{session[:32]}.json"


def _read(memory: Path) -> list[str]:
    try:
        blocks = json.loads(memory.read_text())
    except (OSError, ValueError):
        return []
    return [str(block) for block in blocks] if isinstance(blocks, list) else []
