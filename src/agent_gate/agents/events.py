"""Reading a CLI that prints one JSON event a line: what all of them have in common.

An adapter brings a function that takes one event into a `Heard` and says what a person reads of it. Exit codes prove nothing: a
run has finished where its own last event says so, and nothing after the last progress was an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent_gate.agents.command import exit_ending
from agent_gate.agents.model import End, Ending, Usage
from agent_gate.agents.service_errors import ending_of
from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    Event = dict[str, Any]

SHOWN_CHARACTERS = 2_000  # of one tool call or its result
ANSWER_CHARACTERS = 1_000_000


@dataclass(slots=True)
class Heard:
    """What was learnt of a run so far.

    Attributes:
        done: its last event came, and was no failure.
        trouble: the last failure since the last progress.
        last_line: the last line that was no event: the CLI's own words.
    """

    session: str = ""
    usage: Usage = field(default_factory=Usage)
    answer: str = ""
    done: bool = False
    trouble: Ending | None = None
    last_line: str = ""

    def says(self, text: str, *, goes_on: bool = False) -> str:
        """The model spoke: whatever went wrong before is over."""
        self.answer = ((self.answer if goes_on else "") + text)[:ANSWER_CHARACTERS]
        self.trouble = None
        return text

    def calls(self, tool: str, arguments: object) -> str:
        """The model called a tool."""
        self.answer, self.trouble = "", None
        return f"→ {tool} {shown(arguments)}".rstrip()

    def fails(self, ending: Ending) -> str:
        """Something went wrong; it may go on."""
        self.trouble = ending
        return f"{ending.end}: {ending.reason}"

    def ends(self, text: str = "") -> str:
        """The last event, and no failure."""
        self.done, self.trouble = True, None
        self.answer = text[:ANSWER_CHARACTERS] or self.answer
        return ""

    def ending(self, exit_code: int | None) -> Ending:
        """How it ended."""
        if self.trouble:
            return self.trouble
        if exit_code is None:
            return Ending(End.STOPPED)
        if exit_code == 0 and not self.done:
            return Ending(
                End.CRASHED, one_line(f"exit code 0, but it never said how it ended: {self.last_line}")
            )
        return exit_ending(exit_code, self.last_line)


class Hearing:
    """What every reader of ours has heard so far; how it hears is its own."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._heard = Heard()

    @property
    def session(self) -> str:
        """The session's id; "" where the agent names none."""
        return self._heard.session

    @property
    def usage(self) -> Usage:
        """What was used so far, as far as the agent says."""
        return self._heard.usage

    @property
    def answer(self) -> str:
        """What was said last, or handed in."""
        return self._heard.answer


class EventReader(Hearing):
    """Reads JSON events with one CLI's function, and what else it prints as its own words."""

    def __init__(
        self,
        hear: Callable[[Heard, Event], str],
        silent_about: Callable[[str], Ending | None] = lambda _: None,
    ) -> None:
        """`silent_about` says of a session that we ended what the CLI itself kept to itself."""
        super().__init__()
        self._hear = hear
        self._silent_about = silent_about

    def read(self, line: str) -> str:
        """An event, or the CLI's own words; an event of an unexpected shape is shown as it is."""
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return self._own_words(line)
        if not isinstance(event, dict):
            return self._own_words(line)
        try:
            return self._hear(self._heard, event)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            return shown(line)

    def ending(self, exit_code: int | None) -> Ending:
        """As `Heard.ending`."""
        if exit_code is None and not self._heard.trouble:
            self._heard.trouble = self._silent_about(self.session)
        return self._heard.ending(exit_code)

    def _own_words(self, line: str) -> str:
        if line.strip():
            self._heard.last_line = line
            trouble = ending_of(line)
            if trouble and not self._heard.done:
                self._heard.trouble = trouble
        return line


def shown(value: object) -> str:
    """A tool's arguments or its output, in one bounded line."""
    if isinstance(value, dict):
        value = value.get("command") or value.get("cmd") or value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return one_line(text, SHOWN_CHARACTERS)


def count(table: object, *names: str) -> int:
    """The sum of these entries, where they are whole numbers."""
    found = table if isinstance(table, dict) else {}
    return sum(value for name in names if isinstance(value := found.get(name), int))


def text_of(value: object) -> str:
    """A text that an event should hold; "" for anything else."""
    return value if isinstance(value, str) else ""


def error_text(value: object) -> str:
    """The message in an error, however deep it is wrapped."""
    if isinstance(value, dict):
        inner = value.get("message") or value.get("error") or value.get("data")
        return error_text(inner) if inner else json.dumps(value, default=str)
    return str(value)
