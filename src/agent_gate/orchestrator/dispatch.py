"""Which task is next, and who works on it: one thread a task under way, one that lands, and this one, which starts them.

The dispatcher sleeps on an event, and looks at the tracker's files meanwhile; once a second it looks at requests, budgets and what others left.
"""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.orchestrator import attempts, red_base
from agent_gate.orchestrator.attempt_files import AttemptError
from agent_gate.orchestrator.budgets import Spending
from agent_gate.orchestrator.claims import Claims
from agent_gate.orchestrator.journal import ENDS, LANDS, JournalError, LostLeaseError, State, Task
from agent_gate.orchestrator.landing_loop import LandingLoop
from agent_gate.orchestrator.owner import keep_renewed
from agent_gate.orchestrator.ready import Ready
from agent_gate.orchestrator.tasks import give_up, hold, release, wait_over, wait_until, work_on
from agent_gate.orchestrator.worktrees import WorktreeError
from agent_gate.plain_text import one_line
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agent_gate.orchestrator.progress import Progress
    from agent_gate.orchestrator.selection import Selection
    from agent_gate.orchestrator.site import Site
    from agent_gate.tracker.model import Issue

LOOK_SECONDS = 0.1  # between two looks at the tracker's files, which cost some microseconds
TICK_SECONDS = 1.0  # between two looks at requests, budgets and runs that are gone
REFUSED_SECONDS = 30.0  # that an issue which could not be claimed is left alone
FAILING_SECONDS = 60.0  # that a run tries to go on where its own journal fails, before it ends
TRACKER_SECONDS = 10.0  # that a task waits for a tracker which does not answer
_DRIVEN = (State.CLAIMING, State.PREPARING, State.WORKING, State.GATING)
_EXPECTED = (RepositoryError, WorktreeError, AttemptError, PolicyError, OSError)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What this run is for.

    Attributes:
        selection: which issues it takes.
        drain: end when nothing is ready or under way.
        once: take what is ready now, and nothing later.
        room: how many more tasks all repositories together may begin now.
    """

    selection: Selection
    drain: bool
    once: bool
    room: Callable[[], int]


class Dispatcher:
    """One run in one repository."""

    def __init__(self, site: Site, wanted: Wanted, progress: Progress) -> None:
        """Nothing starts before `run`."""
        self.site = site
        self.stopped = threading.Event()  # agents were told to stop
        self._wanted = wanted
        self._progress = progress
        self._spending = Spending(site)
        self._drivers: dict[str, threading.Thread] = {}
        self._over = threading.Event()
        self._ready = Ready(site, wanted.selection, progress.tell_once, once=wanted.once)
        self._refused: dict[str, float] = {}
        self._base_judged = False
        self._later: dict[str, float] = {}  # when a step is tried again for which the tracker did not answer
        self._taken: dict[str, int] = {}  # task → the epoch in which it is ours
        self._claims = Claims(site, progress.tell_once)
        self._landing = LandingLoop(site, lambda sentence: progress.tell_once("", sentence), self._fault)
        self._failing_since = 0.0
        self._ticked = 0.0
        self.used_up = ""  # the budget that ended it
        self.failed = False  # it ended because something of ours does not work
        self._stopper: threading.Thread | None = None

    @property
    def working(self) -> int:
        """Tasks that have a thread."""
        return len(self._drivers)

    @property
    def taken(self) -> list[Task]:
        """The tasks that this run has begun or taken over, and that no other run has taken since."""
        return [
            task
            for task in self.site.journal.tasks()
            if self._taken.get(task.id) == task.epoch - (task.state is State.DROPPED)
        ]

    def run(self) -> None:
        """Work until there is nothing to do (with `drain` or `once`), or until this is asked to leave; `failed` says how it ended."""
        try:
            self._run()
        except Exception as fault:  # noqa: BLE001 - the thread's end would look like that of the work
            self.failed = True
            self.site.tell("", f"This run ends: {self._why(fault)}")

    def _run(self) -> None:
        site = self.site
        if site.journal.fact(f"first:{site.base}") is None:  # before any agent can move it
            site.journal.know(f"first:{site.base}", site.tip())
        # The tracker may take its time: leases are renewed beside that.
        leases = keep_renewed("leases", lambda: site.journal.renew(site.owner.id), site.tell, self._over)
        claims = keep_renewed("claims", self._claims.keep, site.tell, self._over)
        lander = threading.Thread(target=self._landing.run, args=(self._over,), name="lander", daemon=True)
        lander.start()
        try:
            while not self._look():
                pass
        finally:
            self._over.set()
            lander.join()
            site.desk.close()
            leases.join()
            claims.join()

    def _look(self) -> bool:
        """One look at all that may be due, and a pause; whether the run is over.

        What goes wrong is said and tried again, for a minute, or until this is asked to leave: agents outlive that, and are adopted.
        """
        try:
            if time.monotonic() - self._ticked >= TICK_SECONDS:
                self._ticked = time.monotonic()
                self._tick()
            self._reap()
            self._drive_ours()
            begun = self._begin_new()
            if self._is_over(begun=begun):
                return True
            self._sleep()
        except Exception as problem:  # noqa: BLE001 - as above
            self._progress.tell_once("", f"This run cannot go on now: {self._why(problem)}")
            self._failing_since = self._failing_since or time.monotonic()
            self.failed = time.monotonic() - self._failing_since > FAILING_SECONDS or self.stopped.is_set()
            return self.failed or self._over.wait(TICK_SECONDS)
        self._failing_since = 0.0
        return False

    def _why(self, problem: Exception) -> str:
        """What is said of something that went wrong; a fault of ours leaves its traceback."""
        if isinstance(problem, (*_EXPECTED, TrackerError, JournalError)):
            return str(problem)
        return self._fault("run", problem)

    def _sleep(self) -> None:
        """Until something has changed here or in the tracker, or for a tick."""
        seen, until = self.site.desk.tracker.change_token(), time.monotonic() + TICK_SECONDS
        while not self.site.changed.wait(LOOK_SECONDS):
            if time.monotonic() >= until or self.site.desk.tracker.change_token() != seen:
                break
        self.site.changed.clear()

    def stop_agents(self) -> None:
        """Ask for the end of the agents that run; their work is kept, and their tasks are handed back."""
        self.stopped.set()
        self.site.leaving.set()
        self.site.changed.set()

    def _keep_stopping(self, tasks: Sequence[Task]) -> None:
        """Stop their agents beside the work, again while there are any: one may have been about to start when it was asked."""
        if tasks and (self._stopper is None or not self._stopper.is_alive()):
            self._stopper = threading.Thread(target=self._stop, args=tasks, name="stop", daemon=True)
            self._stopper.start()

    def _stop(self, *tasks: Task) -> None:
        for task in tasks:
            self._stop_agent(task)

    def _stop_agent(self, task: Task) -> None:
        try:
            attempts.stop(Path(task.worktree), self.site.attempt_directory(task))
        except (AttemptError, OSError) as problem:
            self.site.tell(task.id, str(problem))

    # ------------------------------------------------------------------ tasks
    def _reap(self) -> None:
        for name, thread in list(self._drivers.items()):
            if not thread.is_alive():
                del self._drivers[name]

    def _drive_ours(self) -> None:
        """A thread for each of our tasks that has something due; what was taken over is over the limit, if need be."""
        for task in self.site.ours(*_DRIVEN, State.WAITING):
            if task.id in self._drivers or self._later.get(task.id, 0) > time.monotonic():
                continue
            if task.state is State.WAITING:
                if self.site.leaving.is_set():
                    self._guarded(task, lambda task: release(self.site, task, "the run was asked to stop"))
                    continue
                if task.not_before > time.time() or self.working >= self.site.at_once():
                    continue
            self._start(task)

    def _begin_new(self) -> bool:
        """Begin ready tasks while there is room; whether any was begun, or may be soon."""
        site = self.site
        # While a gate runs, the next task is claimed, which takes its time: it has its slot when the gate has decided.
        ahead = sum(task.id in self._drivers for task in self.site.ours(State.GATING))
        room = min(site.at_once() - self.working, self._wanted.room()) + ahead
        if site.leaving.is_set() or self._ready.is_done:
            return False
        if site.journal.fact("paused"):
            self._progress.tell_once("", "paused: nothing is begun before `agent-gate resume`")
            return True
        if self._wanted.drain and self._ready.known and site.desk.is_telling and not self._under_way():
            site.desk.hurry()  # then the tracker is asked once, and not between what it is told
            return False
        self._ready.look(free=room > 0)
        if room <= 0:
            return True
        if not self._is_base_judged():
            return not self.failed
        begun = False
        while room > 0 and (issue := self._ready.next()) is not None:
            if (task := self._begin(issue)) is not None:
                self._start(task)
                begun, room = True, room - 1
        if room:
            site.desk.hurry()  # what is told may make something ready
        return begun or not self._ready.known

    def _is_base_judged(self) -> bool:
        """Whether it is known if the base is green to begin with; a run that cannot find out has failed."""
        if not self._base_judged:
            self._base_judged = self._landing.has_looked and red_base.is_judged(self.site)
            why = "" if self._base_judged else self._landing.stuck()
            self.failed = bool(why)
            if not self._base_judged:
                doing = (
                    f"nothing is begun, since it cannot be: {why}" if why else "is it green to begin with?"
                )
                self._progress.tell_once("", f"{self.site.base} is gated first, this once: {doing}")
        return self._base_judged

    def _begin(self, issue: Issue) -> Task | None:
        if self._refused.get(issue.id, 0) > time.monotonic() or issue.id in self._drivers:
            return None
        if why := red_base.why_not(self.site, issue, self._wanted.selection):
            self._progress.tell_once(
                "", f"Nothing but its repair is begun while {self.site.base} is red: {why}"
            )
            return None
        allowed = self.site.configured().run.attempts
        task = Task(issue.id, one_line(issue.title), issue.priority, allowed=allowed)
        self.site.begun[issue.id] = issue
        return self.site.journal.begin(task, self.site.owner.id)

    def _start(self, task: Task) -> None:
        self._taken[task.id] = task.epoch
        if task.state in {State.WORKING, State.GATING}:
            self.site.slots.hold(self.site.repository.root, task.id)
        thread = threading.Thread(target=self._drive, args=(task,), name=task.id, daemon=True)
        self._drivers[task.id] = thread
        thread.start()

    def _drive(self, task: Task) -> None:
        def work(task: Task) -> None:
            if task.state is State.WAITING:
                task = wait_over(self.site, task)
            done = work_on(self.site, task)
            if done.state is State.RELEASED:
                self._refused[task.id] = time.monotonic() + REFUSED_SECONDS
            if done.state in ENDS and self.site.journal.fact(f"drop:{task.id}"):
                give_up(self.site, task.id)

        self._guarded(task, work)
        self.site.slots.give(self.site.repository.root, task.id)
        self.site.changed.set()

    def _guarded(self, task: Task, work: Callable[[Task], object]) -> None:
        """Whatever goes wrong with one task is that task's affair, and said."""
        try:
            work(task)
        except LostLeaseError as lost:
            self.site.tell(task.id, str(lost))
        except TrackerError as problem:
            self._set_aside(task, str(problem), waits=True)
        except _EXPECTED as problem:
            self._set_aside(task, str(problem))
        except JournalError as problem:
            self.site.tell(task.id, str(problem))
        except Exception as fault:  # noqa: BLE001 - a fault of ours must not take the other tasks down
            self._set_aside(task, self._fault(task.id, fault))

    def _fault(self, what: str, fault: Exception) -> str:
        """Keep the traceback of a fault of ours; what is said of it."""
        file = self.site.directory / f"fault-{what}.txt"
        said = f"agent-gate itself failed ({type(fault).__name__}: {fault})"
        try:
            file.write_text(traceback.format_exc(), encoding="utf-8")
        except OSError as problem:  # a full disk must not silence it
            return f"{said}; its traceback could not be kept in {file}: {problem}"
        return f"{said}; see {file}"

    def _set_aside(self, task: Task, why: str, *, waits: bool = False) -> None:
        """Hold it, or try again later; the row is read anew, since steps have moved it on."""
        try:
            current = self.site.journal.task(task.id)
            if current is None or current.owner != self.site.owner.id or current.state in ENDS:
                self.site.tell(task.id, why)
            elif waits and current.state is State.GATING:
                self.site.tell(task.id, why)
                self._later[task.id] = time.monotonic() + TRACKER_SECONDS
            elif waits and current.state is not State.CLAIMING:
                wait_until(self.site, current, time.time() + TRACKER_SECONDS, why)
            elif waits:  # it may be claimed or not; claiming again is the same claim
                self.site.tell(task.id, why)
                if self.site.leaving.wait(TRACKER_SECONDS):
                    release(self.site, current, why)
            else:
                hold(self.site, current, why)
        except (LostLeaseError, JournalError, TrackerError) as problem:
            self.site.tell(task.id, f"{why} ({problem})")

    # ------------------------------------------------------------------ now and then
    def _tick(self) -> None:
        """Requests, budgets, and what others left."""
        journal = self.site.journal
        for task in journal.take_over(self.site.owner.id, self.site.owner.is_gone):
            self.site.tell(task.id, f"taken over in state {task.state}")
            self._taken[task.id] = task.epoch
        dropped = [
            task
            for task in self.site.ours(*_DRIVEN, State.WAITING, State.QUEUED)
            if journal.fact(f"drop:{task.id}")
        ]
        for task in dropped:
            self._drop(task)
        why = self._spending.exceeded()
        if why and not self.stopped.is_set():
            self.used_up = why
            self.site.tell("", f"{why}: agents are stopped, their work is kept")
            self.stop_agents()
        stopping = self.site.ours(State.WORKING) if self.stopped.is_set() else dropped
        self._keep_stopping([task for task in stopping if task.state is State.WORKING])
        self._progress.show(self.site, self.site.ours(State.WORKING))

    def _drop(self, task: Task) -> None:
        """As a person asked; a task that has a thread is given up by that, when its step is over."""
        if task.state is not State.WORKING and task.id not in self._drivers:
            self._guarded(
                task, lambda task: give_up(self.site, release(self.site, task, "a person dropped it").id)
            )

    def _under_way(self) -> list[Task]:
        """Our tasks that have not come to an end."""
        return self.site.ours(*_DRIVEN, State.WAITING, *LANDS)

    def _is_over(self, *, begun: bool) -> bool:
        """Whether there is nothing left to do for this run."""
        leaves = self.site.leaving.is_set()
        if not (leaves or self._wanted.drain or self._wanted.once) or self._drivers or begun:
            return False
        if self.stopped.is_set():
            return True
        left = [task for task in self._under_way() if not leaves or task.state in LANDS]
        if left:
            lands_first = all(task.state in LANDS or task.waits_for for task in left)
            return lands_first and self._cannot_land(left)
        return leaves or self._wanted.once or self._ready.is_all()

    def _cannot_land(self, tasks: Sequence[Task]) -> bool:
        """Whether what waits to land is left to the next run, since something has been in the way for long, which is said."""
        if why := self._landing.stuck():
            names = ", ".join(task.id for task in tasks)
            self.site.tell("", f"{names}: passed, and cannot land now, so the next run lands it. {why}")
        return bool(why)
