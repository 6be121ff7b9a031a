"""What an adapter is asked and what it answers: how to start an agent, how to read it, and how a run of it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class AgentError(Exception):
    """An agent cannot be used as it is; the message is one sentence."""


class End(StrEnum):
    """How a run of an agent ended. None of them says that the work is good: the gate does."""

    FINISHED = "finished"  # it says that it is done
    RATE_LIMITED = "rate-limited"  # its service takes no more for now
    NOT_LOGGED_IN = "not-logged-in"  # its service does not know the user
    REFUSED = "refused"  # the model would not, or the tools were not permitted
    CONTEXT_OVERFLOW = "context-overflow"  # the session is too long to go on
    CRASHED = "crashed"  # it could not start, or ended in an error of its own or of its service
    SILENT = "silent"  # no output for too long
    LOOPING = "looping"  # the same output over and over
    OVER_BUDGET = "over-budget"  # time, tokens or money are used up
    STOPPED = "stopped"  # we ended it


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run has used so far, as far as the agent reports it; money in US dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    money: float = 0.0

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.money + other.money,
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Attributes:
        reason: one sentence for a person; "" where the end says it all.
        until: seconds since 1970 at which a rate limit ends; None where the agent does not say.
    """

    end: End
    reason: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One run of an agent.

    Attributes:
        prompt: all that it is told; also in `prompt_file`.
        worktree: where it works.
        directory: the attempt's directory, for files of the adapter's own (a trajectory, a configuration).
        model: "" is the agent's default.
        session: of an earlier attempt, to go on in; "" starts a new one.
        options: the agent's table of the configuration, as it is (`command`, `args`, …).
        read_only: it is asked a question and has nothing to write: an adapter leaves out what approves its tools, and
            asks for the agent's own read-only mode where it has one.
    """

    prompt: str
    prompt_file: Path
    worktree: Path
    directory: Path
    task: str
    model: str = ""
    session: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start it.

    Attributes:
        argv: program and arguments; never a shell.
        environment: added to the caller's.
        stdin: what it reads; None is /dev/null.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes | None = None


class Reader(Protocol):
    """Reads one run's output as it comes, line by line. Whatever the lines hold, it raises nothing."""

    @property
    def session(self) -> str:
        """The session's id, once it is known."""

    @property
    def usage(self) -> Usage:
        """What was used so far."""

    @property
    def answer(self) -> str:
        """What the agent said last, whole: the answer, where it was asked something."""

    def read(self, line: str) -> str:
        """Take one line of output (without its line end); what a person wants to read of it, "" for nothing."""

    def ending(self, exit_code: int | None) -> Ending:
        """What it was, now that the output is over; `exit_code` is None where we ended it, negative for a signal."""


class Adapter(Protocol):
    """One agent's command line. A module with these names is one."""

    name: str
    program: str  # looked up on PATH; "" where the configuration names it
    version: tuple[str, ...]  # arguments with which it prints its version

    def launch(self, job: Job) -> Launch:
        """How to start this job."""

    def reader(self, job: Job) -> Reader:
        """A reader for the output of this job."""
