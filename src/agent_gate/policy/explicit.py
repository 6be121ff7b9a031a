"""What is said explicitly: directives in AGENTS.md (`<!-- agent-gate: test = "just test" -->`), and values of the configuration."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt

from agent_gate.policy.model import NEVER_ENFORCED, Kind, PolicyError, Rule, Source
from agent_gate.policy.nearest import nearest
from agent_gate.policy.text.words import Pattern

_DIRECTIVE = Pattern(r"<!--\s*agent-gate:(?P<body>.*?)-->", re.DOTALL, "agent-gate:")
_COMMANDS = {
    "lint": Kind.LINT,
    "format": Kind.FORMAT,
    "test": Kind.TEST,
    "typecheck": Kind.TYPECHECK,
    "build": Kind.BUILD,
    "other": Kind.OTHER,
}
KEYS = {
    **_COMMANDS,
    **{kind.value: kind for kind in Kind if kind not in NEVER_ENFORCED and not kind.is_command},
}


def read_directives(path: str, text: str) -> tuple[tuple[Rule, ...], dict[str, int]]:
    """The rules that a file's directives add, and what they switch off (a kind's key or a rule's id → its line).

    Raises:
        PolicyError: a directive is not TOML, or has an unknown key or a value that its kind cannot have.
    """
    rules: list[Rule] = []
    disabled: dict[str, int] = {}
    for line, comment in _comments(text):
        for match in _DIRECTIVE.finditer(comment):
            where = f"{path}:{line + comment[: match.start()].count(chr(10))}"
            for key, value in _parsed(match["body"], where).items():
                at = int(where.rpartition(":")[2])
                if value is False:
                    disabled[key] = at
                else:
                    rules += _rules(key, value, Source(path, at, match[0]), where)
    return tuple(rules), disabled


def params_of(kind: Kind, value: str | None) -> dict[str, Any]:
    """The parameters that an explicit value stands for (specs/configuration.md)."""
    if value is None:
        return {}
    if kind is Kind.FORBIDDEN_PATTERN:
        return {"pattern": value}
    if kind is Kind.COMMIT_FORMAT:
        return {"conventional": True} if value == "conventional" else {"pattern": value}
    if kind is Kind.BRANCH:
        return {"allowed": [value]}
    if kind is Kind.DEPENDENCY_POLICY:
        return {"mode": value}
    if kind is Kind.LICENSE_HEADER:
        return {"must_contain": [value]}
    if kind is Kind.LINE_LIMIT:
        return {"unit": "columns"}
    if kind is Kind.GAPS_TO_ISSUES:
        return {"file": value}
    return {}


def _comments(text: str) -> list[tuple[int, str]]:
    """HTML comments outside of code, each with its first line."""
    if not _DIRECTIVE.search(text):  # most files: they are not parsed for nothing
        return []
    found = []
    for token in MarkdownIt("commonmark").parse(text):
        line = (token.map or [0])[0] + 1
        if token.type == "html_block":
            found.append((line, token.content))
        elif token.type == "inline":
            found += [(line, child.content) for child in token.children or () if child.type == "html_inline"]
    return found


def _parsed(body: str, where: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(body.strip())
    except tomllib.TOMLDecodeError as problem:
        raise PolicyError(
            f"{where}: the directive `{' '.join(body.split())}` is not TOML: {problem}."
        ) from problem


def _rules(key: str, value: Any, source: Source, where: str) -> list[Rule]:
    kind = KEYS.get(key)
    if kind is None:
        raise PolicyError(f'{where}: the directive has an unknown key "{key}"{nearest(key, set(KEYS))}')
    values = value if isinstance(value, list) else [value]
    rules = []
    for item in values:
        if not isinstance(item, str | int | float) or (kind.is_command and not isinstance(item, str)):
            raise PolicyError(f"{where}: {key} is {item!r}, which it cannot be.")
        text = None if item is True else str(item)
        rules.append(
            Rule(
                id=f"{kind.value}/{_slug(text or 'explicit')}",
                kind=kind,
                source=source,
                value=text,
                reason="explicit",
                params=MappingProxyType(params_of(kind, text)),
            )
        )
    return rules


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "explicit"
