"""What worktrees share, before and after an attempt: refs, the stash, git's config and hooks. Hooks can be gone round; this notices.

Others change the same things meanwhile: people, other agents, our own landings. So only what can be traced to this worktree
(the commits that it made) is blamed on its agent and blocks; the rest is told, with the way back.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping  # noqa: TC003 - msgspec reads it
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from agent_gate.findings import Finding, Severity, identified
from agent_gate.orchestrator.guard import SCRATCH, own_hooks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agent_gate.repository import Repository

RULE = "orchestrator/shared-state"
STASH_LOST = "stash-lost"  # kind of a finding that a person wants to hear of, whoever did it
_FREE = ("refs/remotes/", "refs/worktree/", "refs/bisect/", "refs/rewritten/", "refs/prefetch/", "refs/stash")
_FILES = ("info/attributes", "info/exclude", "info/grafts", "objects/info/alternates", "config.worktree")
# Settings with which git starts a program, or goes elsewhere than it seems to.
_POWERFUL = re.compile(
    r"(alias|credential|filter|gpg|http|include|includeif|pager|protocol|sequence|uploadpack|url)\..*"
    r"|core\.(hookspath|fsmonitor|sshcommand|editor|pager|askpass|gitproxy|attributesfile|worktree|alternaterefscommand)"
    r"|diff\.(external|.*\.(command|textconv))|merge\..*\.driver|(merge|diff|gui|man|browser|web)tool\..*"
    r"|remote\..*\.(url|pushurl|uploadpack|receivepack|vcs|proxy)|submodule\..*\.update|trailer\..*"
)
_MAKES = re.compile(
    r"commit\b|cherry-pick|revert|am\b|rebase \((?!start|finish)|(merge|pull)\b.*: Merge made"
)  # in a log
_IDLE = re.compile(r"branch\..*")  # what `git switch` and `git push` note


@dataclass(frozen=True, slots=True)
class SharedState:
    """What all worktrees of a repository share.

    Attributes:
        refs: full name → object id.
        stash: object ids, latest first.
        config: key → values, of the repository's own config.
        files: hooks and further files that git obeys, by path → hash of content.
    """

    refs: Mapping[str, str] = field(default_factory=dict)
    stash: tuple[str, ...] = ()
    config: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose changes are known.

    Attributes:
        task: the attempt's.
        branch: short name of its branch.
        base: short name of the branch that is landed on.
        landed: ids of commits that the orchestrator itself put on the base.
        branches: short names of the branches of other tasks that are under way.
    """

    task: str
    branch: str
    base: str = ""
    landed: Collection[str] = ()
    branches: Collection[str] = ()


def snapshot(repository: Repository) -> SharedState:
    """What is shared, as it is now.

    Raises:
        RepositoryError: git cannot say.
    """
    refs = os.fsdecode(repository.git("for-each-ref", "--format=%(objectname) %(refname)"))
    stash = repository.try_git("log", "--walk-reflogs", "--format=%H", "refs/stash", "--") or b""
    config: dict[str, tuple[str, ...]] = {}
    for entry in os.fsdecode(repository.git("config", "--local", "--no-includes", "-z", "--list")).split(
        "\0"
    ):
        key, _, value = entry.partition("\n")
        if key:
            config[key] = (*config.get(key, ()), value)
    return SharedState(
        refs={name: oid for oid, _, name in (line.partition(" ") for line in refs.splitlines())},
        stash=tuple(stash.decode().split()),
        config=config,
        files=_files(repository),
    )


def dump(state: SharedState) -> str:
    """As JSON, to be compared after a restart."""
    return json.dumps(asdict(state))  # which, unlike msgspec, takes names that are not UTF-8


def load(text: str) -> SharedState:
    """What `dump` wrote.

    Raises:
        ValueError: it did not write this.
    """
    return msgspec.convert(json.loads(text), SharedState)


def compare(
    before: SharedState, after: SharedState, worktree: Repository, expected: Expected, *, blames: bool = True
) -> tuple[Finding, ...]:
    """What changed during an attempt in `worktree` and is nobody else's known doing.

    Without `blames` it is any worktree of the repository, as the attempt's own is gone: nobody knows what was made there.

    Raises:
        RepositoryError: git cannot say which commits the worktree made.
    """
    made = _made_here(worktree, before, expected) if blames else frozenset()
    return identified(
        [
            *_moved(before, after, worktree, expected, made),
            *_stashed(before, after, worktree, made),
            *_configured(before, after),
            *_rewritten(before, after),
        ]
    )


def _moved(
    before: SharedState, after: SharedState, worktree: Repository, expected: Expected, made: frozenset[str]
) -> Iterator[Finding]:
    for ref in sorted({*before.refs, *after.refs}):
        old, new = before.refs.get(ref, ""), after.refs.get(ref, "")
        if old == new or _is_known(ref, new, expected):
            continue
        what = "made" if not old else "deleted" if not new else f"moved from {old[:12]} to {new[:12]}"
        ours = new and (new in made or not made.isdisjoint(_between(worktree, old, new)))
        way_back = (
            f"git update-ref -d {ref} {new}" if not old else f"git update-ref {ref} {old} {new or '0' * 40}"
        )
        if ref == f"refs/heads/{expected.base}":
            way_back = "Its history is not rewritten: the new tip is gated; revert what is wrong with it"
        if ours:
            message = (
                f"The agent changed {ref}, which is not its own: it was {what}, to work of this worktree."
            )
        else:
            message = f"{ref} was {what} during the attempt, and not by agent-gate."
        yield _finding(message, ref, f"To undo it: {way_back}.", blocks=bool(ours))


def _is_known(ref: str, new: str, expected: Expected) -> bool:
    """Whether a change of this ref needs no word."""
    branch = ref.removeprefix("refs/heads/")
    return (
        ref.startswith((*_FREE, f"refs/heads/{SCRATCH}/{expected.task}/"))
        or branch == expected.branch
        or branch in expected.branches
        or re.fullmatch(r"refs/heads/agent/.*\.kept-\d+", ref) is not None
        or (branch == expected.base and new in expected.landed)
    )


def _stashed(
    before: SharedState, after: SharedState, worktree: Repository, made: frozenset[str]
) -> Iterator[Finding]:
    for entry in after.stash:
        if entry not in before.stash:
            parent = worktree.try_git("rev-parse", "--verify", "--quiet", f"{entry}^1") or b""
            where = f"The stash has a new entry {entry[:12]}; it is one stack for all worktrees"
            branch = "To keep it elsewhere: git branch NAME " + entry
            ours = parent.decode().strip() in made
            yield _finding(
                f"{where}{', and this one is of this worktree' if ours else ''}.", entry, branch, blocks=ours
            )
    for entry in before.stash:
        if entry not in after.stash:
            message = f"The stash has lost its entry {entry[:12]} during the attempt."
            # not `git stash store`: that does nothing where refs/stash still has it, and only the log has lost it
            fix = f"If it was not you, `git stash apply {entry}` gets it back"
            yield replace(_finding(message, entry, f"{fix}.", blocks=False), kind=STASH_LOST)


def _configured(before: SharedState, after: SharedState) -> Iterator[Finding]:
    for key in sorted({*before.config, *after.config}):
        old, new = before.config.get(key, ()), after.config.get(key, ())
        if old == new or _IDLE.fullmatch(key):
            continue
        undo = f"git config --local --unset-all {key}"
        if old:
            undo += "".join(f"; git config --local --add {key} {value!r}" for value in old)
        message = f"The repository's git config changed during the attempt: {key} was {', '.join(old) or 'not set'}, and is {', '.join(new) or 'not set'}."
        yield _finding(
            message, key, f"If it was not you, undo it: {undo}.", blocks=bool(_POWERFUL.fullmatch(key))
        )


def _rewritten(before: SharedState, after: SharedState) -> Iterator[Finding]:
    for path in sorted({*before.files, *after.files}):
        old, new = before.files.get(path), after.files.get(path)
        if old != new:
            what = "appeared" if old is None else "is gone" if new is None else "was rewritten"
            message = f"{path}, which git obeys, {what} during the attempt."
            yield _finding(message, path, f"If it was not you, look at {path} and restore it.", blocks=True)


def _finding(message: str, anchor: str, fix: str, *, blocks: bool) -> Finding:
    return Finding(
        rule=RULE,
        kind="shared-state",
        severity=Severity.BLOCK if blocks else Severity.ADVISE,
        message=message,
        fix=fix,
        anchor=anchor,
    )


def _made_here(worktree: Repository, before: SharedState, expected: Expected) -> frozenset[str]:
    """The task's commits, by the log of this worktree's HEAD: made here (HEAD also visits), and of no other ref before.

    An earlier task of this worktree has made commits here, too; those are on its branch.
    """
    log = worktree.try_git("log", "--walk-reflogs", "--format=%H %gs", "HEAD", "--") or b""
    entries = (line.partition(" ") for line in log.decode("utf-8", "replace").splitlines())
    made = {oid for oid, _, action in entries if _MAKES.match(action)}
    own = (f"refs/heads/{expected.branch}", f"refs/heads/{SCRATCH}/{expected.task}/")
    others = {oid for ref, oid in before.refs.items() if not ref.startswith(own)}
    wanted = "".join(f"{line}\n" for line in (*made, *(f"^{oid}" for oid in others))).encode()
    found = worktree.try_git("rev-list", "--ignore-missing", "--stdin", input=wanted) if made else None
    return frozenset((found or b"").decode().split()) & made


def _between(worktree: Repository, old: str, new: str) -> frozenset[str]:
    """The commits that a ref gained."""
    without = (f"^{old}",) if old else ()
    return frozenset((worktree.try_git("rev-list", new, *without, "--") or b"").decode().split())


def _files(repository: Repository) -> dict[str, str]:
    """Hooks (those of a tracked directory are the branch's, and judged there), and other files that git obeys."""
    hooks = {repository.common_dir / "hooks", own_hooks(repository)}
    paths = [
        path
        for place in hooks
        if place.is_absolute() and place.is_dir()
        for path in place.iterdir()
        if path.is_file() and path.suffix != ".sample"
    ]
    paths += [path for name in _FILES if (path := repository.common_dir / name).is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
