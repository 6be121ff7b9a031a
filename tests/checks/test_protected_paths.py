from __future__ import annotations

import itertools
import subprocess

import pytest

from agent_gate.checks.protected_paths import check_protected_paths
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind

FILES = {
    "db/migrations/1.sql": "create\n",
    "src/a.py": "a\n",
    "gen/api.py": "# @generated\nx = 1\n",
    ".env": "K=1\n",
}


@pytest.fixture
def judge(make_repo, context_of, rule_of):
    """The (path, severity) pairs found after `act` on a branch."""

    numbers = itertools.count()

    def after(act, value, task=None, **fields):
        repo = make_repo(FILES, name=f"repo{next(numbers)}")
        repo.branch("work")
        act(repo)
        rule = rule_of(Kind.PROTECTED_PATH, value, **fields)
        result = check_protected_paths(rule, context_of(repo, task=task))
        assert result.evidence
        return [(finding.path, finding.severity) for finding in result.findings]

    return after


def test_a_submodule_is_what_lies_in_it(make_repo, context_of, rule_of):
    other = make_repo(name="other")
    repo = make_repo()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "vendor")
    repo.commit("chore: vendor it")
    repo.branch("work")
    other.commit("feat: more")
    repo.git("-C", "vendor", "pull", "-q")
    repo.commit("feat: take more")
    rule = rule_of(Kind.PROTECTED_PATH, "vendor/**")
    assert [finding.path for finding in check_protected_paths(rule, context_of(repo)).findings] == ["vendor"]


def test_what_is_advised_undoes_it(make_repo, context_of, rule_of):
    repo = make_repo({"db/1.sql": "create\n", "a.sql": "x = 1\n" * 9})
    repo.branch("work")
    repo.git("mv", "a.sql", "db/a.sql")
    repo.write("db/1.sql", "drop\n")
    repo.write("db/it's new.sql", "create\n")
    rule = rule_of(Kind.PROTECTED_PATH, "db/**")
    for finding in check_protected_paths(rule, context_of(repo)).findings:
        subprocess.run(["bash", "-c", finding.fix.split("`")[1]], cwd=repo.path, check=True)
    assert not check_protected_paths(rule, context_of(repo)).findings


def edit(*paths):
    return lambda repo: [repo.write(path, "edited\n") for path in paths]


def remove(path):
    return lambda repo: (repo.path / path).unlink()


def test_a_change_below_a_protected_folder_blocks(judge):
    assert judge(edit("db/migrations/1.sql", "src/a.py"), "db/migrations/**") == [
        ("db/migrations/1.sql", Severity.BLOCK)
    ]
    assert judge(remove("db/migrations/1.sql"), "db/migrations/") == [("db/migrations/1.sql", Severity.BLOCK)]
    assert judge(edit("src/b.py"), "db/") == []


def test_moving_a_file_out_or_in_counts(judge):
    assert judge(lambda repo: repo.git("mv", "src/a.py", "b.py"), "src/") == [("src/a.py", Severity.BLOCK)]
    assert judge(lambda repo: repo.git("mv", "src/a.py", "db/a.py"), "/db/") == [("db/a.py", Severity.BLOCK)]


def test_new_files_are_fine_where_only_existing_ones_are_protected(judge):
    text = "Never edit existing migrations."
    assert judge(edit("db/migrations/2.sql"), "db/migrations/**", text=text) == []
    assert judge(edit("db/migrations/1.sql"), "db/migrations/**", text=text) == [
        ("db/migrations/1.sql", Severity.BLOCK)
    ]


def test_taking_out_what_must_not_be_committed_is_fine(judge):
    assert judge(remove(".env"), ".env", text="Never commit .env files.") == []
    assert judge(edit("sub/.env"), ".env", text="Never commit .env files.") == [("sub/.env", Severity.BLOCK)]


@pytest.mark.parametrize(
    ("task", "severity"),
    [
        ("Please edit db/migrations/1.sql.", Severity.FOLLOW_UP),
        ("Work in db/migrations and add a column", Severity.FOLLOW_UP),
        ("Fix old-db/migrations/1.sql2", Severity.BLOCK),
        (None, Severity.BLOCK),
    ],
)
def test_the_task_can_declare_an_exception(judge, task, severity):
    found = judge(edit("db/migrations/1.sql"), "db/migrations/**", task=task, unless_task=True)
    assert found == [("db/migrations/1.sql", severity)]


def test_without_an_exception_in_the_rule_the_task_declares_nothing(judge):
    assert judge(edit("src/a.py"), "src/a.py", task="edit src/a.py") == [("src/a.py", Severity.BLOCK)]


def test_generated_files_block_only_when_edited_alone(judge):
    assert judge(edit("gen/api.py"), "gen/", params={"generated": True}) == [("gen/api.py", Severity.BLOCK)]
    assert judge(edit("gen/api.py", "src/a.py"), "gen/", params={"generated": True}) == [
        ("gen/api.py", Severity.FOLLOW_UP)
    ]


def test_without_a_path_generated_files_are_those_that_say_so_at_the_base(judge):
    assert judge(edit("gen/api.py"), None, params={"generated": True}) == [("gen/api.py", Severity.BLOCK)]
    assert judge(edit("src/a.py"), None, params={"generated": True}) == []
