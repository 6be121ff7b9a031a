"""`[tool.agent-gate.reviewers.NAME]`: personas that read the change; each is a rule like any other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from agent_gate.findings import Severity
from agent_gate.plain_text import one_line
from agent_gate.policy.config import convert, require_known, table_line
from agent_gate.policy.model import Kind, PolicyError, Rule, Source
from agent_gate.policy.nearest import nearest

if TYPE_CHECKING:
    from agent_gate.changes.model import Snapshot
    from agent_gate.policy.config import Table

PERSONAS = {
    "security": """\
You review a change for security. Look for: input of others that reaches a command line, a query, a path, a template or a
deserialiser; missing checks of who may do what; secrets and personal data in code, logs or messages; weak randomness or
cryptography; files and temporary files that others can read, replace or follow; limits that are missing where others decide how
much; new dependencies that nobody needs. Report what can be exploited in this project as it is used, and say how.""",
    "docs": """\
You review a change for its documentation. Look for: behaviour, options, defaults, errors or formats that changed while README,
docs, specs, changelog, help texts, docstrings or comments still say the old; new things that a user has to know and nowhere finds; examples that
do not work any more; names and sentences that a newcomer would misread. Report what will mislead somebody, and say the right sentence.""",
    "performance": """\
You review a change for performance. Look for: work in a loop that belongs outside of it; a query, request, process or file access for
each element; growth that is quadratic or worse in what users decide; memory that grows without a bound; locks held while waiting; caches
without a limit or a key that is complete; start-up work that few need. Report what somebody will notice at a realistic size, and say the size.""",
}


class Level(StrEnum):
    """How bad a reviewer says that a finding is, rising."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    def reaches(self, other: Level) -> bool:
        """Whether it is as bad, or worse."""
        order = tuple(Level)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One table; in TOML the names have hyphens.

    Attributes:
        agent: which one is asked; "" are the configured ones, in their order.
        prompt: what it looks for; "" is the built-in persona of this name.
        severity: what its findings mean for the merge.
        block_from: its findings of this level or worse block, whatever `severity` says; None: none does.
        scope: gitignore-style patterns of the files that it reads the changes of; empty: all.
        enabled: whether it is asked.
    """

    agent: str = ""
    prompt: str = ""
    severity: Severity = Severity.ADVISE
    block_from: Level | None = None
    scope: tuple[str, ...] = ()
    enabled: bool = True


def reviewer_rules(found: Table | None, snapshot: Snapshot) -> tuple[Rule, ...]:
    """A rule for each reviewer of the configuration, in its order.

    Raises:
        PolicyError: an unknown key, a wrong type, or neither a prompt nor a persona of ours.
    """
    if found is None:
        return ()
    tables = found.table.get("reviewers", {})
    if not isinstance(tables, dict):
        raise PolicyError(f"{found.where}: reviewers is no table of reviewers.")
    text = (snapshot.read(found.file) or b"").decode("utf-8", "replace")
    return tuple(_rule(name, entry, found, text) for name, entry in tables.items())


def _rule(name: str, entry: Any, found: Table, text: str) -> Rule:
    place = f"{found.where}, reviewers.{name}"
    if not isinstance(entry, dict):
        raise PolicyError(f"{place} is no table.")
    require_known(entry, {item.name.replace("_", "-") for item in fields(Reviewer)}, place)
    reviewer: Reviewer = convert(entry, Reviewer, place)
    if not reviewer.prompt.strip() and name not in PERSONAS:
        raise PolicyError(
            f'{place} has no prompt, and there is no built-in reviewer "{name}"{nearest(name, set(PERSONAS))}'
        )
    prompt = reviewer.prompt.strip() or PERSONAS[name]
    block_from = reviewer.block_from.value if reviewer.block_from else ""
    params = {"prompt": prompt, "agent": reviewer.agent, "block_from": block_from}
    return Rule(
        id=f"{Kind.REVIEW}/{name}",
        kind=Kind.REVIEW,
        source=Source(found.file, table_line(text, "reviewers", name), f"{name}: {one_line(prompt)}"),
        value=name,
        severity=reviewer.severity,
        enforced=reviewer.enabled,
        reason=f"{found.file} {'adds' if reviewer.enabled else 'disables'} it",
        scope=reviewer.scope,
        params=MappingProxyType(params),
    )
