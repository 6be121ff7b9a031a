"""`line-limit` and `coverage`: the numbers that a statement sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.commands.languages import files_named, files_of
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_NUMBER = Pattern(r"\d\d")
_COLUMNS = Pattern(
    r"\b(?:\w*wrap\w*(?= [^.;\d]{0,20}\b(?:at|to)\b)|line[- ]?(?:length|width|limit)s?|max(?:imum)? (?:line )?(?:length|width|columns?)|print[- ]?width|lines? (?:must|should|under|within|to|at|below|limit\w*|over|longer|max\w*|up to|no (?:more|longer)))\b[^.;\d]{0,40}?(?<![.\d/])(\d{2,3})\b(?!\s*(?:%|lines|px|/))|(?<![.\d/])(?<!first )(?<!last )\b(\d{2,3})[- ]?(?:chars?|characters?|columns?|cols?)\b(?: per line| line| max| limit| wide|-wide)?",
    _I,
    "line|char|col|width|limit|length|wrap",
)
_COLUMNS_FROM, _COLUMNS_TO = 60, 250  # other numbers are something else
_COLUMN_WORDS = Pattern(r"\blines?\b|\bwrap|\bcolumns?\b|\bwidth\b|\bper line\b|\bwide\b", _I)
_SOME_LINES = Pattern(  # not all of a file, or not exactly so many: a person has to look
    r"\b(?:comment|docstring|prose|doc) lines?\b|\blines? of (?:comments|docstrings)\b|^\W*(?:comments?|docstrings?)\b|\bwrap (?:[\w-]+ ){0,2}(?:comments?|docstrings?)\b|[~\u2248] ?\d",
    _I,
)
_SHOWN = Pattern(r"\b(?:recorded|rendered|captured|printed) at\b", _I, "recorded|rendered|captured|printed")
_LABEL = Pattern(r"\W*([A-Z][\w#+.]*)\W*:")  # "Go: 120 columns"
_LINES = Pattern(
    r"\b(files?|modules?|functions?|methods?|components?|class(?:es)?|scripts?)\b[^.;]{0,50}?(?:\b(?:under|below|max\w*|limit\w*|no more than|less than|fewer than|exceed\w*|at most|within|up to|longer than|over|above|beyond|to|of|length:?|size:?)\b|[≤<])[^.;\d]{0,15}?(\d{2,4})\b(?:\s*(?:lines|LOC|SLOC|line)|[^.;]{0,20}\blines\b)|(?:\b(?:max\w*|limit|under|below|at most|no more than)\b|[≤<])\s*(?:of )?(\d{2,4})[- ](?:lines?|LOC)\b[^.;]{0,20}?\b(?:per|for|each|in a)?\s*(files?|modules?|functions?|methods?|components?|class(?:es)?)?|(\d{2,4})[- ](?:lines?|LOC)\b[^.;]{0,12}\b(?:per|max\w*|limit|maximum)\b\s*(file|module|function|method|component|class)?",
    _I,
    "line|loc",
)
_PERCENT = r"(?<!\d)(\d{2,3})(?:\.\d+)?\s?(?:%|per ?cent\b)"
_COVERAGE = Pattern(
    rf"\bcoverage\b[^.;]{{0,60}}?{_PERCENT}|{_PERCENT}[^.;]{{0,30}}?\bcoverage\b|--cov-fail-under[= ](\d{{2,3}})"
    rf"|\b(?:lines?|code|statements|branches)\b[^.;]{{0,20}}\bcovered\b[^.;]{{0,30}}?{_PERCENT}|{_PERCENT} of (?:\w+ ){{0,3}}?(?:lines?|code|statements|branches)\b[^.;]{{0,20}}\bcovered\b",
    _I,
    "cover|cov-",
)
_COVERAGE_DESCRIBED = Pattern(
    r"\b(?:current(?:ly)?|docstrings?|type coverage|documentation|module, class|mutation|partial|can'?t|cannot)\b",
    _I,
)


def line_limits(said: Said) -> Iterator[Ask]:
    """The longest lines, files or functions that a statement allows."""
    text = said.text
    if not _NUMBER.search(text):
        return
    if re.search(
        r"\b(?:commits?|subject|PRs?|pull requests?|title|diff|description)\b",
        " ".join((text, said.statement.before, *said.statement.parents[-1:], *said.statement.headings[-1:])),
        _I,
    ):
        return
    if re.search(
        r"^(?!\W*no\b).*\b(?:may|can|allowed to) (?:run|be|go|exceed|extend)\b|^\W*config\w*\b|^\W*(?:an?|the) [^.;]*\b(?:wraps|takes|holds|contains|returns|reads)\b",
        text,
        _I,
    ):
        return
    found = list(_LINES.finditer(text))
    for lines in found:
        number = next(group for group in (lines[2], lines[3], lines[5]) if group)
        about = " ".join(group for group in (lines[1], lines[4], lines[6]) if group).lower() or text.lower()
        yield Ask(
            Kind.LINE_LIMIT, number, {"unit": "function" if re.search(r"function|method", about) else "file"}
        )
    if found:
        return
    if _SHOWN.search(text):
        return
    columns = _COLUMNS.search(text)
    number = next((group for group in columns.groups() if group), "") if columns else ""
    if (
        number
        and _COLUMNS_FROM <= int(number) <= _COLUMNS_TO
        and (_COLUMN_WORDS.search(text) or (columns and columns[1]))
    ):
        label = _LABEL.match(text)
        files = files_of(label[1]) if label else files_named(" ".join(said.statement.headings[-1:]))
        severity = Severity.FOLLOW_UP if _SOME_LINES.search(text) else None
        yield Ask(Kind.LINE_LIMIT, number, {"unit": "columns"}, scope=files, severity=severity)


def coverage_asks(said: Said) -> Iterator[Ask]:
    """The share of lines that tests must cover, in per cent."""
    match = _COVERAGE.search(said.text)
    if not match and re.search(r"\bcoverage\b", said.heading, _I):
        match = re.search(r"\brequires? (?:at least )?(\d{2,3})\s?%", said.text, _I)
    if (
        match
        and not _COVERAGE_DESCRIBED.search(said.text)
        and not re.search(r"[~≈]|\babout\b|\baround\b", said.text)
    ):
        yield Ask(Kind.COVERAGE, next(group for group in match.groups() if group))
