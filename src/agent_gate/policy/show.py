"""A policy for people and for tools."""

from __future__ import annotations

import json
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any

from agent_gate.plain_text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.model import Policy, Rule

_WIDTH = 80


def as_json(policy: Policy) -> str:
    """A JSON list of every statement, in order."""
    return json.dumps([_row(rule) for rule in policy.rules], indent=1, ensure_ascii=False)


def as_text(policy: Policy, *, enforced_only: bool = False, colour: bool = False) -> str:
    """Every statement by file and line: what became of it, and why."""
    lines = []
    for path, rules in groupby(policy.rules, key=lambda rule: rule.source.path):
        of_file = [rule for rule in rules if rule.enforced or not enforced_only]
        lines += [
            printable(path),
            *(line for rule in of_file for line in _lines(rule, colour=colour)),
            "",
        ]
    lines.append(f"{len(policy.enforced)} rules are enforced, of {len(policy.rules)} statements.")
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "path": rule.source.path,
        "line": rule.source.line,
        "text": printable(rule.source.text),
        "value": rule.value,
        "severity": rule.severity.value,
        "enforced": rule.enforced,
        "reason": rule.reason,
    }


def _lines(rule: Rule, *, colour: bool) -> Iterator[str]:
    mark = "✓" if rule.enforced else "·"
    value = f"  {one_line(rule.value, 60)}" if rule.value else ""
    severity = f"  [{rule.severity}]" if rule.enforced and rule.severity != "block" else ""
    head = f"{rule.source.line:>5} {mark} {rule.kind}{value}{severity}"
    yield f"\x1b[1m{head}\x1b[0m" if colour and rule.enforced else head
    yield from textwrap.wrap(
        one_line(rule.source.text, 300), _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8
    )
    notes = [rule.reason] if rule.reason else []
    notes += [f"only for {', '.join(rule.scope)}"] if rule.scope else []
    notes += [f"id: {rule.id}"] if rule.enforced else []
    for note in notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent=" " * 8 + "→ ", subsequent_indent=" " * 10)
