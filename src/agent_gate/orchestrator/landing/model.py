"""What landing is asked and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.findings import Finding
    from agent_gate.gate.verdict import Judgement
    from agent_gate.orchestrator.journal import Task


class Style(StrEnum):
    """How a branch is put on a base that has moved."""

    MERGE = "merge"  # a merge commit
    LINEAR = "linear"  # its commits again, each on top of the other


@dataclass(frozen=True, slots=True)
class GateResult:
    """The gate's answer about one commit.

    Attributes:
        outcome: pass, blocked, or error: it could not run.
        tree: of the commit that was judged; "" counts as error, so that no verdict of another tree lands anything.
        verdict_file: the verdict as JSON; None where there is none.
    """

    outcome: Judgement
    tree: str
    verdict_file: Path | None = None


Gate = Callable[
    [str, str], GateResult
]  # (sha of the base, sha of what would be the base) → answer; may take minutes


@dataclass(frozen=True, slots=True)
class Landed:
    """The task's work is part of the base; `commit` is where it is. Told again after a crash, until the task is closed."""

    task: Task
    commit: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The task cannot land as it is, and waits no longer: `findings` say why, or the verdict's blocking findings do."""

    task: Task
    findings: tuple[Finding, ...] = ()
    verdict_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Flaky:
    """The gate was red, then green about the same tree: nobody is to blame, something does not give the same answer twice."""

    commit: str
    verdict_file: Path | None  # the red one


@dataclass(frozen=True, slots=True)
class BaseMoved:
    """Somebody else moved the base; `rewritten`: what landed before is not all in it.

    `left_behind`: checkouts of it that still show `old`.
    """

    old: str
    new: str
    rewritten: bool
    left_behind: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseBroken:
    """What others put on the base does not pass; `old` is the last tip that is known to be good."""

    old: str
    new: str
    verdict_file: Path | None


@dataclass(frozen=True, slots=True)
class BaseRed:
    """The base was red before anything landed."""

    commit: str
    verdict_file: Path | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing more lands now, and nobody is to blame; `reason` is one sentence, `task` the one that waits ("" for all)."""

    reason: str
    task: str = ""
    verdict_file: Path | None = None


Told = Landed | Returned | Flaky | BaseMoved | BaseBroken | BaseRed | Waiting
