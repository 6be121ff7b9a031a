"""The directory in which a command runs, by what its statement and its surroundings say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.paths import is_path
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from agent_gate.policy.commands.command import Command

_INSIDE = Pattern(
    r"(?:^\W*|[:,]\s+|\b(?:run|running|execute|commands?|use|tests?|then|these|following|all|from|cd|work\w*)\b[^.`]{0,40}?)\b(?:in|from|inside|within|into) (?:the )?`((?:[\w.-]+/)*[\w.-]+/?)`(?: (?:directory|folder|dir|package|workspace))?",
    ANY_CASE,
    "in|from",
    "`",
)
_AFTER = Pattern(  # "run `npm test` in `web/`"
    r"\s*(?:\([^()]*\)\s*)?(?:in|from|inside|within|under) (?:the )?`((?:[\w.-]+/)*[\w.-]+/?)`(?: (?:directory|folder|dir|package|workspace|crate|module))?",
    ANY_CASE,
    "in|from|under",
)
_LIVES = Pattern(
    r"\b(?:live|lives|located|placed|stored|found|sit|sits|alongside)\b", ANY_CASE
)  # says where files are
_HEADING = Pattern(r"`((?:[\w.-]+/)+)`|\(((?:[\w.-]+/)+)\)", 0, "/")


def directory_of(statement: Statement, command: Command, after: str = "") -> str:
    """The directory that the surroundings name for a command; "" is the root.

    Args:
        statement: what names the command.
        command: as it was read.
        after: what the statement says after it.
    """
    if command.directory or statement.directory:
        return command.directory or statement.directory
    places = [
        statement.text if statement.form is not Form.SHELL else statement.comment,
        " ".join(statement.lead.split())[-120:],
        statement.place if statement.form is Form.ROW else "",
    ]
    for match in (_AFTER.match(after), *map(_INSIDE.search, places)):
        if match and not _LIVES.search(match[0]) and _is_directory(match[1], match[0]):
            return match[1].strip("/").removeprefix("./")
    if statement.form not in {Form.SHELL, Form.ITEM, Form.ROW} or (
        not re.match(r"\W*(?:[\w ]+:|`|\w+ \|)", statement.text) and statement.form is Form.ITEM
    ):
        return ""
    heading = _HEADING.search(statement.headings[-1]) if statement.headings else None
    return (heading[1] or heading[2]).strip("/") if heading else ""


def _is_directory(name: str, words: str) -> bool:
    """Whether a name is that of a directory, by itself or by the words that name it."""
    return (
        is_path(name.rstrip("/") + "/")
        and not re.search(r"\.\w{1,4}$", name)
        and bool(re.search(r"/|director|folder|\bdir\b|`[^`]*` (?:package|workspace|crate|module)", words))
    )
