"""Fenced and indented blocks → command lines: prompts, continuations, comments, here-documents."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.policy.text.words import ANY_CASE, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHELL = word_set(
    "bash sh shell zsh console shell-session shellsession terminal fish powershell pwsh ps1 cmd bat batch"
)
_MAYBE = frozenset(["", "text", "txt", "plaintext", "plain"])
_PROMPT = re.compile(r"^\s*(?:\$|%|\u276f|PS>|[\w.@~:/-]*\$|[\w.@~:/-]+#)\s+(?=\S)")
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_DRAWING = re.compile("[─-╿▀-▟←-⇿]|-->|==>|^[|+]")
_CONTROL = re.compile(
    r"(?:if|then|else|elif|fi|for|while|do|done|case|esac|function|export|set|source|\}|\{|\))\b|[\])}]"
)
# to a directory of the repository, or to one that a placeholder stands for; "cd <repo>" stays at the root
_CD = re.compile(
    r"cd ([\w./-]+|[\w.:\\/-]*\.\.\.[\w.:\\/-]*|(?![^/]*(?:repo|root|checkout|project)[^/]*$)[\w./-]*<[\w -]+>[\w./-]*)"
)
_TRAILING = re.compile(r"\s+(?:#|<-+(?=\s)|\u2190)\s*(.*)$")


@dataclass(frozen=True, slots=True)
class ShellLine:
    """One command of a block: its 0-based line in the block, what its comments say, where a `cd` before it went."""

    line: int
    command: str
    comment: str
    directory: str = ""


def is_shell(language: str, content: str) -> bool:
    """Whether a block may hold commands; one without a language is read unless it is a drawing."""
    if language in _SHELL or language == "r":
        return True
    return language in _MAYBE and not _DRAWING.search(content)


def shell_lines(content: str, language: str) -> Iterator[ShellLine]:
    """The command lines of a block, joined over continuations; the output of commands is skipped."""
    lines = content.split("\n")
    prompted = language not in {"bash", "sh", "zsh"} and any(_PROMPT.match(line) for line in lines)
    above, until, directory = "", "", ""
    begins = False  # a part of the block, after an empty line
    pending: list[str] = []
    first = 0
    for number, raw in enumerate(lines):
        line = raw.strip()
        if until:
            until = "" if line == until else until
            continue
        if not pending:
            if not line or line.startswith(("#", "//", "REM ", "::")):
                above = line.lstrip("#/: ").strip() if line else ""
                begins = begins or not line
                continue
            if prompted and not _PROMPT.match(raw):
                continue
            first = number
        pending.append(_PROMPT.sub("", raw).strip().removesuffix("\\").strip())
        if line.endswith("\\"):
            continue
        heredoc = _HEREDOC.search(line)
        until = heredoc[1] if heredoc else ""
        command, comment = _split_comment(" ".join(pending))
        pending = []
        moved = _CD.fullmatch(command)
        if moved:
            beside = begins and not moved[1].startswith("..")  # "cd b" after "cd a" and an empty line
            directory = _moved("" if beside else directory, moved[1])
        begins = False
        if command and not _CONTROL.match(command):
            yield ShellLine(
                first, command, " — ".join(filter(None, (comment, above))), "" if moved else directory
            )
    if pending and any(pending):
        command, comment = _split_comment(" ".join(pending))
        yield ShellLine(first, command, " — ".join(filter(None, (comment, above))))


def _moved(directory: str, target: str) -> str:
    """Where `cd target` leads from a directory; outside of the repository counts as its root."""
    if target.startswith("/"):
        return ""
    path = posixpath.normpath(posixpath.join(directory, target))
    return "" if path == "." or path.startswith("..") else path


def _split_comment(line: str) -> tuple[str, str]:
    match = _TRAILING.search(re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: "x" * len(quoted[0]), line))
    if not match:
        return line.strip(), ""
    comment = line[match.start() :].strip().lstrip("#<-\u2190").strip()
    # "make test  # or: pytest" names another spelling; it does not make this one the alternative.
    return line[: match.start()].strip(), "" if re.match(
        r"(?:or|alternatively|same as)\b", comment, ANY_CASE
    ) else comment
