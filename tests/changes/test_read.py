from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_gate.changes import read_changes, snapshot_at
from agent_gate.changes.model import Hunk, Status
from agent_gate.repository import RepositoryError, open_repository


def by_path(changes):
    return {change.path: change for change in changes.files}


def test_committed_staged_unstaged_and_untracked_files_are_one_change_set(repo):
    repo.commit("fix: commit one", {"committed.txt": "1\n"})
    repo.write("staged.txt", "2\n")
    repo.git("add", "staged.txt")
    repo.write("a.txt", "one\nTWO\nthree\n")
    repo.write("dir/untracked.txt", "4\n")
    changes = repo.changes()
    assert sorted(by_path(changes)) == ["a.txt", "committed.txt", "dir/untracked.txt", "staged.txt"]
    assert changes.uncommitted == ("a.txt", "dir/untracked.txt", "staged.txt")
    assert by_path(changes)["a.txt"].hunks == (Hunk(2, ("two",), 2, ("TWO",)),)
    assert [commit.subject for commit in changes.commits] == ["fix: commit one"]
    assert (changes.branch, changes.base) == ("work", repo.git("rev-parse", "main"))


def test_committed_only_judges_head_and_still_says_what_is_uncommitted(repo):
    repo.commit("fix: x", {"c.txt": "1\n"})
    repo.write("d.txt", "2\n")
    changes = repo.changes(committed_only=True)
    assert sorted(by_path(changes)) == ["c.txt"]
    assert changes.tree == repo.git("rev-parse", "HEAD^{tree}")
    assert changes.uncommitted == ("d.txt",)


def test_reading_changes_nothing_in_the_repository(repo):
    repo.write("new.txt", "n\n")
    repo.write("a.txt", "changed\n")
    before = {path: path.stat().st_mtime_ns for path in sorted((repo.path / ".git").rglob("*"))}
    repo.changes()
    assert {path: path.stat().st_mtime_ns for path in sorted((repo.path / ".git").rglob("*"))} == before


def test_a_rename_with_an_edit_keeps_both_names(repo):
    repo.write("long.txt", "".join(f"line {number}\n" for number in range(20)))
    repo.commit()
    repo.git("branch", "-f", "main", "HEAD")
    repo.git("mv", "long.txt", "moved.txt")
    repo.write("moved.txt", (repo.path / "moved.txt").read_text() + "more\n")
    (change,) = repo.changes().files
    assert (change.status, change.old_path, change.path) == (Status.RENAMED, "long.txt", "moved.txt")
    assert change.hunks == (Hunk(20, (), 21, ("more",)),)


@pytest.mark.parametrize(
    "name",
    ["with space", 'quo"te', "line\nbreak", "-dash", "tab\t", "ünï", "@@ -1 +1 @@", "\udcff", ":(top)x", "*"],
)
def test_any_file_name_is_taken_as_it_is(repo, name):
    repo.write(name, "content\n")
    changes = repo.changes()
    assert [change.path for change in changes.files] == [name]
    assert changes.after.read(name) == b"content\n"
    repo.git("add", "-A")
    assert repo.changes().tree == repo.git("write-tree") == changes.tree


def test_binary_and_undecodable_content(repo):
    repo.write("image.bin", b"\x00\x01\xff")
    repo.write("latin.txt", b"caf\xe9\r\nno end")
    files = by_path(repo.changes())
    assert files["image.bin"].binary
    assert files["image.bin"].hunks == ()
    assert files["latin.txt"].hunks == (Hunk(0, (), 1, ("caf\udce9", "no end")),)


def test_attributes_cannot_hide_lines(repo):
    repo.write(".gitattributes", "*.py binary\n*.txt diff=mine\n")
    repo.write("bad.py", "evil()\n")
    repo.write("a.txt", "evil\n")
    repo.git("config", "diff.mine.binary", "true")
    files = by_path(repo.changes())
    assert files["bad.py"].hunks[0].added == ("evil()",)
    assert files["a.txt"].hunks[0].added == ("evil",)


def test_mode_change_and_symlinks(repo):
    (repo.path / "a.txt").chmod(0o755)
    (repo.path / "b.txt").unlink()
    (repo.path / "b.txt").symlink_to("/etc/passwd")
    changes = repo.changes()
    files = by_path(changes)
    assert (files["a.txt"].status, files["a.txt"].new_mode, files["a.txt"].hunks) == (
        Status.MODIFIED,
        0o100755,
        (),
    )
    assert files["b.txt"].status is Status.TYPE_CHANGED
    assert files["b.txt"].hunks == (Hunk(1, ("b",), 0, ()), Hunk(0, (), 1, ("/etc/passwd",)))
    assert changes.after.read("b.txt") == b"/etc/passwd"


def test_a_directory_for_a_file_and_a_symlink_for_a_directory(repo):
    repo.commit(files={"d/x.txt": "x\n", "d/y.txt": "y\n"})
    (repo.path / "a.txt").unlink()
    repo.write("a.txt/inner.txt", "i\n")
    (repo.path / "d").rename(repo.path / "e")
    (repo.path / "d").symlink_to("e")
    tree = repo.changes().tree
    repo.git("add", "-A")
    assert tree == repo.git("write-tree")


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_marks_that_make_git_overlook_edits_do_not_hide_them(repo, mark):
    repo.write("a.txt", "hidden\n")
    (repo.path / "b.txt").unlink()
    repo.git("update-index", mark, "a.txt", "b.txt")
    assert sorted(by_path(repo.changes())) == ["a.txt", "b.txt"]


def test_untrusted_ignore_rules_do_not_hide_files_but_gitignore_does(repo, tmp_path):
    (repo.path / ".git/info/exclude").write_text("hidden.py\n")
    (tmp_path / "excludes").write_text("local.py\n")
    repo.git("config", "core.excludesFile", str(tmp_path / "excludes"))
    for name in ("hidden.py", "local.py", "ignored.py", ".beads/db", ".beads.gate.lock"):
        repo.write(name, "x\n")
    repo.write(".gitignore", "ignored.py\n")
    assert sorted(by_path(repo.changes())) == [".gitignore", "hidden.py", "local.py"]


def test_replaced_objects_do_not_show_other_content(repo):
    repo.commit(files={"a.txt": "evil\n"})
    repo.git("replace", repo.git("rev-parse", "HEAD:a.txt"), repo.git("rev-parse", "main:a.txt"))
    changes = repo.changes()
    assert by_path(changes)["a.txt"].hunks[0].added == ("evil",)
    assert changes.after.read("a.txt") == b"evil\n"


def test_intent_to_add_staged_then_deleted_and_locked_index(repo):
    repo.write("later.txt", "later\n")
    repo.git("add", "-N", "later.txt")
    repo.write("gone.txt", "g\n")
    repo.git("add", "gone.txt")
    (repo.path / "gone.txt").unlink()
    (repo.path / ".git/index.lock").touch()
    assert sorted(by_path(repo.changes())) == ["later.txt"]


def test_a_split_index_is_read(repo):
    repo.write("c.txt", "c\n")
    repo.git("add", "c.txt")
    repo.git("update-index", "--split-index")
    assert sorted(by_path(repo.changes())) == ["c.txt"]


def test_what_a_sparse_checkout_leaves_out_is_unchanged(repo):
    repo.commit(files={"in/x.txt": "x\n", "out/y.txt": "y\n"})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    assert not (repo.path / "out/y.txt").exists()
    assert repo.changes().tree == repo.git("rev-parse", "HEAD^{tree}")
    repo.write("out/y.txt", "edited\n")
    assert repo.changes().after.read("out/y.txt") == b"edited\n"


def test_a_conflict_is_an_error_unless_only_commits_are_judged(repo):
    repo.commit(files={"a.txt": "work\n"})
    repo.git("switch", "-q", "main")
    repo.commit(files={"a.txt": "main\n"})
    repo.git("switch", "-q", "work")
    with pytest.raises(AssertionError):
        repo.git("merge", "main")
    with pytest.raises(RepositoryError, match=r"1 unresolved merge conflict.*'a.txt'"):
        repo.changes()
    assert repo.changes(committed_only=True).uncommitted == ("a.txt",)


def test_nested_repositories(repo, make_repo):
    inner = make_repo(name="repo/inner")
    changes = repo.changes()
    assert [(change.path, change.new_mode) for change in changes.files] == [("inner", 0o160000)]
    assert changes.files[0].new_blob == inner.git("rev-parse", "HEAD")
    repo.git("init", "-q", "empty")
    repo.write("empty/evil.py", "x\n")
    with pytest.raises(RepositoryError, match=r"'empty' in .* is a git repository without a commit"):
        repo.changes()


def test_a_git_directory_inside_a_tracked_one_hides_nothing(repo):
    repo.commit(files={"pkg/__init__.py": "\n"})
    repo.git("init", "-q", "pkg")
    repo.write("pkg/evil.py", "x\n")
    assert "pkg/evil.py" in by_path(repo.changes())


def test_a_submodule_counts_by_its_commit_and_runs_nothing(repo, make_repo, tmp_path):
    make_repo(name="lib")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "lib"), "lib")
    repo.commit("feat: add a submodule")
    (repo.path / "lib/.gitattributes").write_text("* filter=evil\n")
    repo.git("-C", "lib", "config", "filter.evil.clean", f"touch {tmp_path}/ran")
    (repo.path / "lib/README.md").write_text("# Dirty project\n")
    changes = repo.changes()
    assert [(change.path, change.hunks) for change in changes.files if change.new_mode == 0o160000] == [
        ("lib", ())
    ]
    assert changes.uncommitted == ()
    assert not (tmp_path / "ran").exists()
    repo.git("-C", "lib", "commit", "-qam", "more")
    assert repo.changes().uncommitted == ("lib",)


def test_hooks_filters_and_helpers_of_the_repository_do_not_run(repo, tmp_path):
    flag = tmp_path / "ran"
    script = repo.write(".git/evil", f"#!/bin/sh\ntouch {flag}\ncat\n")
    script.chmod(0o755)
    hook = repo.write(".git/hooks/post-index-change", script.read_text())
    hook.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
    ):
        repo.git("config", key, str(script))
    repo.write(".gitattributes", "* filter=evil diff=evil\n")
    repo.write("a.txt", "changed\n")
    flag.unlink(missing_ok=True)
    changes = repo.changes()
    open_repository(repo.path).git("diff", "main")
    assert changes.after.read("a.txt") == b"changed\n"
    assert not flag.exists()


def test_linked_worktree_and_detached_head(repo, tmp_path):
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    (tmp_path / "linked/new.txt").write_text("n\n")
    changes = read_changes(open_repository(tmp_path / "linked"), "main")
    assert sorted(by_path(changes)) == ["new.txt"]
    assert changes.branch is None
    assert changes.root == str((tmp_path / "linked").resolve())


def test_a_submodule_can_be_judged_itself(repo, make_repo, tmp_path):
    make_repo(name="lib")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "lib"), "lib")
    repo.write("lib/new.txt", "n\n")
    assert sorted(by_path(read_changes(open_repository(repo.path / "lib")))) == ["new.txt"]


def test_sha256_repositories(tmp_path, repo):
    repo.git("init", "-q", "-b", "main", "--object-format=sha256", str(tmp_path / "long"))
    other = type(repo)(tmp_path / "long")
    other.commit(files={"a": "1\n"})
    other.write("b", "2\n")
    assert len(other.changes().files[0].new_blob) == 64


def test_commit_messages_are_read_in_full(repo):
    repo.commit("feat: first\n\nWhy: because.\n\nRefs: #1\n")
    repo.commit("fix: sécond")
    second, first = repo.changes().commits
    assert (second.subject, first.body) == ("fix: sécond", "Why: because.\n\nRefs: #1")
    assert second.parents == (first.sha,)
    assert first.author == "A Tester <tester@example.invalid>"


def test_snapshots(repo):
    snapshot = snapshot_at(open_repository(repo.path), "main")
    assert snapshot.paths() == {"a.txt", "b.txt"}
    assert snapshot.read("b.txt") == b"b\n"
    assert snapshot.read("none") is None
    with pytest.raises(RepositoryError, match="no revision 'nope'"):
        snapshot_at(open_repository(repo.path), "nope")


def test_the_temporary_objects_go_with_the_change_set(repo):
    repo.write("new.txt", "n\n")
    changes = repo.changes()
    directory = changes.after._objects.directory
    assert directory.is_dir()
    del changes
    assert not os.path.lexists(directory)


def test_no_commit_yet_is_said(repo, tmp_path):
    repo.git("init", "-q", str(tmp_path / "unborn"))
    with pytest.raises(RepositoryError, match="has no commit yet"):
        read_changes(open_repository(tmp_path / "unborn"))


def test_a_pipe_in_the_place_of_a_file_is_an_error(repo):
    (repo.path / "a.txt").unlink()
    os.mkfifo(repo.path / "a.txt")
    with pytest.raises(RepositoryError, match=r"a\.txt"):
        repo.changes()


def test_the_objects_directory_lets_others_check_out_the_judged_tree(repo, tmp_path):
    repo.write("new.txt", "n\n")
    changes = repo.changes()
    repo.git("init", "-q", str(tmp_path / "room"))
    alternates = f"{repo.path}/.git/objects\n{changes.objects}\n"
    (tmp_path / "room/.git/objects/info/alternates").write_text(alternates)
    repo.git("-C", str(tmp_path / "room"), "read-tree", "-u", "--reset", changes.tree)
    assert (tmp_path / "room/new.txt").read_text() == "n\n"


@pytest.mark.parametrize("name", [".GIT/x", "git~1"])
def test_a_file_that_git_refuses_to_record_is_an_error(repo, name):
    repo.write(name, "x\n")
    with pytest.raises(RepositoryError, match=f"git refuses to record {name!r}"):
        repo.changes()


def test_a_partial_clone_says_what_is_missing(repo, tmp_path):
    repo.commit(files={"a.txt": "new\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    with pytest.raises(RepositoryError, match="in a partial clone: `git fetch --refetch --no-filter`"):
        read_changes(open_repository(tmp_path / "partial"), "origin/main")


def test_files_are_read_from_many_threads(repo):
    for number in range(20):
        repo.write(f"{number}.txt", f"{number}\n" * 1000)
    after = repo.changes().after
    with ThreadPoolExecutor(8) as pool:
        contents = list(pool.map(after.read, [f"{number % 20}.txt" for number in range(200)]))
    assert contents == [f"{number % 20}\n".encode() * 1000 for number in range(200)]


class TestANamedCommit:
    def test_is_judged_whatever_is_checked_out(self, make_repo):
        repo = make_repo()
        repo.branch("work")
        wanted = repo.commit("feat: a", {"a.py": "A = 1\n"})
        repo.git("switch", "-q", "main")
        repo.write("b.py", "B = 1\n")
        changes = read_changes(open_repository(repo.path), "main", commit="work")
        assert (changes.head, [file.path for file in changes.files]) == (wanted, ["a.py"])
        assert (changes.branch, changes.uncommitted, changes.checked_out) == (None, (), False)

    def test_that_is_not_there_is_named(self, make_repo):
        with pytest.raises(RepositoryError, match="has no commit 'nowhere'"):
            read_changes(open_repository(make_repo().path), "main", commit="nowhere")
