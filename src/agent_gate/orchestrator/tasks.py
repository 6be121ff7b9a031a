"""One task's life: each state has a step, which does what is due and writes what is due next.

A step may be done again after a crash at any point: it first looks at the facts (branch, lock, files) and does what is missing.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_gate.agents.model import End
from agent_gate.orchestrator import attempts, shared_state
from agent_gate.orchestrator.attempt_files import Attempt, Limits
from agent_gate.orchestrator.attempts import Unfinished
from agent_gate.orchestrator.choosing import choose, note_limit, why_none
from agent_gate.orchestrator.closed_early import take_back, was_closed_early
from agent_gate.orchestrator.gating import read_verdict
from agent_gate.orchestrator.guard import guard
from agent_gate.orchestrator.journal import ENDED, LANDS, State
from agent_gate.orchestrator.judging import Next, judge
from agent_gate.orchestrator.prompts import prompt_for
from agent_gate.orchestrator.worktrees import Wanted, acquire
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.tracker.model import CLOSED, Note, Reopen, SetStatus, now
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent_gate.agents.config import AgentConfig
    from agent_gate.orchestrator.attempt_files import Exit
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.site import Site
    from agent_gate.tracker.model import Issue

STARTS = 3  # of one attempt whose runner is killed each time
MAX_NOTE = 3_000  # characters of an agent's output in a note
WAIT_SECONDS = 1.0  # between two looks at a task that waits for another one
_PASSING = {End.RATE_LIMITED, End.NOT_LOGGED_IN}  # not the task's fault: the attempt does not count


def work_on(site: Site, task: Task) -> Task:
    """Do what is due until the task is somebody else's turn: the lander's, a later time's, a person's.

    Raises:
        LostLeaseError: it was taken over.
    """
    while (step := _STEPS.get(task.state)) is not None:
        task = step(site, task)
    return task


# ---------------------------------------------------------------------- the steps
def _claim(site: Site, task: Task) -> Task:
    if not site.desk.claim(task.id):
        return release(site, task, "somebody else has claimed it, or it may not be claimed as it is")
    return site.journal.advance(task, State.PREPARING, branch=f"agent/{task.id}")


def _prepare(site: Site, task: Task) -> Task:
    if not _has_slot(site, task):
        why = "the run was asked to stop" if site.leaving.is_set() else "a person dropped it"
        return release(site, task, why)
    base = site.tip()
    wanted = Wanted(task.id, task.branch, base)
    acquired = acquire(site.repository, wanted, site.settings_at(base), site.live_tasks)
    for sentence in acquired.told:
        site.tell(task.id, sentence)
    return site.journal.advance(task, State.WORKING, worktree=str(acquired.path), base=base)


def _has_slot(site: Site, task: Task) -> bool:
    """Whether it is its turn, once it is; a paused run begins nothing."""

    def most() -> int:
        return 0 if site.journal.fact("paused") else site.at_once()

    def waits() -> bool:
        return not (site.leaving.is_set() or site.journal.fact(f"drop:{task.id}"))

    return waits() and site.slots.take(site.repository.root, task.id, most, waits=waits)


def _work(site: Site, task: Task) -> Task:
    worktree, directory = Path(task.worktree), site.attempt_directory(task)
    ended = attempts.status(worktree, directory)
    if ended is Unfinished.RUNNING:
        site.journal.record(task.id, site.owner.id, "adopted", attempt=task.attempt)
    for _ in range(STARTS):
        if ended is Unfinished.NOT_STARTED:
            if site.leaving.is_set():
                return release(site, task, "the run was asked to stop")
            task, due = _begin(site, task)
            if not due:
                return task
        ended = attempts.wait(worktree, directory)
        if not isinstance(ended, Unfinished):
            return _take_ending(site, task, ended)
        site.tell(task.id, f"the runner of attempt {task.attempt} was killed; it is started again")
    return hold(site, task, f"the runner of attempt {task.attempt} was killed {STARTS} times")


def _gate(site: Site, task: Task) -> Task:
    judged = judge(site, task)
    task = site.journal.advance(task, filed=int(judged.filed))
    if judged.next is Next.HOLD:
        return hold(site, task, judged.reason)
    if judged.next is Next.AGAIN:
        return try_again(site, task, judged.reason, waits_for=judged.waits_for, counts=judged.counts)
    site.passed.add(judged.base, judged.head)
    site.tell(task.id, f"passed the gate at {judged.head[:12]}, waits to land")
    task = site.journal.advance(task, State.QUEUED, head=judged.head, tree=judged.tree, base=judged.base)
    site.changed.set()
    return task


def wait_over(site: Site, task: Task) -> Task:
    """Go on where the time has come, and what it waited for is out of the way."""
    queued = {other.id for other in site.journal.tasks(*LANDS)}
    if task.waits_for in queued:
        return site.journal.advance(task, not_before=time.time() + WAIT_SECONDS)
    return site.journal.advance(task, State.PREPARING, waits_for="", not_before=0.0)


# ---------------------------------------------------------------------- an attempt
def _begin(site: Site, task: Task) -> tuple[Task, bool]:
    """Start the attempt; False where something else is due instead."""
    configured = site.configured()
    agent = choose(site, configured.agents, task)
    if agent is None:
        return wait_until(site, task, *why_none(site, configured.agents)), False
    limits = _limits(site, task, agent)
    if limits is None:
        return hold(site, task, "its budget is used up: raise `task-budget` before you retry it"), False
    issue = site.begun.pop(task.id, None) or site.desk.issue(task.id)
    if issue is None:
        return hold(site, task, "the tracker does not know it any more"), False
    if issue.status == CLOSED:
        site.desk.post(take_back(task))
    session = task.session if agent.name == task.agent else ""
    with attempts.claimed(Path(task.worktree)) as lock:
        # Asked under the lock: who was frozen, and has lost the task, touches nothing of the attempt that another has begun.
        task = site.journal.advance(task, agent=agent.name, session=session)
        _prepare_files(site, task, agent, limits, issue)
        site.journal.record(task.id, site.owner.id, "agent-starts", attempt=task.attempt, agent=agent.name)
        attempts.start(site.attempt_directory(task), lock)
    site.tell(task.id, f"attempt {task.attempt} with {agent.name} in {task.worktree}")
    return task, True


def _prepare_files(site: Site, task: Task, agent: AgentConfig, limits: Limits, issue: Issue) -> None:
    worktree, directory = Path(task.worktree), site.attempt_directory(task)
    _keep_shared(site, directory)
    attempt = Attempt(
        agent=agent.adapter,
        task=task.id,
        attempt=task.attempt,
        worktree=worktree,
        directory=directory,
        branch=task.branch,
        base=task.base,
        model=agent.model,
        session=task.session,
        options=agent.options,
        git_config=guard(site.repository, worktree, task.id, task.branch),
        limits=limits,
    )
    attempts.prepare(attempt, _prompt(site, task, issue))
    told = {"id": issue.id, "title": issue.title, "description": issue.description}
    (directory / "task.json").write_text(json.dumps(told), encoding="utf-8")


def _keep_shared(site: Site, directory: Path) -> None:
    """Write down what is shared, once: after a kill, what the attempt's agent had changed is no starting point."""
    file = directory / attempts.SHARED
    if file.is_file():
        return
    directory.mkdir(parents=True, exist_ok=True)
    write_whole(file, shared_state.dump(shared_state.snapshot(site.repository)).encode())


def _prompt(site: Site, task: Task, issue: Issue) -> str:
    """With what the gate found last; an attempt that was stopped was not judged, so it may be an older one."""
    earlier = (replace(task, attempt=number) for number in range(task.attempt - 1, 0, -1))
    verdicts = (site.attempt_directory(one) / "verdict.json" for one in earlier)
    last = next((file for file in verdicts if file.is_file()), None)
    findings = read_verdict(last).blocking if last else ()
    return prompt_for(
        site.configured().run.pre_prompt,
        site.policy_at(task.base),
        issue,
        findings,
        task.attempt,
        closed_early=was_closed_early(site, task, issue),
    )


def _limits(site: Site, task: Task, agent: AgentConfig) -> Limits | None:
    """What this attempt may use: its own limits, and what is left of the task's budget; None where nothing is."""
    run, own = site.configured().run, agent.limits
    spent = sum(
        float(event.data.get("seconds", 0)) for event in site.journal.events(task.id) if event.kind == ENDED
    )
    left = {
        "seconds": (run.task_budget.seconds, spent, own.seconds or run.time_limit),
        "tokens": (run.task_budget.tokens, task.tokens, own.tokens or 0),
        "money": (run.task_budget.money, task.money, own.money or 0.0),
    }
    limits: dict[str, float] = {}
    for name, (budget, used, limit) in left.items():
        if budget and used >= budget:
            return None
        rest = budget - used if budget else 0
        limits[name] = min(value for value in (rest, limit) if value) if rest or limit else 0
    return Limits(
        seconds=limits["seconds"],
        silence=own.silence or run.silence_limit,
        tokens=int(limits["tokens"]),
        money=limits["money"],
        output_repeats=own.output_repeats or run.output_repeats,
        repeat_seconds=run.repeat_seconds,
    )


def _take_ending(site: Site, task: Task, ended: Exit) -> Task:
    """What the end of an attempt means; the gate follows, whatever it was."""
    task = site.journal.advance(task)  # as for `hold`
    site.output_ends(task, site.attempt_directory(task) / "log")
    how = f"{ended.end}" + (f": {ended.reason}" if ended.reason else "")
    site.tell(task.id, f"attempt {task.attempt} ended after {ended.seconds:.0f} s: {how}")
    for command in ended.left_behind:
        site.tell(task.id, f"it left a process behind, which was ended: {command}")
    site.desk.post(take_back(task), _output_note(site, task, ended))
    if ended.end is End.STOPPED:
        return release(site, task, "its agent was stopped", ended)
    if ended.end in _PASSING:
        until = note_limit(site, task.agent, ended)
        site.tell(
            task.id, f"{task.agent} is not used before {time.strftime('%H:%M:%S', time.localtime(until))}"
        )
    return site.journal.advance(task, State.GATING, **_used(task, ended))


def _used(task: Task, ended: Exit) -> dict[str, Any]:
    """What `advance` writes of an attempt that has ended: in one step with the next state, or it would be counted twice."""
    event = {"attempt": task.attempt, "agent": task.agent, "end": str(ended.end), "seconds": ended.seconds}
    usage = {"tokens": ended.usage.tokens, "money": ended.usage.money}
    return {
        "ended": event | usage,
        "session": ended.session if ended.end is not End.CONTEXT_OVERFLOW else "",
        "tokens": task.tokens + ended.usage.tokens,
        "money": task.money + ended.usage.money,
    }


def _output_note(site: Site, task: Task, ended: Exit) -> Note:
    log = site.attempt_directory(task) / "log"
    text = log.read_text("utf-8", "replace")[-MAX_NOTE:] if log.is_file() else ""
    head = f"Attempt {task.attempt} ({task.agent}): {ended.end}. {one_line(ended.reason, 300)}".strip()
    body = "\n".join(f"    {line}" for line in printable(clipped(text, MAX_NOTE)).splitlines())
    key = f"{task.id}-attempt-{task.attempt}-{int(task.started_at)}"
    return Note(task.id, key, f"{head}\n\n{body}".strip(), now())


# ---------------------------------------------------------------------- what may come of it
def try_again(site: Site, task: Task, why: str, *, waits_for: str = "", counts: bool = True) -> Task:
    """The next attempt, in the same worktree; or held, where there is none left."""
    if counts and task.attempt >= task.allowed:
        used = "its only attempt is" if task.attempt == 1 else f"{task.attempt} attempts are"
        return hold(site, task, f"{used} used up: {why}")
    site.tell(task.id, f"goes on with attempt {task.attempt + 1}: {why}")
    changes: dict[str, Any] = {
        "attempt": task.attempt + 1,
        "allowed": task.allowed + (not counts),
        "reason": one_line(why),
    }
    if waits_for:
        return site.journal.advance(
            task, State.WAITING, waits_for=waits_for, not_before=time.time(), **changes
        )
    return site.journal.advance(task, State.PREPARING, **changes)


def wait_until(site: Site, task: Task, until: float, reason: str) -> Task:
    """Keep its place until then; the same reason is not said again and again."""
    if reason != task.reason:
        site.tell(task.id, f"waits: {reason}")
    return site.journal.advance(task, State.WAITING, not_before=until, reason=reason)


def hold(site: Site, task: Task, reason: str) -> Task:
    """Leave it to a person: branch and worktree are kept, the issue is blocked and says why.

    Raises:
        LostLeaseError: it is not ours any more; nothing was said of it.
    """
    # The tracker hears it before the journal forgets the task, but from its owner alone.
    task = site.journal.advance(task)
    site.tell(task.id, f"held: {reason}")
    text = (
        f"Held by agent-gate: {reason}\n\nIts work is on the branch {task.branch or '(none)'}."
        f" `agent-gate log {task.id}` shows what happened, `agent-gate retry {task.id}` goes on,"
        f" `agent-gate drop {task.id}` gives it up."
    )
    key = f"{task.id}-held-{task.attempt}-{int(task.started_at)}"
    # An agent that closed its own task has not finished it.
    site.desk.post(Reopen(task.id), SetStatus(task.id, "blocked"), Note(task.id, key, text, now()))
    return site.journal.advance(task, State.HELD, reason=one_line(reason, 500))


def release(site: Site, task: Task, reason: str, ended: Exit | None = None) -> Task:
    """Hand it back, after an attempt that `ended` or without one: somebody else may take it, or a later run.

    An attempt that was not begun is not counted.

    Raises:
        LostLeaseError: it is not ours any more; nothing was said of it.
    """
    task = site.journal.advance(task)  # as for `hold`
    site.tell(task.id, f"handed back: {reason}")
    if task.state is not State.CLAIMING:
        site.desk.post(Reopen(task.id), SetStatus(task.id, "open"))
    begun = (site.attempt_directory(task) / "attempt.json").exists()
    return site.journal.advance(
        task,
        State.RELEASED,
        reason=one_line(reason, 500),
        attempt=task.attempt if begun else task.attempt - 1,
        **(_used(task, ended) if ended else {}),
    )


def give_up(site: Site, task_id: str) -> None:
    """A task that has ended is dropped, as a person asked: its branch stays, its issue is blocked."""
    site.tell(task_id, "dropped; its branch stays")
    site.desk.post(SetStatus(task_id, "blocked"))
    site.journal.give_up(task_id)
    site.journal.know(f"drop:{task_id}", None)


_STEPS: Mapping[State, Callable[[Site, Task], Task]] = {
    State.CLAIMING: _claim,
    State.PREPARING: _prepare,
    State.WORKING: _work,
    State.GATING: _gate,
}
