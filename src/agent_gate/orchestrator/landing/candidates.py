"""Commits to be gated and landed, made without a checkout: branches put on a commit one after the other."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.findings import Finding, Severity
from agent_gate.orchestrator.landing.model import Style
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.orchestrator.journal import Task
    from agent_gate.policy.model import Policy
    from agent_gate.repository import Repository

CONFLICT_RULE = "orchestrator/conflict"
OLDEST_GIT = (2, 39)  # merge-tree --stdin
_OURSELVES = (("NAME", "agent-gate"), ("EMAIL", "agent-gate@localhost"))
_MAX_LINE = 200  # characters; a title is what somebody typed into a tracker
_MAX_FILES = 20  # named in one finding


@dataclass(frozen=True, slots=True)
class Conflict:
    """A branch does not go on top of `other` (a commit, "" where it is not known): both changed `files`."""

    files: tuple[str, ...]
    other: str
    reason: str = ""


def style_for(policy: Policy, wanted: Style) -> Style:
    """The configured style, but linear where a rule forbids merge commits."""
    forbidden = any(rule.params.get("no_merge") for rule in policy.enforced)
    return Style.LINEAR if forbidden else wanted


def require_merge_tree(repository: Repository) -> None:
    """Raise where git cannot merge without a checkout.

    Raises:
        RepositoryError: git is older than 2.39.
    """
    version = re.findall(r"\d+", repository.git("version").decode())
    if tuple(map(int, version[:2])) < OLDEST_GIT:
        raise RepositoryError("Landing needs git 2.39 or newer (`git merge-tree --stdin`); install it.")


def is_contained(repository: Repository, commit: str, tip: str) -> bool:
    """Whether the commit is in the history of `tip`."""
    return repository.try_git("merge-base", "--is-ancestor", commit, tip) is not None


def tree_of(repository: Repository, commit: str) -> str:
    """The commit's tree."""
    return repository.git("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()


def contained(repository: Repository, commits: Sequence[str], tip: str) -> frozenset[str]:
    """Those of the commits that are in the history of `tip`: one look for all, and a second one for each that seems to be."""
    wanted = "".join(f"{commit}\n" for commit in (*commits, f"^{tip}"))
    missing = (
        repository.git("rev-list", "--ignore-missing", "--stdin", input=wanted.encode()).decode().split()
    )
    return frozenset(
        commit for commit in set(commits) - set(missing) if is_contained(repository, commit, tip)
    )


def put_on(
    repository: Repository, tip: str, task: Task, style: Style, *, new_tip: bool = False
) -> str | Conflict:
    """The commit that has `tip` and the task's work: the branch itself where it starts at `tip`, else a new commit.

    `new_tip` says that `tip` was made a moment ago, so that no branch starts there.

    Raises:
        RepositoryError: git failed.
    """
    try:
        if style is Style.LINEAR:
            return _replay(repository, tip, task)
        return _merge(repository, tip, task, new_tip=new_tip)
    except RepositoryError:
        if _start(repository, tip, task.head):
            raise
        gone = f"The commit {task.head} is gone, or has no common history with the base."
        return Conflict((), "", gone)


def conflict_finding(repository: Repository, conflict: Conflict, task: Task, base: str) -> Finding:
    """What the agent is told: with whom, and in which files; `base` is the branch's name."""
    files = ", ".join(conflict.files[:_MAX_FILES])
    other = _described(repository, conflict.other)
    reason = conflict.reason or f"The branch conflicts with {other} in {files}."
    return Finding(
        rule=CONFLICT_RULE,
        kind="landing",
        severity=Severity.BLOCK,
        message=reason,
        path=conflict.files[0] if conflict.files else None,
        evidence="\n".join(conflict.files[:_MAX_FILES]),
        fix=f"Run `git rebase {base}` in the worktree, keep what both sides meant, and commit.",
        reproduce=f"git merge-tree --write-tree {base} {task.head}",
        anchor=f"conflict {files}",
    )


def _merge(repository: Repository, tip: str, task: Task, *, new_tip: bool) -> str | Conflict:
    if not new_tip and is_contained(repository, tip, task.head):
        return task.head
    tree = _merged_tree(repository, tip, task.head)
    if isinstance(tree, Conflict):
        return tree
    message = _one_line(f"Merge {task.branch}: {task.title}")
    return _commit(repository, tree, (tip, task.head), f"{message}\n".encode("utf-8", "replace"))


def _replay(repository: Repository, tip: str, task: Task) -> str | Conflict:
    """The branch's commits on top of `tip`."""
    start = repository.git("merge-base", tip, task.head).decode().strip()
    added = repository.git("rev-list", "--reverse", "--topo-order", "--parents", f"{start}..{task.head}")
    commits = [line.split() for line in added.decode().splitlines()]
    if any(len(parents) != 1 for _, *parents in commits):
        return Conflict((), "", "The branch holds merge commits, and this repository's history is linear.")
    if start == tip:
        return task.head
    for commit, parent in commits:
        # merge-tree finds the merge base by itself: a stand-in for `tip`, with the commit's parent as its parent, makes it that
        ours = tree_of(repository, tip)
        stand_in = _commit(repository, ours, (parent,), b"stand-in\n")
        tree = _merged_tree(repository, stand_in, commit)
        if isinstance(tree, Conflict):
            return Conflict(tree.files, _last_to_change(repository, start, tip, tree.files))
        if tree != ours:
            tip = _copied(repository, commit, tree, tip)
    return tip


def _merged_tree(repository: Repository, ours: str, theirs: str) -> str | Conflict:
    """The tree of both."""
    # With --stdin, a conflict is an answer and not a failure; its form is fixed by git-merge-tree's manual.
    fields = repository.git("merge-tree", "--stdin", "-z", input=f"{ours} {theirs}\n".encode()).split(b"\0")
    clean, tree, entries = fields[0] == b"1", fields[1].decode(), fields[2:]
    if clean:
        return tree
    stages = entries[: entries.index(b"")]
    files = tuple(dict.fromkeys(os.fsdecode(stage.partition(b"\t")[2]) for stage in stages))
    return Conflict(files, _last_to_change(repository, _start(repository, ours, theirs), ours, files))


def _start(repository: Repository, tip: str, commit: str) -> str:
    """Where the two have left each other; "" where they have no common history, or one of them is not there."""
    return (repository.try_git("merge-base", tip, commit) or b"").decode().strip()


def _last_to_change(repository: Repository, start: str, tip: str, files: tuple[str, ...]) -> str:
    """The last commit of `tip`'s own line that changed one of the files since `start`."""
    query = ("rev-list", "--first-parent", "--max-count=1", f"{start}..{tip}", "--", *files[:_MAX_FILES])
    return (repository.try_git(*query) or b"").decode().strip()


def _copied(repository: Repository, commit: str, tree: str, parent: str) -> str:
    """The same author, date and message, with another tree and parent."""
    form = "--format=%an%x00%ae%x00%ad%x00%B"
    told = os.fsdecode(repository.git("show", "--no-patch", "--date=raw", form, commit))
    name, email, date, message = told.split("\0", 3)
    author = {"GIT_AUTHOR_NAME": name or "unknown", "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": date}
    return _commit(repository, tree, (parent,), os.fsencode(message.rstrip("\n") + "\n"), author)


def _commit(
    repository: Repository,
    tree: str,
    parents: tuple[str, ...],
    message: bytes,
    author: dict[str, str] | None = None,
) -> str:
    """A new commit, by the user where git knows who that is, else by agent-gate."""
    args = [argument for parent in parents for argument in ("-p", parent)]
    made = repository.try_git(
        "-c", "user.useConfigOnly=true", "commit-tree", tree, *args, input=message, env=author
    )
    if made is None:
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _OURSELVES}
        made = repository.git("commit-tree", tree, *args, input=message, env={**who, **(author or {})})
    return made.decode().strip()


def _described(repository: Repository, commit: str) -> str:
    """Short id and subject, for a person."""
    if not commit:
        return "the base"
    told = repository.git("show", "--no-patch", "--format=%h (%s)", commit).decode("utf-8", "replace")
    return _one_line(told)


def _one_line(text: str) -> str:
    """Without line breaks and control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()[:_MAX_LINE]
