"""Which changed files say what a command runs."""

import itertools
import json

import pytest

from agent_gate.checks.recipes import changed_recipes
from agent_gate.policy.model import Kind

MAKE = "test:\n\tpytest -q\nlint:\n\t./ci/lint.sh\nrun:\n\tpython app.py\ninclude config.make\n"
SCRIPT = "python -m ruff check .\npython tools/check.py\n"
LINT, TEST = Kind.LINT, Kind.TEST


@pytest.fixture
def recipes(make_repo, context_of, rule_of):
    """The paths of the recipes of a command that a branch changes by turning the base's files into the new ones."""
    numbers = itertools.count()

    def on(kind, command, base, new):
        repo = make_repo({"README.md": "# A\n", **base}, name=f"repo{next(numbers)}")
        repo.branch("work")
        repo.commit("chore: change it", new)
        return [change.path for change in changed_recipes(rule_of(kind, command), context_of(repo))]

    return on


@pytest.mark.parametrize(
    ("kind", "command", "path"),
    [
        (LINT, "make lint", "Makefile"),
        (LINT, "make lint", "GNUmakefile"),
        (LINT, "make lint", "rules.mk"),
        (LINT, "make lint", "ci/lint.sh"),
        (LINT, "sh scripts/lint.sh", "scripts/lint.sh"),
        (LINT, "./lint.sh && true", "lint.sh"),
        (LINT, "cd scripts && sh lint.sh | cat", "scripts/lint.sh"),
        (LINT, "ruff check .", "ruff.toml"),
        (LINT, "make lint", "sub/.eslintrc.json"),
        (LINT, "make lint", "config.make"),
        (LINT, "make lint", "tools/check.py"),
        (LINT, "make lint", "ruff/__init__.py"),
        (LINT, "uv run python -m ruff check .", "ruff.py"),
        (LINT, "pre-commit run -a", ".pre-commit-config.yaml"),
        (Kind.TYPECHECK, "mypy src", "mypy.ini"),
        (TEST, "npm test", ".npmrc"),
        (TEST, "npm test", "jest.config.js"),
        (TEST, "cargo test", ".cargo/config.toml"),
        (TEST, "pytest", "pytest.toml"),
        (TEST, "pytest", "tests/conftest.py"),
    ],
)
def test_what_says_what_a_command_runs_or_looks_for(recipes, kind, command, path):
    base = {"Makefile": MAKE, "ci/lint.sh": SCRIPT, "package.json": "{}"}
    assert recipes(kind, command, base, {path: "# other\n"}) == [path]


@pytest.mark.parametrize(
    ("kind", "command", "path"),
    [
        (LINT, "make lint", "README.md"),
        (LINT, "test -e README.md", "Makefile"),
        (Kind.BUILD, "make lint", "Makefile"),
        (LINT, "test -e <changed files>", "Makefile"),
        (LINT, "sh -c 'test -e Makefile' && cat ./README.md | wc -l", "README.md"),
        (LINT, "pytest", "conftest.py"),
        (TEST, "pytest", "src/app.py"),
        (LINT, "make lint", "app.py"),
        (LINT, "make lint", "tests/run.sh.py"),
    ],
)
def test_what_says_nothing_of_it(recipes, kind, command, path):
    assert recipes(kind, command, {"Makefile": MAKE, "ci/lint.sh": SCRIPT}, {path: "# other\n"}) == []


@pytest.mark.parametrize(
    ("command", "after", "count"),
    [
        ("npm run lint", {"scripts": {"lint": "true"}, "version": "2"}, 0),
        ("npm run lint", {"scripts": {}}, 1),
        ("npm run lint", "[", 1),
        ("eslint .", {"scripts": {}}, 0),
        ("eslint .", {"scripts": {"lint": "true"}, "eslintConfig": {"root": True}}, 1),
    ],
)
def test_of_a_package_only_scripts_and_linters_count(recipes, command, after, count):
    text = after if isinstance(after, str) else json.dumps(after)
    base = {"package.json": json.dumps({"scripts": {"lint": "true"}, "version": "1"})}
    assert len(recipes(LINT, command, base, {"package.json": text})) == count


@pytest.mark.parametrize(
    ("kind", "after", "count"),
    [
        (LINT, '[project]\nversion = "2"\n', 0),
        (LINT, '[project.scripts]\nruff = "mine:main"\n', 1),
        (LINT, '[project.scripts]\nmine = "mine:main"\n', 0),
        (LINT, '[tool.ruff]\nexclude = ["*"]\n', 1),
        (TEST, '[tool.ruff]\nexclude = ["*"]\n', 0),
        (TEST, '[tool.pytest.ini_options]\naddopts = "-q"\n', 1),
        (LINT, "[", 1),
    ],
)
def test_of_a_project_only_tools_and_programs_of_their_name_count(recipes, kind, after, count):
    base = {"pyproject.toml": '[project]\nversion = "1"\n'}
    assert len(recipes(kind, "uv run ruff check .", base, {"pyproject.toml": after})) == count


def test_a_plugin_of_pytest_counts_wherever_it_is(recipes):
    plugin = "def pytest_collection_modifyitems(items):\n    items.clear()\n"
    assert recipes(TEST, "pytest", {}, {"helpers/more.py": plugin}) == ["helpers/more.py"]
