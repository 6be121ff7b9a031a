"""After an agent: what it left is judged, what fails is filed, and it is said how the task goes on."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents.model import End
from agent_gate.changes.objects import Objects
from agent_gate.changes.working import look_at_working_files
from agent_gate.findings import Finding, Severity
from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator import shared_state
from agent_gate.orchestrator.attempt_files import read_exit
from agent_gate.orchestrator.attempts import SHARED
from agent_gate.orchestrator.gating import (
    CUT_OFF,
    NO_CHANGE,
    NOT_REPAIRED,
    UNCOMMITTED,
    Gated,
    nothing_judged,
    run_gate,
    with_findings,
    write_verdict,
)
from agent_gate.orchestrator.journal import LANDS
from agent_gate.orchestrator.landing.candidates import (
    Conflict,
    conflict_finding,
    is_contained,
    put_on,
    style_for,
)
from agent_gate.orchestrator.worktree_git import opened
from agent_gate.plain_text import one_line
from agent_gate.repository import RepositoryError
from agent_gate.tracker import verdict_issues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from agent_gate.orchestrator.attempt_files import Exit
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.site import Site
    from agent_gate.repository import Repository

MOST_PATHS = 20  # named in one finding
GATE_RUNS = 2  # of a gate that could not judge
GATE_STARTS = 5  # of one that is killed each time
# It did not say itself that it is done, so what passes the gate may be half of the work.
_CUT_OFF = frozenset(End) - {End.FINISHED, End.CRASHED, End.REFUSED}
_NOT_ITS_FAULT = frozenset({End.RATE_LIMITED, End.NOT_LOGGED_IN})


class Next(StrEnum):
    """How a task goes on."""

    LAND = "land"
    AGAIN = "again"  # another attempt
    HOLD = "hold"  # nobody could judge it


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it.

    Attributes:
        reason: one sentence; "" where it may land.
        head, tree, base: what was judged, and against what; hex ids.
        filed: issues were filed for the task, now or earlier.
        waits_for: task that lands first, and that this one conflicts with.
        counts: the attempt is one of those that the task may have; not where the base moved under it, or its service failed.
    """

    next: Next
    reason: str
    head: str
    tree: str
    base: str
    filed: bool
    waits_for: str = ""
    counts: bool = True


def judge(site: Site, task: Task) -> Judged:
    """Judge the task's branch as it stands.

    Raises:
        RepositoryError: the branch or the base cannot be read.
        TrackerError: a task that the gate filed cannot be read.
    """
    directory = site.attempt_directory(task)
    head = _commit(site.repository, f"refs/heads/{task.branch}")
    tree = site.repository.git("rev-parse", f"{head}^{{tree}}").decode().strip()
    started_on, base = task.base, site.tip()
    task = replace(task, head=head, tree=tree)
    conflict, waits_for = _conflict(site, task, base)
    worktree, undone = _looked_at(site, task, base)
    own = [
        *undone,
        *_cut_off(directory),
        *_shared(site, worktree, task, directory),
        *conflict,
    ]
    unchanged = is_contained(site.repository, head, base)
    # Also where its work is on the base without us: a branch that was only moved to the base looks the same, so a person decides.
    if unchanged and not undone:
        own.append(_no_change(task, read_exit(directory)))
    # Never a verdict that lies there: the agent can write one. After a crash the gate's own signed cache makes this cheap.
    skip = unchanged or bool(conflict)
    gated = nothing_judged() if skip else _run(site, worktree, task, base, directory)
    gated = with_findings(gated, [*own, *_not_repaired(site, task, gated)])
    write_verdict(gated, directory / "verdict.json")
    passed = gated.outcome is Judgement.PASS
    filed = bool(task.filed) if passed else file_verdict(site, task, gated.content)
    ended = read_exit(directory)
    judged = Judged(
        Next.LAND, "", head, tree, base, filed, waits_for,
        counts=not (conflict and base != started_on) and (ended is None or ended.end not in _NOT_ITS_FAULT),
    )  # fmt: skip
    if passed:
        return judged
    if gated.outcome is Judgement.ERROR:
        return replace(judged, next=Next.HOLD, reason=f"the gate could not judge it: {gated.problem}")
    first, *others = gated.blocking
    more = f" (and {len(others)} more)" if others else ""
    return replace(judged, next=Next.AGAIN, reason=one_line(f"{first['message']}{more}", 300))


def file_verdict(site: Site, task: Task, content: Mapping[str, Any]) -> bool:
    """Have filed what blocks the task, and closed what was filed and is repaired; whether it has, or had, such issues."""
    blocking = [row for row in content["findings"] if row["severity"] == "block"]
    return _file(site, task, {**content, "findings": blocking})


def file_landed(site: Site, task: Task, content: Mapping[str, Any]) -> None:
    """Once the task has landed: its follow-ups are filed, and what was filed and is repaired is closed.

    What is found on the base, too, was filed when that was seen, and not for each task again.
    """
    known = set(site.journal.fact(f"red:{site.base}") or ())
    _file(site, task, {**content, "findings": [row for row in content["findings"] if row["id"] not in known]})


def _file(site: Site, task: Task, content: Mapping[str, Any]) -> bool:
    origin = verdict_issues.Origin(task.id, task.branch, task.head, task.tree)
    entry = verdict_issues.to_entry(content, origin)
    if entry["failing"] or task.filed:
        site.desk.file(entry)
    return bool(entry["failing"] or task.filed)


def _run(site: Site, worktree: Repository | None, task: Task, base: str, directory: Path) -> Gated:
    """The gate in a room; once more where it could not judge, and a few times more where it was killed."""
    options = {"base": base, "clean": "", "task-file": str(directory / "task.json")}
    place = worktree.root if worktree else site.repository.root
    if worktree is None or not _is_checked_out(worktree, task):
        options["head"] = task.head
    gated, failed = Gated(Judgement.ERROR, {}), 0
    for _ in range(GATE_STARTS):
        gated = run_gate(place, directory / "gate.json", options, site.configured().run.gate_limit)
        failed += not gated.killed
        if gated.outcome is not Judgement.ERROR or failed == GATE_RUNS:
            break
    if gated.outcome is not Judgement.ERROR and gated.content["head"] != task.head:
        return Gated(Judgement.ERROR, {}, "The branch moved while it was judged.")
    return gated


def _conflict(site: Site, task: Task, base: str) -> tuple[list[Finding], str]:
    """A conflict with the base, or with a branch that lands before this one, whose task is named, too."""
    style = style_for(site.policy_at(base), site.configured().run.landing)
    on_base = put_on(site.repository, base, task, style)
    if isinstance(on_base, Conflict):
        return [conflict_finding(site.repository, on_base, task, site.base)], ""
    for other in site.journal.tasks(*LANDS):
        found = put_on(site.repository, other.head, task, style) if other.head else ""
        if isinstance(found, Conflict):
            finding = conflict_finding(site.repository, found, task, site.base)
            message = f"{other.branch} lands first. {finding.message}"
            return [replace(finding, message=message, anchor=f"{finding.anchor} {other.id}")], other.id
    return [], ""


def _looked_at(site: Site, task: Task, base: str) -> tuple[Repository | None, list[Finding]]:
    """The attempt's worktree, and what it holds that would not land; None where agent or disk have damaged it.

    The branch is safe: the next attempt gets another worktree, and this one is set aside.
    """
    try:
        worktree = opened(site.repository, Path(task.worktree))
        return worktree, [*_left_undone(worktree, task, base)]
    except RepositoryError as problem:
        message = f"The worktree is damaged, so what was not committed in it cannot be looked at: {problem}"
        fix = f"You have another worktree now, with {task.branch} as it was committed: finish the task there."
        return None, [_finding(UNCOMMITTED, message, fix)]


def _is_checked_out(worktree: Repository, task: Task) -> bool:
    """Whether HEAD is the commit to judge, on the task's branch; an agent may have left another one there."""
    branch = worktree.try_git("symbolic-ref", "--quiet", "HEAD") or b""
    return (
        os.fsdecode(branch).strip() == f"refs/heads/{task.branch}" and _commit(worktree, "HEAD") == task.head
    )


def _left_undone(worktree: Repository, task: Task, base: str) -> Iterator[Finding]:
    """Work that is not committed on the branch: it would not land, and may be what is missing. What the base holds is none."""
    checked_out = _commit(worktree, "HEAD")
    if not any(is_contained(worktree, checked_out, tip) for tip in (task.head, base)):
        yield _finding(
            UNCOMMITTED,
            f"The worktree has {checked_out[:12]} checked out, which is not on {task.branch}.",
            f"Bring the work to the branch: `git switch {task.branch} && git merge {checked_out[:12]}`.",
        )
    paths = look_at_working_files(worktree, Objects(worktree), checked_out).uncommitted
    if paths:
        named = [one_line(os.fsdecode(path)) for path in paths[:MOST_PATHS]]
        more = f" and {len(paths) - MOST_PATHS} more" if len(paths) > MOST_PATHS else ""
        yield _finding(
            UNCOMMITTED,
            f"Work was left uncommitted: {', '.join(named)}{more}.",
            "Commit what belongs to the task; remove the rest, or have .gitignore name it.",
        )


def _not_repaired(site: Site, task: Task, gated: Gated) -> Iterator[Finding]:
    """What a follow-up asks for is red on the base, too, so that it alone keeps no branch from landing.

    Raises:
        TrackerError: the issue cannot be read.
    """
    issue = site.desk.issue(task.id) if verdict_issues.is_filed(task.id) else None
    wanted = issue.metadata.get("agent_gate", {}).get("findings", ()) if issue else ()
    for row in gated.findings:
        if row["id"] in wanted:
            message = f"What the task asks to repair is still there: {one_line(row['message'], 300)}"
            yield _finding(NOT_REPAIRED, message, "Repair it as the task says, and commit.")


def _cut_off(directory: Path) -> Iterator[Finding]:
    ended = read_exit(directory)
    if ended is not None and ended.end in _CUT_OFF:
        reason = f": {ended.reason}" if ended.reason else ""
        yield _finding(
            CUT_OFF,
            f"The agent was ended before it said that it is done ({ended.end}{reason}).",
            "Look at what is there, finish the task, and commit.",
        )


def _shared(site: Site, worktree: Repository | None, task: Task, directory: Path) -> Sequence[Finding]:
    file = directory / SHARED
    if not file.is_file():
        return [
            _finding(
                shared_state.RULE,
                "What all worktrees share cannot be compared: the record of how it was is gone.",
                "Leave agent-gate's own files in the git directory alone.",
            )
        ]
    landed = site.repository.git("rev-list", f"{task.base}..refs/heads/{site.base}").decode().split()
    own = frozenset(site.repository.git("rev-list", f"{task.base}..{task.head}").decode().split())
    moves = site.journal.fact(f"landing:{site.base}") or {}
    expected = shared_state.Expected(
        task.id,
        task.branch,
        site.base,
        landed={*landed} - own | {moves.get("new", "")},
        branches=[other.branch for other in site.journal.tasks() if other.id != task.id],
    )
    before = shared_state.load(file.read_text(encoding="utf-8"))
    after = shared_state.snapshot(site.repository)
    # Without a worktree the log of what was made there is gone, too.
    found = shared_state.compare(
        before, after, worktree or site.repository, expected, blames=worktree is not None
    )
    for finding in found:
        if finding.kind == shared_state.STASH_LOST:  # it blocks nobody, and may be somebody's only copy
            site.tell(task.id, f"{finding.message} {finding.fix}")
    return found


def _no_change(task: Task, ended: Exit | None) -> Finding:
    why = f" ({one_line(ended.reason)})" if ended and ended.end is End.CRASHED and ended.reason else ""
    return _finding(
        NO_CHANGE,
        f"The agent {'crashed' if why else 'stopped'}{why}, and {task.branch} has nothing to land.",
        "Do what the task asks for, and commit it on the branch that is checked out.",
    )


def _finding(rule: str, message: str, fix: str) -> Finding:
    return Finding(rule, "orchestrator", Severity.BLOCK, message, fix=fix, reproduce="git status")


def _commit(repository: Repository, revision: str) -> str:
    return repository.git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
