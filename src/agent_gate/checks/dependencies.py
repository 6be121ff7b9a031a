"""`dependency-policy`: new entries in manifests, against what AGENTS.md allows."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from agent_gate.checks.declared import severity_of
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from agent_gate.changes.model import FileChange, Snapshot
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)")
_GO = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/\S+)\s+v\S+")
_GEM = re.compile(r"^\s*gem\s+[\"']([^\"']+)")
_XML = re.compile(r"<artifactId>([^<]+)</artifactId>|<PackageReference\s+Include=\"([^\"]+)\"")
_GRADLE = re.compile(
    r"^\s*(?:implementation|api|compileOnly|runtimeOnly|testImplementation)\W+[\"']([^\"':]+:[^\"':]+)"
)


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.DEPENDENCY_POLICY: check_dependencies}


def check_dependencies(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each new dependency that the rule does not allow; another version is no new dependency."""
    changes = context.changes
    manifests = [change for change in changed_in_scope(rule, changes) if _reader(change.path)]
    if not manifests:
        return CheckResult(skipped="no manifest of dependencies changed")
    findings = []
    for change in manifests:
        try:
            before = _names(changes.before, change.old_path)
            after = _names(changes.after, change.path if change.new_blob else None)
        except (ValueError, AttributeError, TypeError) as problem:
            return CheckResult(undecided=f"{change.path} cannot be read as a manifest: {problem}")
        findings += [
            _finding(rule, context, change, name)
            for name in sorted(after - before)
            if not _allowed(rule, name)
        ]
    return CheckResult(
        tuple(findings), evidence=f"{len(manifests)} manifests have no new dependency that is not allowed"
    )


def _allowed(rule: Rule, name: str) -> bool:
    mode, names = str(rule.params.get("mode", "no-new")), rule.params.get("names")
    listed = {_normal(str(item)) for item in names} if isinstance(names, list | tuple) else set()
    if mode == "forbid":
        return _normal(name) not in listed
    return _normal(name) in listed  # "allow", and "no-new" with exceptions


def _names(snapshot: Snapshot, path: str | None) -> set[str]:
    content = snapshot.read(path) if path else None
    reader = _reader(path) if path else None
    return set(reader(content.decode("utf-8", "replace"))) if content is not None and reader else set()


def _reader(path: str) -> Callable[[str], Iterable[str]] | None:
    name = path.rpartition("/")[2]
    if re.fullmatch(r"(?:[\w.-]*requirements[\w.-]*|constraints)\.(?:txt|in)", name):
        return _requirements
    if name.endswith((".csproj", ".fsproj")):
        return lambda text: (group for match in _XML.finditer(text) for group in match.groups() if group)
    return _READERS.get(name)


def _pyproject(text: str) -> Iterator[str]:
    data = tomllib.loads(text)
    project, tool = data.get("project", {}), data.get("tool", {})
    lists = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    lists += [
        *data.get("dependency-groups", {}).values(),
        *tool.get("pdm", {}).get("dev-dependencies", {}).values(),
    ]
    lists.append(data.get("build-system", {}).get("requires", []))
    yield from (
        match[1]
        for entries in lists
        for entry in entries
        if isinstance(entry, str) and (match := _REQUIREMENT.match(entry))
    )
    poetry = tool.get("poetry", {})
    tables = [poetry.get("dependencies", {}), poetry.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    yield from (name for table in tables for name in table if name != "python")


def _requirements(text: str) -> Iterator[str]:
    lines = (line.split("#")[0] for line in text.splitlines() if not line.strip().startswith("-"))
    yield from (match[1] for line in lines if (match := _REQUIREMENT.match(line)))


def _package_json(text: str) -> Iterator[str]:
    data = json.loads(text)
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        yield from data.get(key, {})


def _cargo(text: str) -> Iterator[str]:
    data = tomllib.loads(text)
    tables: list[Any] = [data, data.get("workspace", {}), *data.get("target", {}).values()]
    for table in tables:
        for key in ("dependencies", "dev-dependencies", "build-dependencies"):
            yield from table.get(key, {})


def _by_line(pattern: re.Pattern[str]) -> Callable[[str], Iterable[str]]:
    return lambda text: (match[1] for line in text.splitlines() if (match := pattern.match(line[:500])))


_READERS: dict[str, Callable[[str], Iterable[str]]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _by_line(_GO),
    "Gemfile": _by_line(_GEM),
    "build.gradle": _by_line(_GRADLE),
    "build.gradle.kts": _by_line(_GRADLE),
    "pom.xml": lambda text: (group for match in _XML.finditer(text) for group in match.groups() if group),
}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _finding(rule: Rule, context: GateContext, change: FileChange, name: str) -> Finding:
    lines = [line for hunk in change.hunks for line, text in hunk.added_lines if name in text]
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity_of(rule, context, name, change.path),
        message=f"the new dependency {name[:100]} is not allowed",
        path=change.path,
        line=lines[0] if lines else None,
        fix=f"Do without {name[:100]}, or have the task name it.",
        reproduce=diff_command(context.changes, change.path),
        anchor=name,
    )
