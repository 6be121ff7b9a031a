"""`agent-gate run`: from ready issues to landed commits, in one repository or in several."""

from __future__ import annotations

import os
import signal
import sys
import threading
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_gate.agents.config import one_off
from agent_gate.orchestrator.choosing import missing_agents
from agent_gate.orchestrator.config import Configured, read_configured
from agent_gate.orchestrator.dispatch import Dispatcher, Wanted
from agent_gate.orchestrator.journal import Journal, JournalError, State
from agent_gate.orchestrator.owner import new_owner, tracker_name
from agent_gate.orchestrator.progress import Progress
from agent_gate.orchestrator.selection import Selection, chosen
from agent_gate.orchestrator.site import Site
from agent_gate.orchestrator.slots import Slots
from agent_gate.orchestrator.tracking import Desk
from agent_gate.plain_text import one_line
from agent_gate.policy.model import PolicyError
from agent_gate.repository import Repository, RepositoryError, open_repository
from agent_gate.tracker.find import find_tracker, open_outbox
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from agent_gate.agents.config import AgentConfig
    from agent_gate.orchestrator.journal import Task
    from agent_gate.orchestrator.live_table import LiveTable

OK, HELD, INTERRUPTED, FAULT, USAGE = 0, 1, 2, 3, 4
CONFIG_FILES = ("agent-gate.toml", "pyproject.toml")


class UsageError(Exception):
    """What was asked for cannot be done; the message is one sentence."""


def run(options: argparse.Namespace) -> int:
    """Run until stopped, or until there is nothing to do.

    Exit codes: 0, 1 where a task of this run is held or could not land, 2 interrupted, 3 the journal or the tracker cannot be used, 4 wrong usage.
    """
    progress = Progress(follow=options.verbose, table=None if options.dry_run else _table())
    try:
        return _run(options, progress)
    finally:
        progress.close()


def _run(options: argparse.Namespace, progress: Progress) -> int:
    try:
        places = _places(options)
        if options.dry_run:
            return max(_would_do(path, options, workers) for path, workers in places)
        dispatchers: list[Dispatcher] = []
        total = options.workers or max(os.cpu_count() or 1, *(workers for _, workers in places))

        def room() -> int:
            return total - sum(dispatcher.working for dispatcher in dispatchers)

        slots = Slots(total)
        for path, workers in places:
            dispatchers.append(_dispatcher(path, options, workers, progress, slots=slots, room=room))
    except (UsageError, RepositoryError, PolicyError) as problem:
        return _fail(str(problem), USAGE)
    except (JournalError, TrackerError, OSError) as problem:
        return _fail(str(problem), FAULT)
    return _work(dispatchers, progress)


def _work(dispatchers: Sequence[Dispatcher], progress: Progress) -> int:
    """A thread a repository; this one takes the signals."""
    asked = _Asked(dispatchers, progress)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, asked.signalled)
    threads = [threading.Thread(target=dispatcher.run, name="dispatcher") for dispatcher in dispatchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)  # a signal is heard between two waits
    if any(dispatcher.failed for dispatcher in dispatchers):
        return FAULT
    return INTERRUPTED if asked.times else _summary(dispatchers, progress)


def _table() -> LiveTable | None:
    """A live table on a terminal, where rich is installed; else plain lines."""
    if not sys.stdout.isatty():
        return None
    try:
        from agent_gate.orchestrator.live_table import LiveTable
    except ImportError:  # `pip install pytest-agent-gate[run]` brings it
        return None
    return LiveTable()


class _Asked:
    """How often a person asked to stop: finish what runs; stop the agents; now."""

    def __init__(self, dispatchers: Sequence[Dispatcher], progress: Progress) -> None:
        self.times = 0
        self._dispatchers = dispatchers
        self._progress = progress

    def signalled(self, number: int, _frame: object) -> None:
        """Ctrl-C, or SIGTERM, which asks for the end of the agents, however often it comes."""
        before = self.times
        self.times = before + 1 if number == signal.SIGINT else max(before, 2)
        if self.times == before:
            return
        if self.times >= 3:  # noqa: PLR2004 - the third time
            os.write(2, b"agent-gate: left at once; agents that still work are adopted by the next run\n")
            os._exit(INTERRUPTED)
        stops = self.times > 1
        said = "stopping the agents; their work is kept" if stops else "no new tasks; what runs is finished"
        threading.Thread(target=self._leave, args=(said, stops), daemon=True).start()

    def _leave(self, said: str, stops: bool) -> None:  # noqa: FBT001 - a thread's argument
        self._progress.tell("", f"{said} (Ctrl-C again: {'at once' if stops else 'stop the agents'})")
        for dispatcher in self._dispatchers:
            if stops:
                dispatcher.stop_agents()
            dispatcher.site.leaving.set()
            dispatcher.site.changed.set()


def _dispatcher(  # noqa: PLR0913 - what all repositories share
    path: Path,
    options: argparse.Namespace,
    workers: int,
    progress: Progress,
    *,
    slots: Slots,
    room: Callable[[], int],
) -> Dispatcher:
    repository = open_repository(path)
    config = _Config(repository.root, options, progress.tell)
    base = _base(repository, config.now())
    directory = repository.common_dir / "agent-gate"
    journal = Journal(directory / "journal.db")
    owner = new_owner(directory / "runs")
    tracker = find_tracker(repository)
    tracker.check()
    desk = Desk(
        tracker, open_outbox(repository), tracker_name(repository), lambda said: progress.tell("", said)
    )
    site = Site(
        repository=repository,
        base=base,
        journal=journal,
        owner=owner,
        desk=desk,
        configured=config.now,
        tell=progress.tell,
        output_ends=progress.output_ends,
        leaving=threading.Event(),
        changed=threading.Event(),
        slots=slots,
        at_once=lambda: options.workers or workers or config.now().run.at_once,
    )
    progress.tell("", f"{repository.root}: landing on {base}, issues from {tracker.name}, run {owner.id}")
    selection = Selection(tuple(options.only or ()))
    if unknown := selection.unknown(tracker):
        progress.tell("", f"WARNING: {unknown}")
    wanted = Wanted(selection, options.drain, options.once, room)
    return Dispatcher(site, wanted, progress)


class _Config:
    """The configuration as it is now; a broken one leaves the old in force, and is said once."""

    def __init__(self, root: Path, options: argparse.Namespace, tell: Callable[[str, str], None]) -> None:
        self._root = root
        self._agent = options.agent or ""
        self._one_off: tuple[AgentConfig, ...] = (one_off(options.agent_cmd),) if options.agent_cmd else ()
        self._attempts = options.attempts
        self._tell = tell
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._now = self._read()

    def now(self) -> Configured:
        """Read again where a file has changed."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                try:
                    self._now = self._read()
                    self._tell("", "the configuration was read again")
                except PolicyError as problem:
                    self._tell("", f"the configuration is broken, the old one stays in force: {problem}")
            return self._now

    def _read(self) -> Configured:
        try:
            read = read_configured(self._root, self._agent)
        except OSError as problem:
            raise PolicyError(f"{self._root}: its configuration cannot be read: {problem}.") from problem
        run = replace(read.run, attempts=self._attempts) if self._attempts else read.run
        agents = self._one_off or read.agents
        if not agents:
            raise PolicyError(
                f'No agent is configured for {self._root}: write `agent = "claude"` into [tool.agent-gate],'
                " or use --agent NAME or --agent-cmd 'COMMAND {prompt}'."
            )
        if missing := missing_agents(agents):
            raise PolicyError(missing)
        return Configured(run, agents)

    def _stamp(self) -> tuple[object, ...]:
        return tuple(_changed_at(self._root / name) for name in CONFIG_FILES)


def _changed_at(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # an editor may be replacing it right now
        return None


def _would_do(path: Path, options: argparse.Namespace, workers: int) -> int:
    """Say what a run would begin, in which order; nothing is claimed or written."""
    repository = open_repository(path)
    configured = read_configured(repository.root, options.agent or "")
    under_way, paused = _under_way(repository)
    live = {task.id: task for task in under_way}
    base = _base(repository, configured)
    tracker, selection = find_tracker(repository), Selection(tuple(options.only or ()))
    found = chosen(tracker.ready(), selection, live, follow_ups=configured.run.follow_ups)
    agents = (one_off(options.agent_cmd),) if options.agent_cmd else configured.agents
    names = (
        ", then ".join(f"{agent.name}{agent.missing and ' (not installed)'}" for agent in agents)
        or "no agent (none is configured)"
    )
    at_once = options.workers or workers or configured.run.at_once
    print(f"{repository.root}: would land on {base}, {at_once} at once, with {names}")
    for task in live.values():
        print(f"  goes on  {task.id}  P{task.priority}  {task.state}  {one_line(task.title, 80)}")
    for issue in found:
        print(f"  begins   {issue.id}  P{issue.priority}  {one_line(issue.title, 80)}")
    if not (live or found):
        print(f"  {selection.unknown(tracker) or 'nothing is ready'}")
    elif paused:
        print("  paused: nothing of it before `agent-gate resume`")
    return OK


def _under_way(repository: Repository) -> tuple[tuple[Task, ...], bool]:
    """What the journal has under way, and whether it is paused; where there is none, none is made."""
    file = repository.common_dir / "agent-gate" / "journal.db"
    if not file.is_file():
        return (), False
    with closing(Journal(file)) as journal:
        return journal.live(), bool(journal.fact("paused"))


def _places(options: argparse.Namespace) -> list[tuple[Path, int]]:
    """The repositories, each with how many agents it may have at once (0: as it says itself)."""
    if not options.config:
        return [(Path(options.worktree), 0)]
    file = Path(options.config)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageError(f"{file} cannot be read: {problem.strerror}.") from problem
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(f"{file} cannot be read: {problem}.") from problem
    entries = content.pop("repositories", None)
    if not isinstance(entries, list) or not entries:
        raise UsageError(f'{file} holds no [[repositories]], each with a `path = "../web"`.')
    if content:
        others = ", ".join(f"`{one_line(name, 80)}`" for name in content)
        raise UsageError(
            f"{file} holds {others} beside [[repositories]]: what a run is told stands in each repository's own configuration."
        )
    places = [_place(file, entry) for entry in entries]
    roots = [path.resolve() for path, _ in places]
    if twice := [root for number, root in enumerate(roots) if root in roots[:number]]:
        raise UsageError(f"{file} names {twice[0]} twice.")
    return places


def _place(file: Path, entry: Any) -> tuple[Path, int]:
    path, workers = (entry.get("path"), entry.get("workers", 0)) if isinstance(entry, dict) else (None, 0)
    if (
        not isinstance(path, str)
        or type(workers) is not int
        or workers < 0
        or set(entry) - {"path", "workers"}
    ):
        raise UsageError(
            f'{file}: each of [[repositories]] has a path, and may have workers (`path = "../web"`).'
        )
    return file.parent / path, workers


def _base(repository: Repository, configured: Configured) -> str:
    """Short name of the branch that is landed on."""
    base = configured.run.base or _checked_out(repository)
    if repository.try_git("rev-parse", "--verify", "--quiet", f"refs/heads/{base}^{{commit}}") is not None:
        return base
    if repository.try_git("rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise UsageError(
            f"{repository.root} has no commit yet: `agent-gate init` makes it ready, then commit."
        )
    raise UsageError(
        f"{repository.root} has no branch {base} to land on: set `base` in [tool.agent-gate.run]."
    )


def _checked_out(repository: Repository) -> str:
    branch = repository.try_git("symbolic-ref", "--quiet", "--short", "HEAD")
    if branch is None:
        raise UsageError(
            f"{repository.root} has no branch checked out to land on: switch to one, or set `base` in [tool.agent-gate.run]."
        )
    return os.fsdecode(branch).strip()


def _summary(dispatchers: Sequence[Dispatcher], progress: Progress) -> int:
    tasks = [task for dispatcher in dispatchers for task in dispatcher.taken]
    counts = {state: sum(task.state is state for task in tasks) for state in State}
    words = {State.CLOSED: "landed", State.RELEASED: "handed back", State.QUEUED: "left to the next run"}
    told = ", ".join(f"{count} {words.get(state, state)}" for state, count in counts.items() if count)
    if any(dispatcher.used_up for dispatcher in dispatchers):
        progress.tell("", f"ended, as a budget is used up: {told or 'nothing was begun'}")
    else:
        progress.tell("", f"done: {told or 'nothing was ready'}")
    return HELD if counts[State.HELD] + counts[State.QUEUED] else OK


def _fail(message: str, code: int) -> int:
    print(f"agent-gate run: {message}", file=sys.stderr)
    return code
