"""`no-test-tampering`: a test that the base has and the branch lost, switched off or emptied."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

from agent_gate.checks.declared import severity_of
from agent_gate.checks.python_tests import Test, outcome_hooks, python_tests
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.checks.test_names import named_tests
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agent_gate.changes.model import ChangeSet, FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_CONFIGS = {
    "pyproject.toml",
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
    "setup.cfg",
}
_SHRINKING = (
    "addopts",
    "testpaths",
    "norecursedirs",
    "python_files",
    "python_classes",
    "python_functions",
    "collect_ignore",
)
_PYTHON_FILES = ("test*.py", "*_test.py")  # what is collected where nothing else is said
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Loss:
    """One test that is worse off; the line is of the judged tree, None where the test is gone."""

    path: str
    line: int | None
    test: str
    what: str
    fix: str


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.NO_TEST_TAMPERING: check_tests_kept}


def check_tests_kept(rule: Rule, context: GateContext) -> CheckResult:
    """Compare the tests of every changed file with the base's, by name and by body."""
    changes = context.changes
    in_scope = changed_in_scope(rule, changes)
    files = [change for change in in_scope if _may_hold_tests(change)]
    configs = [change for change in in_scope if change.path.rpartition("/")[2] in _CONFIGS]
    conftests = [change for change in in_scope if change.path.rpartition("/")[2] == "conftest.py"]
    if not (files or configs or conftests):
        return CheckResult(skipped="no test file, conftest or test configuration changed")
    losses = _losses(files, changes)
    losses += [loss for change in conftests for loss in _hook_losses(change, changes)]
    losses += [loss for change in configs for loss in _config_losses(change, changes)]
    findings = tuple(_finding(rule, context, loss) for loss in losses)
    return CheckResult(
        findings, evidence=f"the tests of {len(files)} changed files are as they were, or better"
    )


def _may_hold_tests(change: FileChange) -> bool:
    kinds = {kind_of(path) for path in (change.path, change.old_path) if path}
    return FileKind.TEST in kinds or (
        change.path.endswith((".rs", ".py", ".zig")) and FileKind.SOURCE in kinds
    )


def tests_of(path: str, content: bytes | None) -> dict[str, Test] | None:
    """Tests by name (of a file that is not there: none); None where it cannot be parsed."""
    if not path.endswith(".py"):
        return named_tests(path, content or b"")
    return _read(python_tests, content)


def _losses(files: list[FileChange], changes: ChangeSet) -> list[_Loss]:
    """What became of the base's tests: one that is new in its file, and collected, may be one that moved."""
    before = {change: tests_of(*_old(change, changes)) or {} for change in files}
    after = {change: tests_of(*_new(change, changes)) for change in files}
    collected = _collected(changes)
    new = [
        (test, change.path)
        for change, tests in after.items()
        for test in (tests or {}).values()
        if not test.off and test.name not in before[change]
    ]
    anywhere = {mark for test, path in new for mark in _marks(test, path)}
    where_collected = {mark for test, path in new if collected(path) for mark in _marks(test, path)}
    losses: list[_Loss] = []
    for change, tests in before.items():
        was_collected = collected(change.old_path or "")
        now = {} if was_collected and not collected(change.path) else after[change]
        losses += _losses_of(change, tests, now, where_collected if was_collected else anywhere)
    return losses


def _losses_of(
    change: FileChange, tests: dict[str, Test], now: dict[str, Test] | None, moved: set[tuple[str, bool]]
) -> Iterator[_Loss]:
    for test in tests.values():
        if now is None:  # what cannot be parsed has no tests that run
            yield _Loss(change.path, 1, test.name, "the file cannot be parsed any more", "Repair the syntax.")
        elif (new := now.get(test.name)) is None:
            kept = {
                (mark, held) for mark, condition in _marks(test, change.path) for held in (False, condition)
            }
            if not test.off and moved.isdisjoint(kept):
                fix = "Restore it, or move it with its body to where it is collected."
                yield _Loss(change.path, None, test.name, "was deleted", fix)
        elif what := _worse(test, new):
            yield _Loss(change.path, new.line, test.name, what, "Restore it, and repair what it tests.")


def _marks(test: Test, path: str) -> set[tuple[str, bool]]:
    """What a test keeps of itself where it moves, and whether it has a condition; names of Python's tests are too often the same."""
    marks = (test.body, "" if path.endswith(".py") else test.name)
    return {(mark, bool(test.condition)) for mark in marks if mark}


def _old(change: FileChange, changes: ChangeSet) -> tuple[str, bytes | None]:
    path = change.old_path or change.path
    return path, changes.before.read(path) if change.old_path else None


def _new(change: FileChange, changes: ChangeSet) -> tuple[str, bytes | None]:
    return change.path, changes.after.read(change.path) if change.new_blob else None


def _collected(changes: ChangeSet) -> Callable[[str], bool]:
    """Whether a test runner looks into a file of this path, by the base's `python_files`; of other languages: always."""
    options = [_pytest_options(path, changes.before.read(path)) for path in sorted(_CONFIGS)]
    said = next((option["python_files"] for option in options if option.get("python_files")), None)
    patterns = _words(said) if said else list(_PYTHON_FILES)

    def collected(path: str) -> bool:
        name = path.rpartition("/")[2]
        return not path.endswith(".py") or any(
            fnmatchcase(path if "/" in pattern else name, pattern) for pattern in patterns
        )

    return collected


def _worse(old: Test, new: Test) -> str:
    if new.off and not old.off:
        return f"was switched off ({new.off[:80]})" if ".only" not in new.off else "switches all others off"
    if new.condition and not (old.condition or old.off):
        return f"runs only on a condition now ({new.condition[:80]})"
    if old.checks and not new.checks:
        return "checks nothing any more"
    if old.cases is not None and new.cases is not None and old.cases > new.cases:
        return f"lost {old.cases - new.cases} of its {old.cases} cases"
    return ""


def _hook_losses(change: FileChange, changes: ChangeSet) -> list[_Loss]:
    old = _read(outcome_hooks, changes.before.read(change.old_path) if change.old_path else None) or {}
    new = _read(outcome_hooks, changes.after.read(change.path) if change.new_blob else None) or {}
    fix = "Take it out: no change of the code needs to decide which tests run or how they end."
    return [
        _Loss(
            change.path,
            line,
            name,
            "was added to a conftest, and can change what tests run or how they end",
            fix,
        )
        for name, line in new.items()
        if name not in old
    ]


def _config_losses(change: FileChange, changes: ChangeSet) -> list[_Loss]:
    old = _pytest_options(change.path, changes.before.read(change.old_path) if change.old_path else None)
    new = _pytest_options(change.path, changes.after.read(change.path) if change.new_blob else None)
    return [
        _Loss(
            change.path,
            _line_of(changes, change.path, key),
            key,
            f"was changed to {new[key]!r}, and decides which tests run",
            "Undo it.",
        )
        for key in _SHRINKING
        if key in new and new[key] != old.get(key) and _shrinks(key, old.get(key, ""), new[key], changes)
    ]


def _shrinks(key: str, old: object, new: object, changes: ChangeSet) -> bool:
    if key in {"testpaths", "python_files"} and not old:
        return _leaves_out(key, _words(new), changes)
    if key != "addopts":
        return bool(old) or key == "norecursedirs"
    return any(
        word in str(new) and word not in str(old)
        for word in (
            "--ignore",
            "--deselect",
            "-k",
            "-m ",
            "--maxfail",
            "--collect-only",
            "--co",
            "-p no:",
            "--lf",
        )
    )


def _leaves_out(key: str, patterns: list[str], changes: ChangeSet) -> bool:
    """Whether a test file of the base is none of those that these patterns name: without them, all were collected."""
    for path in changes.before.paths():
        name = path.rpartition("/")[2]
        if not any(fnmatchcase(name, pattern) for pattern in _PYTHON_FILES):
            continue
        if key == "testpaths":
            fits = any(
                fnmatchcase(f"{path}/", f"{pattern.strip('./')}/*".lstrip("/")) for pattern in patterns
            )
        else:
            fits = any(fnmatchcase(name, pattern) for pattern in patterns)
        if not fits:
            return True
    return False


def _words(value: object) -> list[str]:
    """The words of an option, which TOML may have as a list."""
    return list(map(str, value)) if isinstance(value, list) else str(value).split()


def _pytest_options(path: str, content: bytes | None) -> dict[str, Any]:
    if content is None:
        return {}
    text = content.decode("utf-8", "replace")
    try:
        if path.endswith(".toml"):
            table = tomllib.loads(text)
            own = table.get("tool", {}) if path.endswith("pyproject.toml") else table
            options = own.get("pytest", {})
            return dict(options.get("ini_options", options))
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error, AttributeError, TypeError):
        return {}
    section = "tool:pytest" if path.endswith("setup.cfg") else "pytest"
    return dict(parser[section]) if parser.has_section(section) else {}


def _line_of(changes: ChangeSet, path: str, key: str) -> int | None:
    lines = (changes.after.read(path) or b"").decode("utf-8", "replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip().startswith(key)), None)


def _read(parse: Callable[[bytes], T], content: bytes | None) -> T | None:
    """What `parse` finds (in a file that is not there: nothing); None where it cannot be parsed."""
    try:
        return parse(content or b"")
    except _UNREADABLE:
        return None


def _finding(rule: Rule, context: GateContext, loss: _Loss) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity_of(rule, context, loss.path, loss.test),
        message=f"{loss.test} {loss.what}",
        path=loss.path,
        line=loss.line,
        fix=loss.fix,
        reproduce=diff_command(context.changes, loss.path),
        anchor=f"{loss.test} {loss.what.split('(')[0]}",
    )
