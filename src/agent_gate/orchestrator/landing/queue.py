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

MAX_BATCH = 47  # with the first batch of a new queue, 12, five make 200
SHORT_QUEUE, LONG_QUEUE = 4, 24  # that wait
_PRIOR_BAD, _PRIOR_SEEN = 0.5, 9.0
_MEMORY = 500.0  # candidates; older history counts for less and less
_HALF_FADED = 0.5  # of one blame, one flake


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
        """The size at which a batch is as likely red as green: what a probe then says is worth most.

        A queue that has decided about a first batch and blamed nobody is trusted with the largest.
        """
        if not self.has_blamed and self.seen >= _PRIOR_SEEN:
            return MAX_BATCH
        rate = (_PRIOR_BAD + self.bad) / (_PRIOR_SEEN + self.seen)
        return max(1, min(MAX_BATCH, round(0.69 / -math.log(1 - rate))))

    @property
    def has_blamed(self) -> bool:
        """Whether somebody was blamed lately."""
        return self.bad >= _HALF_FADED

    @property
    def has_flaked(self) -> bool:
        """Whether the gate flaked lately."""
        return self.flaky >= _HALF_FADED

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
    run = _Run(arrange, probe, history, len(waiting))
    left = list(waiting)
    try:
        while left:
            size = run.history.batch_size
            batch, left = list(arrange(left[:size])), left[size:]
            yield Formed(tuple(batch))
            suspect = yield from run.search(batch)
            if suspect is not None:
                run.suspects.append(batch[suspect])
                left = batch[suspect + 1 :] + left
            yield from run.blame_the_proven()
        while run.suspects:
            yield from run.confirm(run.suspects[0])
    except _GateError:
        yield Undecided()


class _GateError(Exception):
    """A probe could not run."""


@dataclass(slots=True)
class _Run(Generic[Candidate]):
    """What one call of `settle` has learned.

    Attributes:
        waiting: how many waited at the start.
        suspects: those who ended a bad prefix, and about whom there is doubt.
        reds: for each red run, everybody who was in its tree.
    """

    arrange: Callable[[Sequence[Candidate]], Sequence[Candidate]]
    probe: Callable[[Sequence[Candidate]], Probe]
    history: History
    waiting: int
    landed: frozenset[Candidate] = frozenset()
    suspects: list[Candidate] = field(default_factory=list)
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
        while self._evidence(candidate) < self._needed():
            if not self.arrange([candidate]) or (yield from self._is_green([candidate])):
                self.suspects.remove(candidate)
                return
        yield from self.blame_the_proven()

    def blame_the_proven(self) -> Iterator[Blamed[Candidate]]:
        """Those suspects about whom there is no doubt."""
        for candidate in tuple(self.suspects):
            if self._evidence(candidate) >= self._needed():
                self.suspects.remove(candidate)
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

    def _needed(self) -> int:
        """How many such runs it takes, never fewer than two.

        The longer the queue, the more chances to meet flakes that look like one culprit. A gate that flaked lately is doubted more; one
        that has blamed somebody before and did not flake, less.
        """
        doubt = (self.waiting > SHORT_QUEUE) + (self.waiting > LONG_QUEUE) + self.history.has_flaked
        return 2 + max(0, doubt - (self.history.has_blamed and not self.history.has_flaked))
