"""How each agent is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent_gate.agents.model import AgentError, Job
from agent_gate.agents.registry import BUILTIN, find_adapter

CLIS = sorted({*BUILTIN} - {"command"})
JOB = Job("--fix it", Path("/a/prompt.md"), Path("/w"), Path("/a"), "t-1", model="m-1")
APPROVALS = {
    "--dangerously-skip-permissions",
    "--dangerously-bypass-approvals-and-sandbox",
    "yolo",
    "--auto",
    "--yes-always",
    "--force",
    "-y",
}


@pytest.mark.parametrize("name", CLIS)
def test_prompt_and_model_are_told_and_its_tools_are_approved(name: str) -> None:
    argv = find_adapter(name).launch(JOB).argv
    assert argv[0] == find_adapter(name).program
    assert "m-1" in argv
    assert len(APPROVALS & {*argv}) == 1


@pytest.mark.parametrize("name", CLIS)
def test_a_prompt_that_looks_like_an_option_is_none(name: str) -> None:
    argv = find_adapter(name).launch(JOB).argv
    assert argv[-1].endswith("=--fix it") or (argv[-1] == "--fix it" and "--" in argv[:-1])


@pytest.mark.parametrize("name", ["claude", "codex", "cursor", "gemini", "opencode", "qwen"])
def test_a_session_is_gone_on_with(name: str) -> None:
    assert "s-1" not in find_adapter(name).launch(JOB).argv
    assert "s-1" in find_adapter(name).launch(replace(JOB, session="s-1")).argv


@pytest.mark.parametrize("name", sorted({*CLIS} - {"mini"}))
def test_a_question_approves_nothing(name: str) -> None:
    argv = find_adapter(name).launch(replace(JOB, read_only=True)).argv
    assert not APPROVALS & {*argv}
    assert {"plan", "ask", "read-only"} & {*argv}


def test_who_has_no_read_only_mode_is_not_asked() -> None:
    with pytest.raises(AgentError, match="mini cannot be asked a question"):
        find_adapter("mini").launch(replace(JOB, read_only=True))


@pytest.mark.parametrize("name", CLIS)
def test_the_table_may_name_program_arguments_and_variables(name: str) -> None:
    options = {"command": "npx other", "args": ["--more"], "env": {"LEVEL": "3"}}
    launch = find_adapter(name).launch(replace(JOB, options=options))
    assert launch.argv[:2] == ("npx", "other")
    assert "--more" in launch.argv
    assert launch.environment["LEVEL"] == "3"


def test_aider_leaves_its_files_outside_of_the_worktree() -> None:
    argv = find_adapter("aider").launch(JOB).argv
    assert [word for word in argv if word.startswith("/")] == [
        "/a/aider.chat.md",
        "/a/aider.input",
        "/a/aider.llm",
    ]
