"""What a branch changes: from where it left its base to its working files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agent_gate.changes.base import find_merge_base, resolve
from agent_gate.changes.diff import diff_trees
from agent_gate.changes.model import ChangeSet, CommitInfo, Snapshot
from agent_gate.changes.objects import Objects, Tree
from agent_gate.changes.working import Working, look_at_working_files, write_working_tree
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent_gate.changes.model import FileChange
    from agent_gate.repository import Repository

_COMMIT = "%H%x00%P%x00%an <%ae>%x00%B"
_FIELDS = 4


def read_changes(
    repository: Repository, base: str = "", *, committed_only: bool = False, commit: str = ""
) -> ChangeSet:
    """The change set of a working tree: merge base with `base` → its working files, or with `committed_only` its HEAD.

    `base` is any revision; "" finds the default branch. With a `commit` (any revision) that one is judged, whatever is
    checked out. The repository is not changed in any way.

    Raises:
        RepositoryError: no commit yet, no such base or commit, no common history, an unresolved conflict, a nested
            repository whose files git cannot record, or missing objects.
    """
    head = resolve(repository, commit, "commit") if commit else _head(repository)
    branch = None if commit else _branch(repository)
    objects = Objects(repository)
    merge_base = find_merge_base(repository, objects, base, head, branch)
    working = Working() if commit else look_at_working_files(repository, objects, head)
    before = Tree(objects, _tree(objects, merge_base))
    after = (
        Tree(objects, _tree(objects, head))
        if committed_only or commit
        else write_working_tree(repository, objects, working)
    )
    return ChangeSet(
        root=str(repository.root),
        base=merge_base,
        head=head,
        tree=after.tree,
        branch=branch,
        files=diff_trees(objects, before.tree, after.tree),
        commits=_commits(objects, merge_base, head),
        uncommitted=working.uncommitted,
        before=before,
        after=after,
        objects=str(objects.directory / "objects"),
        checked_out=not commit,
    )


def read_commits(
    repository: Repository, commits: Iterable[CommitInfo]
) -> Iterator[tuple[CommitInfo, tuple[FileChange, ...]]]:
    """What each commit changed against its parent (the first of all: against nothing); merges are left out.

    Raises:
        RepositoryError: an object is missing.
    """
    objects = Objects(repository)
    for commit in commits:
        if len(commit.parents) <= 1:
            old = commit.parents[0] if commit.parents else objects.git("mktree", input=b"").decode().strip()
            yield commit, diff_trees(objects, old, commit.sha)


def snapshot_at(repository: Repository, revision: str) -> Snapshot:
    """The tree of a commit, tag or tree.

    Raises:
        RepositoryError: there is no such revision.
    """
    tree = repository.try_git("rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}")
    if tree is None or revision.startswith("-"):
        raise RepositoryError(f"{repository.root} has no revision {revision!r}; name a commit or a tree.")
    return Tree(Objects(repository), tree.decode().strip())


def _head(repository: Repository) -> str:
    output = repository.try_git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if output is None:
        raise RepositoryError(f"{repository.root} has no commit yet; commit something to compare with.")
    return output.decode().strip()


def _branch(repository: Repository) -> str | None:
    """The short name; None on a detached HEAD."""
    output = repository.try_git("symbolic-ref", "--quiet", "HEAD")
    return os.fsdecode(output).strip().removeprefix("refs/heads/") if output else None


def _tree(objects: Objects, commit: str) -> str:
    return objects.git("rev-parse", f"{commit}^{{tree}}").decode().strip()


def _commits(objects: Objects, base: str, head: str) -> tuple[CommitInfo, ...]:
    """The commits of base..head, newest first."""
    output = objects.git(
        "log", "-z", "--topo-order", "--no-notes", f"--format=format:{_COMMIT}", f"{base}..{head}"
    )
    if not output:
        return ()
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    rows = (fields[at : at + _FIELDS] for at in range(0, len(fields), _FIELDS))
    return tuple(
        CommitInfo(sha, tuple(parents.split()), author, text.strip()) for sha, parents, author, text in rows
    )
