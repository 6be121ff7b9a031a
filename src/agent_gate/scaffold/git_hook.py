"""The gate before a push: git's own hook, chained behind the one that is there; or an entry of pre-commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.scaffold.files import Edit, ScaffoldError, read

if TYPE_CHECKING:
    from pathlib import Path

HOOK = "pre-push"
CHAINED = "pre-push.before-agent-gate"
PRE_COMMIT = ".pre-commit-config.yaml"
_MARK = "# agent-gate hook git: remove it with `agent-gate hook git --remove`"
_SCRIPT = f"""\
#!/bin/sh
{_MARK}
before="$(dirname "$0")/{CHAINED}"
if [ -x "$before" ]; then
  "$before" "$@" || exit $?  # reads what is pushed from standard input; the gate does not need it
fi
[ "$AGENT_GATE_SKIP" = 1 ] && exit 0
agent-gate check
code=$?
[ "$code" -eq 5 ] && exit 0  # nothing to judge
exit "$code"
"""
_ENTRY = """\
{indent}- repo: local
{indent}  hooks:
{indent}    - id: agent-gate
{indent}      name: agent-gate
{indent}      entry: agent-gate check
{indent}      language: system
{indent}      pass_filenames: false
{indent}      always_run: true
{indent}      stages: [pre-push]
"""
_REPO = re.compile(r"^([ \t]*)- repo:", re.MULTILINE)


def git_edits(hooks: Path, *, remove: bool = False) -> tuple[Edit, ...]:
    """Edits in git's directory of hooks.

    Raises:
        ScaffoldError: a hook cannot be read as text, or two would have to be chained.
    """
    hook, chained = read(hooks, HOOK), read(hooks, CHAINED)
    ours = hook is not None and _MARK in hook
    if remove:
        if not ours:
            return ()
        return (
            Edit(HOOK, hook, chained, executable=True),
            *([Edit(CHAINED, chained, None)] if chained is not None else []),
        )
    if ours:
        return (Edit(HOOK, hook, _SCRIPT, executable=True),) if hook != _SCRIPT else ()
    if hook is None:
        return (Edit(HOOK, None, _SCRIPT, executable=True),)
    if chained is not None:
        raise ScaffoldError(
            f"{hooks / HOOK} is not agent-gate's, and {CHAINED} beside it is in the way: put them together by hand."
        )
    return (Edit(CHAINED, None, hook, executable=True), Edit(HOOK, hook, _SCRIPT, executable=True))


def pre_commit_edit(root: Path, *, remove: bool = False) -> Edit:
    """The edit of .pre-commit-config.yaml; as text, so that comments and form stay.

    Raises:
        ScaffoldError: its form is not the usual one (a list of `- repo:` below `repos:`).
    """
    text = read(root, PRE_COMMIT)
    if text is None:
        whole = "repos:\n" + _ENTRY.format(indent="  ")
        return Edit(PRE_COMMIT, None, None if remove else whole)
    found = _REPO.search(text)
    indent = found[1] if found else "  "
    entry = _ENTRY.format(indent=indent)
    if entry in text:
        rest = text.replace(entry, "")
        return Edit(PRE_COMMIT, text, (rest if rest.strip() != "repos:" else None) if remove else text)
    if remove or "- id: agent-gate\n" in text:
        return Edit(PRE_COMMIT, text, text)
    if re.search(r"^repos:[ \t]*\n", text, re.MULTILINE) is None or not found:
        raise ScaffoldError(f"{root / PRE_COMMIT} has no list of `- repo:`; add this to it by hand:\n{entry}")
    end = _end_of_list(text)
    head, tail = text[:end], text[end:]
    return Edit(PRE_COMMIT, text, (head if head.endswith("\n") else head + "\n") + entry + tail)


def _end_of_list(text: str) -> int:
    """Where the list below `repos:` ends: before the next key at the left margin, or at the end."""
    list_of_repos = re.search(r"^repos:", text, re.MULTILINE)
    after = list_of_repos.end() if list_of_repos else 0
    following = re.compile(r"^(?=[^\s#-])", re.MULTILINE).search(text, after)
    return following.start() if following else len(text)
