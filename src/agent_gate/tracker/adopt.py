"""From the embedded tracker to Beads: everything moves over once, and Beads is used from then on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agent_gate.tracker.beads import Beads
from agent_gate.tracker.find import beads_directory, own_directory
from agent_gate.tracker.jsonl import to_row
from agent_gate.tracker.local import LocalTracker
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    from agent_gate.repository import Repository


def adopt(repository: Repository) -> str:
    """Move all issues into the repository's Beads database; says how many.

    The ids stay as they are, so that branches and notes that name them stay true. Doing it again moves nothing twice. The
    embedded database is set aside when everything has arrived.

    Raises:
        TrackerError: there is no Beads database, or not everything arrived; then nothing is set aside.
    """
    if beads_directory(repository) is None:
        raise TrackerError(
            "There is no Beads database to move to: run `bd init` (or `bd init --stealth`) first."
        )
    local, beads = LocalTracker(own_directory(repository)), Beads(repository.root)
    database = local.directory / "issues.db"
    if not database.is_file():
        return "There is nothing to move: the embedded tracker has no issues."
    issues = local.issues()
    beads.check()
    beads.load([to_row(issue) for issue in issues])
    arrived = {issue.id for issue in beads.issues([issue.id for issue in issues])} if issues else set()
    missing = [issue.id for issue in issues if issue.id not in arrived]
    if missing:
        raise TrackerError(
            f"{len(missing)} issues did not arrive in Beads ({json.dumps(missing[:3])}): nothing was set aside."
        )
    database.rename(database.with_suffix(".db.adopted"))
    return f"{len(issues)} issues are in Beads now; the embedded tracker was set aside as {database.name}.adopted."
