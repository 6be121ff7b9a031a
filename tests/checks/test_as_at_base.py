"""A command that passed while the branch changed what it runs, with real pytest, ruff and make."""

import itertools
import os
import sys
from pathlib import Path

import pytest

from agent_gate.checks.as_at_base import hidden
from agent_gate.checks.commands import check_command
from agent_gate.checks.recipes import changed_recipes
from agent_gate.findings import Finding, Severity
from agent_gate.hookspecs import CheckResult, Task
from agent_gate.policy.model import Kind

MAKE = "test:\n\tpytest -q\nlint:\n\truff check -q .\n"
TESTS = {"test_a.py": "def test_a(): pass\n", "test_b.py": "def test_b(): pass\n"}
UNUSED = "import os\n"
HOOK = "def pytest_collection_modifyitems(items):\n    items[:] = items[:1]\n"
BLOCK, FOLLOW_UP = Severity.BLOCK, Severity.FOLLOW_UP


@pytest.fixture
def judge(make_repo, context_of, rule_of, monkeypatch):
    """(severity, path, message) of each finding of a command that passes on a branch that turns the base's files into the new ones."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    numbers = itertools.count()

    def on(kind, command, base, new, task=None, **fields):
        repo = make_repo({"README.md": "# A\n", **base}, name=f"repo{next(numbers)}")
        repo.branch("work")
        repo.commit("chore: change it", new)
        result = check_command(rule_of(kind, command, **fields), context_of(repo, task=task))
        assert not result.undecided, result
        return [(finding.severity, finding.path, finding.message) for finding in result.findings]

    return on


@pytest.mark.parametrize(
    ("command", "path", "base", "new"),
    [
        ("make lint", "Makefile", MAKE, MAKE.replace("ruff", "true")),
        ("ruff check .", "ruff.toml", None, 'exclude = ["*.py"]\n'),
        ("ruff check .", "pyproject.toml", None, '[tool.ruff.lint]\nignore = ["F401"]\n'),
        ("python -m ruff check .", "ruff.py", None, ""),
    ],
)
def test_a_message_that_the_branch_hides_blocks(judge, command, path, base, new):
    ((severity, where, message),) = judge(
        Kind.LINT, command, {path: base} if base else {}, {path: new, "b.py": UNUSED}
    )
    assert (severity, where) == (BLOCK, "b.py")
    assert message.startswith(f"hidden by the change of {path}: F401")


def test_it_is_for_a_person_to_read_where_the_task_asks_for_the_change(judge):
    task = Task("", "Lint less", "Change ruff.toml so that unused imports are allowed.")
    new = {"ruff.toml": 'lint.ignore = ["F401"]\n', "b.py": UNUSED}
    ((severity, _, _),) = judge(Kind.LINT, "ruff check .", {}, new, task)
    assert severity is FOLLOW_UP


def test_what_is_old_or_kept_as_the_base_asks_is_fine(judge):
    new = {"ruff.toml": 'lint.ignore = ["F401"]\n', "b.py": "B = 1\n"}
    assert judge(Kind.LINT, "ruff check .", {"old.py": UNUSED}, new) == []


def test_what_nobody_can_tell_is_for_a_person_to_read(judge):
    base = {"lint.sh": "test ! -e b.py\n"}
    ((severity, path, message),) = judge(Kind.LINT, "sh lint.sh", base, {"lint.sh": "exit 0\n", "b.py": ""})
    assert (severity, path) == (FOLLOW_UP, "lint.sh")
    assert "is said in lint.sh, which this branch changes" in message


def test_of_a_rewriting_command_the_hidden_diff_blocks(judge):
    new = {"ruff.toml": 'exclude = ["*.py"]\n', "b.py": "x=1\n"}
    ((severity, path, message),) = judge(Kind.FORMAT, "ruff format .", {}, new)
    assert (severity, path) == (BLOCK, "b.py")
    assert message == "hidden by the change of ruff.toml: `ruff format .` changes this file"


@pytest.mark.parametrize(
    ("new", "lost"),
    [
        ({"Makefile": MAKE.replace("pytest -q", "true")}, 2),
        ({"Makefile": MAKE.replace("pytest -q", "pytest -q test_a.py"), "test_b.py": "def test_b(): 1\n"}, 1),
        ({"conftest.py": HOOK}, 1),
        ({"conftest.py": "from evil import *\n", "evil.py": HOOK}, 1),
        ({"pytest.toml": '[pytest]\naddopts = ["-k", "a"]\n'}, 1),
        (
            {
                "conftest.py": "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef off(request):\n    if 'b' in request.node.name:\n        pytest.skip('no')\n"
            },
            1,
        ),
    ],
    ids=["none", "fewer", "hook", "plugin", "config", "skipped"],
)
def test_tests_that_are_there_and_do_not_run_any_more_block(judge, new, lost):
    ((severity, _, message),) = judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new)
    assert (severity, f"does not run {lost} tests any more" in message) == (BLOCK, True)


def test_tests_that_the_task_wants_left_out_are_for_a_person_to_read(judge):
    task = Task("", "Test less", "Change the Makefile so that only test_a.py is run.")
    new = {"Makefile": MAKE.replace("pytest -q", "pytest -q test_a.py")}
    ((severity, _, _),) = judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new, task)
    assert severity is FOLLOW_UP


@pytest.mark.parametrize(
    "new",
    [
        {"Makefile": MAKE.replace("pytest -q", "pytest -q -x")},
        {"conftest.py": "X = 1\n", "test_b.py": "def test_c(): pass\n"},
        {"conftest.py": "X = 1\n", "test_b.py": ""},
    ],
    ids=["as many", "renamed", "deleted"],
)
def test_what_runs_all_that_is_there_is_fine(judge, new):
    assert judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new) == []


def test_a_test_of_the_branch_may_need_its_configuration_and_one_of_the_base_may_not(
    make_repo, context_of, rule_of
):
    repo = make_repo({"vitest.config.ts": "export default {}\n", "old.test.ts": "test()\n"})
    repo.branch("work")
    repo.commit("feat: an alias", {"vitest.config.ts": "export default {alias}\n", "new.test.ts": "test()\n"})
    rule, context = rule_of(Kind.TEST, "npx vitest run"), context_of(repo)
    found = CheckResult(
        tuple(Finding(rule.id, rule.kind, BLOCK, "failed", path=f"{age}.test.ts") for age in ("old", "new"))
    )
    shown = hidden(rule, context, found, changed_recipes(rule, context))
    assert [(finding.path, finding.severity) for finding in shown] == [
        ("old.test.ts", BLOCK),
        ("new.test.ts", FOLLOW_UP),
    ]
