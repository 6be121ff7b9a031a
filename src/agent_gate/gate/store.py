"""What the gate keeps between runs; signed, so that only this user's gate can have written it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from agent_gate.whole_file import write_whole

KEEP_SECONDS = 30 * 24 * 3600
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Store:
    """One file an entry under `directory`; `secret` signs them."""

    directory: Path
    secret: bytes

    def get(self, key: str) -> bytes | None:
        """What is kept under the key; None where there is nothing, or where its signature is not ours."""
        try:
            signature, _, body = (self.directory / key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return body if hmac.compare_digest(signature, self._sign(key, body)) else None

    def put(self, key: str, body: bytes) -> None:
        """Keep it, whole or not at all.

        Raises:
            OSError: the directory cannot be written.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        write_whole(self.directory / key, self._sign(key, body) + b"\n" + body)

    def prune(self) -> None:
        """Drop what was written more than a month ago; looks at most once a day."""
        mark = self.directory / ".pruned"
        oldest = time.time() - KEEP_SECONDS
        with contextlib.suppress(OSError):  # another gate may do the same at this moment
            if mark.exists() and mark.stat().st_mtime > time.time() - 24 * 3600:
                return
            mark.touch()
            for entry in os.scandir(self.directory):
                if entry.stat().st_mtime < oldest:
                    Path(entry.path).unlink(missing_ok=True)

    def _sign(self, key: str, body: bytes) -> bytes:
        return hmac.new(self.secret, key.encode() + b"\0" + body, hashlib.sha256).hexdigest().encode()


def open_store(directory: Path, state: Path) -> Store:
    """The user's store; its key is made once, readable by the user alone.

    Raises:
        OSError: the key cannot be read or made.
    """
    file = state / "verdict.key"
    if not file.exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = state / f".key.{os.getpid()}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
        with contextlib.suppress(
            FileExistsError
        ):  # whoever comes first wins; the other reads the winner's key
            os.link(new, file)
        new.unlink()
    return Store(directory, file.read_bytes())
