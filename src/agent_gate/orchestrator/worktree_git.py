"""One worktree of the pool and git: made, its branch checked out, set aside, removed. Whoever calls this holds its lock."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.orchestrator.kept_work import holds_work, keep_work
from agent_gate.repository import RepositoryError, open_repository

if TYPE_CHECKING:
    from agent_gate.repository import Repository

_UNFINISHED = (
    "rebase",
    "am",
    "merge",
    "cherry-pick",
    "revert",
)  # `git … --quit` leaves files and commits alone
_MOST_ASIDE = 1000  # worktrees that were set aside, of one number


def check_out(repository: Repository, path: Path, branch: str, base_sha: str, whose: str) -> tuple[bool, str]:
    """Have the branch checked out in `path`: made from `base_sha` where there is none, else as it stands.

    `whose` is the task that the content belongs to, where its branch does not say so. Answers whether the branch is checked
    out, and a sentence on what was kept or set aside ("" for nothing); where it is not, what was there has another name
    now, and this can be done again.

    Raises:
        RepositoryError: git cannot.
    """
    if _is_half_made(repository, path):
        repository.git("worktree", "remove", "--force", "--force", str(path))
    if not path.is_dir() or not any(path.iterdir()):
        _add(repository, path, branch, base_sha)
        return True, ""
    try:
        worktree = opened(repository, path)
        _remove_stale_locks(worktree, branch)
        worktree.git("ls-files", "-z", "--", ".git")  # prints nothing, but fails where the index is damaged
        current = _branch_of(worktree)
        if current == branch:
            return True, ""
        kept = keep_work(worktree, current.removeprefix("agent/") if current.startswith("agent/") else whose)
        _switch(worktree, branch, base_sha)
    except RepositoryError as problem:
        return False, _set_aside(repository, path, str(problem))
    return True, f"What {path} held and no branch did is on {kept}." if kept else ""


def remove(repository: Repository, path: Path) -> None:
    """Remove it, if all that it holds is safe.

    Raises:
        RepositoryError: it is not, or git cannot.
    """
    if path.is_dir():
        if holds_work(opened(repository, path)):
            raise RepositoryError("it holds work that is on no branch.")
        repository.try_git("worktree", "unlock", str(path))
        repository.git("worktree", "remove", str(path))
    elif path in records(repository):
        repository.git("worktree", "remove", "--force", "--force", str(path))


def records(repository: Repository) -> dict[Path, str]:
    """The worktrees that git knows of, there or not → the branch (short name) that is checked out, or ""."""
    found: dict[Path, str] = {}
    path = Path()
    for line in os.fsdecode(repository.git("worktree", "list", "--porcelain")).splitlines():
        word, _, rest = line.partition(" ")
        if word == "worktree":
            path = Path(rest)
            found[path] = ""
        elif word == "branch":
            found[path] = rest.removeprefix("refs/heads/")
    return found


def _add(repository: Repository, path: Path, branch: str, base_sha: str) -> None:
    """A worktree where nothing is."""
    if path in records(repository):  # somebody removed the directory
        repository.git("worktree", "remove", "--force", "--force", str(path))
    if not _exists(
        repository, branch
    ):  # `add -b` could not be asked again: it makes the branch before it fails
        repository.git("branch", "--no-track", branch, base_sha)
    repository.git("worktree", "add", "--quiet", str(path), branch)
    # an agent's `git worktree prune`, or `remove --force`, leaves it alone
    repository.git("worktree", "lock", "--reason", "an agent of agent-gate works here", str(path))


def opened(repository: Repository, path: Path) -> Repository:
    """The worktree, with its link to the repository repaired where that is broken.

    Raises:
        RepositoryError: there is none, or it is another repository's.
    """
    try:
        return _opened(repository, path)
    except RepositoryError:
        repository.try_git("worktree", "repair")
        return _opened(repository, path)


def _opened(repository: Repository, path: Path) -> Repository:
    worktree = open_repository(path)
    if worktree.root != path.resolve() or worktree.common_dir != repository.common_dir:
        raise RepositoryError(f"{path} is no worktree of {repository.root}.")
    return worktree


def _is_half_made(repository: Repository, path: Path) -> bool:
    """`git worktree add` was killed here: its own lock says so, and nobody has ever worked in it."""
    with suppress(RepositoryError, OSError):
        lock = _opened(repository, path).git_dir / "locked"
        return lock.read_text("utf-8", "replace").strip() == "initializing"
    return False


def _set_aside(repository: Repository, path: Path, why: str) -> str:
    """Rename it and give its branch free; what was done, as a sentence."""
    number = next(n for n in range(1, _MOST_ASIDE) if not path.with_name(f"{path.name}.aside-{n}").exists())
    aside = path.with_name(f"{path.name}.aside-{number}")
    with suppress(RepositoryError):
        worktree = _opened(repository, path)
        worktree.git("update-ref", "--no-deref", "HEAD", worktree.git("rev-parse", "HEAD").decode().strip())
    repository.try_git("worktree", "unlock", str(path))
    if repository.try_git("worktree", "move", str(path), str(aside)) is None:
        path.rename(aside)
        repository.try_git("worktree", "repair", str(aside))
    return f"{path} was set aside as {aside}: {why}"


def _switch(worktree: Repository, branch: str, base_sha: str) -> None:
    """Check the branch out, over whatever was there: it is safe by now."""
    for operation in _UNFINISHED:
        worktree.try_git(operation, "--quit")
    if (worktree.git_dir / "BISECT_LOG").exists():
        worktree.try_git("bisect", "reset", "HEAD")
    worktree.git("reset", "--quiet", "--hard")
    worktree.git("clean", "--quiet", "-ffd")
    new = () if _exists(worktree, branch) else ("-b", branch, base_sha)
    worktree.git("checkout", "--quiet", "--force", *(new or (branch, "--")))


def _exists(repository: Repository, branch: str) -> bool:
    return repository.try_git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}") is not None


def _branch_of(worktree: Repository) -> str:
    """The short name of the branch that is checked out; "" on a detached HEAD."""
    output = worktree.try_git("symbolic-ref", "--quiet", "HEAD")
    return os.fsdecode(output or b"").strip().removeprefix("refs/heads/")


def _remove_stale_locks(worktree: Repository, branch: str) -> None:
    """Git's lock files of a process that was killed: nobody works here while we hold the worktree's lock."""
    branch_lock = worktree.common_dir / "refs" / "heads" / f"{branch}.lock"
    for file in (*worktree.git_dir.glob("*.lock"), branch_lock):
        file.unlink(missing_ok=True)
