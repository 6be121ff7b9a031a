import fcntl
import os
import threading

from agent_gate.orchestrator import owner as owner_module
from agent_gate.orchestrator.owner import keep_renewed, living, new_owner


def test_runs_that_start_at_once_all_live(tmp_path):
    """None takes another for dead in the moment between its file and its lock."""
    made = []
    threads = [threading.Thread(target=lambda: made.append(new_owner(tmp_path))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for name, _ in living(tmp_path)) == sorted(owner.id for owner in made)
    for owner in made:
        os.close(owner.lock)


def test_a_lock_that_names_no_single_process_is_no_run(tmp_path):
    """A signal to 0, or to -1, goes to many."""
    locks = []
    for number, text in enumerate(("", "0", "-1", "x", "1 2")):
        file = tmp_path / f"{number}.lock"
        file.write_text(text)
        locks.append(os.open(file, os.O_RDWR))
        fcntl.flock(locks[-1], fcntl.LOCK_EX)
    assert living(tmp_path) == ()
    for lock in locks:
        os.close(lock)


def test_what_cannot_be_renewed_once_is_said_and_tried_again(monkeypatch):
    monkeypatch.setattr(owner_module, "RENEW_SECONDS", 0.01)
    over, calls, told = threading.Event(), [], []

    def renew():
        calls.append(1)
        if len(calls) == 3:
            over.set()
        raise ValueError("no answer")

    keep_renewed("claims", renew, lambda *said: told.append(said), over).join(30)
    assert len(calls) == 3
    assert told == [("", "The claims of this run could not be renewed: no answer")] * 3
