import os
from pathlib import Path

import pytest

from agent_gate.agents.model import Launch
from agent_gate.orchestrator.attempt_files import Attempt
from agent_gate.orchestrator.launching import start, why_not_started


@pytest.fixture
def attempt(tmp_path):
    return Attempt(
        "command", "t-1", 2, tmp_path, tmp_path, base="b" * 40, environment={"MINE": "2"},
        git_config=(("a.b", "guard"),),
    )  # fmt: skip


def said(launch, attempt):
    agent = start(launch, attempt)
    output, _ = agent.communicate(timeout=30)
    return output.decode()


def test_an_agent_gets_the_callers_environment_and_ours_over_it(attempt, monkeypatch):
    for name, value in {"LOGIN": "kept", "MINE": "1", "AGENT_GATE_TASK": "forged", "GIT_DIR": "/x"}.items():
        monkeypatch.setenv(name, value)
    lines = said(Launch(("env",), {"MINE": "adapter"}), attempt).splitlines()
    expected = {
        "LOGIN=kept",
        "MINE=2",
        "AGENT_GATE_TASK=t-1",
        "AGENT_GATE_ATTEMPT=2",
        f"AGENT_GATE_BASE={'b' * 40}",
    }
    assert expected <= set(lines)
    assert not [line for line in lines if line.startswith("GIT_DIR=")]


def test_git_settings_of_the_caller_stay_and_the_guards_come_after_them(attempt, monkeypatch):
    for name, value in {"COUNT": "1", "KEY_0": "a.b", "VALUE_0": "caller"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert said(Launch(("git", "config", "--get-all", "a.b")), attempt) == "caller\nguard\n"


def test_it_reads_what_the_adapter_says_from_a_file_and_else_nothing(attempt):
    assert said(Launch(("cat",), {}, b"a prompt"), attempt) == "a prompt"
    assert said(Launch(("cat",)), attempt) == ""


def test_it_leads_a_group_of_its_own_in_the_worktree(attempt):
    script = "import os; print(os.getpgid(0) == os.getpid(), os.getcwd(), os.environ['PWD'])"
    told = said(Launch(("python3", "-c", script)), attempt).split()
    assert told == ["True", str(attempt.worktree), str(attempt.worktree)]


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("no-such-program",), "`no-such-program` is not installed, or not on PATH."),
        ((os.devnull,), "`/dev/null` could not be started: Permission denied."),
        (("true", "a\0b"), "`true` could not be started: embedded null byte."),
    ],
)
def test_what_cannot_be_started_is_one_sentence(attempt, argv, why):
    with pytest.raises((OSError, ValueError)) as problem:
        start(Launch(argv), attempt)
    assert why_not_started(problem.value, Launch(argv), attempt) == why


def test_a_worktree_that_is_gone_is_said_and_not_taken_for_the_program(tmp_path):
    gone = Attempt("command", "t-1", 1, Path(tmp_path / "gone"), tmp_path)
    with pytest.raises(FileNotFoundError) as problem:
        start(Launch(("true",)), gone)
    assert "is missing" in why_not_started(problem.value, Launch(("true",)), gone)
