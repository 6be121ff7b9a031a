"""A file that is written without end and stays small: its start and its latest part are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 1024 * 1024
TAIL_BYTES = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_GAP = "\n… {} bytes were left out here …\n"


class BoundedFile:
    """Writes to `path`, at most HEAD_BYTES and two TAIL_BYTES.

    When that is full, the middle goes, so the file gets shorter: who follows it starts again from its end.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self._size = 0
        self._tail_from = HEAD_BYTES  # where what may be dropped begins
        self._dropped = 0

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def write(self, data: bytes) -> None:
        """Append; what came is in the file when this returns."""
        self._file.write(data)
        self._size += len(data)
        if self._size >= HEAD_BYTES + 2 * TAIL_BYTES:
            self._drop_middle()

    def _drop_middle(self) -> None:
        """Move the tail to behind the head, piece by piece."""
        source = self._size - TAIL_BYTES
        self._dropped += source - self._tail_from
        gap = _GAP.format(self._dropped).encode()
        target = HEAD_BYTES + len(gap)
        self._tail_from = target
        self._file.seek(HEAD_BYTES)
        self._file.write(gap)
        while source < self._size:
            self._file.seek(source)
            piece = self._file.read(_CHUNK)
            self._file.seek(target)
            self._file.write(piece)
            source += len(piece)
            target += len(piece)
        self._file.truncate(target)
        self._size = target
