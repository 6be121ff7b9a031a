import json

import pytest

from agent_gate.checks.old_failures import failures_at_base
from agent_gate.policy.model import Kind

LINT = "[ ! -e a.py ] || { echo a.py:1: E101 bad; echo ran >> $LOG; exit 1; }\n"


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"lint.sh": LINT, "a.py": "A\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B\n"})
    return repo


@pytest.fixture
def ask(repo, context_of, rule_of, tmp_path, monkeypatch):
    """The failures at the base, and how often the command has run there so far."""
    log = tmp_path / "log"
    monkeypatch.setenv("LOG", str(log))

    def on(command="sh lint.sh", kind=Kind.LINT):
        found = failures_at_base(rule_of(kind, command), context_of(repo, env=("LOG",)))
        on.unknown = found.unknown
        return found.failures, log.read_text().count("ran") if log.exists() else 0

    return on


def kept(tmp_path):
    return list((tmp_path / "rooms").glob("failures*/*"))


def test_what_fails_at_the_base_is_found_once_and_kept(ask, tmp_path):
    found, _ = ask()
    assert {key: len(details) for key, details in found.items()} == {("a.py", "E101", "E# bad"): 1}
    assert ask() == (found, 1)
    assert len(kept(tmp_path)) == 1


def test_that_nothing_fails_is_kept_too(ask, tmp_path):
    assert ask("sh -c 'echo ran >> $LOG'") == ({}, 1)
    assert ask("sh -c 'echo ran >> $LOG'") == ({}, 1)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("no-such-tool", "no-such-tool is not installed"),
        ("pytest --collect-only", "exit code 5 before it judged"),
    ],
)
def test_why_the_base_proves_nothing_is_known(ask, command, why):
    assert ask(command, Kind.TEST)[0] == {}
    assert why in ask.unknown


@pytest.mark.parametrize(
    "content", [b"", b"[", b"{}", b"[1]", b'[[["a", "b"], []]]', b"\xff", b"null", b"[" * 100_000]
)
def test_what_is_kept_and_makes_no_sense_is_asked_again(ask, tmp_path, content):
    found, _ = ask()
    (file,) = kept(tmp_path)
    file.write_bytes(content)
    assert ask() == (found, 2)
    assert json.loads(file.read_bytes())


def test_another_version_of_the_tool_is_asked_again(ask, tmp_path, monkeypatch):
    tool = tmp_path / "bin" / "own-lint"
    tool.parent.mkdir()
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    for number in (1, 2):
        tool.write_text(f"#!/bin/sh\necho a.py:1: {'x' * number}\nexit 1\n")
        tool.chmod(0o755)
        assert [message for _, _, message in ask("own-lint")[0]] == ["x" * number]


@pytest.mark.parametrize(
    "command", ["no-such-tool", "sh -c 'kill -9 $$'", "sh -c 'exit 1'", "sh -c 'echo oops; exit 2'", "lint '"]
)
def test_a_base_that_proves_nothing_excuses_nobody(ask, command):
    assert ask(command)[0] == {}


def test_what_a_test_command_says_of_no_test_is_none_of_its_failures(ask):
    assert ask(kind=Kind.TEST)[0] == {}


def test_a_cache_that_cannot_be_written_costs_time_alone(ask, tmp_path):
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "failures-2").touch()
    found, _ = ask()
    assert (len(found), ask()[1]) == (1, 2)


def test_no_room_of_the_base_excuses_nobody(ask, tmp_path):
    (tmp_path / "rooms").touch()
    assert ask()[0] == {}
