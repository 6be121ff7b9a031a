"""Two worktrees and one editable install: the tests of one import the sources of the other, and pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent_gate.hookspecs import GateContext


def foreign_modules(modules: Mapping[str, str], context: GateContext) -> Iterator[tuple[str, str, str]]:
    """For each changed Python file whose module came from elsewhere: its path, what was imported, what should have been.

    A module is that of a changed file where the end of the path is the same; one that was installed as a regular package
    (`site-packages`) counts, too: what was changed is not what was tested.
    """
    place = context.place.resolve()
    changed = [
        change.path for change in context.changes.files if change.new_blob and change.path.endswith(".py")
    ]
    files = {name: Path(file).resolve() for name, file in modules.items()}
    inside = {file for file in files.values() if file.is_relative_to(place)}
    for path in changed:
        expected = place / path
        if expected.resolve() in inside:
            continue
        for name, file in files.items():
            if not file.is_relative_to(place) and _is_module(name, file, path):
                yield path, str(file), str(expected)
                break


def _is_module(name: str, file: Path, path: str) -> bool:
    """Whether module `name` of `file` is what the changed file at `path` defines: `types.py` of Python itself is not.

    Another checkout has the whole path; what was installed has only the module's, below `site-packages`.
    """
    wanted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if not (wanted == name or wanted.endswith(f".{name}")) or file.name != path.rpartition("/")[2]:
        return False
    if file.as_posix().endswith(f"/{path}"):
        return True
    own_name = "." in name or wanted in {name, f"src.{name}"}  # `utils` of a directory of scripts is nobody's
    return own_name and not {"site-packages", "dist-packages"}.isdisjoint(file.parts)
