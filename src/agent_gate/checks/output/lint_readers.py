"""Messages of linters, formatters, type checkers and compilers, each tool's form by one small pattern.

Patterns are linear: they are anchored at a line and hold no nested repetition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agent_gate.checks.output.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATH = r"(?P<path>[^\s:()][^:()\n]{0,400}?)"
_MAX_LINE = 2000


class _Form(NamedTuple):
    """One tool's form: a message on one line, or a message whose place is on a line after it."""

    name: str
    pattern: re.Pattern[str]


# path:line[:column]: message — ruff (concise), mypy, flake8, pylint, gcc, clang, go vet, golangci-lint, shellcheck -f gcc, …
_COLON = _Form(
    "path:line",
    re.compile(
        rf"^{_PATH}:(?P<line>\d+)(?::\d+)?:? (?:(?:fatal )?(?P<level>error|warning|note|info|E|W): ?)?(?P<message>\S.*)$"
    ),
)
# eslint --format unix: path:line:column: message [Error/rule]
# tsc: path(line,column): error TS2304: message
_TSC = _Form(
    "tsc",
    re.compile(rf"^{_PATH}\((?P<line>\d+),\d+\): (?:error|warning) (?P<code>[A-Z]+\d+): (?P<message>.+)$"),
)
# tsc --pretty, vue-tsc: path:line:column - error TS2304: message
_TSC_PRETTY = _Form(
    "tsc",
    re.compile(rf"^{_PATH}:(?P<line>\d+):\d+ - (?:error|warning) (?P<code>[A-Z]+\d+): (?P<message>.+)$"),
)
# pyright:   /abs/path.py:3:5 - error: message (rule)
_PYRIGHT = _Form(
    "pyright", re.compile(rf"^\s+{_PATH}:(?P<line>\d+):\d+ - (?:error|warning): (?P<message>.+)$")
)
_ONE_LINE = (_TSC, _TSC_PRETTY, _PYRIGHT, _COLON)
_FRAME = re.compile(r"^in [\w<>.]+$")  # of a Python traceback, as pytest prints it
_CODE = re.compile(
    r"^(?P<code>[A-Z]{1,5}\d{2,5}|[a-z]+(?:-[a-z]+)+)\b[:]? |(?:\[|\()(?P<end>[A-Za-z@][\w@/.-]+)(?:\]|\))$"
)

# ruff (full) and rustc/clippy put the place under the message: " --> path:line:column"
_ARROW = re.compile(rf"^\s*-->\s+{_PATH}:(?P<line>\d+):\d+\s*$")
_HEADLINE = re.compile(
    r"^(?P<head>(?:error|warning)(?:\[(?P<rust>\w+)\])?: .+|(?P<ruff>[A-Z]+\d+) (?:\[\*\] )?.+|(?P<name>[a-z]+(?:-[a-z]+)*): .+|invalid-syntax: .+)$"
)
# eslint (stylish): a path alone, then "  3:10  error  message  rule"
_STYLISH = re.compile(
    r"^\s+(?P<line>\d+):\d+\s+(?:error|warning)\s+(?P<message>.+?)(?:\s{2,}(?P<code>[\w@/-]+))?$"
)
# ruff (grouped): "path:", then "  3:10 F401 message"
_GROUPED = re.compile(r"^\s+(?P<line>\d+):\d+ (?P<message>(?P<code>[A-Z]+\d+) .+)$")
# biome: path:line:column rule ━━━ and the message two lines below
_BIOME = re.compile(rf"^{_PATH}:(?P<line>\d+):\d+ (?P<code>[a-z]+/[\w/]+)\b.*━")
_BIOME_FORMAT = re.compile(rf"^{_PATH} format ━")
# formatters: "Would reformat: path", "would reformat path", "[warn] path", "Diff in path:line:", "ERROR: path Imports are …"
_FORMATTERS = (
    _BIOME_FORMAT,
    re.compile(r"^(?:Would reformat:|would reformat|unformatted:|Unformatted)\s+(?P<path>\S.*)$"),
    re.compile(r"^\[warn\] (?P<path>(?!Code style|Run Prettier)\S.*\.\w+)$"),
    re.compile(r"^Diff in (?P<path>.+?)(?: at line |:)(?P<line>\d+):?$"),
    re.compile(r"^ERROR: (?P<path>\S.*?) Imports are incorrectly sorted.*$"),
)


def read_lint(output: str, place: Path) -> Iterator[Failure]:
    """Every message whose file is in `place`, in order."""
    headline, code, section = "", "", ""
    for raw in output.splitlines():
        line = raw[:_MAX_LINE].rstrip()
        if not line:
            continue
        if arrow := _ARROW.match(line):
            path = relative(arrow["path"], place)
            if path and headline and not headline.startswith(("note", "help")):
                yield Failure(path, int(arrow["line"]), headline, "", code)
            headline = ""
            continue
        failure = _formatted(line, place) or _biome(line, place) or _one_line(line, place)
        if failure:
            yield failure
        elif head := _HEADLINE.match(line):
            headline, code = head["head"], head["rust"] or head["ruff"] or head["name"] or ""
        elif section and (grouped := _GROUPED.match(line)):
            yield Failure(section, int(grouped["line"]), grouped["message"], "", grouped["code"])
        elif section and (stylish := _STYLISH.match(line)):
            yield Failure(
                section, int(stylish["line"]), stylish["message"].strip(), "", stylish["code"] or ""
            )
        elif not raw[0].isspace():
            section = relative(line.removesuffix(":"), place) or section


def relative(path: str, place: Path) -> str | None:
    """The path relative to `place`, "/"-separated; None where there is no such file inside it."""
    path = path.strip().removeprefix("./")
    if not path or len(path) > 1000 or "\0" in path:  # noqa: PLR2004 - no file has such a name
        return None
    try:
        inside = (place / path).resolve().relative_to(place.resolve())
        return inside.as_posix() if (place / inside).is_file() else None
    except (ValueError, OSError):
        return None


def _formatted(line: str, place: Path) -> Failure | None:
    for pattern in _FORMATTERS:
        if (match := pattern.match(line)) and (path := relative(match["path"], place)):
            number = match.groupdict().get("line")
            return Failure(path, int(number) if number else None, "is not formatted", "", "format")
    return None


def _biome(line: str, place: Path) -> Failure | None:
    match = _BIOME.match(line)
    path = relative(match["path"], place) if match else None
    return Failure(path, int(match["line"]), match["code"], "", match["code"]) if match and path else None


def _one_line(line: str, place: Path) -> Failure | None:
    for form in _ONE_LINE:
        match = form.pattern.match(line)
        if not match:
            continue
        fields = match.groupdict()
        if fields.get("level") in {"note", "info"} or _FRAME.match(match["message"]):
            return None
        if path := relative(match["path"], place):
            message = match["message"].strip()
            code = fields.get("code") or _code(message)
            return Failure(path, int(match["line"]), message, "", code)
    return None


def _code(message: str) -> str:
    match = _CODE.search(message)
    return (match["code"] or match["end"] or "") if match else ""
