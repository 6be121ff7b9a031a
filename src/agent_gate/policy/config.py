"""`[tool.agent-gate]` in pyproject.toml, or agent-gate.toml: settings, and what it says of rules by their id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from agent_gate.findings import Severity  # noqa: TC001 - msgspec reads annotations when it runs
from agent_gate.policy.model import Kind, PolicyError
from agent_gate.policy.nearest import nearest
from agent_gate.policy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.changes.model import Snapshot

OWN_FILE = "agent-gate.toml"
PROJECT_FILE = "pyproject.toml"
TABLE = "tool.agent-gate"
# Tables of other parts (specs/configuration.md): taken, and read by whom they concern.
RESERVED = frozenset({"reviewers", "agent", "agents", "model", "run", "tracker"})


@dataclass(frozen=True, slots=True)
class Override:
    """What the configuration says of one rule; None: nothing."""

    enabled: bool | None = None
    kind: Kind | None = None
    value: str | None = None
    text: str | None = None
    severity: Severity | None = None
    scope: tuple[str, ...] | None = None
    directory: str | None = None
    unless_task: bool | None = None
    source: str | None = None
    params: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one snapshot.

    Attributes:
        file: where it stands; "" where there is none.
        settings: what the gate itself reads.
        rules: overrides by rule id, in order.
    """

    file: str = ""
    settings: Settings = field(default_factory=Settings)
    rules: Mapping[str, Override] = field(default_factory=dict)


def read_config(snapshot: Snapshot) -> Config:
    """The configuration of a tree.

    Raises:
        PolicyError: it is no TOML, stands in both files, or has an unknown key or a wrong type.
    """
    found = config_table(snapshot)
    if found is None:
        return Config()
    config = parse_config(found.table, found.file, found.where)
    added = {name for name, override in config.rules.items() if override.kind and not override.source}
    if not added:
        return config
    text = (snapshot.read(found.file) or b"").decode("utf-8", "replace")
    placed = {
        name: replace(override, source=f"{found.file}:{table_line(text, 'rules', name)}")
        if name in added
        else override
        for name, override in config.rules.items()
    }
    return replace(config, rules=placed)


def table_line(text: str, parent: str, name: str) -> int:
    """The line where the table of that name below `parent` begins, 1 where it is written in another way."""
    header = re.compile(rf"""\[[\w."' -]*{parent}\s*\.\s*["']?{re.escape(name)}["']?\s*\]""")
    lines = (number for number, line in enumerate(text.splitlines(), 1) if header.match(line.strip()))
    return next(lines, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """The configuration as it stands in its file; `where` names it in messages."""

    table: Mapping[str, Any]
    file: str
    where: str


def config_table(snapshot: Snapshot) -> Table | None:
    """The configuration before anybody reads it; None where there is none.

    Raises:
        PolicyError: it is no TOML, or stands in both files.
    """
    own, project = _toml(snapshot, OWN_FILE), _toml(snapshot, PROJECT_FILE)
    tool = (project or {}).get("tool")
    table = tool.get("agent-gate") if isinstance(tool, dict) else None
    if own is not None and table is not None:
        raise PolicyError(
            f"Both {OWN_FILE} and [{TABLE}] in {PROJECT_FILE} configure agent-gate: keep one of them."
        )
    if own is not None:
        return Table(own, OWN_FILE, OWN_FILE)
    return Table(table, PROJECT_FILE, f"[{TABLE}] in {PROJECT_FILE}") if table is not None else None


def parse_config(table: Mapping[str, Any], file: str, where: str) -> Config:
    """The configuration that a TOML table holds; `where` names it in messages.

    Raises:
        PolicyError: an unknown key (with the nearest valid one) or a wrong type.
    """
    if not isinstance(table, dict):
        raise PolicyError(f"{where} is no table.")
    known = {item.name.replace("_", "-") for item in fields(Settings)}
    require_known(table, known | RESERVED | {"rules"}, where)
    settings = convert({key: value for key, value in table.items() if key in known}, Settings, where)
    if settings.sandbox not in {"off", "auto", "bwrap"}:
        raise PolicyError(f'{where}: sandbox is "{settings.sandbox}"; it can be "off", "auto" or "bwrap".')
    rules = table.get("rules", {})
    if not isinstance(rules, dict):
        raise PolicyError(f"{where}: rules is no table of rule ids.")
    names = {item.name.replace("_", "-") for item in fields(Override)}
    overrides = {}
    for rule_id, entry in rules.items():
        place = f'{where}, rules."{rule_id}"'
        if not isinstance(entry, dict):
            raise PolicyError(f"{place} is no table.")
        require_known(entry, names, place)
        overrides[rule_id] = convert(entry, Override, place)
    return Config(file, settings, overrides)


def _toml(snapshot: Snapshot, file: str) -> dict[str, Any] | None:
    content = snapshot.read(file)
    if content is None:
        return None
    import tomllib  # not for a file on its own, which has no configuration

    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PolicyError(f"{file} is not valid TOML: {problem}.") from problem


def require_known(table: Mapping[str, Any], known: set[str] | frozenset[str], where: str) -> None:
    """Raise for a key that nobody knows, with the nearest that is known."""
    for key in table:
        if key not in known:
            raise PolicyError(f'{where} has an unknown key "{key}"{nearest(key, known)}')


def convert(table: Mapping[str, Any], type_: type[Any], where: str) -> Any:
    """A dataclass from a table with hyphens in its keys; raises PolicyError for a wrong type."""
    import msgspec  # costs more than reading a file on its own, which has no configuration

    data = {key.replace("-", "_"): value for key, value in table.items()}
    if isinstance(data.get("value"), int | float) and not isinstance(data["value"], bool):
        data["value"] = f"{data['value']:g}"  # `value = 100` for a limit
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as problem:
        message = str(problem).replace("`$.", "`").replace("_", "-")
        hint = nearest(str(data.get("kind")), {kind.value for kind in Kind}) if "kind" in message else "."
        raise PolicyError(f"{where}: {message}{hint}") from problem
