"""The files of an attempt as values. Agents can write where they lie, so whatever is read may hold anything.

`attempts` and `runner` talk through them alone; imports little, since every running agent costs one runner.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_gate.agents.model import End, Usage
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_BYTES = 16 * 1024 * 1024  # of one of these files; a longer one is not ours


class AttemptError(Exception):
    """An attempt cannot be made, read or started; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use; 0 is no limit.

    Attributes:
        seconds: wall time.
        silence: seconds without any output.
        tokens, money: as far as the agent reports them; money in US dollars.
        output_repeats: how often in a row the same block of lines may come …
        repeat_seconds: … if that goes on for at least this long: a tool may print a line a thousand times at once.
        grace: seconds between TERM and KILL: an agent saves its session.
    """

    seconds: float = 0.0
    silence: float = 0.0
    tokens: int = 0
    money: float = 0.0
    output_repeats: int = 0
    repeat_seconds: float = 30.0
    grace: float = 10.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of an agent for a task: what the runner must know (`attempt.json`).

    Attributes:
        agent: name of the adapter.
        model, session, options: as in `agents.model.Job`.
        task: the issue's id.
        attempt: from 1.
        worktree: absolute.
        directory: the attempt's own, absolute.
        branch: short name of the branch that the agent works on.
        base: sha that the branch will be judged against.
        environment: added to the caller's.
        git_config: settings that the agent's git gets, as `guard.settings` gives them.
    """

    agent: str
    task: str
    attempt: int
    worktree: Path
    directory: Path
    branch: str = ""
    base: str = ""
    model: str = ""
    session: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    git_config: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def prompt_file(self) -> Path:
        """All that the agent is told."""
        return self.directory / "prompt.md"


@dataclass(frozen=True, slots=True)
class RunState:
    """A run that is under way (`state.json`); times are seconds since 1970.

    Attributes:
        pid: of the runner.
        agent_pid: 0 before it was started.
        output_at: when the last output came.
    """

    pid: int
    agent_pid: int = 0
    started_at: float = 0.0
    output_at: float = 0.0
    session: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Exit:
    """How a run ended (`exit.json`).

    Attributes:
        exit_code: of the agent; negative for a signal; None where it could not be started.
        until: seconds since 1970 at which a rate limit ends, where the agent says so.
        left_behind: command lines of processes that the agent left, and that were ended.
    """

    end: End
    exit_code: int | None = None
    reason: str = ""
    until: float | None = None
    session: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    left_behind: tuple[str, ...] = ()


def write_attempt(attempt: Attempt) -> None:
    """Write `attempt.json`; on disk when this returns."""
    values = {
        **asdict(attempt),
        "worktree": str(attempt.worktree),
        "directory": str(attempt.directory),
        "prompt_file": str(attempt.prompt_file),
    }
    write_whole(attempt.directory / "attempt.json", json.dumps(values).encode(), lasting=True)


def write_state(directory: Path, state: RunState) -> None:
    """Write `state.json`; a reader sees the old one or the new one."""
    write_whole(directory / "state.json", json.dumps(asdict(state)).encode())


def write_exit(directory: Path, ended: Exit) -> None:
    """Write `exit.json`; on disk when this returns."""
    write_whole(directory / "exit.json", json.dumps(asdict(ended)).encode(), lasting=True)


def read_attempt(directory: Path) -> Attempt:
    """The attempt that was prepared in `directory`.

    Raises:
        AttemptError: there is none, or it is damaged.
    """
    file = directory / "attempt.json"
    values = _read(file)
    if values is None:
        raise AttemptError(f"No attempt was prepared in {directory}.")
    try:
        limits = _typed(values["limits"], dict)
        return Attempt(
            **{name: _typed(values[name], str) for name in ("agent", "task", "branch", "base")},
            **{name: _typed(values[name], str) for name in ("model", "session")},
            attempt=_typed(values["attempt"], int),
            worktree=Path(_typed(values["worktree"], str)),
            directory=directory,
            options=_typed(values["options"], dict),
            environment={key: _typed(value, str) for key, value in values["environment"].items()},
            git_config=tuple((_typed(key, str), _typed(value, str)) for key, value in values["git_config"]),
            limits=Limits(**{key: _number(value) for key, value in limits.items()}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise AttemptError(f"{file} is damaged: {problem!r}.") from problem


def read_state(directory: Path) -> RunState | None:
    """What the runner wrote last, if it wrote anything.

    Raises:
        AttemptError: it is damaged.
    """
    values = _read(file := directory / "state.json")
    if values is None:
        return None
    try:
        return RunState(
            pid=_typed(values["pid"], int),
            agent_pid=_typed(values["agent_pid"], int),
            started_at=_number(values["started_at"]),
            output_at=_number(values["output_at"]),
            session=_typed(values["session"], str),
            usage=_usage(values["usage"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise AttemptError(f"{file} is damaged: {problem!r}.") from problem


def read_exit(directory: Path) -> Exit | None:
    """How the attempt ended; None where it has not.

    Raises:
        AttemptError: it is damaged.
    """
    values = _read(file := directory / "exit.json")
    if values is None:
        return None
    try:
        code, until = values["exit_code"], values["until"]
        return Exit(
            end=End(values["end"]),
            exit_code=None if code is None else _typed(code, int),
            reason=_typed(values["reason"], str),
            until=None if until is None else _number(until),
            session=_typed(values["session"], str),
            usage=_usage(values["usage"]),
            seconds=_number(values["seconds"]),
            left_behind=tuple(_typed(entry, str) for entry in values["left_behind"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise AttemptError(f"{file} is damaged: {problem!r}.") from problem


def _usage(values: Mapping[str, Any]) -> Usage:
    return Usage(
        _typed(values["input_tokens"], int),
        _typed(values["output_tokens"], int),
        _number(values["money"]),
    )


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{str(value)[:60]!r} is no {kind.__name__}")
    return value


def _number(value: Any) -> Any:
    if type(value) not in {int, float} or not math.isfinite(value):
        raise TypeError(f"{str(value)[:60]!r} is no number")
    return value


def _read(file: Path) -> dict[str, Any] | None:
    """The JSON object in `file`; None where there is no such file."""
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise AttemptError(f"{file} is damaged: it is larger than {_MOST_BYTES} bytes.")
        values = json.loads(text)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise AttemptError(f"{file} cannot be read: {problem.strerror}.") from problem
    except (ValueError, RecursionError) as problem:
        raise AttemptError(f"{file} is damaged: {problem}.") from problem
    if not isinstance(values, dict):
        raise AttemptError(f"{file} is damaged: it holds no object.")
    return values
