import threading
from pathlib import Path

from agent_gate.orchestrator.slots import Slots

ONE, OTHER = Path("/one"), Path("/other")


def take(slots, repository, task, most=2):
    return slots.take(repository, task, lambda: most, waits=lambda: False)


def test_a_repository_has_as_many_as_it_may_and_all_together_as_many_as_there_are():
    slots = Slots(3)
    assert [take(slots, ONE, task) for task in "abc"] == [True, True, False]
    assert [take(slots, OTHER, task) for task in "ab"] == [True, False]


def test_who_has_one_keeps_it_and_gives_it_once():
    slots = Slots(1)
    assert take(slots, ONE, "a")
    assert take(slots, ONE, "a")
    slots.give(ONE, "a")
    assert take(slots, ONE, "b")


def test_an_adopted_one_counts_even_where_it_is_one_too_many():
    slots = Slots(1)
    take(slots, ONE, "a")
    slots.hold(ONE, "b")
    slots.give(ONE, "a")
    assert not take(slots, ONE, "c")


def test_who_waits_goes_on_when_one_is_given_back():
    slots, gone_on = Slots(1), threading.Event()
    take(slots, ONE, "a")

    def wait():
        if slots.take(ONE, "b", lambda: 1, waits=lambda: True):
            gone_on.set()

    threading.Thread(target=wait).start()
    assert not gone_on.wait(0.05)
    slots.give(ONE, "a")
    assert gone_on.wait(10)
