"""Which tracker a repository has: Beads where there is a `.beads`, else the embedded one; plugins may offer others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from agent_gate.hookspecs import hookimpl, hookspec
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.model import TrackerError
from agent_gate.tracker.outbox import Outbox

if TYPE_CHECKING:
    from agent_gate.repository import Repository
    from agent_gate.tracker.model import Tracker


class TrackerHooks:
    """What a tracker plugin implements."""

    @hookspec(firstresult=True)
    def agent_gate_tracker(self, repository: Repository) -> Tracker | None:
        """The tracker of this repository, or None where it is not the plugin's; the first answer wins."""


class OwnTrackers:
    """Our own two."""

    @hookimpl(trylast=True)
    def agent_gate_tracker(self, repository: Repository) -> Tracker:
        """Beads in any worktree of a repository that has it, else the embedded tracker."""
        if database := beads_directory(repository):
            return Beads(repository.root, database=database)
        if named := os.environ.get("BEADS_DIR"):  # no other tracker stands in for it
            raise TrackerError(f"BEADS_DIR names {named}, which is no directory: unset it, or run `bd init`.")
        return LocalTracker(own_directory(repository))


def find_tracker(repository: Repository) -> Tracker:
    """The tracker of this repository.

    Raises:
        TrackerError: `BEADS_DIR` names no directory.
    """
    manager = pluggy.PluginManager("agent_gate")
    manager.add_hookspecs(TrackerHooks)
    manager.register(OwnTrackers())
    manager.load_setuptools_entrypoints("agent_gate_tracker")
    tracker: Tracker = manager.hook.agent_gate_tracker(repository=repository)
    return tracker


def open_outbox(repository: Repository) -> Outbox:
    """The repository's outbox, shared by its worktrees."""
    return Outbox(own_directory(repository))


def own_directory(repository: Repository) -> Path:
    """Where agent-gate keeps a repository's issues and outbox: in the git common directory."""
    return repository.common_dir / "agent-gate"


def beads_directory(repository: Repository) -> Path | None:
    """The Beads database: `BEADS_DIR`, the worktree's `.beads`, or that of the main worktree."""
    named = os.environ.get("BEADS_DIR")
    places = [Path(named)] if named else [repository.root / ".beads", repository.common_dir.parent / ".beads"]
    return next((place for place in places if place.is_dir()), None)
