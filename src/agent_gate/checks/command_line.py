"""A command as AGENTS.md words it → steps to start without a shell, wherever that is possible.

What needs a shell (pipes, globs, redirects, variables) is given to one whole, as the base's AGENTS.md has it: that text is trusted, and nothing
of the worktree is ever put into it. What the gate fills in becomes arguments of their own.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_NEEDS_SHELL = re.compile(r"[|;<>()$`*?~{}\n]|(?<!&)&(?!&)|\[.*\]|^!")
_BASE = re.compile(
    r"^[<{\[]?(?:the[ _-])?(?:base|target|default|merge)(?:[ _-](?:branch|ref|commit))?[>}\]]$", re.IGNORECASE
)
_CHANGED = re.compile(
    r"^[<{\[](?:the[ _-])?(?:changed|modified|edited|touched)[ _-](?:files?|paths?)[>}\]](?:\.\.\.)?$",
    re.IGNORECASE,
)


class CommandError(Exception):
    """The command cannot be read; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One program to start.

    Attributes:
        argv: program and arguments.
        directory: relative to where the whole command runs.
        variables: set for this step alone.
        whole: the program is a shell that was given the text whole.
    """

    argv: tuple[str, ...]
    directory: str = "."
    variables: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False


def steps_of(command: str, base: str, changed: Sequence[str]) -> tuple[Step, ...]:
    """The steps, each of which runs if those before it succeeded.

    Args:
        command: the text of the rule.
        base: what stands for the base branch in it.
        changed: what stands for the changed files in it.

    Raises:
        CommandError: the quotes do not match, or there is nothing to run.
    """
    text = command.strip().removeprefix("$ ").strip().replace("\\\n", " ")
    filled = re.sub(r"<[\w -]+>|\{[\w -]+\}|\[[\w -]+\]", _hidden, text)
    if _NEEDS_SHELL.search(_unquoted(filled)):
        return (Step(("bash", "-euo", "pipefail", "-c", text), whole=True),)
    try:
        lexer = shlex.shlex(filled, posix=True, punctuation_chars="&")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = list(lexer)
    except ValueError as problem:
        raise CommandError(f"`{command}` is no command line: {str(problem).lower()}.") from problem
    steps, directory = [], "."
    for part in _split(words, "&&"):
        variables, argv = _without_assignments([_shown(word) for word in part])
        if argv[:1] == ["cd"] and len(argv) == 2:  # noqa: PLR2004 - cd and its directory
            directory = f"{directory}/{argv[1]}"
        elif argv:
            steps.append(Step(tuple(_filled(argv, base, changed)), directory, variables))
    if not steps:
        raise CommandError(f"`{command}` runs nothing.")
    return tuple(steps)


def _hidden(match: re.Match[str]) -> str:
    """A placeholder that the gate fills, without the characters that a shell would take for its own."""
    return match[0].translate(_HIDE) if _BASE.match(match[0]) or _CHANGED.match(match[0]) else match[0]


_HIDE = str.maketrans(
    {"<": "\x01", ">": "\x02", "{": "\x03", "}": "\x04", "[": "\x05", "]": "\x06", " ": "\x07"}
)
_SHOW = {new: old for old, new in ((chr(old), str(new)) for old, new in _HIDE.items())}


def _shown(word: str) -> str:
    return "".join(_SHOW.get(character, character) for character in word)


def _unquoted(text: str) -> str:
    """The text without what stands in single quotes, or in double quotes that hold nothing special."""
    return re.sub(r"'[^']*'|\"[^\"$`\\]*\"", "", text)


def _split(words: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == separator:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _without_assignments(words: list[str]) -> tuple[dict[str, str], list[str]]:
    variables = {}
    while words and _ASSIGNMENT.match(words[0]):
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    return variables, words


def _filled(argv: list[str], base: str, changed: Sequence[str]) -> list[str]:
    result = []
    for word in argv:
        if _BASE.match(word):
            result.append(base)
        elif _CHANGED.match(word):
            result += [f"./{path}" if path.startswith("-") else path for path in changed]
        else:
            result.append(word)
    return result
