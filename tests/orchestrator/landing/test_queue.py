from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_gate.orchestrator.landing.queue import (
    MAX_BATCH,
    Blamed,
    Flaked,
    Formed,
    History,
    Landable,
    Probe,
    Undecided,
    settle,
)


class Play:
    """The queue against a gate that is a function of everybody in the tree."""

    def __init__(self, waiting, is_red, history=None, answers=None):
        self.runs, self.landed, self.blamed, self.flaked, self.undecided = 0, [], [], 0, False
        self.is_red, self.answers = is_red, answers
        for step in settle(list(waiting), lambda batch: batch, self.probe, history or History()):
            if isinstance(step, Landable):
                self.landed += step.candidates
            elif isinstance(step, Blamed):
                self.blamed.append(step.candidate)
            elif isinstance(step, Flaked):
                self.flaked += 1
            elif isinstance(step, Undecided):
                self.undecided = True
            else:
                assert isinstance(step, Formed)

    def probe(self, prefix):
        self.runs += 1
        if self.answers is not None and self.answers:
            return self.answers.pop(0)
        return Probe.RED if self.is_red([*self.landed, *prefix]) else Probe.GREEN


def holds(bad):
    return lambda tree: not set(bad).isdisjoint(tree)


def test_200_good_ones_take_at_most_5_runs():
    play = Play(range(200), holds(()))
    assert play.landed == list(range(200))
    assert play.runs <= 5


@pytest.mark.parametrize("bad", range(4))
def test_one_bad_of_four_takes_at_most_4_runs(bad):
    play = Play(range(4), holds({bad}))
    assert play.blamed == [bad]
    assert play.runs <= 4


def test_two_bad_of_twenty_take_at_most_12_runs():
    plays = [Play(range(20), holds(bad)) for bad in itertools.combinations(range(20), 2)]
    assert max(play.runs for play in plays) <= 12


def test_four_that_break_others_of_200_are_returned_in_35_runs():
    chance = random.Random(7)
    plays = []
    for _ in range(50):
        late = chance.sample(range(100, 200), 4)
        breaks = dict(zip(late, chance.sample(range(100), 4), strict=True))
        play = Play(
            range(200), lambda tree, breaks=breaks: any({a, b} <= set(tree) for a, b in breaks.items())
        )
        assert sorted(play.blamed) == sorted(late)
        plays.append(play.runs)
    assert sorted(plays)[-2] <= 35


def test_a_gate_that_flakes_at_5_percent_blames_nobody_in_999_of_1000_runs():
    chances = [random.Random(seed) for seed in range(1000)]
    plays = [Play(range(200), lambda _tree, chance=chance: chance.random() < 0.05) for chance in chances]
    assert sum(bool(play.blamed) for play in plays) <= 1
    assert max(len(play.blamed) for play in plays) <= 1


def test_a_flaking_gate_returns_those_who_break_others_too():
    chance, late = random.Random(3), {101, 117, 140, 199}
    plays = [
        Play(range(200), lambda tree: not late.isdisjoint(tree) or chance.random() < 0.02) for _ in range(200)
    ]
    assert all(late <= set(play.blamed) for play in plays)
    assert sum(set(play.blamed) != late for play in plays) <= 1


def test_red_then_green_on_one_tree_is_a_flake():
    play = Play(["a"], holds(()), answers=[Probe.RED])
    assert (play.landed, play.blamed, play.flaked) == (["a"], [], 1)


def test_a_gate_that_cannot_run_lands_and_blames_nobody():
    play = Play(range(9), holds(()), answers=[Probe.ERROR])
    assert (play.landed, play.blamed, play.undecided) == ([], [], True)


def test_what_was_green_before_the_gate_broke_has_landed():
    play = Play(range(4), holds({3}), answers=[Probe.RED, Probe.GREEN, Probe.ERROR])
    assert (play.landed, play.blamed, play.undecided) == ([0, 1], [], True)


def test_who_breaks_another_is_returned_and_the_other_lands():
    play = Play("abcdef", lambda tree: {"b", "e"} <= set(tree))
    assert (sorted(play.landed), play.blamed) == (list("abcdf"), ["e"])


def test_batches_grow_with_good_history_and_shrink_with_bad():
    assert History().batch_size < History().after(Landable(tuple(range(60)))).batch_size == MAX_BATCH
    assert History(100, 10).batch_size < 10
    assert History(10, 10).batch_size >= 1


def test_history_fades():
    old = History(500, 50, 4).after(Landable(tuple(range(500))))
    assert old == History(500, 25, 2)
    assert old.after(Undecided()) == old


@given(st.integers(0, 70), st.sets(st.integers(0, 69)), st.floats(0, 40), st.floats(0, 40))
@settings(deadline=None)
def test_bad_ones_are_returned_and_good_ones_land(count, bad, seen, spoilt):
    play = Play(range(count), holds(bad), History(seen + spoilt, spoilt))
    assert set(play.blamed) == bad & set(range(count))
    assert set(play.landed) == set(range(count)) - bad
    assert len(play.landed) + len(play.blamed) == count
    assert (
        play.runs
        <= count // History(seen + spoilt, spoilt).batch_size + 1 + 10 * (len(play.blamed) + 1) + count
    )


@given(st.integers(0, 40), st.sets(st.frozensets(st.integers(0, 39), min_size=1, max_size=3), max_size=6))
@settings(deadline=None)
def test_the_base_is_green_whatever_breaks_what(count, groups):
    def is_red(tree):
        return any(group <= set(tree) for group in groups)

    play = Play(range(count), is_red)
    assert not is_red(play.landed)
    assert sorted(play.landed + play.blamed) == list(range(count))
    assert all(is_red([*play.landed, culprit]) for culprit in play.blamed)


@given(st.lists(st.sampled_from(list(Probe)), max_size=60), st.integers(0, 30))
@settings(deadline=None)
def test_it_ends_whatever_the_gate_says_and_tells_about_each_once(answers, count):
    play = Play(range(count), holds(()), answers=answers)
    told = play.landed + play.blamed
    assert len(told) == len(set(told))
    assert play.undecided or sorted(told) == list(range(count))
