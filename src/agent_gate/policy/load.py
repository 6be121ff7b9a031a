"""The policy of a repository: what its instruction files ask for, as its configuration words it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.policy.files import InstructionFile, decoded, instruction_files
from agent_gate.policy.model import NEVER_ENFORCED, Kind, Policy, PolicyError, Rule, Source
from agent_gate.policy.nearest import nearest
from agent_gate.policy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from agent_gate.changes.model import Snapshot
    from agent_gate.policy.config import Config, Override

# Rules that the gate makes itself; the configuration may speak of them by these ids.
BUILT_IN = frozenset(
    {Kind.POLICY_CHANGE.value, Kind.NO_TEST_TAMPERING.value, Kind.COVERAGE.value, Kind.CLEAN_WORKTREE.value}
)
# Whose value is a path.
_PLACES = frozenset({Kind.PROTECTED_PATH, Kind.DOCS_UPDATED, Kind.SPEC_UPDATED, Kind.CHANGELOG_UPDATED})
# About the branch as a whole: the nearest file does not take these away from the root's.
_WHOLE = frozenset(
    {Kind.COMMIT_FORMAT, Kind.BRANCH, Kind.CLEAN_WORKTREE, Kind.GAPS_TO_ISSUES, Kind.PROTECTED_PATH}
)


def load_settings(snapshot: Snapshot) -> Settings:
    """`[tool.agent-gate]` of a tree.

    Raises:
        PolicyError: the configuration cannot be read as it stands.
    """
    from agent_gate.policy.config import read_config

    return read_config(snapshot).settings


def load_policy(snapshot: Snapshot) -> Policy:
    """Every statement of a tree's instruction files, as its configuration words it.

    Raises:
        PolicyError: a file or the configuration cannot be read as it stands.
    """
    from agent_gate.policy.config import config_table, read_config
    from agent_gate.policy.reviewers import reviewer_rules

    config = read_config(snapshot)
    files = instruction_files(snapshot, config.settings.exclude)
    rules = [rule for file in files for rule in _rules_of(file)]
    rules = _nearest_wins(rules, files)
    if not config.settings.derived:
        rules = [_off(rule, f"{config.file} says derived = false") for rule in rules]
    rules = [*_once(rules), *reviewer_rules(config_table(snapshot), snapshot)]
    return _policy(_configured(_unique(rules), config), files, config.settings)


def policy_key(snapshot: Snapshot) -> str:
    """Hex SHA-256 of everything that `load_policy` reads in a tree: trees that differ elsewhere have the same policy.

    Raises:
        PolicyError: as `load_policy`.
    """
    from agent_gate.policy.config import config_table, read_config

    table = config_table(snapshot)
    configured = snapshot.read(table.file) if table else None
    files = instruction_files(snapshot, read_config(snapshot).settings.exclude)
    return hashlib.sha256(repr((configured, files)).encode("utf-8", "backslashreplace")).hexdigest()


def policy_of_file(path: Path) -> Policy:
    """The policy of one Markdown file alone; it is named as given.

    Raises:
        PolicyError: it cannot be read, or its directives are wrong.
    """
    try:
        text = decoded(path.read_bytes(), str(path))
    except OSError as problem:
        raise PolicyError(f"{path} cannot be read: {problem.strerror}.") from problem
    file = InstructionFile(str(path), "", text)
    return _policy(_unique(_rules_of(file)), (file,), Settings())


@lru_cache(
    maxsize=32
)  # an orchestrator asks for the policy of each new tip, whose instruction files are the old ones
def _rules_of(file: InstructionFile) -> tuple[Rule, ...]:
    """A file's own rules; an explicit rule replaces those of its kind that are derived."""
    # a kept policy needs none of these, and their patterns take longer to compile than all the rest of the gate
    from agent_gate.policy.explicit import KEYS, read_directives
    from agent_gate.policy.extract import extract_rules

    explicit, disabled = read_directives(file.path, file.text)
    replaced = {rule.kind for rule in explicit}
    rules = []
    for rule in extract_rules(file.path, file.text):
        line = disabled.get(rule.id) or next(
            (at for key, at in disabled.items() if KEYS.get(key) is rule.kind), 0
        )
        if rule.enforced and line:
            rules.append(_off(rule, f"switched off in line {line}"))
        elif rule.enforced and rule.kind in replaced:
            rules.append(_off(rule, "replaced by an explicit rule of its kind"))
        else:
            rules.append(rule)
    known = {rule.id for rule in rules}
    for key, line in disabled.items():
        if key not in known and key not in KEYS and key not in BUILT_IN:
            raise PolicyError(
                f'{file.path}:{line}: there is no rule "{key}" to switch off{nearest(key, known | set(KEYS))}'
            )
    off = [
        Rule(key, KEYS[key], Source(file.path, line, f"{key} = false"), enforced=False, reason="switched off")
        for key, line in disabled.items()
        if key in BUILT_IN and key in KEYS
    ]
    return tuple(sorted([*rules, *explicit, *off], key=lambda rule: rule.source.line))


def _nearest_wins(rules: list[Rule], files: Sequence[InstructionFile]) -> list[Rule]:
    """Bind each file's rules to its directory, and take from the outer ones what a nearer file rules."""
    directory_of = {file.path: file.directory for file in files}
    kinds: dict[str, set[Kind]] = {}
    for rule in rules:
        if rule.enforced:
            kinds.setdefault(directory_of[rule.source.path], set()).add(rule.kind)
    result = []
    for rule in rules:
        own = directory_of[rule.source.path]
        inner = sorted(
            directory
            for directory, ruled in kinds.items()
            if rule.kind in ruled and rule.kind not in _WHOLE and directory != own and _below(directory, own)
        )
        bound = _bound_to(rule, own) if own else rule
        result.append(
            replace(bound, scope=(*bound.scope, *(f"!{path}/**" for path in inner))) if inner else bound
        )
    return result


def _below(directory: str, outer: str) -> bool:
    return not outer or directory.startswith(f"{outer}/")


def _bound_to(rule: Rule, directory: str) -> Rule:
    """The rule of a nested file: about the files below its directory, and run there."""
    scope = tuple(
        f"!{directory}/{p[1:].lstrip('/')}" if p.startswith("!") else f"{directory}/{p.lstrip('/')}"
        for p in rule.scope
    )
    changed = replace(rule, scope=scope or (f"{directory}/**",))
    if rule.kind.is_command:
        return replace(changed, directory=f"{directory}/{rule.directory}".rstrip("/"))
    if rule.kind in _PLACES and rule.value:
        return replace(changed, value=f"{directory}/{rule.value.lstrip('/')}")
    return changed


def _once(rules: Iterable[Rule]) -> list[Rule]:
    """The same command of several files is one rule: the first."""
    seen: dict[tuple[str | None, str], Rule] = {}
    result = []
    for rule in rules:
        if rule.enforced and rule.kind.is_command:
            first = seen.setdefault((rule.value, rule.directory), rule)
            if first is not rule:
                result.append(_off(rule, f"the same as {first.source.path}:{first.source.line}"))
                continue
        result.append(rule)
    return result


def _unique(rules: Iterable[Rule]) -> list[Rule]:
    """Rules of other files, or explicit ones, may share an id: the later ones get their file's name, then a number."""
    seen: set[str] = set()
    result = []
    for rule in rules:
        name, number = rule.id, 1
        if name in seen:
            name = f"{rule.id}@{rule.source.path}"
        while name in seen:
            number += 1
            name = f"{rule.id}@{rule.source.path}~{number}"
        seen.add(name)
        result.append(replace(rule, id=name) if name != rule.id else rule)
    return result


def _configured(rules: list[Rule], config: Config) -> list[Rule]:
    """The rules, as the configuration words, scopes, disables or adds them.

    Raises:
        PolicyError: it speaks of an id that is neither a rule's nor, with a kind, a new rule's.
    """
    known = {rule.id for rule in rules}
    result = [
        _overridden(rule, config.rules[rule.id], config.file) if rule.id in config.rules else rule
        for rule in rules
    ]
    for rule_id, override in config.rules.items():
        if rule_id in known:
            continue
        kind = override.kind or (Kind(rule_id) if rule_id in BUILT_IN else None)
        if kind is None:
            raise PolicyError(
                f'{config.file}: rules."{rule_id}" names no rule{nearest(rule_id, known | BUILT_IN)}'
                " (a new rule needs a kind)"
            )
        from agent_gate.policy.explicit import params_of

        source = _source(override, config.file, rule_id)
        new = Rule(
            rule_id,
            kind,
            source,
            reason=f"{config.file} adds it",
            params=MappingProxyType(params_of(kind, override.value)),
        )
        result.append(_overridden(new, override, config.file))
    return result


def _overridden(rule: Rule, override: Override, file: str) -> Rule:
    from agent_gate.policy.explicit import params_of

    kind = override.kind or rule.kind
    enforced = rule.enforced if override.enabled is None else override.enabled
    if enforced and kind in NEVER_ENFORCED:
        raise PolicyError(
            f'{file}: rules."{rule.id}" of the kind {kind} cannot be enforced; give it another kind.'
        )
    changed = {
        "kind": kind,
        "enforced": enforced,
        "value": override.value if override.value is not None else rule.value,
        "severity": override.severity or rule.severity,
        "scope": override.scope if override.scope is not None else rule.scope,
        "directory": override.directory if override.directory is not None else rule.directory,
        "unless_task": override.unless_task if override.unless_task is not None else rule.unless_task,
        "source": replace(rule.source, text=override.text) if override.text is not None else rule.source,
    }
    if override.params is not None:
        changed["params"] = MappingProxyType({**rule.params, **override.params})
    elif override.value is not None and (explicit := params_of(kind, override.value)):
        changed["params"] = MappingProxyType({**rule.params, **explicit})
    reason = (
        f"{rule.reason}; {file} speaks of it"
        if rule.reason and not rule.reason.startswith(file)
        else rule.reason
    )
    return replace(rule, reason=f"{file} disables it" if override.enabled is False else reason, **changed)  # type: ignore[arg-type]


def _source(override: Override, file: str, rule_id: str) -> Source:
    path, _, line = (override.source or "").rpartition(":")
    text = override.text or rule_id
    return Source(path, int(line), text) if path and line.isdigit() else Source(file, 1, text)


def _off(rule: Rule, reason: str) -> Rule:
    return replace(rule, enforced=False, reason=reason) if rule.enforced else rule


def _policy(rules: Iterable[Rule], files: Sequence[InstructionFile], settings: Settings) -> Policy:
    everything = tuple(rules)
    decides = [
        (
            rule.id,
            rule.kind,
            rule.value,
            rule.severity,
            rule.scope,
            rule.directory,
            rule.unless_task,
            sorted(rule.params.items()),
        )
        for rule in everything
        if rule.enforced
    ]
    digest = hashlib.sha256(repr((decides, settings)).encode("utf-8", "backslashreplace")).hexdigest()
    return Policy(everything, tuple(file.path for file in files), digest)
