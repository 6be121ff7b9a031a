"""Exceptions that the task declares: "unless the issue says so"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

_NOT = re.compile(r"\b(do not|don.?t|must not|never|without|not|no|leave|except|keep)\b")
_CHANGE = re.compile(
    r"\b(add|adapt|adjust|append|change|correct|create|delete|document|drop|edit|extend|fix|modify|move|put|remove"
    r"|rename|replace|rewrite|shorten|split|update|write)\b"
)
_REFERS = re.compile(
    r"\b(follow\w*|per|see|read|obey\w*|respect\w*|accord\w*|comply|described|asked|stated|said|written|required"
    r"|rules? (of|in)|line with)\b"
)
_NEEDS = re.compile(r"[\s`'\"]*(should|must|needs?|has to)\b(?! be (followed|obeyed|respected|read))")


def severity_of(rule: Rule, context: GateContext, *names: str) -> Severity:
    """The rule's severity for a finding about the files or words `names`.

    Where the rule allows exceptions and the task names one of them, a finding does not block: it is a `follow-up`.
    """
    if rule.unless_task and rule.severity is Severity.BLOCK and names_in_task(context, *names):
        return Severity.FOLLOW_UP
    return rule.severity


def names_in_task(context: GateContext, *names: str) -> bool:
    """Whether the task speaks of one of the names, other than to forbid it ("do not touch uv.lock")."""
    return any(not _NOT.search(before) for before, _ in _mentions(context, names))


def change_asked_for(context: GateContext, *names: str) -> bool:
    """Whether the task asks to change one of the names: more than "follow AGENTS.md"."""
    for before, after in _mentions(context, names):
        verbs = list(_CHANGE.finditer(before))
        asked = bool(verbs) and not _REFERS.search(before, verbs[-1].end())
        if not _NOT.search(before) and (asked or _NEEDS.match(after)):
            return True
    return False


def _mentions(context: GateContext, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What stands before and after each mention in its sentence; only whole words, not parts of a longer path."""
    text = context.task.text.casefold().replace("./", "") if context.task else ""
    words = (re.sub(r"^[/*]+|[/*]+$", "", name.casefold()) for name in names)
    whole = [re.compile(rf"(?<![\w./-]){re.escape(word)}(?![\w-]|[./]\w)") for word in words if word]
    for sentence in re.split(r"(?<=[.!?;])\s+|\n+", text):
        for pattern in whole:
            yield from (
                (sentence[: match.start()], sentence[match.end() :]) for match in pattern.finditer(sentence)
            )
