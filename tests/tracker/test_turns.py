import contextlib
import fcntl
import threading

from agent_gate.tracker import turns as module
from agent_gate.tracker.turns import Rank, Turns, wait_for_others


def used(turns, *ranks):
    """In which order those who wait for their turn get it."""
    order = []

    def use(rank):
        with turns.take(rank):
            order.append(rank)

    with turns.take():
        threads = [threading.Thread(target=use, args=(rank,)) for rank in ranks]
        for number, thread in enumerate(threads, 1):
            thread.start()
            while len(turns._waiting) < number:
                pass
        assert order == []
    for thread in threads:
        thread.join()
    return order


def test_one_at_a_time_by_rank():
    ranks = (Rank.OTHER, Rank.READY, Rank.CLAIM)
    assert used(Turns(), *ranks) == sorted(ranks)


def test_the_turn_is_kept_for_the_claim_that_a_question_leads_to(monkeypatch):
    turns, order = Turns(), []

    def write():
        with turns.take():
            order.append(Rank.OTHER)

    monkeypatch.setattr(module, "KEPT_SECONDS", 60.0)
    with turns.take(Rank.READY):
        writes = threading.Thread(target=write)
        writes.start()
        while not turns._waiting:
            pass
    with turns.take(Rank.CLAIM):
        order.append(Rank.CLAIM)
        monkeypatch.setattr(module, "KEPT_SECONDS", 0.0)
    writes.join()
    assert order == [Rank.CLAIM, Rank.OTHER]


def test_whoever_fails_gives_the_turn_back():
    turns = Turns()
    with contextlib.suppress(ZeroDivisionError), turns.take(Rank.CLAIM):
        _ = 1 / 0
    with turns.take():
        assert turns._waiting == []


def test_what_another_process_has_locked_is_waited_for_but_not_for_ever(tmp_path):
    missing, lock = tmp_path / "missing", tmp_path / "LOCK"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        wait_for_others([missing, lock], 0.0)
        waits = threading.Thread(target=wait_for_others, args=([lock], 60.0))
        waits.start()
        waits.join(0.05)
        assert waits.is_alive()
    waits.join(30)
    assert not waits.is_alive()
