"""Rules: what a repository's instruction files ask for, each with the line that asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What a statement is. `params` of each kind are listed in specs/policy.md."""

    LINT = "command.lint"
    FORMAT = "command.format"
    TEST = "command.test"
    TYPECHECK = "command.typecheck"
    BUILD = "command.build"
    OTHER = "command.other"
    DOCS_UPDATED = "docs-updated"
    CHANGELOG_UPDATED = "changelog-updated"
    SPEC_UPDATED = "spec-updated"
    TEST_PER_CHANGE = "test-per-change"
    COMMIT_FORMAT = "commit-format"
    BRANCH = "branch"
    PROTECTED_PATH = "protected-path"
    CLEAN_WORKTREE = "clean-worktree"
    NO_SECRETS = "no-secrets"
    NO_TEST_TAMPERING = "no-test-tampering"
    DEPENDENCY_POLICY = "dependency-policy"
    LICENSE_HEADER = "license-header"
    LINE_LIMIT = "line-limit"
    FORBIDDEN_PATTERN = "forbidden-pattern"
    COVERAGE = "coverage"
    GAPS_TO_ISSUES = "gaps-to-issues"
    REVIEW = "review"  # of an agent; the configuration adds it
    PR_PROCESS = "pr-process"  # never enforced
    ADVISORY = "advisory"  # never enforced
    NOT_A_RULE = "not-a-rule"  # never enforced
    POLICY_CHANGE = "policy-change"  # built in; never derived from a file

    @classmethod
    def _missing_(cls, value: object) -> Kind | None:
        """A kind of somebody else's check: `plugin.NAME`, which an installed package decides."""
        if not isinstance(value, str) or not re.fullmatch(r"plugin\.[a-z0-9][a-z0-9-]*", value):
            return None
        kind = str.__new__(cls, value)
        kind._name_ = kind._value_ = value
        return kind

    @property
    def is_plugins(self) -> bool:
        """Whether a package other than ours decides it."""
        return self.value.startswith("plugin.")

    @property
    def is_command(self) -> bool:
        """Whether the rule's value is a command to run."""
        return self.value.startswith("command.")


NEVER_ENFORCED = frozenset({Kind.PR_PROCESS, Kind.ADVISORY, Kind.NOT_A_RULE})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands: path relative to the repository, 1-based line, the quoted text."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement of an instruction file and what became of it.

    Attributes:
        id: stable while the statement's meaning is (made of kind and value or words, never of the line); unique.
        kind: see `Kind`.
        source: the statement.
        value: the command, the path or glob, the percentage, the number; else None or free text.
        severity: what a finding of this rule means for the merge.
        enforced: whether a check decides it.
        reason: why it became what it became, one sentence for a person.
        scope: gitignore-style patterns of the files that it governs (`!` excludes); empty: every file.
        directory: where a command runs, relative to the repository ("" is its root).
        unless_task: the text allows exceptions that the task declares ("unless the issue says so").
        params: details per kind, JSON values only; listed in specs/policy.md.
    """

    id: str
    kind: Kind
    source: Source
    value: str | None = None
    severity: Severity = Severity.BLOCK
    enforced: bool = True
    reason: str = ""
    scope: tuple[str, ...] = ()
    directory: str = ""
    unless_task: bool = False
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Policy:
    """Every statement of the instruction files, enforced or not, in order of file and line.

    Attributes:
        rules: all statements; none is dropped.
        files: the instruction files that were read, in order.
        hash: hex SHA-256 of everything that decides what is enforced; equal hashes enforce the same.
    """

    rules: tuple[Rule, ...]
    files: tuple[str, ...]
    hash: str

    @property
    def enforced(self) -> tuple[Rule, ...]:
        """The rules that checks decide."""
        return tuple(rule for rule in self.rules if rule.enforced)


class PolicyError(Exception):
    """An instruction file or the configuration cannot be read as it stands; the message is one sentence for the user."""
