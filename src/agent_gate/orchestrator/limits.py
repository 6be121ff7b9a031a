"""What ends a run that does not end by itself: its limits, as a fold over its output and the clock."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from agent_gate.agents.model import End, Ending

if TYPE_CHECKING:
    from agent_gate.agents.model import Usage
    from agent_gate.orchestrator.attempt_files import Limits

LONGEST_BLOCK = 200  # lines of a block that is noticed when it repeats


class Watch:
    """The limits of one run; all times are seconds of one clock."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._started = now
        self._output_at = now
        self._repeats = _Repeats(limits.output_repeats)

    def heard(self, now: float) -> None:
        """Some output came."""
        self._output_at = now

    def read(self, line: str, now: float) -> None:
        """A readable line came."""
        if self._limits.output_repeats and line.strip():
            self._repeats.add(line.strip(), now)

    def verdict(self, usage: Usage, now: float) -> Ending | None:
        """Why the run must end now; None where it need not."""
        limits = self._limits
        if limits.seconds and now - self._started >= limits.seconds:
            return Ending(End.OVER_BUDGET, f"It took longer than {limits.seconds:g} s.")
        if limits.tokens and usage.tokens > limits.tokens:
            return Ending(End.OVER_BUDGET, f"It used {usage.tokens} tokens of {limits.tokens}.")
        if limits.money and usage.money > limits.money:
            return Ending(End.OVER_BUDGET, f"It used {usage.money:.2f} dollars of {limits.money:.2f}.")
        if limits.silence and now - self._output_at >= limits.silence:
            return Ending(End.SILENT, f"Nothing came from it for {limits.silence:g} s.")
        if self._repeats.lines and self._repeats.seconds >= limits.repeat_seconds:
            return Ending(
                End.LOOPING,
                f"The same {self._repeats.lines} lines came {limits.output_repeats} times or more in a row.",
            )
        return None

    def next_look(self, now: float) -> float | None:
        """Seconds until a limit of time can be reached; None where only output can change anything."""
        ends = []
        if self._limits.seconds:
            ends.append(self._started + self._limits.seconds)
        if self._limits.silence:
            ends.append(self._output_at + self._limits.silence)
        return max(0.0, min(ends) - now) if ends else None


class _Repeats:
    """Notices a block of lines that comes again and again, whatever its length; costs next to nothing a line.

    A block of p lines repeats as long as every line equals the one p before it. A p is looked at once a line equals the
    last one of its kind, p before, and dropped at the first line that differs.

    Attributes:
        lines: length of the block that has repeated often enough; 0 where none has.
        seconds: from its first repetition to its last line.
    """

    def __init__(self, wanted: int) -> None:
        self.lines = 0
        self.seconds = 0.0
        self._wanted = wanted
        self._last: deque[int] = deque(maxlen=LONGEST_BLOCK)
        self._seen: dict[int, int] = {}  # line → when it came last, counted in lines
        self._count = 0
        self._runs: dict[int, tuple[int, float]] = {}  # length of a block → lines that fitted, since when

    def add(self, line: str, now: float) -> None:
        """Take a line."""
        mark = hash(line)
        self._runs = {
            length: (fitting + 1, since)
            for length, (fitting, since) in self._runs.items()
            if self._last[-length] == mark
        }
        length = self._count - self._seen.get(mark, -LONGEST_BLOCK - 1)
        if length <= len(self._last) and length not in self._runs:
            self._runs[length] = (1, now)
        self._last.append(mark)
        self._seen[mark] = self._count
        self._count += 1
        if len(self._seen) > 100 * LONGEST_BLOCK:
            self._seen = {key: at for key, at in self._seen.items() if self._count - at <= LONGEST_BLOCK}
        looping = [
            (length, since)
            for length, (fitting, since) in self._runs.items()
            if fitting >= length * (self._wanted - 1)
        ]
        self.lines, since = min(looping, default=(0, now))
        self.seconds = now - since
