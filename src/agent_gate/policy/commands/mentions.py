"""Where statements name commands: code spans, command lines, table cells, and plain words that can be nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.policy.commands.command import R_CALL, Command, is_english, read_command
from agent_gate.policy.commands.tasks import name_words
from agent_gate.policy.commands.tools import CHECK_WORDS, ENGLISH_RUNNERS, TOOLS, Use
from agent_gate.policy.text.sentences import SPAN
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_LABEL = r"(?:[-*]\s+)?(?:\*\*|__)?[A-Z][\w /&()'\u2019,+-]{1,40}?(?:\*\*|__)?\s*(?::(?:\*\*)?|[\u2013—-])\s+"
_PLAIN_START = Pattern(
    rf"(?:^(?:{_LABEL})?|\b(?:[Rr]un|[Ee]xecute|[Uu]se|[Rr]unning|via|with|and|then):? |(?<=\w, )(?=(?:npm|pnpm|yarn|bun|make|just|cargo|go|uv|poetry|ruff|mypy) ))(?=[a-z./]|R(?:script)? -)"
)
_PLAIN_END = Pattern(
    r"\s+(?:#|[-\u2013—=→]+\s|\(|(?:before|after|and|to|for|so|which|must|should|from|in|with|when|if|then|until|or|on|as|is|are|at|prior|without|locally|passes|successfully|again|instead|once|directly)\b)"
    r"|(?:[,;:!?)]+|(?<![.\s])\.)(?=\s|$)|\s\|\s|`|\*\*"
)
_VERBS = frozenset({"run", "s"})
_TOLD = Pattern(
    r"(?:^\W*|[:,;] |\b(?:and|then|always|must|please|to) )(?:re-?)?(?:run|execute):? $", ANY_CASE
)
_NAMED_TOOLS = frozenset(
    name for name, use in TOOLS.items() if use in {Use.TEST, Use.LINT, Use.FORMAT, Use.TYPECHECK}
) - (
    ENGLISH_RUNNERS
    | {"revive", "alex", "vale", "steep", "flow", "tap", "reek", "credo", "karma", "busted", "trial"}
)
_QUOTED = Pattern(r"\b(?:run|execute|running):? (['\"])([a-z./][^'\"]{2,80})\1", ANY_CASE, "run|execut")
_LABEL_END = Pattern(r":(?:\*\*|__)?\s*$")
_TOLD_TO = Pattern(
    r"\b(?:run|rerun|running|execute)\b[^.;`]{0,40}(?:`[^`]*`[^.;`]{0,40}[,/&] ?(?:and |then )?)*$", ANY_CASE
)
_TASK = Pattern(
    r"[a-z][\w.-]* (?:lint|test|tests|fmt|format|check|typecheck|verify|validate|build)(?: [\w./:=@-]+)*"
)
_UNKNOWN = Pattern(r"[a-z][\w.-]*(?: [\w./:=-]+)+")
_ARGUMENTS = Pattern(r" -{1,2}[A-Za-z]| [\w.-]*/")
_LONGEST = 12  # words of a command that is not marked as code


@dataclass(frozen=True, slots=True)
class Mention:
    """A command where a statement names it: `start` and `end` are offsets in the statement's text."""

    statement: Statement
    command: Command
    start: int
    end: int


def find_mentions(statement: Statement) -> list[Mention]:
    """The commands that a statement names, in order."""
    if statement.form is Form.SHELL:
        if statement.language == "r" and not R_CALL.fullmatch(statement.text):
            return []
        command = read_command(
            statement.text, known_only=statement.language in {"", "text", "txt", "plaintext", "plain"}
        )
        return [Mention(statement, command, 0, len(statement.text))] if command else []
    if statement.form in {Form.CODE, Form.HEADING}:
        return []
    return list(_spans(statement)) or list(_quoted(statement)) or list(_plain(statement))


def _spans(statement: Statement) -> Iterator[Mention]:
    for match in SPAN.finditer(statement.text):
        command = read_command(match[2].strip()) or _labelled(statement, match)
        if command:
            yield Mention(statement, command, match.start(), match.end())


def _quoted(statement: Statement) -> Iterator[Mention]:
    """Commands in quotes after a verb: run 'make lint'."""
    for match in _QUOTED.finditer(statement.text):
        command = read_command(match[2])
        if command:
            yield Mention(statement, command, match.start(1), match.end())


def _labelled(statement: Statement, span: re.Match[str]) -> Command | None:
    """A command of an unknown program where the text says so: "run `acme lint`", "Run all tests: `harness run tests`"."""
    text, before = span[2].strip(), statement.text[: span.start()]
    if _TOLD_TO.search(before) and _TASK.fullmatch(text):
        return read_command(text, known_only=False)
    if statement.form is not Form.ITEM or not _LABEL_END.search(before) or not _UNKNOWN.fullmatch(text):
        return None
    command = read_command(text, known_only=False)
    named = {CHECK_WORDS[word] for word in name_words(before) if word in CHECK_WORDS}
    told = Use.OTHER if named and _ARGUMENTS.search(text) else None  # the label says what it is for
    return command if command and command.use in {told, *named} - {None} else None


def _plain(statement: Statement) -> Iterator[Mention]:
    if statement.form is Form.ROW:
        offset = 0
        for cell in statement.cells:
            start = statement.text.find(cell, offset)
            yield from _plain_in(statement, cell, start)
            offset = start + len(cell)
    else:
        yield from _plain_in(statement, statement.text, 0)


def _plain_in(statement: Statement, text: str, offset: int) -> Iterator[Mention]:
    reached = 0
    for match in _PLAIN_START.finditer(text):
        start = match.end()
        if start < reached:
            continue
        end = _PLAIN_END.search(text, start)
        stop = end.start() if end else len(text)
        words = text[start:stop].strip().rstrip(",;").split()
        told = bool(words) and words[0] in _NAMED_TOOLS and bool(_TOLD.search(text[:start]))
        if not words[1:] and not told and not (words and words[0].startswith("./")):
            continue
        if words and words[0] in _VERBS:  # "run linting": the task runners of these names are written as code
            continue
        command = None if is_english(words) else read_command(" ".join(words))
        if command and (told or not command.bare) and len(words) <= _LONGEST:
            reached = start + len(" ".join(words))
            yield Mention(statement, command, offset + start, offset + reached)
