"""An agent's output as it comes: raw bytes and readable lines to files, and what the adapter's reader makes of it."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Self

from agent_gate.agents.model import Usage
from agent_gate.orchestrator.attempt_files import RunState, write_state
from agent_gate.orchestrator.bounded_file import BoundedFile
from agent_gate.plain_text import one_line, printable

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.agents.model import Reader

LONGEST_LINE = 4 * 1024 * 1024  # bytes; what is longer loses its end: no memory is enough for every line
STATE_SECONDS = 1.0  # between two writes of `state.json`
_CHUNK = 64 * 1024
_SESSION_CHARACTERS = 200
_MOST = 10**12  # tokens, dollars; what is more is nonsense, and no database takes it


class Output:
    """The output of one run: `raw`, `log` and `state.json` in the attempt's directory."""

    def __init__(self, directory: Path, reader: Reader) -> None:
        self.reader = reader
        self._directory = directory
        self._raw = BoundedFile(directory / "raw")
        self._log = BoundedFile(directory / "log")
        self._lines: dict[int, _Lines] = {}
        self._state = RunState(os.getpid(), started_at=time.time())
        self._heard_at = 0.0
        self._written: RunState | None = None
        self._written_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()
        self._log.close()

    @property
    def session(self) -> str:
        """The agent's session, as far as it is known."""
        return one_line(self.reader.session, _SESSION_CHARACTERS)

    @property
    def usage(self) -> Usage:
        """What was used so far; what the output says may be anything."""
        said = self.reader.usage
        money = min(max(said.money, 0.0), _MOST) if math.isfinite(said.money) else 0.0
        tokens = [int(min(max(count, 0), _MOST)) for count in (said.input_tokens, said.output_tokens)]
        return Usage(tokens[0], tokens[1], money)

    def take(self, stream: int) -> list[str] | None:
        """Read what has come on a stream: its readable lines; None where the stream is over (or empty for now)."""
        try:
            data = os.read(stream, _CHUNK)
        except BlockingIOError:
            return None
        if not data:
            return None
        self._heard_at = time.time()
        self._raw.write(data)
        return self._read(self._lines.setdefault(stream, _Lines()).add(data))

    def finish(self) -> None:
        """Read what came without a line end."""
        self._read([rest for lines in self._lines.values() if (rest := lines.rest())])

    def write_state(self, agent_pid: int) -> None:
        """Write `state.json` where something has changed, at most once in STATE_SECONDS."""
        state = RunState(
            self._state.pid, agent_pid, self._state.started_at, self._heard_at, self.session, self.usage
        )
        started = self._written is None or self._written.agent_pid != agent_pid
        due = time.monotonic() - self._written_at >= STATE_SECONDS
        if state != self._written and (started or due):
            write_state(self._directory, state)
            self._written, self._written_at = state, time.monotonic()

    def unwritten(self) -> float | None:
        """Seconds until a change may be written; None where all is written."""
        if self._written and self._heard_at == self._written.output_at:
            return None
        return max(0.0, self._written_at + STATE_SECONDS - time.monotonic())

    def _read(self, lines: list[bytes]) -> list[str]:
        readable = [
            printable(text) for line in lines if (text := self.reader.read(line.decode("utf-8", "replace")))
        ]
        if readable:
            self._log.write(("\n".join(readable) + "\n").encode("utf-8", "replace"))
        return readable


class _Lines:
    """Splits a stream into lines of bounded length."""

    def __init__(self) -> None:
        self._open = bytearray()

    def add(self, data: bytes) -> list[bytes]:
        """The lines that this ends, without their line ends."""
        *ended, rest = data.split(b"\n")
        lines = []
        for piece in ended:
            self._keep(piece)
            lines.append(bytes(self._open).removesuffix(b"\r"))
            self._open.clear()
        self._keep(rest)
        return lines

    def rest(self) -> bytes:
        """The line that nothing has ended."""
        return bytes(self._open)

    def _keep(self, piece: bytes) -> None:
        self._open += piece[: max(0, LONGEST_LINE - len(self._open))]
