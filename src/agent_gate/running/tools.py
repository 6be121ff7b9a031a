"""What stands for the versions of a command's tools: what was found with one version is not told of another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from agent_gate.running.environment import command_path


def tools_of(command: str, place: Path) -> list[str]:
    """Path, time and size of each program of the command on PATH, and of the environments installed in `place` and here."""
    path = command_path()
    programs = [
        shutil.which(word, path=path)
        for word in command.split()
        if word.isascii() and not word.startswith("-")
    ]
    environments = [
        place / ".venv",
        place / "node_modules/.package-lock.json",
        Path(os.environ.get("VIRTUAL_ENV", "/")),
    ]
    packages = [site for venv in environments for site in venv.glob("lib/python*/site-packages")]
    files = [*(Path(program) for program in programs if program), *environments, *packages]
    return [f"{file}:{stat.st_mtime_ns}:{stat.st_size}" for file in files if (stat := _stat(file))]


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
