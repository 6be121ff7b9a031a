"""Settings for git by environment: what the caller has there already stays (`git help config`, GIT_CONFIG_COUNT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def with_git_settings(environment: Mapping[str, str], settings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The environment with these settings after those that it holds; a later one of the same name wins."""
    extended = dict(environment)
    known = extended.get("GIT_CONFIG_COUNT", "")
    number = int(known) if known.isdecimal() else 0
    for number, (key, value) in enumerate(settings, start=number):  # noqa: B020 - goes on counting
        extended[f"GIT_CONFIG_KEY_{number}"] = key
        extended[f"GIT_CONFIG_VALUE_{number}"] = value
        extended["GIT_CONFIG_COUNT"] = str(number + 1)
    return extended
