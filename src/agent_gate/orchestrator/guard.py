"""What an agent's git gets through its environment: hooks that refuse the refs of others, and no way to push.

It is one conditional include, so it holds in the worktrees of this repository alone: what an agent's tests do in repositories
of their own is theirs. An agent that unsets its environment is not stopped here; `shared_state` notices what it did.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent_gate.repository import Repository

SCRATCH = "scratch"  # an agent may make branches `scratch/<task>/NAME`
NOWHERE = (
    "/dev/null/agent-gate: agents do not push, what passes the gate is landed: "  # where every push goes
)
# Hooks that a repository may have and that its agents run: chained whether they are there now or come later.
_CHAINED = (
    *(
        "applypatch-msg",
        "pre-applypatch",
        "post-applypatch",
        "pre-commit",
        "pre-merge-commit",
        "prepare-commit-msg",
    ),
    *("commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "post-rewrite"),
)
_RARE = frozenset({"post-index-change", "pre-auto-gc", "sendemail-validate"})  # chained where they are there
_SETTINGS = (
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    # an explicit `git gc` deletes what nobody refers to: the work of the others that has no ref yet
    ("gc.pruneExpire", "never"),
    ("gc.reflogExpire", "never"),
    ("gc.reflogExpireUnreachable", "never"),
    ("gc.worktreePruneExpire", "never"),
)
_CHECK = """\
refuse() {{
    echo "agent-gate: refused: $1" >&2
    exit 1
}}
check() {{
    while read -r old new ref; do
        case "$ref" in
            {branch})
                case "$new" in
                    *[!0]*) ;;
                    *) refuse {no_deletion} ;;
                esac ;;
            {scratch}*) ;;
            refs/remotes/* | refs/worktree/* | refs/bisect/* | refs/rewritten/*) ;;
            refs/stash) refuse {no_stash} ;;
            refs/* | worktrees/* | main-worktree/*) refuse "$ref "{not_yours} ;;
        esac
    done
}}
"""


def guard(repository: Repository, worktree: Path, task: str, branch: str) -> tuple[tuple[str, str], ...]:
    """Write the hooks for an attempt in `worktree`, beside it; the git settings that put them in force.

    Args:
        repository: any worktree of it.
        worktree: of the pool.
        task: the issue's id.
        branch: short name; the only one that the agent may move, but for its scratch branches.

    Raises:
        RepositoryError: the repository's config cannot be read.
        OSError: the hooks cannot be written.
    """
    place = worktree.with_name(f"{worktree.name}.guard")
    own = own_hooks(repository)
    hooks = place / "hooks"
    hooks.mkdir(parents=True, exist_ok=True)
    _write(hooks / "reference-transaction", _reference_transaction(worktree, own, task, branch))
    _write(hooks / "pre-push", _pre_push(branch))
    there = (worktree / own).glob("*") if (worktree / own).is_dir() else ()
    for name in {*_CHAINED, *(path.name for path in there if path.name in _RARE)}:
        _write(hooks / name, _chain(own / name))
    _write_config(place / "config", (("core.hooksPath", str(hooks)), *_SETTINGS, *_remotes(repository)))
    common = re.sub(r"([\\*?\[])", r"\\\1", str(repository.common_dir))
    return tuple(
        (f"includeIf.gitdir:{pattern}.path", str(place / "config"))
        for pattern in (common, f"{common}/worktrees/*")
    )


def own_hooks(repository: Repository) -> Path:
    """Where the repository's own hooks are; a relative path starts at the top of a working tree, as for git."""
    listed = repository.try_git("config", "--show-scope", "--type=path", "-z", "--get-all", "core.hooksPath")
    words = os.fsdecode(listed or b"").split("\0")
    configured = [
        path for scope, path in zip(words[::2], words[1::2], strict=False) if scope != "command"
    ]  # which is ours
    return Path(configured[-1]) if configured else repository.common_dir / "hooks"


def _reference_transaction(worktree: Path, own: Path, task: str, branch: str) -> str:
    script = _CHECK.format(
        branch=shlex.quote(f"refs/heads/{branch}"),
        scratch=shlex.quote(f"refs/heads/{SCRATCH}/{task}/"),
        no_deletion=shlex.quote(f"{branch} holds your work, it stays."),
        no_stash=shlex.quote(
            f"git stash is one stack for all worktrees of this repository; commit on {branch} instead."
        ),
        not_yours=shlex.quote(
            f"is not yours to change; commit on {branch}, the gate lands it"
            f" (a branch of your own may be called {SCRATCH}/{task}/NAME)."
        ),
    )
    hook = own / "reference-transaction"
    if not (worktree / hook).is_file():
        return f'{script}[ "$1" = prepared ] || exit 0\ncheck\n'
    quoted = shlex.quote(str(hook))
    return (
        f"{script}lines=$(cat)\n"
        '[ "$1" != prepared ] || printf "%s\\n" "$lines" | check || exit 1\n'
        f'[ ! -x {quoted} ] || printf "%s\\n" "$lines" | {quoted} "$@"\n'
    )


def _pre_push(branch: str) -> str:
    message = f"agent-gate: refused: agents do not push; commit on {branch}, what passes the gate is landed."
    return f"echo {shlex.quote(message)} >&2\nexit 1\n"


def _chain(hook: Path) -> str:
    quoted = shlex.quote(str(hook))
    return f'[ ! -x {quoted} ] || exec {quoted} "$@"\n'


def _remotes(repository: Repository) -> list[tuple[str, str]]:
    """No push arrives anywhere, whatever it names; a fetch brings no tags, which would be refused as refs of others."""
    listed = os.fsdecode(
        repository.try_git("config", "-z", "--get-regexp", r"^remote\..*\.(push)?url$") or b""
    )
    entries = [(key, value) for key, _, value in (line.partition("\n") for line in listed.split("\0")) if key]
    names = {key.partition(".")[2].rpartition(".")[0] for key, _ in entries}
    fetched = {value for key, value in entries if key.endswith(".url")}
    explicit = {value for key, value in entries if key.endswith(".pushurl")} - fetched
    return [
        (f"url.{NOWHERE}.pushInsteadOf", ""),  # every URL starts with nothing
        *((f"url.{NOWHERE}.insteadOf", url) for url in sorted(explicit)),  # the former does not rewrite these
        *((f"remote.{name}.tagOpt", "--no-tags") for name in sorted(names)),
    ]


def _write(hook: Path, script: str) -> None:
    """In one step: git may be about to run it."""
    write_whole(hook, b"#!/bin/sh\n" + os.fsencode(script), mode=0o700)


def _write_config(file: Path, settings: Iterable[tuple[str, str]]) -> None:
    """Settings as a file of git's (`git help config`, Syntax), in one step."""
    lines = []
    for key, value in settings:
        section, _, rest = key.partition(".")
        subsection, _, name = rest.rpartition(".")
        lines.append(f"[{section} {_quoted(subsection)}]" if subsection else f"[{section}]")
        lines.append(f"\t{name} = {_quoted(value)}")
    write_whole(file, os.fsencode("\n".join([*lines, ""])))


def _quoted(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'
