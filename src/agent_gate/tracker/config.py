"""`[tool.agent-gate.tracker]`: how issues are filed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.config import config_table, convert, require_known
from agent_gate.policy.model import PolicyError
from agent_gate.tracker.verdict_issues import PRIORITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.changes.model import Snapshot

LOWEST = 4  # priority; 0 is the first


@dataclass(frozen=True, slots=True)
class Priorities:
    """The priority of an issue by its severity: 0 (first) to 4."""

    block: int = PRIORITY[Severity.BLOCK]
    follow_up: int = PRIORITY[Severity.FOLLOW_UP]


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """The table."""

    priorities: Priorities = field(default_factory=Priorities)

    def by_severity(self) -> Mapping[Severity, int]:
        """For `verdict_issues.to_entry`."""
        return {
            **PRIORITY,
            Severity.BLOCK: self.priorities.block,
            Severity.FOLLOW_UP: self.priorities.follow_up,
        }


def read_tracker_config(snapshot: Snapshot) -> TrackerConfig:
    """What the configuration of a tree says of the tracker.

    Raises:
        PolicyError: an unknown key (with the nearest known one), or a wrong value.
    """
    found = config_table(snapshot)
    table = found.table.get("tracker", {}) if found else {}
    where = f"{found.where}, tracker" if found else "tracker"
    if not isinstance(table, dict):
        raise PolicyError(f"{where} is no table.")
    require_known(table, {item.name for item in fields(TrackerConfig)}, where)
    priorities = table.get("priorities", {})
    if not isinstance(priorities, dict):
        raise PolicyError(f"{where}.priorities is no table.")
    require_known(
        priorities, {item.name.replace("_", "-") for item in fields(Priorities)}, f"{where}.priorities"
    )
    read: Priorities = convert(priorities, Priorities, f"{where}.priorities")
    if not all(0 <= value <= LOWEST for value in (read.block, read.follow_up)):
        raise PolicyError(f"{where}.priorities: a priority is 0 (first) to {LOWEST}.")
    return TrackerConfig(read)
