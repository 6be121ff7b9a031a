"""The merge queue's algorithm: in few gate runs, find what may land and who is to blame. No git, no files, no clock.

What waits is probed in batches, each on top of what has landed. A red batch is searched for its first bad prefix; a green prefix lands at
once, and the candidate that ends the bad one is set aside while the rest goes on. Nobody is blamed on one red run (`_needed`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

AnyStep = TypeVar("AnyStep", bound="Step[Any]")
Candidate = TypeVar("Candidate")  # hashable; the queue knows nothing else of it

MAX_BATCH = 64
SMALL_BATCH, LARGE_BATCH = 4, 16  # searched in 2 probes, in 4
_PRIOR_BAD, _PRIOR_SEEN = 0.5, 9.0  # a new queue begins with 12, and trusts itself with 64 after 50 good ones
_MEMORY = 500.0  # candidates; older history counts for less and less


class Probe(Enum):
    """What the gate says of a prefix."""

    GREEN = "green"
    RED = "red"
    ERROR = "error"  # it could not run: says nothing of anybody


@dataclass(frozen=True, slots=True)
class History:
    """What a queue has seen; older candidates fade.

    Attributes:
        seen: candidates that were decided.
        bad: those that were blamed.
        flaky: probes that were red, then green on the same tree.
    """

    seen: float = 0.0
    bad: float = 0.0
    flaky: float = 0.0

    @property
    def batch_size(self) -> int:
        """The size at which a batch is as likely red as green: what a probe then says is worth most."""
        rate = (_PRIOR_BAD + self.bad) / (_PRIOR_SEEN + self.seen)
        return max(1, min(MAX_BATCH, round(0.69 / -math.log(1 - rate))))

    def after(self, step: Step[Candidate]) -> History:
        """The history with what a step says."""
        if isinstance(step, Landable):
            return self._with(seen=len(step.candidates))
        if isinstance(step, Blamed):
            return self._with(seen=1, bad=1)
        return self._with(flaky=1) if isinstance(step, Flaked) else self

    def _with(self, seen: int = 0, bad: int = 0, flaky: int = 0) -> History:
        fade = min(1.0, _MEMORY / (self.seen + seen)) if seen else 1.0
        return History((self.seen + seen) * fade, (self.bad + bad) * fade, (self.flaky + flaky) * fade)


@dataclass(frozen=True, slots=True)
class Formed(Generic[Candidate]):
    """This batch was put together; its probes, which take long, come next."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Landable(Generic[Candidate]):
    """These are good on what has landed, and count as landed from now on."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Blamed(Generic[Candidate]):
    """This one is bad on what has landed."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Flaked(Generic[Candidate]):
    """The gate was red, then green on the same tree, which ends with the last of these."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """The gate could not run; the round is over, and what was not told about waits as before."""


Step: TypeAlias = Formed[Candidate] | Landable[Candidate] | Blamed[Candidate] | Flaked[Candidate] | Undecided


def settle(
    waiting: Sequence[Candidate],
    arrange: Callable[[Sequence[Candidate]], Sequence[Candidate]],
    probe: Callable[[Sequence[Candidate]], Probe],
    history: History,
) -> Iterator[Step[Candidate]]:
    """Decide about all that wait, in order; each candidate is told about at most once as landable or blamed.

    Args:
        waiting: the candidates, all different.
        arrange: called with the next batch, before any of its probes: those of it that can be put on what has landed, in order; the
            others are the caller's to tell about.
        probe: the gate's word on what has landed with this prefix of the last arranged batch (less what of it has landed).
        history: of this queue so far.
    """
    run = _Run(arrange, probe, history)
    left = list(waiting)
    try:
        while left:
            size = run.history.batch_size
            batch, left = list(arrange(left[:size])), left[size:]
            yield Formed(tuple(batch))
            suspect = yield from run.search(batch)
            if suspect is not None:
                run.suspects[batch[suspect]] = len(batch)
                left = batch[suspect + 1 :] + left
            yield from run.blame_the_proven()
        while run.suspects:
            yield from run.confirm(next(iter(run.suspects)))
    except _GateError:
        yield Undecided()


class _GateError(Exception):
    """A probe could not run."""


@dataclass(slots=True)
class _Run(Generic[Candidate]):
    """What one call of `settle` has learned.

    Attributes:
        suspects: who ended a bad prefix → size of the batch that was searched.
        reds: for each red run, everybody who was in its tree.
    """

    arrange: Callable[[Sequence[Candidate]], Sequence[Candidate]]
    probe: Callable[[Sequence[Candidate]], Probe]
    history: History
    landed: frozenset[Candidate] = frozenset()
    suspects: dict[Candidate, int] = field(default_factory=dict)
    reds: list[frozenset[Candidate]] = field(default_factory=list)

    def _noted(self, step: AnyStep) -> AnyStep:
        """The step, as part of the history from now on."""
        self.history = self.history.after(step)
        return step

    def search(
        self, batch: Sequence[Candidate]
    ) -> Generator[Landable[Candidate] | Flaked[Candidate], None, int | None]:
        """Land the longest prefixes that are good; the index of who ends the first bad one, None where all is good."""
        good, bad = 0, len(batch) + 1
        middle = len(batch)
        while bad - good > 1:
            if (yield from self._is_green(batch[good:middle])):
                good = middle
            else:
                bad = middle
            middle = (good + bad) // 2
        return good if bad <= len(batch) else None

    def confirm(
        self, candidate: Candidate
    ) -> Generator[Landable[Candidate] | Blamed[Candidate] | Flaked[Candidate], None, None]:
        """Run the suspect again, until it is green or there is no doubt."""
        while self._evidence(candidate) < self._needed(candidate):
            if not self.arrange([candidate]) or (yield from self._is_green([candidate])):
                del self.suspects[candidate]
                return
        yield from self.blame_the_proven()

    def blame_the_proven(self) -> Iterator[Blamed[Candidate]]:
        """Those suspects about whom there is no doubt."""
        for candidate in list(self.suspects):
            if self._evidence(candidate) >= self._needed(candidate):
                del self.suspects[candidate]
                yield self._noted(Blamed(candidate))

    def _is_green(
        self, prefix: Sequence[Candidate]
    ) -> Generator[Landable[Candidate] | Flaked[Candidate], None, bool]:
        """Probe it; what is green lands."""
        answer = self.probe(prefix)
        if answer is Probe.ERROR:
            raise _GateError
        members = self.landed.union(prefix)
        if answer is Probe.RED:
            self.reds.append(members)
            return False
        if members in self.reds:
            self.reds = [red for red in self.reds if red != members]
            yield self._noted(Flaked(tuple(prefix)))
        self.landed = members
        yield self._noted(Landable(tuple(prefix)))
        return True

    def _evidence(self, candidate: Candidate) -> int:
        """Red runs that only this one explains: everybody else in them has landed since."""
        return sum(candidate in red and red - {candidate} <= self.landed for red in self.reds)

    def _needed(self, candidate: Candidate) -> int:
        """How many such runs it takes, never fewer than two.

        A longer search has more chances to meet flakes that look like one culprit. A gate that flaked lately is doubted more; one that
        has blamed somebody before and did not flake, less.
        """
        size = self.suspects[candidate]
        flaky = self.history.flaky >= 0.5  # noqa: PLR2004 - one flake that has half faded
        proven = self.history.bad >= 0.5 and not flaky  # noqa: PLR2004 - as above
        return max(2, 2 + (size > SMALL_BATCH) + (size > LARGE_BATCH) + flaky - proven)
