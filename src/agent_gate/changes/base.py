"""What a branch is compared with: a named base, or the default branch."""

from __future__ import annotations

import difflib
import os
import re
from typing import TYPE_CHECKING

from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.changes.objects import Objects
    from agent_gate.repository import Repository

USUAL_NAMES = ("main", "master", "trunk")


def find_merge_base(
    repository: Repository, objects: Objects, base: str, head: str, branch: str | None
) -> str:
    """Sha of the commit where HEAD's history left the base.

    Without a named base that is the default branch, as the remote has it (`origin/HEAD`) or as it is here, whichever
    is nearer to HEAD. On the default branch itself: its upstream, else HEAD (then only uncommitted files count).

    Raises:
        RepositoryError: there is no such base, or no common history.
    """
    if base:
        return _merge_base(repository, objects, base, resolve(repository, base, "base"), head)
    candidates = _default_bases(repository, branch)
    if not candidates:
        raise RepositoryError(
            f"{repository.root} has no default branch to compare with (no origin/HEAD, {', '.join(USUAL_NAMES)}); "
            "name the base."
        )
    found = [_merge_base(repository, objects, name, sha, head) for name, sha in candidates.items()]
    return min(found, key=lambda sha: int(objects.git("rev-list", "--count", f"{sha}..{head}")))


def resolve(repository: Repository, revision: str, role: str) -> str:
    """The commit that a person means by `revision`: a branch before a tag of its name, which anyone could make.

    Raises:
        RepositoryError: there is none; the message says what it should have been (`role`: "base", "commit").
    """
    refs = (
        f"refs/heads/{revision}",
        f"refs/remotes/{revision}",
        f"refs/tags/{revision}",
        revision,
        f"refs/remotes/origin/{revision}",
    )
    names = refs if not re.fullmatch(r"[0-9a-f]{40,64}", revision) else (revision,)
    for name in names:
        if not name.startswith("-") and (sha := _commit(repository, name)):
            return sha
    known = os.fsdecode(repository.git("for-each-ref", "--format=%(refname:short)")).split()
    hint = "name another"
    if near := difflib.get_close_matches(revision, known, n=3):
        hint = f"did you mean {' or '.join(near)}?"
    elif re.fullmatch(r"\w[\w./-]*", revision):
        branch = revision.removeprefix("origin/")
        what = (
            revision
            if re.fullmatch(r"[0-9a-f]{40,64}", revision)
            else f"{branch}:refs/remotes/origin/{branch}"
        )
        hint = f"fetch it with `git fetch origin {what}`, or name another"
    raise RepositoryError(f"{repository.root} has no {role} {revision!r}; {hint}")


def _default_bases(repository: Repository, branch: str | None) -> dict[str, str]:
    """Name → commit of what could be the default branch; empty where there is none."""
    remote = _remote_head(repository)
    default = _default_name(repository, remote)
    names = [remote, f"refs/remotes/origin/{default}"]
    if branch is None or branch != default:
        names.append(f"refs/heads/{default}")
    else:
        names.append(
            os.fsdecode(
                repository.git("for-each-ref", "--format=%(upstream)", f"refs/heads/{branch}")
            ).strip()
        )
    found = {name: sha for name in names if name and (sha := _commit(repository, name))}
    if found or not default or branch != default:
        return found
    return {"HEAD": _commit(repository, "HEAD")}


def _remote_head(repository: Repository) -> str:
    """The full name of the remote's default branch ("" where it is not known): origin's, else the only remote's."""
    output = repository.git("for-each-ref", "--format=%(refname) %(symref)", "refs/remotes/*/HEAD")
    targets = dict(line.split(" ", 1) for line in os.fsdecode(output).splitlines())
    if len(targets) == 1:
        return next(iter(targets.values()))
    return targets.get("refs/remotes/origin/HEAD", "")


def _default_name(repository: Repository, remote: str) -> str:
    """The default branch's short name ("" where there is none): the remote's, the configured one, a usual one, the only one."""
    if remote:
        return remote.split("/", 3)[3]
    heads = os.fsdecode(repository.git("for-each-ref", "--format=%(refname)", "refs/heads")).splitlines()
    for name in (*_configured_names(repository), *USUAL_NAMES):
        if f"refs/heads/{name}" in heads or _commit(repository, f"refs/remotes/origin/{name}"):
            return name
    return heads[0].removeprefix("refs/heads/") if len(heads) == 1 else ""


def _configured_names(repository: Repository) -> Iterator[str]:
    """`init.defaultBranch` of the person, not of the repository: that one the agent can write."""
    for scope in ("--global", "--system"):
        yield from os.fsdecode(repository.try_git("config", scope, "init.defaultBranch") or b"").split()


def _commit(repository: Repository, name: str) -> str:
    """The sha of the commit that `name` means, "" where it means none."""
    output = repository.try_git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return (output or b"").decode().strip()


def _merge_base(repository: Repository, objects: Objects, name: str, base: str, head: str) -> str:
    output = objects.try_git("merge-base", base, head)
    if output is not None:
        return output.decode().strip()
    if (repository.common_dir / "shallow").exists():
        raise RepositoryError(
            f"The history of {repository.root} is shallow and does not reach back to {name!r}; run `git fetch --unshallow`."
        )
    raise RepositoryError(
        f"{name!r} and HEAD have no common history in {repository.root}; name another base."
    )
