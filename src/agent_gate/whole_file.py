"""Writing a file whole or not at all, in a directory where somebody hostile may write, too."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put the content where `path` is; whatever stands there, a link too, is replaced and not followed.

    Raises:
        OSError: it cannot be written; then nothing has changed.
    """
    new = path.with_name(f".agent-gate.{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            stream.write(content)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
