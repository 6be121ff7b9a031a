"""What makes a room ready: the configured command, else the one that the lock files ask for."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from agent_gate.policy.settings import Settings

# lock file → set-up; the first that is there counts for its language. Cargo and Go fetch what they need by themselves.
_BY_LOCK_FILE = (
    (
        ("uv.lock", ("uv", "sync", "--frozen", "--all-groups")),
        ("poetry.lock", ("poetry", "install", "--no-interaction")),
        ("pdm.lock", ("pdm", "sync")),
    ),
    (
        ("package-lock.json", ("npm", "ci", "--no-audit", "--no-fund")),
        ("pnpm-lock.yaml", ("pnpm", "install", "--frozen-lockfile")),
        ("yarn.lock", ("yarn", "install", "--immutable")),
        ("bun.lock", ("bun", "install", "--frozen-lockfile")),
    ),
    (("Gemfile.lock", ("bundle", "install")),),
    (("composer.lock", ("composer", "install", "--no-interaction")),),
    (("mix.lock", ("mix", "deps.get")),),
)
_INPUTS = (
    *(name for family in _BY_LOCK_FILE for name, _ in family),
    *(
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "requirements.txt",
        "requirements-dev.txt",
        "package.json",
        ".npmrc",
    ),
    *(
        "Gemfile",
        "composer.json",
        "mix.exs",
        ".python-version",
        ".nvmrc",
        ".tool-versions",
        "rust-toolchain.toml",
    ),
)


@dataclass(frozen=True, slots=True)
class Setup:
    """Commands that make a room ready.

    Attributes:
        commands: argument lists, run in order.
        key: hash of the commands and of what they read; the same key need not run again.
    """

    commands: tuple[tuple[str, ...], ...]
    key: str


def setup_for(room: Path, settings: Settings) -> Setup:
    """The set-up of what is checked out in `room`."""
    if settings.setup is not None:
        words = tuple(shlex.split(settings.setup))
        commands: tuple[tuple[str, ...], ...] = (words,) if words else ()
    else:
        families = (
            next((argv for name, argv in family if (room / name).is_file()), None) for family in _BY_LOCK_FILE
        )
        commands = tuple(argv for argv in families if argv)
    digest = hashlib.sha256(repr(commands).encode())
    for name in _INPUTS if commands else ():
        file = room / name
        digest.update(
            f"\0{name}\0".encode() + (file.read_bytes() if file.is_file() and not file.is_symlink() else b"")
        )
    return Setup(commands, digest.hexdigest())
