"""Rooms: checkouts that belong to the gate, kept between runs with their set-up, so that no gate waits for an install.

A room is a repository of its own that borrows the judged one's objects: what runs there finds a `.git` with the history and the
tags, and no way to the repository's refs, index or config.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from agent_gate.repository import RepositoryError, open_repository
from agent_gate.running.disk import full_disk
from agent_gate.running.environment import command_environment
from agent_gate.running.sandbox import run_confined
from agent_gate.running.setup import setup_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent_gate.policy.settings import Settings
    from agent_gate.repository import Repository
    from agent_gate.running.setup import Setup

MAX_ROOMS = 16  # of one purpose at the same time
OWN_PROGRAMS = (".venv/bin", "node_modules/.bin")  # of a checkout: commands find theirs there first
# Git in a room: it is ours to write, and what we commit there is the same whenever we do.
IN_ROOM = {
    "GIT_OPTIONAL_LOCKS": "1",
    **{f"GIT_{role}_NAME": "agent-gate" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "agent-gate@localhost" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2000-01-01T00:00:00Z" for role in ("AUTHOR", "COMMITTER")},
}
_READY = "ready"  # in the room's git directory: the key of the set-up that it has
_MADE = "made"  # beside it: the ignored paths that set-up made


class RoomError(Exception):
    """A room could not be made ready; the message is one sentence, and `output` the tail of the set-up's words."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of one repository, under `cache`."""

    repository: Repository
    settings: Settings
    cache: Path

    @contextmanager
    def room(self, commit: str, purpose: str, objects: str = "") -> Iterator[Path]:
        """A room where a commit, or a tree, is checked out; nobody else has it until it is left.

        Args:
            commit: hex id of a commit or a tree.
            purpose: rooms of different purposes keep apart what they cache.
            objects: a further object directory (of a change set whose tree is not in the repository).

        Raises:
            RoomError: the checkout or its set-up failed.
        """
        with self._free(purpose) as place:
            room = _Room(place, self.repository, self.settings)
            room.check_out(commit, objects)
            yield place

    @contextmanager
    def _free(self, purpose: str) -> Iterator[Path]:
        """The first room of this purpose that nobody uses."""
        identity = hashlib.sha256(os.fsencode(self.repository.common_dir)).hexdigest()[:16]
        home = self.cache / identity
        for number in range(1, MAX_ROOMS + 1):
            lock = FileLock(home / f"{purpose}-{number}.lock", thread_local=False)
            try:
                home.mkdir(parents=True, exist_ok=True)
                lock.acquire(timeout=0)
            except Timeout:
                continue
            except OSError as problem:
                raise _unwritable(home, problem) from problem
            try:
                yield home / f"{purpose}-{number}"
            finally:
                lock.release()
            return
        raise RoomError(f"All {MAX_ROOMS} rooms for {purpose!r} under {home} are in use.")


def room_environment(place: Path, settings: Settings) -> dict[str, str]:
    """The environment of commands in `place`: its own virtual environment and node modules come first."""
    environment = command_environment(settings)
    own = [place / name for name in OWN_PROGRAMS]
    first = [str(path) for path in own if path.is_dir()]
    environment["PATH"] = os.pathsep.join([*first, environment.get("PATH", os.defpath)])
    if own[0].is_dir():
        environment["VIRTUAL_ENV"] = str(place / ".venv")
    return environment


def commit_all(place: Path, message: str) -> None:
    """Commit what differs in a room: what a command does from here on is told apart from it.

    Raises:
        RepositoryError: git cannot write there.
    """
    room = open_repository(place)
    room.git("add", "--all", env=IN_ROOM)
    room.git("commit", "--quiet", "--no-gpg-sign", "--allow-empty", f"--message={message}", env=IN_ROOM)


def run_setup(place: Path, setup: Setup, settings: Settings, readable: tuple[Path, ...] = ()) -> None:
    """Run the commands of a set-up in `place`; `readable` as for `run_confined`.

    Raises:
        RoomError: one is missing, failed or took too long.
    """
    for argv in setup.commands:
        done = run_confined(
            argv,
            place=place,
            cwd=place,
            env=room_environment(place, settings),
            timeout=settings.timeout,
            settings=settings,
            readable=readable,
            network=True,  # it installs
        )
        shown = " ".join(argv)
        if done.missing:
            raise RoomError(f"The set-up `{shown}` needs {done.missing}, which is not installed.")
        if not done.ok:
            how = "ran out of time" if done.timed_out else f"failed with {done.exit_code}"
            raise RoomError(f"The set-up `{shown}` {how} in {place}.", done.output[-4000:])


@dataclass(frozen=True, slots=True)
class _Room:
    place: Path
    repository: Repository
    settings: Settings

    def check_out(self, commit: str, objects: str) -> None:
        """Make the room hold exactly this commit, and what its set-up makes."""
        try:
            self._open(objects)
            self._reset(commit)
            self._set_up()
        except (OSError, RepositoryError) as problem:
            raise _unwritable(self.place, problem) from problem

    def _set_up(self) -> None:
        """Run the set-up, unless it was run with the same inputs; note what it made."""
        setup = setup_for(self.place, self.settings)
        if not setup.commands or self._state(_READY) == setup.key:
            return
        (self.place / ".git" / _READY).unlink(missing_ok=True)
        run_setup(self.place, setup, self.settings, (self.repository.common_dir,))
        made = self._git("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
        (self.place / ".git" / _MADE).write_bytes(made)
        (self.place / ".git" / _READY).write_text(setup.key)

    def _open(self, objects: str) -> None:
        """Make the room's repository; one that was broken off is made anew."""
        git = self.place / ".git"
        if not (git / "HEAD").is_file():
            shutil.rmtree(self.place, ignore_errors=True)
            self.place.mkdir(parents=True)
            self._git("init", "--quiet", "--template=")
        borrowed = [
            os.fsencode(self.repository.common_dir / "objects"),
            *([os.fsencode(objects)] if objects else []),
        ]
        (git / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (git / "objects" / "info" / "alternates").write_bytes(b"".join(path + b"\n" for path in borrowed))
        (git / "index.lock").unlink(missing_ok=True)  # of a run that was killed here
        if (shallow := self.repository.common_dir / "shallow").is_file():
            shutil.copyfile(shallow, git / "shallow")
        tags = self.repository.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags")
        (git / "packed-refs").write_bytes(
            b"# pack-refs with: sorted\n" + tags
        )  # what versions are derived from

    def _reset(self, commit: str) -> None:
        """Exactly the commit's files, and the ignored ones that set-up made."""
        if self._git("cat-file", "-t", commit).strip() == b"tree":
            commit = self._commit_of(commit)
        self._git("update-ref", "--no-deref", "HEAD", commit)
        self._git("reset", "--quiet", "--hard", commit)
        made = [
            entry.rstrip(b"/")
            for entry in (self._state(_MADE) or "").encode("utf-8", "surrogateescape").split(b"\0")
        ]
        keep = [f"--exclude=/{_escaped(os.fsdecode(entry))}" for entry in made if entry]
        self._git("clean", "--quiet", "-ffdx", *keep)

    def _commit_of(self, tree: str) -> str:
        """A commit of our own on top of the repository's HEAD, for a tree that nobody has committed."""
        parent = self.repository.git("rev-parse", "HEAD").decode().strip()
        return self._git("commit-tree", tree, "-p", parent, "-m", "judged").decode().strip()

    def _git(self, *args: str) -> bytes:
        """Git in the room, through the one door, with the room's own directories."""
        own = {
            "GIT_DIR": str(self.place / ".git"),
            "GIT_WORK_TREE": str(self.place),
        }
        return self.repository.git(*args, env={**IN_ROOM, **own})

    def _state(self, name: str) -> str | None:
        file = self.place / ".git" / name
        return file.read_text("utf-8", "surrogateescape") if file.is_file() else None


def _unwritable(place: Path, problem: OSError | RepositoryError) -> RoomError:
    why = problem.strerror if isinstance(problem, OSError) else str(problem).rstrip(".")
    return RoomError(f"The room {place} cannot be written: {full_disk(place.parent) or why}.")


def _escaped(path: str) -> str:
    """A path as a pattern of .gitignore that fits it alone."""
    return "".join(f"\\{character}" if character in "\\*?[]!# " else character for character in path)
