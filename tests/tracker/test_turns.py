import contextlib
import threading

from agent_gate.tracker.turns import Turns


def test_one_at_a_time_and_the_urgent_before_all_others():
    turns, order, waiting = Turns(), [], []

    def use(name, *, urgent):
        with turns.take(urgent=urgent):
            order.append(name)

    with turns.take():
        for name, urgent in (("slow", False), ("quick", True)):
            waiting.append(threading.Thread(target=use, args=(name,), kwargs={"urgent": urgent}))
            waiting[-1].start()
        while turns._urgent < 1:
            pass
        assert order == []
    for thread in waiting:
        thread.join()
    assert order == ["quick", "slow"]


def test_whoever_fails_gives_the_turn_back():
    turns = Turns()
    with contextlib.suppress(ZeroDivisionError), turns.take(urgent=True):
        _ = 1 / 0
    with turns.take():
        assert turns._urgent == 0
