"""The working files as a tree, as `git add --all` and `git commit` would make it, without touching the repository.

Plumbing instead of `git add`: that one starts `git status` in submodules, with the config that the agent left there.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.changes.objects import Objects, Tree, not_copied
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent_gate.repository import Repository


@dataclass(frozen=True, slots=True)
class Working:
    """How the working files differ from the index. Paths are bytes.

    Attributes:
        staged: paths whose index entry differs from HEAD.
        removed: tracked files that are gone.
        added: files that are changed or untracked, and not ignored.
        nested: untracked directories that are repositories of their own; git records only their HEAD.
        conflicted: paths with an unresolved merge.
    """

    staged: tuple[bytes, ...] = ()
    removed: tuple[bytes, ...] = ()
    added: tuple[bytes, ...] = ()
    nested: tuple[bytes, ...] = ()
    conflicted: tuple[bytes, ...] = ()

    @property
    def uncommitted(self) -> tuple[str, ...]:
        """Every path, sorted."""
        paths = {*self.staged, *self.removed, *self.added, *self.nested, *self.conflicted}
        return tuple(sorted(map(os.fsdecode, paths)))


def look_at_working_files(repository: Repository, objects: Objects, head: str) -> Working:
    """Compare HEAD, index and working files, in a copy of the index.

    Raises:
        RepositoryError: the index cannot be read.
    """
    _copy_index(repository, objects)
    conflicted = _show_hidden(repository, objects)
    # its exit code says that something differs, which is what the next lines find out
    objects.try_git("update-index", "-q", "--refresh", worktree=True)
    staged = objects.git("diff-index", "--cached", "--name-only", "--no-renames", "-z", head, worktree=True)
    changed = objects.git(
        "diff-files", "--name-status", "--ignore-submodules=dirty", "-z", worktree=True
    ).split(b"\0")
    states = dict(zip(changed[1::2], changed[::2], strict=False))
    others = objects.git("ls-files", "--others", "--exclude-standard", "-z", worktree=True).split(b"\0")[:-1]
    modified = (path for path, state in states.items() if state != b"D")
    return Working(
        staged=tuple(staged.split(b"\0")[:-1]),
        removed=tuple(path for path, state in states.items() if state == b"D"),
        added=(*modified, *(path for path in others if not path.endswith(b"/"))),
        nested=tuple(path.rstrip(b"/") for path in others if path.endswith(b"/")),
        conflicted=conflicted,
    )


def write_working_tree(repository: Repository, objects: Objects, working: Working) -> Tree:
    """The tree that a commit of everything would have.

    Raises:
        RepositoryError: a conflict is not resolved, a nested repository has no commit, or a file cannot be recorded.
    """
    if working.conflicted:
        first = os.fsdecode(working.conflicted[0])
        raise RepositoryError(
            f"{repository.root} has {len(working.conflicted)} unresolved merge conflict(s), the first in {first!r}; "
            "resolve them or abort the merge."
        )
    _update(objects, "--force-remove", working.removed)
    _update(objects, "--add", working.added)
    for path in working.nested:
        taken = objects.try_git(
            "update-index", "--add", "--replace", "-z", "--stdin", input=path, worktree=True
        )
        if taken is None:
            raise RepositoryError(
                f"{os.fsdecode(path)!r} in {repository.root} is a git repository without a commit, so its files "
                "cannot be judged; remove its .git directory, or ignore it."
            )
    tree = Tree(objects, objects.git("write-tree", worktree=True).decode().strip())
    # git leaves out what it must not record (`.GIT/x`) with a mere warning
    if refused := [path for path in map(os.fsdecode, working.added) if path not in tree.entries]:
        raise RepositoryError(
            f"git refuses to record {refused[0]!r} in {repository.root}; rename or remove it."
        )
    return tree


def _copy_index(repository: Repository, objects: Objects) -> None:
    """Copy the index, with the parts that a split one shares; a repository need not have one."""
    for source in (repository.git_dir / "index", *repository.git_dir.glob("sharedindex.*")):
        if source.is_file():
            # with its time: git takes an entry that is as new as the index for one that may have been edited since
            try:
                shutil.copy2(source, objects.directory / source.name)
            except OSError as problem:
                raise not_copied(repository, problem) from problem
        elif os.path.lexists(source):
            raise RepositoryError(f"{source} is not a regular file; restore the index with `git reset`.")


def _show_hidden(repository: Repository, objects: Objects) -> tuple[bytes, ...]:
    """Clear the marks that make git overlook edits; returns the conflicted paths.

    A sparse checkout's skipped files stay skipped where they are absent: they count as unchanged, as in a commit.
    """
    # "H path\0": lower case is marked assume-unchanged, S is skip-worktree, M is unmerged
    entries = objects.git("ls-files", "-v", "-z", worktree=True).split(b"\0")[:-1]
    marked = [entry for entry in entries if entry[:1] != b"H"]
    assumed = [entry[2:] for entry in marked if entry[:1].islower()]
    skipped = [entry[2:] for entry in marked if entry[:1] in b"Ss"]
    if repository.try_git("config", "--type=bool", "core.sparseCheckout") == b"true\n":
        root = os.fsencode(repository.root)
        skipped = [path for path in skipped if os.path.lexists(os.path.join(root, path))]  # noqa: PTH118 - bytes
    _update(objects, "--no-assume-unchanged", assumed)
    _update(objects, "--no-skip-worktree", skipped)
    return tuple({entry[2:]: None for entry in marked if entry[:1] in b"Mm"})


def _update(objects: Objects, option: str, paths: Iterable[bytes]) -> None:
    """`git update-index` with one option for all the paths."""
    if names := b"".join(path + b"\0" for path in paths):
        objects.git("update-index", option, "--replace", "-z", "--stdin", input=names, worktree=True)
