"""Which changed files stand for `<changed files>` in a command: those that its tool reads."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agent_gate.checks.scope import in_scope
from agent_gate.checks.source_files import FileKind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent_gate.changes.model import ChangeSet
    from agent_gate.policy.model import Rule

_SUBMODULE = 0o160000
_SCRIPTS = frozenset(
    {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"}
)
_STYLES = frozenset({".css", ".scss", ".sass", ".less"})
_SHELL = frozenset({".sh", ".bash", ".bats", ".ksh"})
_C = frozenset({".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".mm", ".proto", ".java", ".cs"})
_PYTHON_TOOLS = "ruff black isort flake8 pylint mypy pyright basedpyright ty bandit pyupgrade autoflake autopep8 yapf pycodestyle pydocstyle"
# What is not named here may read anything.
_READS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_PYTHON_TOOLS.split(), frozenset({".py", ".pyi", ".ipynb"})),
    **dict.fromkeys(("eslint", "oxlint", "standard", "xo", "tslint"), _SCRIPTS),
    **dict.fromkeys(("prettier", "biome"), _SCRIPTS | _STYLES | {".json", ".jsonc", ".json5", ".md", ".mdx", ".yml", ".yaml", ".html", ".graphql"}),
    "stylelint": _STYLES,
    **dict.fromkeys(("shellcheck", "shfmt", "bashate"), _SHELL),
    **dict.fromkeys(("gofmt", "gofumpt", "goimports"), frozenset({".go"})),
    "rustfmt": frozenset({".rs"}),
    **dict.fromkeys(("clang-format", "clang-tidy", "cppcheck"), _C),
    **dict.fromkeys(("rubocop", "standardrb"), frozenset({".rb", ".rake"})),
    **dict.fromkeys(("markdownlint", "markdownlint-cli2", "mdl", "mdformat"), frozenset({".md", ".markdown"})),
    "yamllint": frozenset({".yml", ".yaml"}),
    **dict.fromkeys(("php-cs-fixer", "phpcs", "phpstan"), frozenset({".php"})),
    **dict.fromkeys(("ktlint", "detekt"), frozenset({".kt", ".kts"})),
    "swiftlint": frozenset({".swift"}),
}  # fmt: skip
_TEST_RUNNERS = frozenset({"pytest", "py.test", "jest", "vitest", "mocha", "rspec", "phpunit", "bats"})


def changed_paths(rule: Rule, changes: ChangeSet) -> tuple[str, ...]:
    """The files that are there, changed, and governed by the rule, relative to its directory; no submodules."""
    there = (change for change in changes.files if change.new_blob and change.new_mode != _SUBMODULE)
    return below(rule.directory, (change.path for change in there if in_scope(rule, change.path)))


def below(directory: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie below a directory, relative to it."""
    start = posixpath.normpath(directory or ".")
    prefix = "" if start == "." else f"{start}/"
    return tuple(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def read_by(words: Sequence[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that the command with these words reads, by the first tool in it that is known; none of them is an option."""
    names = [PurePosixPath(word).name for word in words]
    tool = next((name for name in names if name in _READS or name in _TEST_RUNNERS), "")
    return tuple(_argument(path) for path in paths if _reads(tool, path))


def _reads(tool: str, path: str) -> bool:
    if tool in _TEST_RUNNERS:
        return kind_of(path) is FileKind.TEST
    return tool not in _READS or PurePosixPath(path).suffix.lower() in _READS[tool]


def _argument(path: str) -> str:
    """The path as an argument that no tool takes for an option, or for a file of options (`@file`)."""
    return path if re.match(r"[\w.]", path) else f"./{path}"
