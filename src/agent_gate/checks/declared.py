"""Exceptions that the task declares: "unless the issue says so"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity

if TYPE_CHECKING:
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule


def severity_of(rule: Rule, context: GateContext, *names: str) -> Severity:
    """The rule's severity for a finding about the files or words `names`.

    Where the rule allows exceptions and the task names one of them, a finding does not block: it is a `follow-up`.
    """
    if rule.unless_task and rule.severity is Severity.BLOCK and names_in_task(context, *names):
        return Severity.FOLLOW_UP
    return rule.severity


def names_in_task(context: GateContext, *names: str) -> bool:
    """Whether the task's text has one of the names as a whole word, not inside of a longer path or word."""
    if context.task is None:
        return False
    text = context.task.text.casefold()
    words = (re.sub(r"^[/*]+|[/*]+$", "", name.casefold()) for name in names)
    found = (re.escape(word) for word in words if word)
    return any(re.search(rf"(?<![\w./-]){name}(?![\w-]|[./]\w)", text.replace("./", "")) for name in found)
