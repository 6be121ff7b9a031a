"""Questions to scripted agents, which are real processes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from agent_gate.agents.answers import AnswerError
from agent_gate.agents.ask import Question, ask
from agent_gate.agents.config import AgentConfig, Limits
from agent_gate.agents.model import AgentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Colour(msgspec.Struct, forbid_unknown_fields=True):
    name: str


def agent(command: str, name: str = "painter") -> AgentConfig:
    return AgentConfig(name, "command", command)


def question(directory: Path, **fields: object) -> Question[Colour]:
    return Question("Which colour?", directory, Colour, '{"the": "schema"}', **fields)  # type: ignore[arg-type]


def test_an_answer_is_a_struct_and_the_agent_was_told_its_schema(
    tmp_path: Path, scripted: Callable[..., str]
) -> None:
    assert ask([agent(scripted('Gladly: {"name": "red"}'))], question(tmp_path)) == Colour("red")
    asked = (tmp_path / "scripted" / "asked-0").read_text()
    assert asked.startswith("Which colour?")
    assert '{"the": "schema"}' in asked


def test_a_wrong_answer_may_be_corrected_once(tmp_path: Path, scripted: Callable[..., str]) -> None:
    command = scripted('{"nom": "rouge"}', '{"name": "red"}')
    assert ask([agent(command)], question(tmp_path)) == Colour("red")
    again = (tmp_path / "scripted" / "asked-1").read_text()
    assert "unknown field `nom`" in again
    assert '{"nom": "rouge"}' in again


def test_twice_wrong_is_one_sentence(tmp_path: Path, scripted: Callable[..., str]) -> None:
    with pytest.raises(AgentError, match=r"painter was asked twice.*no JSON object"):
        ask([agent(scripted("no"))], question(tmp_path))
    assert len(list((tmp_path / "scripted").glob("asked-*"))) == 2


def test_what_the_caller_refuses_is_told_to_the_agent(tmp_path: Path, scripted: Callable[..., str]) -> None:
    def only_blue(colour: Colour) -> None:
        if colour.name != "blue":
            raise AnswerError(f"{colour.name} is not blue.")

    command = scripted('{"name": "red"}', '{"name": "blue"}')
    assert ask([agent(command)], question(tmp_path, refuse=only_blue)) == Colour("blue")
    assert "red is not blue." in (tmp_path / "scripted" / "asked-1").read_text()


def test_a_missing_agent_leaves_the_question_to_the_next(
    tmp_path: Path, scripted: Callable[..., str]
) -> None:
    missing = agent("no-such-agent {prompt}", "gone")
    assert ask([missing, agent(scripted('{"name": "red"}'))], question(tmp_path)) == Colour("red")
    with pytest.raises(AgentError, match="gone cannot be started: no-such-agent is missing"):
        ask([missing], question(tmp_path))


def test_a_crash_is_told_with_its_last_words(tmp_path: Path, scripted: Callable[..., str]) -> None:
    with pytest.raises(AgentError, match=r"painter gave no answer: crashed .*out of paint"):
        ask([agent(scripted("!sys.exit('out of paint')"))], question(tmp_path))


def test_silence_ends_at_the_agents_own_limit(tmp_path: Path, scripted: Callable[..., str]) -> None:
    slow = agent(scripted("!import signal; signal.pause()"))
    with pytest.raises(AgentError, match=r"painter gave no answer within 0\.5 s"):
        ask([replace(slow, limits=Limits(seconds=0.5))], question(tmp_path))


def test_a_prompt_that_is_no_text_for_an_argument_still_arrives(
    tmp_path: Path, scripted: Callable[..., str]
) -> None:
    hostile = replace(question(tmp_path), prompt="a \0 NUL and half a pair \ud800")
    assert ask([agent(scripted('{"name": "red"}') + " -- {prompt_file}")], hostile) == Colour("red")


def test_without_an_agent_it_is_said_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match='write `agent = "claude"`'):
        ask([], question(tmp_path))
