"""A command as AGENTS.md words it → steps to start without a shell, wherever that is possible.

What needs a shell (pipes, globs, redirects, variables) is given to one whole, as the base's AGENTS.md has it: that text is trusted, and nothing
of the worktree is ever put into it. What the gate fills in becomes arguments of their own.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent_gate.checks.changed_files import below, read_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_NEEDS_SHELL = re.compile(r"[|;<>()$`*?~{}\n]|(?<!&)&(?!&)|\[.*\]|^!")
# What the gate fills in, as the policy lets it through.
_BASE = re.compile(
    r"(?<!\$)[<{\[](?:the[ _-])?(?:(?:merge[ _-])?base|(?:base|target|default|main|merge)[ _-](?:branch|ref|sha|commit))[>}\]]",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"(?<!\$)[<{\[](?:the[ _-])?(?:(?:changed|modified|edited|touched|staged)[ _-](?:files?|paths?)|files?[ _-](?:changed|modified))[>}\]](?:\.\.\.|…)?",
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

    A step that is about the changed files is left out where it would read none of them: without any, it would run on the
    whole project. So there may be no step.

    Args:
        command: the text of the rule.
        base: hex id of the base, filled in for its placeholder.
        changed: the changed files, relative to where the whole command runs.

    Raises:
        CommandError: the quotes do not match, a placeholder stands where it cannot be filled, or there is nothing to run.
    """
    text = _BASE.sub(base, command.strip().removeprefix("$ ").strip().replace("\\\n", " "))
    filled = _CHANGED.sub(_hidden, text)
    if _NEEDS_SHELL.search(_unquoted(filled)):
        return _whole(text, changed)
    try:
        lexer = shlex.shlex(filled, posix=True, punctuation_chars="&")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = list(lexer)
    except ValueError as problem:
        raise CommandError(f"`{command}` is no command line: {str(problem).lower()}.") from problem
    steps, directory, left_out = [], ".", False
    for part in _split(words, "&&"):
        variables, argv = _without_assignments([_shown(word) for word in part])
        if argv[:1] == ["cd"] and len(argv) == 2:  # noqa: PLR2004 - cd and its directory
            directory = f"{directory}/{argv[1]}"
        elif argv:
            filled_in = _filled(argv, below(directory, changed), command)
            left_out = left_out or not filled_in
            if filled_in:
                steps.append(Step(filled_in, directory, variables))
    if not steps and not left_out:
        raise CommandError(f"`{command}` runs nothing.")
    return tuple(steps)


def _whole(text: str, changed: Sequence[str]) -> tuple[Step, ...]:
    """A shell that gets the text whole, and the changed files as its arguments."""
    shell = ("bash", "-euo", "pipefail", "-c")
    places = len(_CHANGED.findall(text))
    if not places:
        return (Step((*shell, text), whole=True),)
    if len(_CHANGED.findall(_unquoted(text))) != places:
        raise CommandError(f"`{text}` has a placeholder in quotes, where it cannot be filled.")
    files = read_by(re.findall(r"[\w./-]+", text), changed)
    return (Step((*shell, _CHANGED.sub('"$@"', text), "bash", *files), whole=True),) if files else ()


def _hidden(match: re.Match[str]) -> str:
    """A placeholder without the characters that a shell would take for its own."""
    return match[0].translate(_HIDE)


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


def _filled(argv: list[str], changed: Sequence[str], command: str) -> tuple[str, ...]:
    """The words with the changed files in their place; nothing where there is such a place and no file for it."""
    places = [word for word in argv if _CHANGED.search(word)]
    if any(not _CHANGED.fullmatch(word) for word in places):
        raise CommandError(f"`{command}` has a placeholder inside of a word, where it cannot be filled.")
    files = read_by(argv, changed)
    if places and not files:
        return ()
    return tuple(part for word in argv for part in (files if word in places else (word,)))
