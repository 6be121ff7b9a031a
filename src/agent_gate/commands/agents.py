"""`agent-gate agents`: which agents are installed, in which version, and whether they answer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents import options
from agent_gate.agents.config import AgentConfig
from agent_gate.agents.model import AgentError
from agent_gate.agents.registry import all_adapters
from agent_gate.orchestrator.config import read_configured
from agent_gate.plain_text import one_line
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError, open_repository

if TYPE_CHECKING:
    import argparse

    from agent_gate.agents.model import Adapter

USAGE_ERROR = 4
ANSWER_SECONDS = 20.0  # for its version; some load a lot first
_VERSION = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """One agent as it is here.

    Attributes:
        state: "answers", "not installed", "silent" (no answer in time), "fails", "configured" (a template, not tried).
        detail: where it is, or why it fails.
        configured: its place in the fall-over order, from 1; 0 where the configuration does not name it.
    """

    name: str
    state: str
    version: str = ""
    detail: str = ""
    configured: int = 0


def agents(arguments: argparse.Namespace) -> int:
    """List every agent; each is asked for its version, all side by side."""
    try:
        root = open_repository(Path(arguments.worktree)).root
    except RepositoryError:
        root = None  # not in a repository: nothing is configured
    try:
        configured = read_configured(root, "").agents if root else ()
        adapters = all_adapters()
    except (PolicyError, AgentError) as problem:
        print(f"agent-gate agents: {problem}", file=sys.stderr)
        return USAGE_ERROR
    names = {agent.name for agent in configured}
    others = [AgentConfig(name, name) for name in sorted(adapters) if name not in {*names, "command"}]
    wanted = [(agent, place) for place, agent in enumerate(configured, 1)] + [(agent, 0) for agent in others]
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        found = list(pool.map(lambda entry: look(adapters[entry[0].adapter], *entry), wanted))
    _show(found, as_json=arguments.json)
    return 0


def look(adapter: Adapter, agent: AgentConfig, place: int = 0) -> Found:
    """Ask one agent for its version."""
    if not adapter.program:
        return Found(agent.name, "configured", detail=one_line(agent.command, 100), configured=place)
    try:
        words = options.split(agent.command) if agent.command else (adapter.program,)
    except AgentError as problem:
        return Found(agent.name, "fails", detail=str(problem), configured=place)
    program = shutil.which(words[0])
    if program is None:
        return Found(agent.name, "not installed", detail=f"no `{words[0]}` on PATH", configured=place)
    state, version, detail = _ask((program, *words[1:], *adapter.version))
    return Found(agent.name, state, version, detail or program, place)


def _ask(command: tuple[str, ...]) -> tuple[str, str, str]:
    """State, version and, for a failure, why."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=ANSWER_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "silent", "", f"no answer in {ANSWER_SECONDS:g} s"
    except OSError as problem:
        return "fails", "", str(problem.strerror)
    said = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    if done.returncode:
        return (
            "fails",
            "",
            f"exit code {done.returncode}: {one_line(said.strip().rpartition(chr(10))[2], 100)}",
        )
    version = _VERSION.search(said)
    return "answers", version[0].rstrip(".") if version else "", ""


def _show(found: list[Found], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(entry) for entry in found], indent=1))
        return
    for entry in found:
        place = f"{entry.configured}." if entry.configured else ""
        print(f"{place:<3}{entry.name:<10} {entry.state:<14} {entry.version:<12} {entry.detail}".rstrip())
