"""A run of the orchestrator as an owner of tasks: an id, a lock that it holds while it lives, and leases that it renews."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.orchestrator.journal import LEASE_SECONDS, JournalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent_gate.orchestrator.site import Site
    from agent_gate.repository import Repository

RENEW_SECONDS = LEASE_SECONDS / 6


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
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(file)
        return True


def new_owner(directory: Path) -> Owner:
    """Become an owner; the locks of runs that are gone are cleared away."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{secrets.token_hex(3)}"
    lock = os.open(directory / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, str(os.getpid()).encode())
    owner = Owner(name, directory, lock)
    for file in directory.glob("*.lock"):
        if owner.is_gone(file.stem):
            file.unlink(missing_ok=True)
    return owner


def living(directory: Path) -> tuple[tuple[str, int], ...]:
    """Id and process number of the runs that live."""
    probe = Owner("", directory, -1)
    return tuple(
        (file.stem, int(file.read_text() or "0"))
        for file in sorted(directory.glob("*.lock"))
        if not probe.is_gone(file.stem)
    )


def tracker_name(repository: Repository) -> str:
    """The one name under which all runs of this clone claim issues, so that a takeover needs no new claim."""
    clone = hashlib.sha256(os.fsencode(repository.common_dir)).hexdigest()[:8]
    return f"agent-gate/{socket.gethostname()}-{clone}"


def keep_leases(site: Site, until: threading.Event, also: Callable[[], None]) -> threading.Thread:
    """Renew what the run has until the event is set: while stopping, too, since the work outlives the asking."""

    def renew() -> None:
        while not until.wait(RENEW_SECONDS):
            try:
                site.journal.renew(site.owner.id)
                also()
            except JournalError as problem:
                site.tell("", f"The leases of this run could not be renewed: {problem}")

    thread = threading.Thread(target=renew, name="leases", daemon=True)
    thread.start()
    return thread
