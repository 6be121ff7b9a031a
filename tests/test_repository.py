from __future__ import annotations

import os

import pytest

from agent_gate.repository import RepositoryError, open_repository


def test_root_and_directories_from_anywhere_inside(make_repo):
    repo = make_repo({"deep/down/a.txt": "a\n"})
    opened = open_repository(repo.path / "deep/down")
    assert (opened.root, opened.git_dir, opened.common_dir) == (
        repo.path,
        repo.path / ".git",
        repo.path / ".git",
    )


def test_a_linked_worktree_has_its_own_git_directory(make_repo, tmp_path):
    repo = make_repo()
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "work")
    opened = open_repository(tmp_path / "linked")
    assert opened.root == tmp_path / "linked"
    assert opened.git_dir == repo.path / ".git/worktrees/linked"
    assert opened.common_dir == repo.path / ".git"


def test_no_repository_is_one_sentence(tmp_path):
    with pytest.raises(RepositoryError, match=f"{tmp_path} is not in a git repository"):
        open_repository(tmp_path)
    with pytest.raises(RepositoryError, match="is not a directory"):
        open_repository(tmp_path / "none")


def test_bare_and_git_directories_are_refused(make_repo, tmp_path):
    repo = make_repo()
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    with pytest.raises(RepositoryError, match=r"bare\.git is a bare repository"):
        open_repository(tmp_path / "bare.git")
    with pytest.raises(RepositoryError, match="is not inside the working tree"):
        open_repository(repo.path / ".git")


def test_a_work_tree_that_is_elsewhere_is_refused(make_repo, tmp_path):
    repo = make_repo()
    (tmp_path / "clean").mkdir()
    repo.git("config", "core.worktree", str(tmp_path / "clean"))
    with pytest.raises(RepositoryError, match="is not inside the working tree"):
        open_repository(repo.path)


def test_another_owner_says_what_to_do(make_repo, monkeypatch):
    repo = make_repo()
    if os.getuid() != 0:
        pytest.skip("only root can give a repository away")
    os.chown(repo.path, 12345, 12345)
    with pytest.raises(
        RepositoryError, match=r"someone else owns it: run `git config --global --add safe\.directory"
    ):
        open_repository(repo.path)


def test_a_git_that_is_killed_is_one_sentence(make_repo, tmp_path, monkeypatch):
    repo = make_repo()
    (tmp_path / "git").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git version` ended with -9"):
        open_repository(repo.path)


def test_git_missing_or_too_old(make_repo, tmp_path, monkeypatch):
    repo = make_repo()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git is not installed"):
        open_repository(repo.path)
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.30.9\n")
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(RepositoryError, match=r"git 2\.30 is too old; install 2\.31 or newer"):
        open_repository(repo.path)


def test_a_git_program_inside_the_repository_is_not_run(make_repo, monkeypatch):
    repo = make_repo()
    fake = repo.write(".venv/bin/git", "#!/bin/sh\ntouch ran\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}.{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(fake.parent)
    open_repository(repo.path / ".venv").git("status")
    assert not list(repo.path.rglob("ran"))


def test_the_callers_git_variables_are_not_inherited(make_repo, monkeypatch):
    repo, other = make_repo(), make_repo(name="other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / "none"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    opened = open_repository(repo.path)
    assert opened.root == repo.path
    assert opened.git("ls-files") == b"README.md\n"


def test_drivers_of_the_repositorys_config_are_off_and_git_lfs_stays(make_repo):
    repo = make_repo()
    for key, value in (
        ("filter.a=b.clean", "evil"),
        ("filter.a=b.required", "true"),
        ("merge.m.driver", "evil"),
        ("filter.lfs.clean", "git-lfs clean -- %f"),
        ("filter.lfs.process", "git-lfs filter-process; evil"),
    ):
        repo.git("config", key, value)
    opened = open_repository(repo.path)
    assert opened.git("config", "filter.a=b.clean") == b"\n"
    assert opened.git("config", "filter.a=b.required") == b"false\n"
    assert opened.git("config", "merge.m.driver") == b"false\n"
    assert opened.git("config", "filter.lfs.clean") == b"git-lfs clean -- %f\n"
    assert opened.git("config", "filter.lfs.process") == b"\n"


def test_a_failure_carries_gits_own_words(make_repo):
    opened = open_repository(make_repo().path)
    with pytest.raises(RepositoryError, match=r"git rev-parse failed in .*: Needed a single revision"):
        opened.git("rev-parse", "--verify", "nope")
    assert opened.try_git("rev-parse", "--verify", "nope") is None


def test_standard_input_and_running_processes(make_repo):
    opened = open_repository(make_repo().path)
    oid = opened.git("hash-object", "-w", "--stdin", input=b"x\n").strip()
    process = opened.start("cat-file", "--batch")
    process.stdin.write(oid + b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == oid + b" blob 2\n"


def test_a_git_that_hangs_is_killed_and_said(make_repo, monkeypatch):
    repo = make_repo()
    monkeypatch.setattr("agent_gate.repository.TIME_LIMIT", 0.2)
    os.mkfifo(repo.path / ".gitignore")
    with pytest.raises(RepositoryError, match=r"git ls-files in .* was killed by signal 9"):
        open_repository(repo.path).git("ls-files", "--others", "--exclude-standard")


def test_a_worktree_that_another_git_is_just_making_is_waited_for(make_repo, tmp_path, monkeypatch):
    repo = make_repo()
    repo.git("worktree", "add", "-q", str(tmp_path / "other"))
    record = repo.path / ".git" / "worktrees" / "other" / "commondir"
    whole = record.read_text()
    record.write_text("")
    monkeypatch.setattr("agent_gate.repository.time.sleep", lambda _: record.write_text(whole))
    assert b"other" in open_repository(repo.path).git("worktree", "list")
