"""What tools say of their run, read: failures with their place, and evidence that something ran."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from agent_gate.checks.output.lint_readers import read_lint
from agent_gate.checks.output.model import MAX_FAILURES, Evidence, Failure
from agent_gate.checks.output.pytest_reports import instrument, probe_refused, read_evidence, read_junit
from agent_gate.checks.output.test_readers import read_tests
from agent_gate.plain_text import printable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Evidence", "Failure", "instrument", "probe_refused", "read_evidence", "read_failures"]


def read_failures(output: str, scratch: Path, place: Path) -> tuple[Failure, ...]:
    """The failures of a run, each once, at most `MAX_FAILURES`: from its reports where it left any, else from its words.

    Args:
        output: what the tools printed.
        scratch: where `instrument` made them leave reports.
        place: where they ran.
    """
    reported = tuple(islice(read_junit(scratch, place), MAX_FAILURES))
    if reported:
        return reported
    text = printable(output)
    failures = list(islice(read_tests(text, place), MAX_FAILURES)) or read_lint(
        text, place
    )  # warnings fail no tests
    found = {(failure.key, failure.line): failure for failure in failures}
    return tuple(islice(found.values(), MAX_FAILURES))
