import itertools
import json
import os
import sys
from pathlib import Path

import pytest

from agent_gate.checks.commands import check_command
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind

MAKE = "test:\n\tpytest -q\nlint:\n\ttest -e README.md\n"
TESTS = {"test_a.py": "def test_a(): pass\n", "test_b.py": "def test_b(): pass\n"}


@pytest.fixture
def judge(make_repo, context_of, rule_of, monkeypatch):
    """(severity, message) of each finding of a command that passes on a branch that turns the base's files into the new ones."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    numbers = itertools.count()

    def on(kind, command, base, new):
        repo = make_repo({"README.md": "# A\n", **base}, name=f"repo{next(numbers)}")
        repo.branch("work")
        repo.commit("chore: change it", new)
        result = check_command(rule_of(kind, command), context_of(repo))
        assert not result.undecided, result
        return [(finding.severity, finding.message) for finding in result.findings]

    return on


def test_a_makefile_that_runs_no_test_any_more_blocks(judge):
    new = {"Makefile": MAKE.replace("pytest -q", "true")}
    ((severity, message),) = judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new)
    assert (severity, "ran no tests, of 2 at the base" in message) == (Severity.BLOCK, True)


def test_one_that_runs_fewer_is_told(judge):
    new = {"Makefile": MAKE.replace("pytest -q", "pytest -q test_a.py")}
    ((severity, message),) = judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new)
    assert (severity, "ran 1 tests, of 2 at the base" in message) == (Severity.FOLLOW_UP, True)


def test_one_that_runs_as_many_is_fine(judge):
    new = {"Makefile": MAKE.replace("pytest -q", "pytest -q -x")}
    assert judge(Kind.TEST, "make test", {"Makefile": MAKE, **TESTS}, new) == []


@pytest.mark.parametrize(
    ("command", "path", "before", "after"),
    [
        ("make lint", "Makefile", MAKE, MAKE.replace("test -e", "true")),
        ("make lint", "rules.mk", "x:\n", "y:\n"),
        ("sh scripts/lint.sh", "scripts/lint.sh", "exit 0\n", "exit 0 # other\n"),
        ("./lint.sh && true", "lint.sh", "#!/bin/sh\nexit 0\n", "#!/bin/sh\n"),
        ("cd scripts && sh lint.sh | cat", "scripts/lint.sh", "exit 0\n", "exit 0 # other\n"),
    ],
)
def test_what_cannot_be_counted_is_for_a_person_to_read(judge, command, path, before, after):
    base = {"Makefile": MAKE, path: before}
    if command.startswith("./"):
        command = f"chmod +x {path} && {command}"
    ((severity, message),) = judge(Kind.LINT, command, base, {path: after})
    assert (severity, f"is said in {path}, which this branch changes" in message) == (
        Severity.FOLLOW_UP,
        True,
    )


@pytest.mark.parametrize(
    ("kind", "command", "new"),
    [
        (Kind.LINT, "make lint", {"README.md": "# B\n"}),
        (Kind.LINT, "test -e README.md", {"Makefile": "x:\n"}),
        (Kind.BUILD, "make lint", {"Makefile": f"{MAKE}x:\n"}),
        (Kind.LINT, "test -e <changed files>", {"Makefile": f"{MAKE}x:\n"}),
        (Kind.LINT, "sh -c 'test -e Makefile' && cat ./README.md | wc -l", {"README.md": "# B\n"}),
    ],
    ids=["another file", "another command", "no check", "a file that is judged", "a file that is read"],
)
def test_what_says_nothing_of_the_command(judge, kind, command, new):
    assert judge(kind, command, {"Makefile": MAKE}, new) == []


@pytest.mark.parametrize(
    ("after", "count"), [({"scripts": {"lint": "true"}, "version": "2"}, 0), ({"scripts": {}}, 1), ("[", 1)]
)
def test_of_a_package_only_the_scripts_count(
    make_repo, context_of, rule_of, tmp_path, monkeypatch, after, count
):
    tool = tmp_path / "bin" / "npm"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    repo = make_repo({"package.json": json.dumps({"scripts": {"lint": "true"}, "version": "1"})})
    repo.branch("work")
    repo.commit("chore: change it", {"package.json": after if isinstance(after, str) else json.dumps(after)})
    assert len(check_command(rule_of(Kind.LINT, "npm run lint"), context_of(repo)).findings) == count
