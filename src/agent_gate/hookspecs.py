"""The public plugin interface: what a check gets, what it answers, and how it is registered.

A check is a plain function. A plugin (one of ours, or a package with an `agent_gate` entry point) offers checks by kind:

    from agent_gate.hookspecs import CheckResult, hookimpl

    def no_fridays(rule, context):
        return CheckResult(evidence="it is not Friday")

    @hookimpl
    def agent_gate_checks():
        return {"no-fridays": no_fridays}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.changes.model import ChangeSet
    from agent_gate.findings import Finding
    from agent_gate.policy.model import Rule
    from agent_gate.policy.settings import Settings
    from agent_gate.running.rooms import Rooms

hookspec = pluggy.HookspecMarker("agent_gate")
hookimpl = pluggy.HookimplMarker("agent_gate")


@dataclass(frozen=True, slots=True)
class Task:
    """What the agent was asked to do: the only place where exceptions to a rule can be declared."""

    id: str
    title: str
    description: str

    @property
    def text(self) -> str:
        """Title and description, for looking up a declared intent."""
        return f"{self.title}\n{self.description}"


@dataclass(frozen=True, slots=True)
class GateContext:
    """What every check is given beside its rule.

    Attributes:
        changes: the change set that is judged.
        place: directory where the judged tree is checked out (the worktree, or a room); commands run here.
        task: what the agent was asked to do, if that is known.
        settings: `[tool.agent-gate]` at the base.
        rooms: makes rooms for trees: of the base, or a copy for commands that rewrite files.
        unready: why no command can run in `place` (its set-up failed), with the set-up's last words; "" where they can.
    """

    changes: ChangeSet
    place: Path
    task: Task | None
    settings: Settings
    rooms: Rooms
    unready: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check's answer.

    Attributes:
        findings: what is wrong; empty where nothing is.
        evidence: what proves that the check looked ("412 tests passed", "3 commits read"). No findings, no evidence and
            no `skipped`: the gate takes that for an error.
        skipped: why the rule does not apply to this change set; "" where it does.
        undecided: why the rule could not be decided (missing tool, time limit, crash); makes the outcome `error`.
        cacheable: False where the same inputs may answer differently (a flaky test, a missing tool).
    """

    findings: tuple[Finding, ...] = ()
    evidence: str = ""
    skipped: str = ""
    undecided: str = ""
    cacheable: bool = True


Check = Callable[["Rule", GateContext], CheckResult]


@hookspec
def agent_gate_checks() -> Mapping[str, Check]:  # type: ignore[empty-body]
    """Checks by the kind of rule that they decide (`plugin.NAME`); called once, when the gate starts.

    A check must not change `context.place`, and must return; an exception becomes a blocking finding under the plugin's
    name. Two plugins for one kind are an error.
    """
