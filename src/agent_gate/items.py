"""Rules as pytest items, whose node ids start with the line that asks: `AGENTS.md::L12::lint[ruff check .]`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from agent_gate.findings import Outcome
from agent_gate.plain_text import one_line, printable
from agent_gate.reports import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _pytest._io import TerminalWriter

    from agent_gate.gate.verdict import Decision
    from agent_gate.policy.model import Rule

_VALUE_LENGTH = 80


class SourceNode(pytest.Collector):
    """A file of instructions, or a line of it: the parents of a rule's item."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Return nothing: `make_items` makes the items."""
        return []


class RuleItem(pytest.Item):
    """One rule; its decision is given to it before it runs."""

    rule: Rule
    again: str  # the command that decides this rule alone
    decision: Decision | None = None

    def runtest(self) -> None:
        """Pass, skip or fail as the rule was decided."""
        if self.decision is None:
            raise RuntimeError("no decision was made for this rule")
        if self.decision.outcome is Outcome.SKIPPED:
            pytest.skip(one_line(self.decision.detail))
        if self.decision.outcome in {Outcome.FAIL, Outcome.ERROR}:
            raise RuleNotKeptError(self.decision)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The rule's report; a traceback only for a fault of the gate itself."""
        if isinstance(excinfo.value, RuleNotKeptError):
            return RuleReport(excinfo.value.decision, self.again)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The line that asks for the rule."""
        return self.path, max(self.rule.source.line - 1, 0), self.name


class RuleNotKeptError(Exception):
    """The rule has blocking findings, or could not be decided."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(text.headline(decision))
        self.decision = decision


class RuleReport:
    """The report of a rule that is not kept: pytest prints it, and quotes `reprcrash.message` in its summary."""

    def __init__(self, decision: Decision, again: str) -> None:
        self.reprcrash = SimpleNamespace(message=text.headline(decision))
        self._text = f"{text.rule_report(decision)}\nagain: {again}"

    def toterminal(self, out: TerminalWriter) -> None:
        """Print it."""
        out.line(self._text)

    def __str__(self) -> str:
        return self._text


def make_items(session: pytest.Session, rules: Iterable[Rule], options: Sequence[str]) -> list[pytest.Item]:
    """One item a rule; equal names get `-2`, `-3`, … behind them. `options` of `check` judge the same again."""
    nodes: dict[str, SourceNode] = {}
    items: dict[str, pytest.Item] = {}
    for rule in rules:
        parent = _line_node(session, nodes, rule)
        name = wanted = _name(rule)
        number = 1
        while f"{parent.nodeid}::{name}" in items:
            number += 1
            name = f"{wanted}-{number}"
        # The id as text: of a name alone, pytest 9.2 makes another id than it reads from its cache for `--lf`.
        item = RuleItem.from_parent(parent, name=name, nodeid=f"{parent.nodeid}::{name}")
        item.rule = rule
        item.again = text.rerun(item.nodeid, options)
        items[item.nodeid] = item
    return list(items.values())


def named_items(items: list[pytest.Item], names: Sequence[str]) -> list[pytest.Item]:
    """The items whose node id is, or is below, one of the names; all where none is named.

    Raises:
        pytest.UsageError: a name fits no item.
    """
    chosen = []
    for name in names:
        found = [item for item in items if item.nodeid == name or item.nodeid.startswith(f"{name}::")]
        if not found:
            raise pytest.UsageError(f"No rule has the node id {name}: list them with --collect-only.")
        chosen += [item for item in found if item not in chosen]
    return chosen if names else items


def _line_node(session: pytest.Session, nodes: dict[str, SourceNode], rule: Rule) -> SourceNode:
    source = printable(rule.source.path)
    line = f"{source}::L{rule.source.line}" if rule.source.line else f"{source}::built-in"
    if source not in nodes:
        path = Path(session.config.rootpath, rule.source.path)
        nodes[source] = SourceNode.from_parent(session, name=source, path=path, nodeid=source)
    if line not in nodes:
        nodes[line] = SourceNode.from_parent(nodes[source], name=line.rpartition("::")[2])
    return nodes[line]


def _name(rule: Rule) -> str:
    kind = rule.kind.removeprefix("command.")
    value = one_line(rule.value or "", _VALUE_LENGTH)
    return f"{kind}[{value}]" if value else kind
