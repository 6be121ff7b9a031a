"""Which commands a repository has for linting, formatting, types and tests: only those that exist, never a guess.

The repository's own words (just, make, package scripts) come before the tools that they would start.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Commands = dict[str, str]  # what for ("lint", "format", "typecheck", "test") → the command

PURPOSES = ("lint", "format", "typecheck", "test")
# what a task is for → names that say so; never one that rewrites files where another exists
_TASKS = {
    "lint": ("lint", "check-lint"),
    "format": ("format-check", "format:check", "fmt-check", "check-format", "prettier:check"),
    "typecheck": ("typecheck", "type-check", "types", "check-types", "mypy"),
    "test": ("test", "tests", "unit", "test:unit"),
}
_RECIPE = re.compile(r"^@?([A-Za-z_][\w:-]*)(?:[ \t]+[^:=\n]*)?:(?![=])", re.MULTILINE)
_NO_TESTS = "no test specified"  # what `npm init` writes


def detect(root: Path) -> dict[str, Commands]:
    """Commands by the name of who has them ("just", "make", "python", …); what one has, a later one does not repeat."""
    found: dict[str, Commands] = {}
    known: set[str] = set()
    for name, reader in _READERS.items():
        commands = reader(root)
        if name in _RUNNERS:
            known |= commands.keys()
        else:
            commands = {purpose: command for purpose, command in commands.items() if purpose not in known}
        if commands:
            found[name] = commands
    return found


def languages(root: Path) -> tuple[str, ...]:
    """The languages that the repository's own files name."""
    marks = {
        "python": ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"),
        "node": ("package.json",),
        "rust": ("Cargo.toml",),
        "go": ("go.mod",),
    }
    return tuple(name for name, files in marks.items() if any((root / file).is_file() for file in files))


def text_of(file: Path) -> str:
    """The file's text, "" where there is none."""
    return file.read_text("utf-8", "replace") if file.is_file() else ""


def _just(root: Path) -> Commands:
    text = next((t for name in ("justfile", "Justfile", ".justfile") if (t := text_of(root / name))), "")
    return _by_name(_RECIPE.findall(text), "just {}")


def _make(root: Path) -> Commands:
    text = next((t for name in ("GNUmakefile", "makefile", "Makefile") if (t := text_of(root / name))), "")
    return _by_name(_RECIPE.findall(text), "make {}")


def _by_name(names: list[str], command: str) -> Commands:
    return {
        purpose: command.format(name)
        for purpose, wanted in _TASKS.items()
        if (name := next((name for name in wanted if name in names), None))
    }


def _python(root: Path) -> Commands:
    if "python" not in languages(root) and not any(root.glob("*.py")):
        return {}
    project = _toml(root / "pyproject.toml")
    tool: dict[str, Any] = project.get("tool", {})
    said = "\n".join(
        text_of(root / name)
        for name in (
            "pyproject.toml",
            "setup.cfg",
            "setup.py",
            "tox.ini",
            "requirements.txt",
            "requirements-dev.txt",
        )
    )
    run = (
        "uv run "
        if (root / "uv.lock").is_file()
        else "poetry run "
        if (root / "poetry.lock").is_file()
        else ""
    )
    commands: Commands = {}
    if (
        "ruff" in tool
        or (root / "ruff.toml").is_file()
        or (root / ".ruff.toml").is_file()
        or _names(said, "ruff")
    ):
        commands["lint"] = f"{run}ruff check ."
    elif (root / ".flake8").is_file() or _names(said, "flake8"):
        commands["lint"] = f"{run}flake8"
    if "format" in tool.get("ruff", {}):
        commands["format"] = f"{run}ruff format --check ."
    elif "black" in tool or _names(said, "black"):
        commands["format"] = f"{run}black --check ."
    if "mypy" in tool or (root / "mypy.ini").is_file():
        commands["typecheck"] = f"{run}mypy" if tool.get("mypy", {}).get("files") else f"{run}mypy ."
    elif "pyright" in tool or (root / "pyrightconfig.json").is_file():
        commands["typecheck"] = f"{run}pyright"
    tests = [*root.glob("tests/**/test_*.py"), *root.glob("test_*.py")]
    if "pytest" in tool or (root / "pytest.ini").is_file() or _names(said, "pytest"):
        commands["test"] = f"{run}pytest"
    elif tests:
        unittest = all("unittest" in text_of(file) for file in tests)
        commands["test"] = f"{run}python -m unittest discover" if unittest else f"{run}pytest"
    return commands


def _names(text: str, package: str) -> bool:
    """Whether a list of requirements names the package."""
    return bool(re.search(rf"(?m)(?:^|[\"'\s]){re.escape(package)}(?:\s*(?:[\[=<>~!;,\"'(]|$))", text))


def _node(root: Path) -> Commands:
    if not (root / "package.json").is_file():
        return {}
    try:
        package = json.loads(text_of(root / "package.json"))
    except ValueError:
        return {}
    scripts = package.get("scripts") if isinstance(package, dict) else None
    scripts = (
        {name: text for name, text in scripts.items() if _NO_TESTS not in str(text)}
        if isinstance(scripts, dict)
        else {}
    )
    runner = node_runner(root)
    commands = _by_name(list(scripts), runner + " run {}")
    if commands.get("test") == f"{runner} run test" and runner != "bun":  # `bun test` is bun's own
        commands["test"] = f"{runner} test"
    packages = (
        {**package.get("dependencies", {}), **package.get("devDependencies", {})}
        if isinstance(package, dict)
        else {}
    )
    for purpose, name, command in (
        ("lint", "eslint", "npx eslint ."),
        ("format", "prettier", "npx prettier --check ."),
        ("typecheck", "typescript", "npx tsc --noEmit"),
        ("test", "vitest", "npx vitest run"),
        ("test", "jest", "npx jest"),
    ):
        if name in packages and (name != "typescript" or (root / "tsconfig.json").is_file()):
            commands.setdefault(purpose, command)
    return commands


def node_runner(root: Path) -> str:
    """The package manager whose lock file is there; npm where none is."""
    locks = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}
    return next((runner for lock, runner in locks.items() if (root / lock).is_file()), "npm")


def _rust(root: Path) -> Commands:
    if not (root / "Cargo.toml").is_file():
        return {}
    return {
        "lint": "cargo clippy --all-targets -- -D warnings",
        "format": "cargo fmt --check",
        "test": "cargo test",
    }


def _go(root: Path) -> Commands:
    if not (root / "go.mod").is_file():
        return {}
    configured = any(root.glob(".golangci.*"))
    return {"lint": "golangci-lint run" if configured else "go vet ./...", "test": "go test ./..."}


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(file))
    except tomllib.TOMLDecodeError:
        return {}


_RUNNERS = frozenset({"just", "make"})  # for every language
_READERS: dict[str, Callable[[Path], Commands]] = {
    "just": _just,
    "make": _make,
    "python": _python,
    "node": _node,
    "rust": _rust,
    "go": _go,
}


def listed(found: dict[str, Commands]) -> Iterator[tuple[str, str]]:
    """(what for, command) of all, in the order in which they are run; each command once."""
    seen: set[str] = set()
    for purpose in PURPOSES:
        for commands in found.values():
            command = commands.get(purpose)
            if command and command not in seen:
                seen.add(command)
                yield purpose, command
