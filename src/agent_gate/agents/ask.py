"""Ask an agent one question: it is started read-only, and its whole answer is read as JSON of one form, or refused."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from agent_gate.agents.answers import AnswerError, understood
from agent_gate.agents.fitting import fitting, inherited
from agent_gate.agents.model import AgentError, End, Job
from agent_gate.agents.registry import find_adapter
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.running.process import run
from agent_gate.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent_gate.agents.config import AgentConfig

T = TypeVar("T")
SECONDS = 900.0  # of one answer, where the agent's own limits say nothing
MAX_QUOTED = 20_000  # characters of an answer that is given back
_TRIES = 2
# These say nothing of the question: the next agent of the list is asked.
_ELSEWHERE = frozenset({End.RATE_LIMITED, End.NOT_LOGGED_IN})


class _UnavailableError(AgentError):
    """This agent cannot be asked now; another one may."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """What is asked, and what the answer has to be.

    Attributes:
        prompt: all that the agent is told, but for the schema.
        directory: where it runs, and may look around.
        type: a struct; what it cannot be made of is refused.
        schema: the same as JSON Schema, for the agent to read.
        refuse: what else makes an answer unusable: raises `AnswerError`.
        environment: the whole environment; None: the caller's.
    """

    prompt: str
    directory: Path
    type: type[T]
    schema: str
    refuse: Callable[[T], object] = lambda _: None
    environment: Mapping[str, str] | None = None


def ask(agents: Sequence[AgentConfig], question: Question[T]) -> T:
    """The answer of the first of these agents that can be asked. An answer that cannot be used may be corrected once.

    Raises:
        AgentError: no agent can be asked, or it gave no answer that can be used; one sentence.
    """
    problems = []
    for agent in agents:
        try:
            return _ask_one(agent, question)
        except _UnavailableError as problem:
            problems.append(str(problem))
    raise AgentError(
        " ".join(problems) or 'No agent is configured: write `agent = "claude"` into [tool.agent-gate].'
    )


def _ask_one(agent: AgentConfig, question: Question[T]) -> T:
    wanted = f"{question.prompt}\n\n{_FORM.format(schema=question.schema.strip())}"
    prompt = wanted
    problem = ""
    for _ in range(_TRIES):
        text = _answer(agent, prompt, question)
        try:
            answer = understood(text, question.type)
            question.refuse(answer)
        except AnswerError as refused:
            problem = str(refused)
            prompt = f"{wanted}\n\n{_AGAIN.format(problem=problem, answer=clipped(text, MAX_QUOTED))}"
        else:
            return answer
    raise AgentError(f"{agent.name} was asked twice, and its answer cannot be used: {problem}")


def _answer(agent: AgentConfig, prompt: str, question: Question[T]) -> str:
    """What it says to this prompt, whole.

    Raises:
        _UnavailableError: it is missing, not logged in, or may not be asked for now.
        AgentError: it ended without an answer.
    """
    adapter = find_adapter(agent.adapter)
    seconds = agent.limits.seconds or SECONDS
    with tempfile.TemporaryDirectory(prefix="ask-", dir=scratch_directory()) as place:
        directory = Path(place)
        file = directory / "prompt.md"
        prompt = printable(prompt)  # an argument holds no NUL, and a file no lone surrogate
        file.write_text(prompt, encoding="utf-8")
        job = Job(
            prompt=prompt,
            prompt_file=file,
            worktree=question.directory,
            directory=directory,
            task="question",
            model=agent.model,
            options=agent.options,
            read_only=True,
        )
        launch = fitting(adapter.launch, job)
        caller = os.environ if question.environment is None else question.environment
        done = run(
            launch.argv,
            cwd=question.directory,
            env={**inherited(caller), **launch.environment},
            timeout=seconds,
            stdin=launch.stdin,
        )
        if done.missing:
            raise _UnavailableError(f"{agent.name} cannot be started: {one_line(done.missing)} is missing.")
        if done.timed_out:
            raise AgentError(f"{agent.name} gave no answer within {seconds:g} s.")
        reader = adapter.reader(job)
        for line in done.output.split("\n"):
            reader.read(line.removesuffix("\r"))
        ending = reader.ending(done.exit_code)
    if ending.end is not End.FINISHED:
        kind = _UnavailableError if ending.end in _ELSEWHERE else AgentError
        reason = f" ({one_line(ending.reason, 300)})" if ending.reason else ""
        raise kind(f"{agent.name} gave no answer: {ending.end}{reason}.")
    return reader.answer


_FORM = """\
Change nothing: no file, no commit, no setting. Read what you need, then answer with one JSON object and nothing else. It has to
follow this JSON Schema:

{schema}"""
_AGAIN = """\
You were asked this before, and your answer could not be used: {problem}
Correct that, and answer again with the whole JSON object. Your answer was:

{answer}"""
