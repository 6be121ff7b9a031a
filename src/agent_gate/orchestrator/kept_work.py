"""Making safe what a worktree holds and no branch does, before the worktree is used for something else.

Uncommitted work, untracked files included, becomes a commit on a branch of its own (`agent/<task>.kept-<n>`), never on the
task's; so do commits that no ref holds. Nothing in the worktree is touched.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.changes.objects import Objects
from agent_gate.changes.working import look_at_working_files, write_working_tree
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from agent_gate.changes.working import Working
    from agent_gate.repository import Repository

_REF_NAMESPACES = ("refs/heads", "refs/remotes", "refs/tags")


def keep_work(worktree: Repository, task: str) -> str:
    """Make safe what this worktree holds; the short name of the branch that has it now, "" where there was nothing.

    Doing it again for the same content gives the same branch.

    Raises:
        RepositoryError: it cannot be made safe (a repository within it, a file that git refuses, a damaged index).
    """
    head = worktree.try_git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        raise RepositoryError(f"{worktree.root} has no commit checked out.")
    commit = head.decode().strip()
    objects = Objects(worktree)
    working = _without_ignored(worktree, look_at_working_files(worktree, objects, commit))
    if working.nested:
        nested = os.fsdecode(working.nested[0])
        raise RepositoryError(
            f"{nested!r} in {worktree.root} is a repository of its own, which git cannot keep."
        )
    if working.uncommitted:
        kept = _commit_everything(worktree, objects, _resolved(worktree, working), commit, task)
    elif _is_held(worktree, commit):
        return ""
    else:
        kept = commit
    return _branch_for(worktree, objects, kept, task)


def holds_work(worktree: Repository) -> bool:
    """Whether there is anything that `keep_work` would have to make safe.

    Raises:
        RepositoryError: that cannot be said.
    """
    head = worktree.git("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    working = _without_ignored(worktree, look_at_working_files(worktree, Objects(worktree), head))
    return bool(working.uncommitted) or not _is_held(worktree, head)


def _commit_everything(worktree: Repository, objects: Objects, working: Working, head: str, task: str) -> str:
    """A commit on top of `head` with all the working files; what was staged and is different is its second parent."""
    env = _identity(worktree, head)
    staged = objects.try_git("write-tree", worktree=True)
    tree = write_working_tree(worktree, objects, working).tree
    parents = ["-p", head]
    if staged and staged.decode().strip() not in {tree, _tree_of(worktree, head)}:
        message = f"Staged, and not committed, by the agent of {task}"
        staged = worktree.git(
            "commit-tree", staged.decode().strip(), "-p", head, "-m", message, env={**env, **_at(objects)}
        )
        parents += ["-p", staged.decode().strip()]
    message = f"Uncommitted work of the agent of {task}"
    made = worktree.git("commit-tree", tree, *parents, "-m", message, env={**env, **_at(objects)})
    return made.decode().strip()


def _branch_for(worktree: Repository, objects: Objects, commit: str, task: str) -> str:
    """The kept branch that has this commit; made where there is none."""
    prefix = f"refs/heads/agent/{task}.kept-"
    listed = worktree.git("for-each-ref", "--format=%(objectname) %(refname)", f"{prefix}*").decode()
    known = {name: oid for oid, _, name in (line.partition(" ") for line in listed.splitlines())}
    for name, oid in known.items():
        if oid == commit:
            return name.removeprefix("refs/heads/")
    number = next(number for number in range(1, len(known) + 2) if f"{prefix}{number}" not in known)
    (objects.directory / "refs" / "kept").write_text(f"{commit}\n")
    # one step that brings the objects first and the ref last; it moves no ref that there is
    refspec = f"refs/kept:{prefix}{number}"
    worktree.git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(objects.directory), refspec)
    return f"agent/{task}.kept-{number}"


def _without_ignored(worktree: Repository, working: Working) -> Working:
    """Without what only the repository's own excludes hide: a clean-up leaves it where it is."""
    if not working.added:
        return working
    names = b"".join(path + b"\0" for path in working.added)
    ignored = worktree.try_git("check-ignore", "-z", "--stdin", input=names) or b""
    return replace(working, added=tuple(path for path in working.added if path not in ignored.split(b"\0")))


def _resolved(worktree: Repository, working: Working) -> Working:
    """Conflicted files are kept as they are, with their marks."""
    root = os.fsencode(worktree.root)
    there = tuple(path for path in working.conflicted if os.path.lexists(os.path.join(root, path)))  # noqa: PTH118 - bytes
    gone = tuple(path for path in working.conflicted if path not in there)
    return replace(
        working,
        conflicted=(),
        added=tuple(dict.fromkeys((*working.added, *there))),
        removed=tuple(dict.fromkeys((*working.removed, *gone))),
    )


def _is_held(worktree: Repository, commit: str) -> bool:
    held = worktree.git("for-each-ref", "--count=1", f"--contains={commit}", *_REF_NAMESPACES)
    return bool(held.strip())


def _tree_of(worktree: Repository, commit: str) -> str:
    return worktree.git("rev-parse", f"{commit}^{{tree}}").decode().strip()


def _at(objects: Objects) -> dict[str, str]:
    """Git in the directory of `objects`."""
    return {"GIT_DIR": str(objects.directory)}


def _identity(worktree: Repository, head: str) -> dict[str, str]:
    """Ours, at the time of `head`: the same content is the same commit."""
    date = worktree.git("show", "--no-patch", "--format=%cI", head).decode().strip()
    return {
        f"GIT_{role}_{name}": value
        for role in ("AUTHOR", "COMMITTER")
        for name, value in (("NAME", "agent-gate"), ("EMAIL", "agent-gate@localhost"), ("DATE", date))
    }
