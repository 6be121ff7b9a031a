import os
import sys
from pathlib import Path

import pytest

from agent_gate.checks.changed_files import below, changed_paths, read_by
from agent_gate.checks.command_run import about_nothing
from agent_gate.checks.commands import check_command
from agent_gate.policy.model import Kind


@pytest.fixture
def context(make_repo, context_of):
    repo = make_repo({"a.py": "A = 1\n", "web/b.ts": "let b\n", "gone.py": "G = 1\n", "README.md": "# A\n"})
    repo.branch("work")
    (repo.path / "gone.py").unlink()
    repo.commit("feat: change", {"a.py": "A = 2\n", "web/b.ts": "let c\n", "README.md": "# B\n"})
    return context_of(repo)


def test_what_is_gone_is_not_named(context, rule_of):
    assert changed_paths(rule_of(Kind.LINT, "x"), context.changes) == ("README.md", "a.py", "web/b.ts")


def test_scope_and_directory_choose(context, rule_of):
    rule = rule_of(Kind.LINT, "x", scope=("*.py",))
    assert changed_paths(rule, context.changes) == ("a.py",)
    assert changed_paths(rule_of(Kind.LINT, "x", directory="web"), context.changes) == ("b.ts",)


def test_a_submodule_is_no_file(make_repo, context_of, rule_of):
    other = make_repo(name="other")
    repo = make_repo()
    repo.branch("work")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub")
    repo.commit("feat: add sub")
    assert changed_paths(rule_of(Kind.LINT, "x"), context_of(repo).changes) == (".gitmodules",)


@pytest.mark.parametrize(
    ("command", "read"),
    [
        ("uv run ruff check", {"a.py", "test_a.py"}),
        ("npx eslint", {"b.ts"}),
        ("./node_modules/.bin/prettier --check", {"b.ts", "c.md"}),
        ("pytest -q", {"test_a.py"}),
        ("typos", {"a.py", "test_a.py", "b.ts", "c.md", "Makefile"}),
    ],
)
def test_a_tool_is_given_what_it_reads(command, read):
    assert set(read_by(command.split(), ("a.py", "test_a.py", "b.ts", "c.md", "Makefile"))) == read


def test_below_a_directory():
    assert below("./web/", ("web/a", "webb/b", "c")) == ("a",)
    assert below("", ("web/a",)) == ("web/a",)
    assert below("../x", ("web/a",)) == ()


def test_a_command_about_changed_files_is_skipped_where_it_reads_none_of_them(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit("docs: say more", {"README.md": "# B\n"})
    context = context_of(repo)
    rule = rule_of(Kind.LINT, "ruff check <changed files>")
    assert about_nothing(rule, context)
    assert check_command(rule, context).skipped.startswith("nothing that it is about has changed")
    assert not about_nothing(rule_of(Kind.LINT, "ruff check '"), context)


def test_a_command_about_changed_files_judges_these_alone(make_repo, context_of, rule_of, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    repo = make_repo({"old.py": "import os\n"})
    repo.branch("work")
    repo.commit("feat: add", {"new.py": "import sys\n", "README.md": "# B\n"})
    result = check_command(rule_of(Kind.LINT, "ruff check <changed files>"), context_of(repo))
    assert [finding.path for finding in result.findings] == ["new.py"]
