"""pytest, however it is reached (`just test`, `uv run pytest`): its JUnit XML, and what our probe counted."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from junitparser import Error, JUnitXml, JUnitXmlError, TestSuite

from agent_gate.checks.output.lint_readers import relative
from agent_gate.checks.output.model import Evidence, Failure, without_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from junitparser import TestCase

PROBE = Path(__file__).parent / "probe"
MAX_XML = 64 * 1024 * 1024  # bytes
_AT = re.compile(r"^([^\s:][^:\n]*):(\d+):", re.MULTILINE)


def instrument(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment, extended so that every pytest run started with it leaves its reports in `scratch`."""
    path = [str(PROBE), *([environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else [])]
    options = f"{environment.get('PYTEST_ADDOPTS', '')} -p agent_gate_probe".strip()
    return {
        **environment,
        "PYTHONPATH": ":".join(path),
        "PYTEST_ADDOPTS": options,
        "AGENT_GATE_PROBE": str(scratch),
    }


def probe_refused(output: str) -> bool:
    """Whether a Python that ignores PYTHONPATH (`python -I`) could not load the probe."""
    return "agent_gate_probe" in output and (
        "No module named" in output or "Error importing plugin" in output
    )


def read_evidence(scratch: Path, exit_code: int | None, place: Path) -> Evidence:
    """What the probes of a run in `place` counted, and whether it adds up with the exit code."""
    try:
        reports = [json.loads(file.read_text()) for file in sorted(scratch.glob("probe-*.json"))]
        evidence = _evidence(reports, exit_code, place)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError):
        return Evidence(problem="what the test run counted cannot be read: something wrote into its report")
    if any(scratch.glob("started-*")):
        return replace(
            evidence, problem="a pytest was started, and something ended its process before its session"
        )
    return evidence


def _evidence(reports: list[dict[str, Any]], exit_code: int | None, place: Path) -> Evidence:
    modules: dict[str, str] = {}
    for report in reports:
        modules |= {str(name): str(file) for name, file in report["modules"].items()}
    runs = [report for report in reports if not report["worker"]]
    if not runs:
        return Evidence(modules=modules)
    counts = {
        word: sum(int(run["counts"].get(word, 0)) for run in runs)
        for word in ("passed", "failed", "skipped", "error")
    }
    summary = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no tests"
    ran = counts["passed"] + counts["failed"]
    raised = sorted({str(test) for report in reports for test in report.get("raised", ())})
    not_run = sum(max(int(run["collected"] or 0) - sum(run["counts"].values()), 0) for run in runs)
    top = place.resolve()
    tests = {
        os.path.relpath(os.path.join(run["root"], re.sub(r"\[.*", "", str(test))), top)  # noqa: PTH118 - not of this place
        for run in runs
        for test in run["ran"]
    }
    problem = _problem(runs, counts, raised, exit_code)
    return Evidence(ran, summary, problem, modules, frozenset(tests), not_run)


def _problem(
    runs: list[dict[str, Any]], counts: Mapping[str, int], raised: list[str], exit_code: int | None
) -> str:
    if exit_code:
        return ""  # it says itself that not all is well
    if raised:
        return f"{len(raised)} tests raised an error and were not reported as failed: {raised[0]}"
    if counts["skipped"] and not counts["passed"] + counts["failed"] + counts["error"]:
        return f"all {counts['skipped']} tests were skipped, so none has passed"
    if counts["failed"] or counts["error"]:
        return f"{counts['failed'] + counts['error']} tests failed, and the command exited 0"
    for run in runs:
        told = sum(run["counts"].values())
        collected = int(run["collected"])
        if told < collected:
            return f"{collected} tests were collected, and only {told} have an outcome"
    return ""


def read_junit(scratch: Path, place: Path) -> Iterator[Failure]:
    """The failing tests of every JUnit XML in `scratch`."""
    for file in sorted(scratch.glob("junit-*.xml")):
        if file.stat().st_size > MAX_XML:
            continue
        try:
            report = JUnitXml.fromfile(str(file))
        except (ParseError, JUnitXmlError, UnicodeDecodeError):
            continue  # broken off: the exit code and the output still tell
        suites = report if isinstance(report, JUnitXml) else [report]
        for suite in suites:
            if isinstance(suite, TestSuite):
                yield from (failure for case in suite for failure in _failures(case, place))


def _failures(case: TestCase, place: Path) -> Iterator[Failure]:
    for result in case.result:
        if type(result).__name__ not in {"Failure", "Error"}:
            continue
        detail = str(result.text or "")
        message = without_place(" ".join(str(result.message or "").split()), place) or "failed"
        path, line = _place_of(case, detail, place)
        test = f"{case.classname}::{case.name}" if case.classname else str(case.name)
        word = "fails at set-up or collection" if isinstance(result, Error) else "fails"
        yield Failure(path, line, f"{case.name} {word}: {message[:160]}", test, "", detail)


def _place_of(case: TestCase, detail: str, place: Path) -> tuple[str | None, int | None]:
    """The test's own file, and the last line of its traceback that is in it."""
    module = str(case.classname or "").split(".")
    candidates = ["/".join(module[:length]) + ".py" for length in range(len(module), 0, -1)]
    own = next((path for name in candidates if (path := relative(name, place))), None)
    seen = [(path, int(number)) for name, number in _AT.findall(detail) if (path := relative(name, place))]
    if own is None and seen:
        return seen[-1]
    lines = [number for path, number in seen if path == own]
    return own, lines[-1] if lines else None
