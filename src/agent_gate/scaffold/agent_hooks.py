"""The gate as an agent's stop hook: one entry in the agent's own settings, everything else in them kept.

What the three CLIs have in common (their documentation, 2026): hooks[EVENT] is a list of groups `{hooks: [{type, command,
timeout}]}`; the command reads JSON with `session_id`, `cwd` and `stop_hook_active`, and `{"decision": "block", "reason": …}`
on its standard output sends the agent back to work with the reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import ParseError

from agent_gate.scaffold.files import Edit, ScaffoldError, read

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

COMMAND = "agent-gate stop-hook"
TIMEOUT = 1800  # seconds; our own limit in `scaffold.stop` ends before it


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agent reads its hooks.

    Attributes:
        file: of the project's settings, JSON.
        event: when the agent says that it is done.
        unit: of `timeout`, in a second.
        toml: settings that count instead of `file` where they already have a table of hooks; "" for none.
        note: what a person has to do yet.
    """

    file: str
    event: str
    unit: int = 1
    toml: str = ""
    note: str = ""


PLACES = {
    "claude": Place(".claude/settings.json", "Stop"),
    "gemini": Place(
        ".gemini/settings.json",
        "AfterAgent",
        unit=1000,
        note="gemini runs it only in a folder that it trusts (not with --skip-trust).",
    ),
    "codex": Place(
        ".codex/hooks.json",
        "Stop",
        toml=".codex/config.toml",
        note="codex runs it only in a project that it trusts, once you have allowed the hook (/hooks).",
    ),
}


def edit_for(root: Path, agent: str, *, remove: bool = False) -> Edit:
    """The edit of the agent's settings that adds our entry, or takes it out.

    Raises:
        ScaffoldError: the settings are not as their agent would read them.
    """
    place = PLACES[agent]
    if place.toml and (text := read(root, place.toml)) is not None:
        try:
            document = tomlkit.parse(text)
        except ParseError as problem:
            raise ScaffoldError(f"{root / place.toml} is not valid TOML: {problem}.") from problem
        if "hooks" in document:
            changed = _change(document, place, f"{root / place.toml}", remove=remove)
            return Edit(place.toml, text, tomlkit.dumps(document) if changed else text)
    text = read(root, place.file)
    try:
        settings: Any = json.loads(text) if text and text.strip() else {}
    except ValueError as problem:
        raise ScaffoldError(f"{root / place.file} is not valid JSON: {problem}.") from problem
    if not isinstance(settings, dict):
        raise ScaffoldError(f"{root / place.file} is no JSON object.")
    if not _change(settings, place, f"{root / place.file}", remove=remove):
        return Edit(place.file, text, text)
    return Edit(
        place.file, text, json.dumps(settings, indent=2, ensure_ascii=False) + "\n" if settings else None
    )


def _change(settings: MutableMapping[str, Any], place: Place, where: str, *, remove: bool) -> bool:
    """Add or remove our entry in place; whether anything changed."""
    hooks = settings.get("hooks", {})
    groups = hooks.get(place.event, []) if isinstance(hooks, dict) else None
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise ScaffoldError(f"{where}: hooks.{place.event} is not a list of groups; correct it first.")
    ours = [group for group in groups if any(_is_ours(hook) for hook in group.get("hooks", ()))]
    if remove == (not ours):
        return False
    if remove:
        _take_out(settings, place.event, groups, ours)
        return True
    entry = {"type": "command", "command": COMMAND, "timeout": TIMEOUT * place.unit}
    hooks = settings.setdefault("hooks", {})
    hooks.setdefault(place.event, []).append({"hooks": [entry]})
    return True


def _take_out(
    settings: MutableMapping[str, Any], event: str, groups: list[Any], ours: list[MutableMapping[str, Any]]
) -> None:
    """Remove our entries, and what was only there for them."""
    for group in ours:
        for hook in [hook for hook in group["hooks"] if _is_ours(hook)]:
            group["hooks"].remove(hook)
        if not group["hooks"]:
            groups.remove(group)
    if not groups:
        del settings["hooks"][event]
    if not settings["hooks"]:
        del settings["hooks"]


def _is_ours(hook: object) -> bool:
    return isinstance(hook, dict) and hook.get("command") == COMMAND
