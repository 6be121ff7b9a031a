"""Text of agents and tools, made harmless: what a terminal, a CI log or a tracker would obey is shown instead."""

from __future__ import annotations

import re
import shlex

_ANSI = re.compile(r"\x1b(?:[()*+][0-9A-Za-z]|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text without escapes, control characters (but tab and line feed) and marks of text direction.

    A lone surrogate (a byte of a file name that is not UTF-8) is shown as `\xNN`. GitHub's old command mark `##[` is
    broken up; its other one (`::` at the start of a line) is left to who prints lines.
    """
    text = _ANSI.sub("", text.replace("\r\n", "\n")).replace("##[", "## [")
    return _CONTROL.sub(_escaped, text)


def one_line(text: str, limit: int = 200) -> str:
    """The text on one printable line of at most `limit` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def clipped(text: str, limit: int) -> str:
    """At most about `limit` characters: a third from the start, the rest from the end, which is the useful one."""
    if len(text) <= limit:
        return text
    head, tail = limit // 3, limit - limit // 3
    return f"{text[:head]}\n… {len(text) - head - tail} characters left out …\n{text[-tail:]}"


def shell_word(text: str) -> str:
    """The text as one word of a shell's command line that a person can paste, on one printable line.

    What cannot stand between plain quotes is written in `$'…'`, which bash, zsh, ksh and POSIX 2024 read.
    """
    if printable(text) == text and not re.search(r"[\n\t]|  ", text):
        return shlex.quote(text)
    parts = (
        f"\\{one}"
        if one in "'\\"
        else one
        if one.isprintable() and one != " "
        else "".join(f"\\x{byte:02x}" for byte in one.encode("utf-8", "surrogateescape"))
        for one in text
    )
    return f"$'{''.join(parts)}'"


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - a byte that was no UTF-8, as os.fsdecode keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
