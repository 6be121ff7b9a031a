"""Failing tests in the words of test runners that leave no report: cargo, go, unittest, jest, vitest, TAP, RSpec, PHPUnit."""

from __future__ import annotations

import re
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

from agent_gate.checks.output.lint_readers import relative
from agent_gate.checks.output.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_LINE = 2000
_CARGO = re.compile(
    r"^thread '(?P<test>[^']+)' (?:\(\d+\) )?panicked at (?:'(?P<old>.*)', )?(?P<path>[^\s:]+):(?P<line>\d+):\d+:?$"
)
_CARGO_FAILED = re.compile(r"^test (?P<test>\S+)(?: - should panic)? \.\.\. FAILED$")
_CARGO_QUIET = re.compile(r"^(?P<test>\S+) --- FAILED$")
_GO_FAIL = re.compile(r"^\s*--- FAIL: (?P<test>\S+) \(")
_GO_AT = re.compile(r"^\s+(?P<path>[\w./-]+\.go):(?P<line>\d+): (?P<message>.*)$")
_MOCHA = re.compile(r"^  (?P<number>\d+)\) (?P<test>\S.*)$")
_JEST = re.compile(r"^\s*(?:●|FAIL|✕|×)\s+(?P<test>\S.*(?: › | > ).*)$")
_NODE_AT = re.compile(r"^\s*location: '(?P<path>[^':]+):(?P<line>\d+):\d+'$")
_JEST_AT = re.compile(r"^\s*(?:at .*\((?:file://)?|❯ |at )(?P<path>[\w@./-]+\.\w+):(?P<line>\d+):\d+\)?$")
_TAP = re.compile(r"^\s*not ok \d+ -? ?(?P<test>[^#\n]+?)(?: # .*)?$")
_TAP_ERROR = re.compile(r"^\s*error:(?: \|-?)?")
_ENDS = re.compile(r"^(?:\s*\.\.\.|\s*[✓✔√✕×] .*|Test Suites: .*|\d+\.\.\d+)$")
_RSPEC = re.compile(r"^rspec (?P<path>\./\S+?):(?P<line>\d+) # (?P<test>.+)$")
_PHPUNIT = re.compile(r"^\d+\) (?P<test>[\w\\]+::\w+.*)$")
_PYTEST = re.compile(
    r"^(?:FAILED|ERROR) (?P<test>(?P<path>[^\s:]+)::\S+|(?P<file>[^\s:]+\.py))(?: - (?P<message>.*))?$"
)
_UNITTEST = re.compile(r"^(?:FAIL|ERROR): (?P<test>\w+ \([\w.]+\)(?: [(\[].*)?)$")
_UNITTEST_ENDS = re.compile(r"^(?:={70}|Ran \d+ tests?\b.*)$")
_TRACEBACK_AT = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+), in ')


def read_tests(output: str, place: Path) -> Iterator[Failure]:
    """Every failing test that the output names."""
    lines = [line[:_MAX_LINE].rstrip() for line in output.splitlines()]
    yield from _cargo(lines, place)
    yield from _go(lines, place)
    yield from _mocha(lines, place)
    yield from _unittest(lines, place)
    yield from _named(lines, place)


def _cargo(lines: list[str], place: Path) -> Iterator[Failure]:
    panics = {}
    for number, line in enumerate(lines):
        if match := _CARGO.match(line):
            said = match["old"] or next((text for text in lines[number + 1 : number + 3] if text.strip()), "")
            panics[match["test"]] = (relative(match["path"], place), int(match["line"]), said)
    for line in lines:
        if match := _CARGO_FAILED.match(line) or _CARGO_QUIET.match(line):
            path, at, said = panics.get(match["test"], (None, None, "failed"))
            yield Failure(path, at, f"{match['test']} fails: {said}", match["test"])


def _go(lines: list[str], place: Path) -> Iterator[Failure]:
    for number, line in enumerate(lines):
        match = _GO_FAIL.match(line)
        if not match or any(f" {match['test']}/" in text for text in lines if _GO_FAIL.match(text)):
            continue  # a test fails with its subtests: they are what is wrong
        said = next((at for text in lines[number + 1 : number + 20] if (at := _GO_AT.match(text))), None)
        path = _find(said["path"], place) if said else None
        message = said["message"] if said else "failed"
        yield Failure(
            path, int(said["line"]) if said else None, f"{match['test']} fails: {message}", match["test"]
        )


def _mocha(lines: list[str], place: Path) -> Iterator[Failure]:
    """After "1 failing": "  1) suite", the test's name on the next line, the place below."""
    start = next(
        (number for number, line in enumerate(lines) if re.match(r"^  \d+ failing$", line)), len(lines)
    )
    for number, line in enumerate(lines[start:], start):
        match = _MOCHA.match(line)
        if match:
            name = " ".join(
                [match["test"], *(text.strip().rstrip(":") for text in lines[number + 1 : number + 2])]
            )
            path, at = _below(lines[number + 1 : number + 60], place)
            said, detail = _said(lines[number + 2 : number + 20])
            yield Failure(path, at, f"{name} fails: {said}", name, "", detail)


def _unittest(lines: list[str], place: Path) -> Iterator[Failure]:
    """A block of its own for each test and subtest: the error stands behind the traceback, at the margin."""
    for number, line in enumerate(lines):
        if not (match := _UNITTEST.match(line)):
            continue
        block = list(takewhile(lambda text: not _UNITTEST_ENDS.match(text), lines[number + 1 : number + 400]))
        path, at = None, None
        for found in filter(None, map(_TRACEBACK_AT.match, block)):
            if (inside := relative(found["path"], place)) and (path in {None, inside}):
                path, at = inside, int(found["line"])
        told = dropwhile(lambda text: not text.startswith("Traceback "), block)
        said = next((text for text in islice(told, 1, None) if text and not text[0].isspace()), "failed")
        yield Failure(
            path, at, f"{match['test']} fails: {said[:160]}", match["test"], "", "\n".join(block).strip()
        )


def _named(lines: list[str], place: Path) -> Iterator[Failure]:
    """Runners that print the test's name on a line of its own, and perhaps a place below it."""
    seen: set[str] = set()
    for number, line in enumerate(lines):
        match = (
            _PYTEST.match(line)
            or _RSPEC.match(line)
            or _JEST.match(line)
            or _TAP.match(line)
            or _PHPUNIT.match(line)
        )
        if not match or match["test"] in seen:
            continue
        seen.add(match["test"])
        fields = match.groupdict()
        said, detail = (fields.get("message") or "failed", "")
        if not {"path", "message"} & fields.keys():  # no line of a summary: its words are below
            said, detail = _said(lines[number + 1 : number + 20])
        named = fields.get("path") or fields.get("file")
        path = relative(named, place) if named else None
        at = int(fields["line"]) if fields.get("line") else None
        if path is None:
            path, at = _below(lines[number + 1 : number + 60], place)
        yield Failure(path, at, f"{match['test']} fails: {said}", match["test"], "", detail)


def _said(below: list[str]) -> tuple[str, str]:
    """What stands below a test's name: the first words that tell what is wrong, and all up to the next test."""
    lines = list(
        takewhile(lambda line: not (_ENDS.match(line) or _JEST.match(line) or _TAP.match(line)), below)
    )
    errors = (number for number, line in enumerate(lines) if _TAP_ERROR.match(line))
    words = lines[next(errors, 0) :]
    said = next(
        (text for line in words if (text := _TAP_ERROR.sub("", line).strip(" '\"")) and text != "---"),
        "failed",
    )
    return said[:160], "\n".join(lines).strip("\n")


def _below(lines: list[str], place: Path) -> tuple[str | None, int | None]:
    for line in lines:
        if (
            (match := _JEST_AT.match(line) or _NODE_AT.match(line))
            and (path := relative(match["path"], place))
            and "node_modules/" not in path
        ):
            return path, int(match["line"])
    return None, None


def _find(name: str, place: Path) -> str | None:
    """Go names files by their last part: the one file of that name, if there is just one."""
    if found := relative(name, place):
        return found
    matches = [path for path in place.rglob(name.rpartition("/")[2]) if path.is_file()][:2]
    return relative(str(matches[0]), place) if len(matches) == 1 else None
