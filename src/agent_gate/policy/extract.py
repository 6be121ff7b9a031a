"""One instruction file → its statements as rules: enforced, advisory, part of the review process, or none."""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.policy.drafts import drafts_of
from agent_gate.policy.merge import merge
from agent_gate.policy.model import Kind, Rule, Source
from agent_gate.policy.text.statements import read_statements

if TYPE_CHECKING:
    from agent_gate.policy.drafts import Draft

_ID_LENGTH = 60


def extract_rules(path: str, text: str) -> tuple[Rule, ...]:
    """Every statement of an instruction file as a rule, in order of lines; none is dropped.

    Args:
        path: of the file, relative to the repository; kept in the rules' sources.
        text: its Markdown.
    """
    drafts = [draft for statement in read_statements(text) for draft in drafts_of(statement)]
    seen: Counter[str] = Counter()
    return tuple(_rule(path, draft, seen) for draft in merge(drafts))


def _rule(path: str, draft: Draft, seen: Counter[str]) -> Rule:
    return Rule(
        id=_id(draft, seen),
        kind=draft.kind,
        source=Source(path, draft.statement.line, draft.statement.text),
        value=draft.value,
        severity=draft.severity,
        enforced=draft.enforced,
        reason=draft.reason,
        scope=draft.scope,
        directory=draft.directory,
        unless_task=draft.unless_task,
        params=MappingProxyType(dict(draft.params)),
    )


def _id(draft: Draft, seen: Counter[str]) -> str:
    """Kind and value or words; a second one of the same words gets a number, never a line."""
    named = draft.value if draft.kind not in {Kind.COMMIT_FORMAT, Kind.BRANCH} else None
    where = f"{draft.directory} " if draft.directory else ""
    words = re.sub(r"[^a-z0-9]+", "-", f"{where}{named or draft.statement.text}".lower()).strip("-")
    base = f"{draft.kind.value}/{words[:_ID_LENGTH].strip('-') or 'statement'}"
    seen[base] += 1
    return base if seen[base] == 1 else f"{base}~{seen[base]}"
