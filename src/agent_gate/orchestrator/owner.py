"""A run of the orchestrator as an owner of tasks: an id, a lock that it holds while it lives, and leases that it renews."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import LEASE_SECONDS
from agent_gate.orchestrator.worktree_lock import is_held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent_gate.repository import Repository

RENEW_SECONDS = LEASE_SECONDS / 6
_PROCESS = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Owner:
    """One run; `lock` is the open file whose lock says that it lives."""

    id: str
    directory: Path
    lock: int

    def is_gone(self, other: str) -> bool:
        """Whether a run is known to be dead: nobody holds its lock."""
        if other == self.id:
            return False
        if not other:
            return True
        try:
            file = os.open(self.directory / f"{other}.lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        return not is_held(file)


def new_owner(directory: Path) -> Owner:
    """Become an owner; the locks of runs that are gone are cleared away."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{secrets.token_hex(3)}"
    starting = directory / f"{name}.starting"
    lock = os.open(starting, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, str(os.getpid()).encode())
    # Nobody sees it unlocked, or empty: that would be a run that is gone.
    starting.rename(directory / f"{name}.lock")
    owner = Owner(name, directory, lock)
    for file in directory.glob("*.lock"):
        if owner.is_gone(file.stem):
            file.unlink(missing_ok=True)
    return owner


def living(directory: Path) -> tuple[tuple[str, int], ...]:
    """Id and process number of the runs that live; a file that names no process is not ours, and 0 or -1 would be many."""
    probe = Owner("", directory, -1)
    return tuple(
        (file.stem, int(text))
        for file in sorted(directory.glob("*.lock"))
        if not probe.is_gone(file.stem) and _PROCESS.fullmatch(text := file.read_text("ascii", "replace"))
    )


def tracker_name(repository: Repository) -> str:
    """The one name under which all runs of this clone claim issues, so that a takeover needs no new claim."""
    clone = hashlib.sha256(os.fsencode(repository.common_dir)).hexdigest()[:8]
    return f"agent-gate/{socket.gethostname()}-{clone}"


def keep_renewed(
    what: str, renew: Callable[[], object], tell: Callable[[str, str], None], until: threading.Event
) -> threading.Thread:
    """Call `renew` now and then until the event is set: while stopping, too, since the work outlives the asking.

    `tell`, as the one of a `Site`, hears of a renewal that failed.
    """

    def work() -> None:
        while not until.wait(RENEW_SECONDS):
            try:
                renew()
            except Exception as problem:  # noqa: BLE001 - a run that silently keeps nothing any more would be worse
                tell("", f"The {what} of this run could not be renewed: {problem}")

    thread = threading.Thread(target=work, name=what, daemon=True)
    thread.start()
    return thread
