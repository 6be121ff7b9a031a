"""`coverage`: changed executable lines of Python files that no test runs (coverage.py)."""

from __future__ import annotations

import json
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.checks.command_run import run_command, starter
from agent_gate.checks.scope import changed_in_scope
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind
from agent_gate.running.rooms import room_environment
from agent_gate.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

# What coverage leaves out by default, but `# pragma: no cover`: that is the branch's own word for it.
_CONFIG = """\
[run]
branch = False
parallel = True
patch = subprocess
data_file = {scratch}/data
source = {place}
[report]
exclude_lines =
    ^\\s*(((async )?def .*?)?\\)(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$)
    if (typing\\.)?TYPE_CHECKING:
[json]
output = {scratch}/coverage.json
"""
_PYTHON = "python"  # in the scratch directory: the interpreter that was measured
_START = """\
import coverage, sys
coverage.process_startup()
open({name!r}, "w").write(sys.executable)
"""


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.COVERAGE: check_coverage}


def check_coverage(rule: Rule, context: GateContext) -> CheckResult:
    """Run the repository's own test command under coverage, and count the changed lines that ran."""
    threshold = _threshold(rule, context)
    changed = {
        change.path: {line for hunk in change.hunks for line, _ in hunk.added_lines}
        for change in changed_in_scope(rule, context.changes)
        if change.new_blob and change.path.endswith(".py") and kind_of(change.path) is FileKind.SOURCE
    }
    changed = {path: lines for path, lines in changed.items() if lines}
    if not changed:
        return CheckResult(skipped="no line of a Python source file was added or changed")
    command = rule.params.get("command")
    if threshold is None or not isinstance(command, str):
        return CheckResult(undecided="the policy has no test command to measure, or no percentage to reach")
    test = replace(rule, value=command, directory=str(rule.params.get("directory") or ""), scope=())
    with tempfile.TemporaryDirectory(prefix="coverage-", dir=scratch_directory()) as name:
        missed, total, problem = _measure(test, context, Path(name), changed)
    if problem:
        return CheckResult(undecided=problem, cacheable=False)
    missing = sum(len(lines) for lines in missed.values())
    reached = 100.0 * (total - missing) / total if total else 100.0
    if reached >= threshold:
        return CheckResult(
            evidence=f"tests run {reached:.0f} % of {total} changed executable lines, of {threshold:g} % asked for"
        )
    return CheckResult(
        tuple(_finding(rule, path, lines, reached, threshold) for path, lines in missed.items() if lines)
    )


def _threshold(rule: Rule, context: GateContext) -> float | None:
    digits = "".join(character for character in rule.value or "" if character in "0123456789.")
    return (
        context.settings.coverage
        if context.settings.coverage is not None
        else float(digits)
        if digits
        else None
    )


def _measure(
    test: Rule, context: GateContext, scratch: Path, changed: Mapping[str, set[int]]
) -> tuple[dict[str, list[int]], int, str]:
    """Changed executable lines that did not run, by path; how many there are; why it could not be measured."""
    place = context.place.resolve()
    config = scratch / "coveragerc"
    config.write_text(_CONFIG.format(scratch=scratch, place=place))
    probe = scratch / "site"
    probe.mkdir()
    # coverage's own way to begin in every Python process of a run: https://coverage.readthedocs.io/en/latest/subprocess.html
    (probe / "sitecustomize.py").write_text(_START.format(name=str(scratch / _PYTHON)))
    variables = {"COVERAGE_PROCESS_START": str(config), "PYTHONPATH": str(probe)}
    done = run_command(test, context, context.place, variables, (scratch,))
    if done.undecided:
        return {}, 0, f"`{test.value}` under coverage: {done.undecided}"
    report = _report(context, config, scratch)
    if report is None:
        return (
            {},
            0,
            (
                f"`{test.value}` left no coverage data: install coverage into the environment that runs the tests"
                " (`pip install coverage`)"
            ),
        )
    missed, total = {}, 0
    for path, lines in changed.items():
        file = report.get(path) or {"missing_lines": [], "executed_lines": []}
        missing = sorted(lines.intersection(file["missing_lines"]))
        total += len(missing) + len(lines.intersection(file["executed_lines"]))
        missed[path] = missing
    return missed, total, ""


def _report(context: GateContext, config: Path, scratch: Path) -> dict[str, dict[str, list[int]]] | None:
    """Coverage's JSON report, by path relative to the place; None where there is no data."""
    if not any(scratch.glob("data*")) or not (scratch / _PYTHON).is_file():
        return None
    python = (scratch / _PYTHON).read_text()  # the one that has coverage, wherever `uv run` or `tox` put it
    environment = room_environment(context.place, context.settings)
    start = starter(context, context.place, (scratch,))
    for arguments in (["combine", "-q"], ["json", "-q", "-i"]):
        argv = [python, "-m", "coverage", *arguments, f"--rcfile={config}"]
        done = start(argv, cwd=context.place, env=environment, timeout=context.settings.timeout)
        if not done.ok:
            return None
    files = json.loads((scratch / "coverage.json").read_text())["files"]
    place = context.place.resolve()
    found = {}
    for name, data in files.items():
        path = (place / name).resolve()
        if path.is_relative_to(place):
            found[path.relative_to(place).as_posix()] = data
    return found


def _finding(rule: Rule, path: str, lines: list[int], reached: float, threshold: float) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message=f"no test runs {len(lines)} changed lines ({reached:.0f} % of the changed lines run, of {threshold:g} % asked for)",
        path=path,
        line=lines[0],
        evidence="lines " + ", ".join(_ranges(lines)),
        fix="Add tests that run these lines.",
        reproduce=f"coverage run -m pytest && coverage report -m --include={shlex.quote(path)}",
        anchor="not covered",
    )


def _ranges(lines: list[int]) -> list[str]:
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return [f"{first}-{last}" if last > first else f"{first}" for first, last in ranges]
