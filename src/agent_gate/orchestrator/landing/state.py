"""What landing keeps in the journal about one base branch, so that a restart goes on where it was.

Agents can write the journal: as long as a run lives, what it has seen and gated itself is what counts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from agent_gate.orchestrator.landing.queue import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.orchestrator.journal import Journal


_MAX_PASSED = 1000  # pairs that are kept


@dataclass(frozen=True, slots=True)
class Tip:
    """What is known of the base.

    Attributes:
        seen: where it was when landing last looked.
        judged: the last tip that the gate has answered about.
        good: the last tip that passed.
    """

    seen: str
    judged: str
    good: str


@dataclass(frozen=True, slots=True)
class Move:
    """The last move of the base, written before it is made.

    Attributes:
        tasks: task → its commit, of all tasks that are not known to be closed.
        gated: the gate has passed `new`; else it is what a remote has.
        done: index and files of the base's checkouts have followed.
    """

    old: str
    new: str
    tasks: Mapping[str, str] = field(default_factory=dict)
    gated: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """The facts of one base branch."""

    journal: Journal
    base: str

    def tip(self) -> Tip | None:
        """None before the first round; what this run has seen itself, before what the journal says."""
        name = f"tip:{self.base}"
        known = self.journal.own(name) or self.journal.fact(name)
        return Tip(**known) if known else None

    def keep_tip(self, tip: Tip) -> None:
        """Write it."""
        self.journal.know(f"tip:{self.base}", asdict(tip))

    def move(self) -> Move | None:
        """None before the first one; of one that another process wrote, nobody knows whether it was gated."""
        name = f"landing:{self.base}"
        known = self.journal.fact(name)
        if not known:
            return None
        return Move(**{**known, "gated": known["gated"] and known == self.journal.own(name)})

    def keep_move(self, move: Move) -> None:
        """Write it."""
        self.journal.know(f"landing:{self.base}", asdict(move))

    def history(self) -> History:
        """Of the queue; an empty one before the first round."""
        return History(**(self.journal.fact(f"queue:{self.base}") or {}))

    def keep_history(self, history: History) -> None:
        """Write it."""
        self.journal.know(f"queue:{self.base}", asdict(history))


class Passed:
    """What the gate has passed, as pairs (base, what passed on it): two commits, or two trees.

    In memory alone: agents can write the journal, and nothing that they write may stand for the gate's word. A run that was
    started again asks the gate again.
    """

    def __init__(self) -> None:
        """Nothing has passed."""
        self._pairs: dict[tuple[str, str], None] = {}

    def add(self, base: str, passed: str) -> None:
        """Remember it; the oldest goes."""
        self._pairs[base, passed] = None
        if len(self._pairs) > _MAX_PASSED:
            self._pairs.pop(next(iter(self._pairs)), None)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return pair in self._pairs
