"""The lock of a worktree, as threads and processes see it."""

import os

from agent_gate.orchestrator import worktree_lock


def test_it_is_free_at_once_even_while_a_child_of_another_thread_is_being_started(tmp_path):
    lock = worktree_lock.take(tmp_path / "1")
    twin = os.dup(lock)  # as between fork and exec
    assert worktree_lock.is_locked(tmp_path / "1")
    worktree_lock.give_back(lock)
    assert not worktree_lock.is_locked(tmp_path / "1")
    os.close(twin)


def test_handed_to_a_child_it_stays_held(tmp_path):
    lock = worktree_lock.take(tmp_path / "1")
    child = os.dup(lock)
    os.close(lock)
    assert worktree_lock.is_locked(tmp_path / "1")
    os.close(child)
    assert not worktree_lock.is_locked(tmp_path / "1")
