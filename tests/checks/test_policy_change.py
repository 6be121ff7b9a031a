from __future__ import annotations

import itertools
from contextlib import ExitStack

import pytest

from agent_gate.checks.policy_change import check_policy_change
from agent_gate.findings import Severity
from agent_gate.gate.prepare import Request, prepare
from agent_gate.policy.model import Kind

PROJECT = '[project]\nname = "x"\n[tool.agent-gate]\ntimeout = 60\n'
FILES = {"AGENTS.md": "Run tests.\n", "pyproject.toml": PROJECT, "docs/rules.md": "Rules\n", "a.py": "a\n"}


@pytest.fixture
def judge(make_repo, context_of, rule_of):
    """The (path, severity) pairs found when these files are written."""

    numbers = itertools.count()

    def after(written, task=None, remove=(), **params):
        repo = make_repo(FILES, name=f"repo{next(numbers)}")
        repo.branch("work")
        for path, content in written.items():
            repo.write(path, content)
        for path in remove:
            (repo.path / path).unlink()
        result = check_policy_change(rule_of(Kind.POLICY_CHANGE, params=params), context_of(repo, task=task))
        return [(finding.path, finding.severity) for finding in result.findings]

    return after


@pytest.mark.parametrize(
    "path", ["AGENTS.md", "sub/AGENTS.md", "CLAUDE.md", "web/Gemini.md", "agent-gate.toml"]
)
def test_an_edited_or_new_policy_file_blocks(judge, path):
    assert judge({path: "Be nice.\n"}) == [(path, Severity.BLOCK)]


def test_a_removed_or_renamed_policy_file_blocks(judge):
    assert judge({}, remove=["AGENTS.md"]) == [("AGENTS.md", Severity.BLOCK)]
    assert judge({"OLD.md": "Run tests.\n"}, remove=["AGENTS.md"]) == [("AGENTS.md", Severity.BLOCK)]


def test_only_the_gates_own_table_of_the_project_file_counts(judge):
    assert judge({"pyproject.toml": PROJECT.replace('"x"', '"y"') + "# a comment\n"}) == []
    assert judge({"pyproject.toml": PROJECT.replace("60", "9999")}) == [("pyproject.toml", Severity.BLOCK)]
    assert judge({}, remove=["pyproject.toml"]) == [("pyproject.toml", Severity.BLOCK)]
    assert judge({"pyproject.toml": "[broken"}) == [("pyproject.toml", Severity.BLOCK)]


@pytest.mark.parametrize("agents", ["See @docs/rules.md\n", None], ids=["a reference", "a link"])
def test_files_that_the_policy_is_read_from_count_where_they_change_the_rules(make_repo, agents):
    lint = "- Run `ruff check .` before you commit.\n"
    repo = make_repo({"docs/rules.md": lint, **({"AGENTS.md": agents} if agents else {})})
    if agents is None:
        (repo.path / "AGENTS.md").symlink_to("docs/rules.md")
        repo.commit("docs: link")
    repo.branch("work")
    outcomes = []
    for rules in (f"Some words.\n\n{lint}", "Nothing.\n"):
        repo.commit("docs: rules", {"docs/rules.md": rules})
        with ExitStack() as rooms:
            plan = prepare(Request(repo.path), rooms, None)
            rule = next(rule for rule in plan.rules if rule.kind is Kind.POLICY_CHANGE)
            outcomes.append([finding.path for finding in check_policy_change(rule, plan.context).findings])
    assert outcomes == [[], ["docs/rules.md"]]


def test_the_task_declares_the_change_by_asking_for_it(judge):
    assert judge({"AGENTS.md": "New.\n"}, task="Update AGENTS.md to say …") == [
        ("AGENTS.md", Severity.FOLLOW_UP)
    ]
    assert judge({"AGENTS.md": "New.\n"}, task="Follow AGENTS.md") == [("AGENTS.md", Severity.BLOCK)]


def test_other_changes_pass_with_evidence(make_repo, context_of, rule_of):
    repo = make_repo(FILES)
    repo.branch("work")
    repo.commit(files={"a.py": "b\n"})
    result = check_policy_change(rule_of(Kind.POLICY_CHANGE), context_of(repo))
    assert (result.findings, bool(result.evidence)) == ((), True)
