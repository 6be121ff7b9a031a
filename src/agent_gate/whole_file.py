"""Writing a file whole or not at all, in a directory where somebody hostile may write, too."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes, *, mode: int | None = None, lasting: bool = False) -> None:
    """Put the content where `path` is; whatever stands there, a link too, is replaced and not followed.

    Args:
        path: its directory is there already.
        content: all of it.
        mode: permission bits; None leaves them to the umask.
        lasting: a power loss right after it loses nothing.

    Raises:
        OSError: it cannot be written; then nothing has changed.
    """
    new = path.with_name(f".agent-gate.{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            if mode is not None:
                os.fchmod(stream.fileno(), mode)
            stream.write(content)
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    if lasting:
        _sync(path.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
