"""`test-per-change`: a behaviour change in source comes with an added or changed test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.checks.declared import severity_of
from agent_gate.checks.public_surface import behaviour_changed
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.checks.tests_kept import tests_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.changes.model import ChangeSet, FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

_TYPES = {"feature": ("feat", "feature"), "fix": ("fix", "bugfix", "hotfix")}
_SUBJECT = re.compile(r"^(\w+)(?:\([^)]*\))?!?: ")
# Tests that stand in the source file itself: Rust's modules, Python's and Rust's doc tests, Zig's and D's blocks.
_INLINE = re.compile(
    r"^\s*(?:#\[(?:tokio::|async_std::)?test\]|#\[cfg\(test\)\]|>>> |test \"|unittest\b|assert(?:_eq|_ne)?!\()"
)


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.TEST_PER_CHANGE: check_tests_added}


def check_tests_added(rule: Rule, context: GateContext) -> CheckResult:
    """Look for a test that changed beside the source that did."""
    changes = context.changes
    if (wanted := _not_of_this_sort(rule, changes)) is not None:
        return CheckResult(skipped=wanted)
    in_scope = changed_in_scope(rule, changes)
    sources = [
        change
        for change in in_scope
        if kind_of(change.path) is FileKind.SOURCE and _behaves_otherwise(change, changes)
    ]
    if not sources:
        return CheckResult(skipped="no source file behaves otherwise than before")
    tests = [change.path for change in changes.files if _is_new_test(change, changes)]
    if tests:
        return CheckResult(evidence=f"{tests[0]} was changed with {len(sources)} source files")
    first = sources[0]
    return CheckResult(
        (
            Finding(
                rule=rule.id,
                kind=rule.kind,
                severity=severity_of(rule, context, *(change.path for change in sources)),
                message=f"{len(sources)} source files behave otherwise than before, and no test was added or changed",
                path=first.path,
                line=first.hunks[0].new_start or 1 if first.hunks and first.new_blob else None,
                evidence="\n".join(change.path for change in sources[:40]),
                fix="Add or change a test that fails without this change.",
                reproduce=diff_command(changes, first.path),
                anchor="no test",
            ),
        )
    )


def _not_of_this_sort(rule: Rule, changes: ChangeSet) -> str | None:
    """Why a rule for features or fixes does not apply, where every commit says by its type that it is neither."""
    types = _TYPES.get(str(rule.params.get("when", "any")))
    subjects = [_SUBJECT.match(commit.subject) for commit in changes.commits if len(commit.parents) < 2]  # noqa: PLR2004 - no merge
    if types is None or not subjects or changes.uncommitted or not all(subjects):
        return None
    found = {match[1].lower() for match in subjects if match}
    return (
        None
        if found & set(types)
        else f"the commits are {', '.join(sorted(found))}, and the rule is about {types[0]}"
    )


def _behaves_otherwise(change: FileChange, changes: ChangeSet) -> bool:
    if change.binary or not change.new_blob:
        return False  # what is deleted needs no new test
    before = changes.before.read(change.old_path) if change.old_path else None
    return behaviour_changed(change.path, before, changes.after.read(change.path))


def _is_new_test(change: FileChange, changes: ChangeSet) -> bool:
    if not change.new_blob:
        return False
    if kind_of(change.path) is FileKind.TEST:
        return _behaves_otherwise(change, changes) and not _only_loses(change, changes)
    if kind_of(change.path) is FileKind.SOURCE:
        return any(_INLINE.match(line) for hunk in change.hunks for line in hunk.added)
    return False


def _only_loses(change: FileChange, changes: ChangeSet) -> bool:
    """Whether tests of the file went or were switched off, and none is new or other than before."""
    old_content = changes.before.read(change.old_path) if change.old_path else None
    old = tests_of(change.old_path or change.path, old_content) or {}
    new = tests_of(change.path, changes.after.read(change.path)) or {}
    on = {name: test for name, test in new.items() if not test.off}
    lost = [name for name, test in old.items() if not test.off and name not in on]
    return bool(lost) and all(name in old and old[name].body == test.body for name, test in on.items())
