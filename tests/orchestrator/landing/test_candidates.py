from __future__ import annotations

import os

import pytest

from agent_gate.orchestrator.journal import Task
from agent_gate.orchestrator.landing.candidates import (
    Conflict,
    conflict_finding,
    contained,
    put_on,
    require_merge_tree,
    style_for,
)
from agent_gate.orchestrator.landing.model import Style
from agent_gate.policy.model import Kind, Policy
from agent_gate.repository import open_repository


@pytest.fixture
def repo(make_repo):
    """`main` is one commit ahead of where `agent/x` starts."""
    repo = make_repo({"a.txt": "1\n2\n3\n"})
    repo.branch("agent/x")
    repo.git("switch", "-q", "main")
    repo.commit("feat: on main", {"main.txt": "1\n"})
    return repo


def add(repo, files, message="feat: x\n\nWhy it is needed."):
    repo.git("switch", "-q", "agent/x")
    head = repo.commit(message, files)
    repo.git("switch", "-q", "main")
    return head


def put(repo, head, style=Style.MERGE, title="Title"):
    return put_on(
        open_repository(repo.path),
        repo.git("rev-parse", "main"),
        Task("x", title, branch="agent/x", head=head),
        style,
    )


def test_a_merge_has_both_sides_and_touches_no_file(repo):
    head = add(repo, {"x.txt": "x\n"})
    commit = put(repo, head)
    assert (
        repo.git("log", "-1", "--format=%s|%P", commit)
        == f"Merge agent/x: Title|{repo.git('rev-parse', 'main')} {head}"
    )
    assert repo.git("ls-tree", "--name-only", commit).split() == ["a.txt", "main.txt", "x.txt"]
    assert repo.git("status", "--porcelain") == ""


def test_a_title_is_one_line_of_the_message(repo):
    commit = put(repo, add(repo, {"x.txt": "x\n"}), title="evil\n\nSigned-off-by: you\x1b[31m \ud800")
    assert repo.git("log", "-1", "--format=%B", commit) == "Merge agent/x: evil Signed-off-by: you [31m ?"


def test_a_conflict_names_the_other_commit_and_the_files(repo):
    other = repo.commit("feat: the other", {"a.txt": "1\nother\n3\n"})
    head = add(repo, {"a.txt": "1\nx\n3\n"})
    conflict = put(repo, head)
    assert conflict == Conflict(("a.txt",), other)
    finding = conflict_finding(open_repository(repo.path), conflict, Task("x", head=head), "main")
    assert "feat: the other" in finding.message
    assert (finding.path, finding.severity) == ("a.txt", "block")


def test_a_file_that_the_other_deleted_is_a_conflict(repo):
    repo.git("rm", "-q", "a.txt")
    other = repo.commit("feat: remove")
    assert put(repo, add(repo, {"a.txt": "x\n"})) == Conflict(("a.txt",), other)


def test_commits_are_replayed_with_their_authors_and_messages(repo):
    repo.git("switch", "-q", "agent/x")
    repo.write("x.txt", "x\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--author=Ägent <agent@example.invalid>", "-m", "feat: x\n\nWhy.")
    repo.git("switch", "-q", "main")
    head = add(repo, {"y.txt": "y\n"})
    commit = put(repo, head, Style.LINEAR)
    assert repo.git("log", "-2", "--format=%an %s", commit).splitlines() == [
        "A Tester feat: x",
        "Ägent feat: x",
    ]
    assert repo.git("rev-parse", f"{commit}~2") == repo.git("rev-parse", "main")
    assert repo.git("ls-tree", "--name-only", commit).split() == ["a.txt", "main.txt", "x.txt", "y.txt"]


def test_a_replayed_commit_that_conflicts_names_the_other(repo):
    other = repo.commit("feat: the other", {"a.txt": "1\nother\n3\n"})
    assert put(repo, add(repo, {"a.txt": "1\nx\n3\n"}), Style.LINEAR) == Conflict(("a.txt",), other)


def test_merges_in_a_branch_have_no_place_in_a_linear_history(repo):
    add(repo, {"y.txt": "y\n"})
    repo.git("switch", "-q", "agent/x")
    repo.git("merge", "-q", "--no-edit", "main")
    head = repo.commit("feat: x", {"x.txt": "x\n"})
    repo.git("switch", "-q", "main")
    conflict = put(repo, head, Style.LINEAR)
    assert isinstance(conflict, Conflict)
    assert "merge commits" in conflict.reason
    assert put(repo, head) == head


@pytest.mark.parametrize("style", Style)
def test_a_commit_that_is_gone_or_of_another_history_goes_back(repo, style):
    repo.git("switch", "-q", "--orphan", "alien")
    alien = repo.commit("feat: alien", {"z": "1"})
    repo.git("switch", "-q", "main")
    for head in (alien, "1" * 40):
        conflict = put(repo, head, style)
        assert isinstance(conflict, Conflict)
        assert "is gone" in conflict.reason


def test_without_an_identity_agent_gate_commits(repo, monkeypatch):
    head = add(repo, {"x.txt": "x\n"})
    for name in os.environ:
        if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER")):
            monkeypatch.delenv(name)
    assert repo.git("log", "-1", "--format=%an <%ce>", put(repo, head)) == "agent-gate <agent-gate@localhost>"


def test_a_commit_that_is_not_there_is_not_contained(repo):
    repository = open_repository(repo.path)
    tip, head = repo.git("rev-parse", "main"), add(repo, {"x.txt": "x\n"})
    assert contained(repository, [f"{tip}", head, "1" * 40], tip) == {tip}


def test_a_rule_against_merge_commits_makes_history_linear(rule_of):
    rule = rule_of(Kind.COMMIT_FORMAT, params={"no_merge": True})
    assert style_for(Policy((rule,), (), ""), Style.MERGE) is Style.LINEAR
    assert style_for(Policy((), (), ""), Style.MERGE) is Style.MERGE


def test_this_git_can_merge_without_a_checkout(repo):
    require_merge_tree(open_repository(repo.path))
