"""`[tool.agent-gate]`: a first table, where the repository has none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import ParseError

from agent_gate.policy.config import OWN_FILE, PROJECT_FILE
from agent_gate.scaffold.files import Edit, ScaffoldError, read

if TYPE_CHECKING:
    from pathlib import Path

_COMMENT = "AGENTS.md holds the rules; this is how they are checked (agent-gate policy shows them)"


def configuration(root: Path) -> Edit:
    """The edit that adds it: to pyproject.toml where there is one, else as agent-gate.toml.

    Raises:
        ScaffoldError: pyproject.toml is no TOML.
    """
    own, project = read(root, OWN_FILE), read(root, PROJECT_FILE)
    if own is not None:
        return Edit(OWN_FILE, own, own)
    if project is None:
        return Edit(OWN_FILE, None, f"# {_COMMENT}\ntimeout = 1800.0  # seconds that one command may take\n")
    try:
        tool = tomlkit.parse(project).get("tool", {})
    except ParseError as problem:
        raise ScaffoldError(f"{root / PROJECT_FILE} is not valid TOML: {problem}.") from problem
    if "agent-gate" in tool:
        return Edit(PROJECT_FILE, project, project)
    gap = "" if not project or project.endswith("\n\n") else "\n" if project.endswith("\n") else "\n\n"
    table = f"[tool.agent-gate]  # {_COMMENT}\ntimeout = 1800.0  # seconds that one command may take\n"
    after = project + gap + table
    try:
        tomlkit.parse(after)
    except ParseError as problem:  # `tool = {…}` inline cannot be added to from outside
        raise ScaffoldError(
            f"Add [tool.agent-gate] to {root / PROJECT_FILE} by hand: {problem}."
        ) from problem
    return Edit(PROJECT_FILE, project, after)
