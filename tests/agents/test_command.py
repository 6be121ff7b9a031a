"""Any command as an agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_gate.agents import command
from agent_gate.agents.model import AgentError, End, Job


def job(template: str, prompt: str = "fix it", **options: object) -> Job:
    return Job(
        prompt,
        Path("/attempt/prompt.md"),
        Path("/work tree"),
        Path("/attempt"),
        "t-1",
        options={"command": template, **options},
    )


def test_placeholders_become_whole_arguments_whatever_they_hold() -> None:
    hostile = "$(rm -rf ~) 'a b' {worktree}; --yes"
    launch = command.launch(job("agent -p {prompt} --dir={worktree} {prompt_file} {task_id}", hostile))
    assert launch.argv == ("agent", "-p", hostile, "--dir=/work tree", "/attempt/prompt.md", "t-1")
    assert launch.stdin is None


def test_quotes_group_words_and_nothing_is_expanded() -> None:
    launch = command.launch(job("""sh -c 'echo "$HOME" > out' * {prompt}"""))
    assert launch.argv == ("sh", "-c", 'echo "$HOME" > out', "*", "fix it")


@pytest.mark.parametrize("template", ["agent", "agent --in {worktree} --id {task_id}"])
def test_without_a_place_for_it_the_prompt_is_on_stdin(template: str) -> None:
    assert command.launch(job(template, "größer")).stdin == "größer".encode()


def test_arguments_and_variables_of_the_table_are_added() -> None:
    launch = command.launch(job("agent {prompt}", args=["--fast", "{task_id}"], env={"LEVEL": 3}))
    assert launch.argv == ("agent", "fix it", "--fast", "t-1")
    assert launch.environment == {"LEVEL": "3"}


def test_a_misspelt_placeholder_is_refused_with_the_nearest() -> None:
    with pytest.raises(AgentError, match=r'unknown placeholder \{promt\}; did you mean "\{prompt\}"'):
        command.launch(job("agent {promt}"))


def test_other_braces_are_left_alone() -> None:
    assert command.launch(job("""agent '{"a":{}}' {x} {prompt}""")).argv == (
        "agent",
        '{"a":{}}',
        "{x}",
        "fix it",
    )


@pytest.mark.parametrize("template", ["", "   ", "agent 'open"])
def test_a_template_that_starts_nothing_is_refused(template: str) -> None:
    with pytest.raises(AgentError, match="The agent's command"):
        command.launch(job(template))


def test_output_passes_through_and_is_the_answer() -> None:
    reader = command.reader(job("agent"))
    assert [reader.read(line) for line in ("one", "", "two")] == ["one", "", "two"]
    assert reader.answer == "one\n\ntwo"


@pytest.mark.parametrize(
    ("exit_code", "end", "reason"),
    [
        (0, End.FINISHED, ""),
        (7, End.CRASHED, "exit code 7: no such model"),
        (-9, End.CRASHED, "ended by SIGKILL: no such model"),
        (None, End.STOPPED, ""),
    ],
)
def test_the_exit_code_decides(exit_code: int | None, end: End, reason: str) -> None:
    reader = command.reader(job("agent"))
    reader.read("no such model")
    ending = reader.ending(exit_code)
    assert (ending.end, ending.reason) == (end, reason)
