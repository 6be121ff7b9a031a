"""One instruction file → its statements as rules: enforced, advisory, part of the review process, or none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.policy.context import is_alternative, why_not
from agent_gate.policy.mentions import Mention, find_mentions
from agent_gate.policy.model import Kind, Rule, Source
from agent_gate.policy.statements import Form, Statement, read_statements
from agent_gate.policy.tools import Use

_KINDS = {
    Use.LINT: Kind.LINT,
    Use.FORMAT: Kind.FORMAT,
    Use.TEST: Kind.TEST,
    Use.TYPECHECK: Kind.TYPECHECK,
    Use.BUILD: Kind.BUILD,
}


def extract_rules(path: str, text: str) -> tuple[Rule, ...]:
    """Every statement of an instruction file as a rule, in order of lines; none is dropped.

    Args:
        path: of the file, relative to the repository; kept in the rules' sources.
        text: its Markdown.
    """
    seen: set[tuple[str, str]] = set()
    rules: list[Rule] = []
    for statement in read_statements(text):
        source = Source(path, statement.line, statement.text)
        found: list[Rule] = []
        mentions = find_mentions(statement)
        for index, mention in enumerate(mentions):
            why = why_not(mention, mentions[:index])
            key = (mention.command.key, mention.command.directory)
            if not why and key in seen:
                why = "another spelling or repetition of an earlier rule"
            if not why:
                seen.add(key)
                found.append(Rule("", _KINDS.get(mention.command.use, Kind.OTHER), source, mention.command.text, directory=mention.command.directory))
            else:
                found.append(Rule("", Kind.NOT_A_RULE, source, mention.command.text, enforced=False, reason=why))
        rules += found or [Rule("", Kind.NOT_A_RULE, source, enforced=False, reason="description")]
    return _identified(rules)


def _identified(rules: list[Rule]) -> tuple[Rule, ...]:
    """The rules with unique ids made of kind and value or words."""
    seen: Counter[str] = Counter()
    result = []
    for rule in rules:
        words = re.sub(r"[^a-z0-9]+", "-", (rule.value or rule.source.text).lower()).strip("-")
        base = f"{rule.kind.value}/{words[:60].strip('-') or 'statement'}"
        seen[base] += 1
        result.append(replace(rule, id=base if seen[base] == 1 else f"{base}~{seen[base]}"))
    return tuple(result)
