"""`docs-updated`, `spec-updated`, `changelog-updated`: what changes for users is written down in the same change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.checks.declared import severity_of
from agent_gate.checks.public_surface import SurfaceChange, surface_changes
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope, matches
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.changes.model import ChangeSet, FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

_WHERE = {
    Kind.DOCS_UPDATED: (frozenset({FileKind.DOCS}), "the documentation (README, docs/)"),
    Kind.SPEC_UPDATED: (frozenset({FileKind.SPEC}), "the specs (specs/, design/)"),
    Kind.CHANGELOG_UPDATED: (frozenset({FileKind.CHANGELOG}), "the changelog"),
}
# What is for agents, or lists what is not there yet, tells users nothing.
_NO_DOCUMENTS = frozenset({"AGENTS.md", "CLAUDE.md", "GEMINI.md", "GAPS.md", "TODO.md"})
MAX_LISTED = 40


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """One check for the three kinds of documents."""
    return dict.fromkeys(_WHERE, check_documents)


def check_documents(rule: Rule, context: GateContext) -> CheckResult:
    """A change of public surface in source files comes with a change of a document that says something."""
    changes = context.changes
    surface = {
        change.path: found
        for change in changed_in_scope(rule, changes)
        if kind_of(change.path) is FileKind.SOURCE and (found := _surface(change, changes))
    }
    if not surface:
        return CheckResult(skipped="no public surface of source files changed")
    written = [
        change.path for change in changes.files if _is_document(rule, change.path) and _says_something(change)
    ]
    if written:
        return CheckResult(evidence=f"{written[0]} was changed with {len(surface)} source files")
    return CheckResult((_finding(rule, context, surface),))


def _surface(change: FileChange, changes: ChangeSet) -> tuple[SurfaceChange, ...]:
    before = changes.before.read(change.old_path) if change.old_path else None
    after = changes.after.read(change.path) if change.new_blob else None
    found = surface_changes(change.path, before, after)
    if _is_imported_from_elsewhere(change) and surface_changes(change.path, b"", after):
        found = (SurfaceChange(str(change.old_path), None, f"moved to {change.path}"), *found)
    return found


def _is_imported_from_elsewhere(change: FileChange) -> bool:
    """Whether a public Python module has another name now: its users import it by its path."""
    old = change.old_path or change.path
    public = not re.search(r"(?:^|/)_(?!_init__\.py$)", old)
    was_source = old.endswith(".py") and kind_of(old) is FileKind.SOURCE
    return bool(change.new_blob) and was_source and public and _module(old) != _module(change.path)


def _module(path: str) -> str:
    return re.sub(r"^(?:src|lib|python)/|/__init__(?=\.py$)", "", path)


def _is_document(rule: Rule, path: str) -> bool:
    places = [rule.value] if rule.value else []
    paths = rule.params.get("paths")
    places += [str(place) for place in paths] if isinstance(paths, list | tuple) else []
    patterns = [pattern for place in places for pattern in (place, f"{place.rstrip('/')}/**")]
    if patterns and matches(patterns, path):
        return True
    if patterns and rule.kind is not Kind.DOCS_UPDATED:
        return False
    return kind_of(path) in _WHERE[rule.kind][0] and path.rpartition("/")[2] not in _NO_DOCUMENTS


def _says_something(change: FileChange) -> bool:
    """More than white space differs; a moved file says nothing new."""
    if change.binary:
        return change.old_blob != change.new_blob
    return any(
        "".join("".join(hunk.added).split()) != "".join("".join(hunk.removed).split())
        for hunk in change.hunks
    ) and bool(change.new_blob)


def _finding(rule: Rule, context: GateContext, surface: Mapping[str, tuple[SurfaceChange, ...]]) -> Finding:
    where = rule.value or _WHERE[rule.kind][1]
    listed = [
        f"{path}{f':{change.line}' if change.line else ''}: {change.name} {change.what}"
        for path, found in surface.items()
        for change in found
    ]
    path, first = next(iter(surface.items()))
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity_of(rule, context, *surface),
        message=f"{len(listed)} public names changed, and nothing in {where} did",
        path=path,
        line=first[0].line,
        evidence="\n".join(listed[:MAX_LISTED]),
        fix=f"Say in {where} what changed for users; white space alone does not count.",
        reproduce=diff_command(context.changes, path),
        anchor="not documented",
    )
