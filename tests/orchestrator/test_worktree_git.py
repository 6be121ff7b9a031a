import pytest

from agent_gate.orchestrator.worktree_git import check_out, records, remove
from agent_gate.repository import RepositoryError, open_repository


@pytest.fixture
def made(make_repo, tmp_path):
    """A repository, and a worktree of it with the branch agent/t-1."""
    repository = open_repository(make_repo().path)
    path = tmp_path / "pool" / "1"
    base = repository.git("rev-parse", "HEAD").decode().strip()
    assert check_out(repository, path, "agent/t-1", base, "t-1") == (True, "")
    return repository, path, base


def test_git_knows_who_has_which_branch(made):
    repository, path, _ = made
    assert records(repository) == {repository.root: "main", path: "agent/t-1"}


def test_a_detached_worktree_has_no_branch_and_one_that_is_missing_still_has_its(made):
    repository, path, _ = made
    open_repository(path).git("checkout", "-q", "--detach")
    assert records(repository)[path] == ""
    open_repository(path).git("checkout", "-q", "agent/t-1")
    path.rename(path.with_name("elsewhere"))
    assert records(repository)[path] == "agent/t-1"


def test_another_task_gets_the_worktree_clean_and_the_work_is_on_a_branch(made):
    repository, path, base = made
    (path / "new.py").write_text("X = 1\n")
    ready, told = check_out(repository, path, "agent/t-2", base, "t-2")
    assert (ready, (path / "new.py").exists()) == (True, False)
    assert told == f"What {path} held and no branch did is on agent/t-1.kept-1."


def test_a_worktree_of_another_repository_is_set_aside_and_not_changed(made, make_repo):
    repository, path, base = made
    repository.git("worktree", "remove", "--force", "--force", str(path))
    other = make_repo(name="other")
    other.git("worktree", "add", "-q", str(path))
    ready, told = check_out(repository, path, "agent/t-1", base, "t-1")
    assert not ready
    assert "was set aside as" in told
    assert path.with_name("1.aside-1").is_dir()
    assert check_out(repository, path, "agent/t-1", base, "t-1") == (True, "")


def test_a_worktree_with_work_is_not_removed_and_a_clean_one_is(made):
    repository, path, _ = made
    (path / "new.py").write_text("X = 1\n")
    with pytest.raises(RepositoryError, match="it holds work that is on no branch"):
        remove(repository, path)
    (path / "new.py").unlink()
    remove(repository, path)
    assert path not in records(repository)
