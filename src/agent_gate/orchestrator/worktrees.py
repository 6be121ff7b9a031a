"""The pool: worktrees that agents work in, one at a time each, reused once what they hold is safe on a branch.

Beside worktree `<n>` lie `<n>.lock` (held by its attempt), `<n>.task` (whom it was given to) and `<n>.ready` (which set-up it
has). Nothing unlanded is ever reset or deleted: what cannot be made safe is set aside under another name.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from agent_gate.directories import state_directory
from agent_gate.orchestrator import worktree_git, worktree_lock
from agent_gate.orchestrator.leftovers import end_leftovers
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.running.rooms import RoomError, run_setup
from agent_gate.running.setup import setup_for
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from agent_gate.policy.settings import Settings
    from agent_gate.repository import Repository

_MOST = 1000  # worktrees of one repository


class WorktreeError(Exception):
    """There is no worktree to work in; the message is one sentence, and `output` the tail of a set-up's words."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants a worktree.

    Attributes:
        task: the issue's id.
        branch: short name.
        base: sha, where a new branch begins.
    """

    task: str
    branch: str
    base: str


@dataclass(frozen=True, slots=True)
class Acquired:
    """A worktree to work in.

    Attributes:
        path: absolute; the task's branch is checked out there.
        told: a sentence for each thing that a person may want to know (what was kept, what was set aside).
    """

    path: Path
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pooled:
    """A worktree of the pool as it stands; `branch` is "" where none is checked out, or nothing can be read."""

    path: Path
    task: str
    branch: str
    running: bool
    aside: bool


def pool_of(repository: Repository) -> Path:
    """Where the repository's worktrees lie."""
    main = repository.common_dir.parent if repository.common_dir.name == ".git" else repository.common_dir
    identity = hashlib.sha256(os.fsencode(repository.common_dir)).hexdigest()[:12]
    return state_directory().resolve() / "worktrees" / f"{main.name}-{identity}"


def acquire(
    repository: Repository, wanted: Wanted, settings: Settings, live_tasks: Callable[[], Collection[str]]
) -> Acquired:
    """A worktree with the task's branch checked out: a new one from the base, or a branch that there is, as it stands.

    The task's own worktree is given again with all that is in it. Doing this again, after a crash at any point, is safe.

    Args:
        repository: any worktree of it.
        wanted: for whom.
        settings: of the base; how a worktree is set up.
        live_tasks: ids of the tasks that have not come to an end: their worktrees are theirs. Asked while nobody else
            can be given one.

    Raises:
        WorktreeError: the branch is checked out elsewhere, the worktree is in use, or it cannot be made or set up.
    """
    pool = _Pool(repository, pool_of(repository))
    told: list[str] = []
    try:
        while True:
            path = pool.reserve(wanted, live_tasks)
            with _locked(path, told):
                if _make_ready(repository, path, wanted, told):
                    _write_task(path, wanted.task)
                    _set_up(path, settings, wanted.base, told)
                    return Acquired(path, tuple(told))
    except RepositoryError as problem:
        raise WorktreeError(f"No worktree for {wanted.task}: {problem}") from problem
    except OSError as problem:
        raise WorktreeError(f"The worktrees in {pool.place} cannot be written: {problem}.") from problem


def listed(repository: Repository) -> tuple[Pooled, ...]:
    """The pool as it stands, by name."""
    pool = _Pool(repository, pool_of(repository))
    branches = worktree_git.records(repository)
    return tuple(
        Pooled(
            path,
            _task_of(path),
            branches.get(path, ""),
            path.name.isdecimal() and worktree_lock.is_locked(path),
            not path.name.isdecimal(),
        )
        for path in pool.paths(aside=True)
    )


def prune(repository: Repository, live_tasks: Callable[[], Collection[str]]) -> tuple[str, ...]:
    """Remove the worktrees that nobody has and that hold nothing of their own; a sentence on each that was looked at."""
    pool = _Pool(repository, pool_of(repository))
    return tuple(told for path in pool.paths() if (told := pool.remove(path, live_tasks)))


@dataclass(frozen=True, slots=True)
class _Pool:
    repository: Repository
    place: Path

    def reserve(self, wanted: Wanted, live_tasks: Callable[[], Collection[str]]) -> Path:
        """Give a worktree to the task: its own, the one that has its branch, a free one, or the name of a new one."""
        self.place.mkdir(parents=True, exist_ok=True)
        with FileLock(self.place / "pool.lock"):
            path = self._choose(wanted, set(live_tasks()) - {wanted.task})
            if (before := _task_of(path)) != wanted.task:
                _write_task(path, wanted.task, before)
        return path

    def _choose(self, wanted: Wanted, others: Collection[str]) -> Path:
        paths = self.paths()
        own = [path for path in paths if _task_of(path) == wanted.task]
        free = [path for path in paths if _task_of(path) not in others and not worktree_lock.is_locked(path)]
        holder = self._holder(wanted.branch, paths, others)
        for path in (*holder, *own, *free):
            return path
        new = (self.place / str(number) for number in range(1, _MOST))
        return next(path for path in new if path not in paths and not path.exists())

    def _holder(self, branch: str, paths: Collection[Path], others: Collection[str]) -> tuple[Path, ...]:
        """The worktree of the pool that has the branch checked out: it must be that one, git allows no second."""
        holders = (path for path, held in worktree_git.records(self.repository).items() if held == branch)
        holder = next(holders, None)
        if holder is None:
            return ()
        if holder not in paths:
            missing = "" if holder.is_dir() else " (or, as that is missing, run `git worktree prune`)"
            raise WorktreeError(
                f"The branch {branch} is checked out in {holder}: switch that to another branch{missing}."
            )
        if _task_of(holder) in others:
            raise WorktreeError(
                f"The branch {branch} is checked out in {holder}, where {_task_of(holder)} is at work."
            )
        return (holder,)

    def paths(self, *, aside: bool = False) -> list[Path]:
        """The worktrees that were given to somebody, or that git knows of; with `aside` those set aside, too."""
        names = {path.stem for path in self.place.glob("*.task")}
        names |= (
            {path.name for path in self.place.iterdir() if path.is_dir()} if self.place.is_dir() else set()
        )
        numbered = sorted((name for name in names if name.isdecimal()), key=int)
        others = sorted(name for name in names if ".aside-" in name) if aside else []
        return [self.place / name for name in (*numbered, *others)]

    def remove(self, path: Path, live_tasks: Callable[[], Collection[str]]) -> str:
        """Remove it where nobody has it and all that it holds is safe; a sentence, "" where it is in use."""
        with FileLock(self.place / "pool.lock"):
            lock = None if _tasks_of(path)[0] in live_tasks() else worktree_lock.take(path)
            if lock is None:
                return ""
            try:
                worktree_git.remove(self.repository, path)
            except RepositoryError as problem:
                return f"{path} stays: {problem}"
            finally:
                worktree_lock.give_back(lock)
            _forget(path)
        return f"{path} was removed."


@contextmanager
def _locked(path: Path, told: list[str]) -> Iterator[None]:
    """Hold the worktree's lock; what an agent left running there, whose runner was killed, is ended."""
    lock = worktree_lock.take(path)
    if lock is None:
        raise WorktreeError(f"The worktree {path} is in use.")
    try:
        if left := end_leftovers(path):
            told.append(f"What an agent had left running in {path} was ended: {', '.join(left)}.")
        yield
    finally:
        worktree_lock.give_back(lock)


def _make_ready(repository: Repository, path: Path, wanted: Wanted, told: list[str]) -> bool:
    """Check the branch out; False where what is there was set aside first."""
    if not path.is_dir():
        _beside(path, "ready").unlink(missing_ok=True)
    whose = next((task for task in reversed(_tasks_of(path)) if task), wanted.task)
    ready, what = worktree_git.check_out(repository, path, wanted.branch, wanted.base, whose)
    if what:
        told.append(what)
    if not ready:
        _forget(path)
    return ready


def _set_up(path: Path, settings: Settings, base: str, told: list[str]) -> None:
    """Run the set-up where it is due. One that fails stops a task that has not begun, and is told to one that has."""
    setup, ready = setup_for(path, settings), _beside(path, "ready")
    if not setup.commands or (ready.is_file() and ready.read_text() == setup.key):
        return
    ready.unlink(missing_ok=True)
    try:
        run_setup(path, setup, settings)
    except RoomError as problem:
        if open_repository(path).git("rev-parse", "HEAD").decode().strip() == base:
            raise WorktreeError(str(problem), problem.output) from problem
        told.append(str(problem))
    else:
        ready.write_text(setup.key)


def _tasks_of(path: Path) -> tuple[str, str]:
    """Whom the worktree is given to, and whom it was given to before; "" for nobody."""
    file = _beside(path, "task")
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    task, before = (*lines, "", "")[:2]
    return task, before


def _task_of(path: Path) -> str:
    """Whom the worktree was given to last."""
    return _tasks_of(path)[0]


def _forget(path: Path) -> None:
    """There is no worktree of this name any more; its lock stays, somebody may wait for it."""
    for kind in ("task", "ready"):
        _beside(path, kind).unlink(missing_ok=True)


def _write_task(path: Path, task: str, before: str = "") -> None:
    write_whole(_beside(path, "task"), f"{task}\n{before}\n".encode())


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")
