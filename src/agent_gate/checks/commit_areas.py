"""Which of the areas that a commit changes its description names."""

from __future__ import annotations

import re

_LOCK_FILE = re.compile(r"(^|/)(.*\.lock|.*-lock\.(json|ya?ml)|go\.sum)$")
_CONTAINERS = frozenset({"src", "lib", "libs", "packages", "crates", "apps"})


def areas_not_named(description: str, paths: list[str]) -> list[str]:
    """The areas of which no path has a word in the description; none where all paths are in one area.

    An area is a folder at the top (below `src` and its like: one deeper), or a file at the top. Lock files are none.
    """
    areas: dict[str, set[str]] = {}
    for path in paths:
        if not _LOCK_FILE.search(path):
            areas.setdefault(_area(path), set()).update(_words(path))
    said = _words(description)
    return [area for area, words in areas.items() if not words & said] if len(areas) > 1 else []


def _area(path: str) -> str:
    parts = path.split("/")
    depth = 2 if parts[0] in _CONTAINERS and len(parts) > 2 else 1  # noqa: PLR2004 - src/package/file
    return "/".join(parts[:depth])


def _words(text: str) -> set[str]:
    """Words, without case and a plural's s."""
    return {word.removesuffix("s") for word in re.findall(r"[a-z0-9]{2,}", text.lower())}
