"""The gate's options, in one place for pytest and for `agent-gate check`. Imports nothing heavy: every pytest run loads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PREFIX = "--agent-gate"


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `--agent-gate-NAME` for pytest, `--NAME` for `agent-gate check`.

    Attributes:
        metavar: names its value; None: it is a flag.
        choices: what the value can be; None: anything.
        without: the value that it has where none is given; None: it needs one.
    """

    name: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    without: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """For `addoption` and `add_argument`."""
        if self.metavar is None:
            return {"action": "store_true", "default": False, "help": self.help}
        value: dict[str, Any] = {
            "default": None,
            "metavar": self.metavar,
            "choices": self.choices,
            "help": self.help,
        }
        return value if self.without is None else {**value, "nargs": "?", "const": self.without}


TRACKER = "tracker"  # what `--file` without a value means


OPTIONS = (
    Option(
        "base",
        "compare with this branch or commit (default: the upstream's or the local default branch)",
        "REF",
    ),
    Option("worktree", "judge this directory (default: the current one)", "DIR"),
    Option(
        "task-file", "what the agent was asked to do: JSON {id, title, description}, or plain text", "FILE"
    ),
    Option("clean", "judge the committed tree in a room of its own, not the working files in place"),
    Option("head", "judge this commit instead of HEAD, in a room, whatever is checked out", "REV"),
    Option("allow-unchanged", "judge a tree that is its own base, too: what fails there fails at the base"),
    Option("json", "write the verdict as JSON", "FILE"),
    Option("sarif", "write the findings as SARIF 2.1.0", "FILE"),
    Option("junit", "write the rules as JUnit XML", "FILE"),
    Option("annotations", "print findings as annotations of a CI service", "SERVICE", ("github",)),
    Option("no-cache", "decide every rule again"),
    Option(
        "file", "file what fails as issues in the tracker, or as Beads JSONL in PATH", "PATH", without=TRACKER
    ),
    Option("task", "id of the issue that the change is for (default: read from the branch name)", "ID"),
)


def add_pytest_options(parser: pytest.Parser) -> None:
    """Declare `--agent-gate` and its companions to pytest."""
    group = parser.getgroup("agent-gate", "enforce AGENTS.md on what an agent changed")
    group.addoption(PREFIX, action="store_true", default=False, help="run the gate instead of the tests")
    for option in OPTIONS:
        group.addoption(f"{PREFIX}-{option.name}", **option.settings)
