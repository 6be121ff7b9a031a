"""A base that fails in a way that hides what a branch adds to it: no branch can pass, so nothing but its repair is begun.

Where an output names the single failures, those of the base are known, and nobody is blamed for them (specs/gate.md). One that
just fails says nothing, and each task would cost all its attempts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.landing.state import Memory
from agent_gate.plain_text import one_line

if TYPE_CHECKING:
    from agent_gate.orchestrator.gating import Gated
    from agent_gate.orchestrator.selection import Selection
    from agent_gate.orchestrator.site import Site
    from agent_gate.tracker.model import Issue


def is_judged(site: Site) -> bool:
    """Whether the base has been gated by itself, as the first run does; without a command in its policy none of it can be red."""
    commands = any(
        rule.enforced and rule.kind.startswith("command.") for rule in site.policy_at(site.tip()).rules
    )
    return not commands or Memory(site.journal, site.base).tip() is not None


def keep(site: Site, tip: str, gated: Gated) -> None:
    """Remember what blocks every branch that starts at `tip`; no longer when the base has moved."""
    blocking = gated.blocking if gated.outcome is Judgement.BLOCKED else ()
    known = {
        "tip": tip,
        "why": one_line("; ".join(str(row["message"]) for row in blocking), 300),
        "findings": [row["id"] for row in blocking],
    }
    site.journal.know(_fact(site), known if blocking else None)


def why_blocked(site: Site) -> str:
    """What every branch would fail with, too; "" where that is nothing."""
    known = site.journal.fact(_fact(site))
    return str(known["why"]) if known and known["tip"] == site.tip() else ""


def why_not(site: Site, issue: Issue, selection: Selection) -> str:
    """The same, but "" for an issue that was filed for just that, and for one that a person names."""
    why = why_blocked(site)
    if not why or issue.id in selection.only:
        return ""
    found = issue.metadata.get("agent_gate", {}).get("findings", ())
    return why if {*found}.isdisjoint(site.journal.fact(_fact(site))["findings"]) else ""


def _fact(site: Site) -> str:
    return f"blocked:{site.base}"
