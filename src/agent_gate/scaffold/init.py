"""What `agent-gate init` would write: decided from the files alone, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.policy import load_policy
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.scaffold.configuration import configuration
from agent_gate.scaffold.detect import detect
from agent_gate.scaffold.files import Edit, read
from agent_gate.scaffold.playbook import merged, playbook
from agent_gate.scaffold.templates import filled
from agent_gate.scaffold.workflow import PATH as WORKFLOW
from agent_gate.scaffold.workflow import workflow

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.scaffold.detect import Commands

_NEW = {"specs/README.md": "specs.md", "examples/README.md": "examples.md", "GAPS.md": "gaps.md"}
_READMES = ("README.md", "README.rst", "README.txt", "README")


def edits(root: Path, found: dict[str, Commands] | None = None) -> tuple[Edit, ...]:
    """The edits that this repository needs; none where it has everything.

    Raises:
        PolicyError: its instruction files or configuration cannot be read as they stand.
        ScaffoldError: a file is no text, or leads out of the repository.
    """
    policy = load_policy(DirectorySnapshot(root))
    asked = frozenset(rule.kind for rule in policy.enforced)
    sections = playbook(detect(root) if found is None else found, root)
    agents = read(root, "AGENTS.md")
    all_edits = [
        Edit("AGENTS.md", agents, merged(agents, sections, asked)),
        configuration(root),
        *(_if_missing(root, path, filled(template)) for path, template in _NEW.items()),
        _if_missing(root, WORKFLOW, workflow(root)),
    ]
    if not any((root / name).exists() for name in _READMES):
        all_edits.append(Edit("README.md", None, filled("readme.md", name=root.resolve().name)))
    return tuple(edit for edit in all_edits if edit.changes)


def _if_missing(root: Path, path: str, text: str) -> Edit:
    before = read(root, path)
    return Edit(path, before, text if before is None else before)
