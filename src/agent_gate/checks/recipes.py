"""What a command runs is often the branch's to say: `make test` runs what its Makefile has, `ruff check` what its ruff.toml asks."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agent_gate.checks.command_run import steps_to_run
from agent_gate.checks.python_tests import OUTCOME_HOOKS
from agent_gate.checks.scope import matches
from agent_gate.checks.source_files import FileKind, kind_of
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent_gate.changes.model import FileChange, Snapshot
    from agent_gate.checks.command_line import Step
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

CHECKS = frozenset({Kind.LINT, Kind.FORMAT, Kind.TEST, Kind.TYPECHECK})
_PACKAGE, _PROJECT = "package.json", "pyproject.toml"
_MAKE = ("makefile", "gnumakefile", "*.mk")
_NODE = (_PACKAGE, ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnp.cjs", ".pnpmfile.cjs", "bunfig.toml")
# runner → names of the files that say what it runs, in lower case
_FILES = {
    **dict.fromkeys(("make", "gmake"), _MAKE),
    "just": ("justfile", ".justfile", "*.just"),
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), _NODE),
    "task": ("taskfile.yml", "taskfile.yaml"),
    "tox": ("tox.ini", "tox.toml"),
    "nox": ("noxfile.py",),
    "rake": ("rakefile", "*.rake"),
    "cargo": ("**/.cargo/config.toml", "**/.cargo/config"),
    **dict.fromkeys(("pre-commit", "prek"), (".pre-commit-config.yaml",)),
}
_LINTERS = (
    *("ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc", "mypy.ini", ".mypy.ini", ".isort.cfg"),
    *("pyrightconfig.json", ".importlinter", ".bandit", "eslint.config.*", ".eslintrc*", ".eslintignore"),
    *(".prettierrc*", "prettier.config.*", ".prettierignore", "biome.json", "biome.jsonc", ".stylelintrc*"),
    *("clippy.toml", ".clippy.toml", "rustfmt.toml", ".rustfmt.toml", ".golangci.*", ".rubocop.yml"),
    *(".shellcheckrc", ".yamllint*", ".markdownlint*", ".clang-format", ".clang-tidy", ".scalafmt.conf"),
)
_TESTERS = (
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "conftest.py", "tox.ini", "setup.cfg"),
    *("jest.config.*", "vitest.config.*", ".mocharc*", "karma.conf.*", "playwright.config.*"),
    *("phpunit.xml*", ".rspec", "nextest.toml"),
)
_CONFIGS = {**dict.fromkeys(CHECKS - {Kind.TEST}, _LINTERS), Kind.TEST: _TESTERS}
# tables of pyproject.toml, keys of package.json
_LINT_KEYS = frozenset(
    {"ruff", "black", "isort", "mypy", "pyright", "basedpyright", "pylint", "flake8", "importlinter", "ty"}
    | {"autoflake", "yapf", "bandit", "codespell", "vulture", "interrogate", "pydocstyle"}
    | {"eslintConfig", "prettier", "stylelint"}
)
_TEST_KEYS = frozenset({"pytest", "jest", "vitest", "mocha", "ava"})
_HOOK = re.compile("|".join((*sorted(OUTCOME_HOOKS), "pytest_plugins", "pytest11")).encode())
_INTERPRETERS = frozenset(
    {"sh", "bash", "zsh", "dash", "python", "python3", "node", "ruby", "perl", "pwsh", "deno"}
)
_WORD = re.compile(r"(?<![\w./-])(?:\./)?([\w./@+-]*\w)")  # perhaps the path of a file
_SHELL_SUFFIXES = frozenset({"", ".sh", ".bash", ".zsh", ".ps1", ".mk", ".make", ".inc"})
_SCRIPT_DIRECTORIES = frozenset({"scripts", "script", "ci", ".ci", ".github", "tools", "bin", "hack", "dev"})
_MAX_TEXT = 200_000  # bytes of a recipe that are read
_PROGRAM = 4  # words among which the program is: `uv run --frozen nox`
_SHELL_TEXT = 4  # of a whole step's arguments: `bash -euo pipefail -c TEXT`


def changed_recipes(rule: Rule, context: GateContext) -> tuple[FileChange, ...]:
    """The changed files that say what the command runs, or what its tools look for: in order of their path."""
    if rule.kind not in CHECKS:
        return ()
    parts = [part for step in steps_to_run(rule, context) for part in _parts(step)]
    names = {name for part in parts for word in part[:_PROGRAM] for name in _FILES.get(_name(word), ())}
    texts = _texts(names, context.changes.before)
    named = {word for text in texts.values() for word in _WORD.findall(text) if _is_script(word)}
    scripts = {script for part in parts for script in _scripts(part)}
    modules = {module for part in (*parts, *map(str.split, texts.values())) for module in _modules(part)}
    found = [
        change
        for change in context.changes.files
        if _ends(change, scripts)
        or (_ends(change, modules) and not change.old_path)
        or not named.isdisjoint(_paths(change))
        or _says(change, rule.kind, names, parts, context)
    ]
    return tuple(sorted(found, key=lambda change: change.path))


def is_code(change: FileChange) -> bool:
    """Whether the file may be what is tested, or tests: a change of it says nothing of how much is run."""
    suffix = PurePosixPath(change.path).suffix.lower()
    kinds = {FileKind.SOURCE, FileKind.TEST}
    return (
        kind_of(change.path) in kinds
        and suffix not in _SHELL_SUFFIXES
        and not matches((*_LINTERS, *_TESTERS), change.path)
    )


def _parts(step: Step) -> list[list[str]]:
    """The programs that a step starts, with their arguments; of a shell's text as far as that can be told by its separators."""
    if not step.whole:
        return [list(step.argv)]
    return [words for part in re.split(r"[;&|\n()]+", step.argv[_SHELL_TEXT]) if (words := part.split())]


def _scripts(words: list[str]) -> Iterator[str]:
    """The files that these words start, by themselves or through an interpreter: none where it is a program."""
    for position, word in enumerate(words[:_PROGRAM]):
        if _name(word) in _INTERPRETERS:
            script = next((other for other in words[position + 1 :] if not other.startswith("-")), "")
            if script and "-m" not in words[position:]:
                yield script.removeprefix("./")
            return
    if "/" in words[0]:
        yield words[0].removeprefix("./")


def _modules(words: list[str]) -> Iterator[str]:
    """The files that would be run in the place of an installed `python -m NAME`: the current directory comes first."""
    for flag, name in pairwise(words):
        if flag == "-m" and name.replace(".", "").isidentifier():
            module = name.replace(".", "/")
            yield from (f"{module}.py", f"{module}/__init__.py", f"{module}/__main__.py")


def _name(word: str) -> str:
    return PurePosixPath(word).name


def _paths(change: FileChange) -> list[str]:
    return [path for path in (change.path, change.old_path) if path]


def _ends(change: FileChange, scripts: Iterable[str]) -> bool:
    return any(f"/{path}".endswith(f"/{script}") for path in _paths(change) for script in scripts)


def _says(
    change: FileChange, kind: Kind, names: set[str], parts: list[list[str]], context: GateContext
) -> bool:
    """Whether the file is one of the runner's, or configures tools of this kind."""
    before = context.changes.before.read(change.old_path) if change.old_path else None
    after = context.changes.after.read(change.path) if change.new_blob else None
    keys = _TEST_KEYS if kind is Kind.TEST else _LINT_KEYS
    name = _name(change.path)
    if name == _PACKAGE:
        wanted = keys | {"scripts"} if _PACKAGE in names else keys
        return _table(before, wanted, json.loads) != _table(after, wanted, json.loads)
    if name == _PROJECT:
        old, new = (_project(content, keys, parts) for content in (before, after))
        return old != new
    if any(matches((*sorted(names), *_CONFIGS[kind]), path.lower()) for path in _paths(change)):
        return True
    plugin = kind is Kind.TEST and name.endswith(".py") and kind_of(change.path) is not FileKind.TEST
    return plugin and bool(_HOOK.search((before or b"") + (after or b"")))


def _project(content: bytes | None, keys: frozenset[str], parts: list[list[str]]) -> object:
    """What pyproject.toml says of tools, and of programs of its own that are called as those which the command starts."""
    table = _table(content, {"tool", "project"}, lambda text: tomllib.loads(text.decode()))
    if not isinstance(table, dict):
        return table
    programs = {_name(word) for part in parts for word in part}
    own = (table.get("project") or {}).get("scripts") or {}
    tools = table.get("tool") or {}
    return (
        {key: tools[key] for key in keys & tools.keys()},
        {key: own[key] for key in programs & own.keys()},
    )


def _table(content: bytes | None, keys: Iterable[str], load: Any) -> object:
    """The keys of the file; the text itself where it cannot be read."""
    try:
        table = load(content or b"{}" if load is json.loads else content or b"")
        return {key: table[key] for key in keys if key in table}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return content


def _texts(names: set[str], base: Snapshot) -> dict[str, str]:
    """The files of the command's runner at the base, and those that they name, as those may name others."""
    paths = base.paths() if names else frozenset()
    texts = {path: _text(base, path) for path in paths if matches(sorted(names), path.lower())}
    while named := {
        path
        for path in _WORD.findall("\n".join(texts.values()))
        if path in paths - texts.keys() and _is_script(path)
    }:
        texts |= {path: _text(base, path) for path in named}
    return texts


def _text(base: Snapshot, path: str) -> str:
    return (base.read(path) or b"")[:_MAX_TEXT].decode("utf-8", "surrogateescape")


def _is_script(path: str) -> bool:
    """Whether what a recipe names may be a part of it, and is no source, test or document of the project."""
    pure = PurePosixPath(path)
    if kind_of(path) not in {FileKind.SOURCE, FileKind.OTHER}:
        return False
    return pure.suffix.lower() in _SHELL_SUFFIXES or not _SCRIPT_DIRECTORIES.isdisjoint(pure.parts[:-1])
