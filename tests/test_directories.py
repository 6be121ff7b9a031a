from pathlib import Path

import pytest

from agent_gate.directories import cache_directory, state_directory


@pytest.mark.parametrize("said", ["", "relative", "./here"])
def test_what_names_no_place_of_its_own_does_not_count(monkeypatch, said):
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.setenv("XDG_CACHE_HOME", said)
    monkeypatch.setenv("XDG_STATE_HOME", said)
    assert cache_directory() == Path("/h/.cache/agent-gate")
    assert state_directory() == Path("/h/.local/state/agent-gate")


def test_what_the_user_says_counts(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    monkeypatch.delenv("XDG_STATE_HOME")
    assert cache_directory() == Path("/c/agent-gate")
    assert state_directory() == Path.home() / ".local/state/agent-gate"
