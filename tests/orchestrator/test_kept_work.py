import pytest

from agent_gate.orchestrator.kept_work import holds_work, keep_work
from agent_gate.repository import RepositoryError, open_repository


@pytest.fixture
def repo(make_repo):
    return make_repo({"a.py": "A = 1\n", ".gitignore": "*.log\n"})


def test_what_is_safe_already_needs_no_branch(repo):
    repo.write("x.log", "ignored\n")
    worktree = open_repository(repo.path)
    assert (holds_work(worktree), keep_work(worktree, "t-1")) == (False, "")


def test_uncommitted_work_is_on_a_branch_and_untouched_where_it_is(repo):
    repo.write("a.py", "A = 2\n")
    repo.write("new file.py", "")
    before = repo.git("status", "--porcelain")
    worktree = open_repository(repo.path)
    assert (holds_work(worktree), keep_work(worktree, "t-1")) == (True, "agent/t-1.kept-1")
    assert repo.git("show", "agent/t-1.kept-1:a.py") == "A = 2"
    assert "new file.py" in repo.git("ls-tree", "--name-only", "agent/t-1.kept-1")
    assert repo.git("status", "--porcelain") == before


def test_what_was_staged_and_is_different_is_kept_beside_it(repo):
    repo.write("a.py", "A = 'staged'\n")
    repo.git("add", "a.py")
    repo.write("a.py", "A = 'edited'\n")
    kept = keep_work(open_repository(repo.path), "t-1")
    assert repo.git("show", f"{kept}:a.py") == "A = 'edited'"
    assert repo.git("show", f"{kept}^2:a.py") == "A = 'staged'"


def test_other_content_gets_another_branch_and_the_same_content_the_same(repo):
    worktree = open_repository(repo.path)
    names = []
    for content in ("1", "2", "1"):
        repo.write("new.py", content)
        names.append(keep_work(worktree, "t-1"))
    assert names == ["agent/t-1.kept-1", "agent/t-1.kept-2", "agent/t-1.kept-1"]


def test_commits_that_nothing_refers_to_are_kept_as_they_are(repo):
    repo.git("checkout", "-q", "--detach")
    commit = repo.commit("feat: on no branch", {"b.py": ""})
    kept = keep_work(open_repository(repo.path), "t-1")
    assert repo.git("rev-parse", kept) == commit


def test_a_repository_within_cannot_be_kept_and_is_named(repo):
    (repo.path / "inner").mkdir()
    repo.git("init", "-q", "inner")
    repo.git("-C", "inner", "commit", "-q", "--allow-empty", "-m", "x")
    with pytest.raises(RepositoryError, match=r"'inner/?' in .* is a repository of its own"):
        keep_work(open_repository(repo.path), "t-1")
