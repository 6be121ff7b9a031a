"""Variants: of several commands that do the same with more options, or do a part of it, one stays a rule."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from agent_gate.policy.commands.tasks import name_words
from agent_gate.policy.model import Kind
from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent_gate.policy.drafts import Draft

_PLAIN_BUILD = word_set("build all compile project run assemble clean everything")
_WHOLE = frozenset({"--all", "--workspace", "./...", ".", "//...", "--workspaces", "-A", "--recursive", "-r"})
_ANOTHER_WAY = Pattern(
    r"\b(?:verbose\w*|pass(?:es|ed)?[- ]through|extra flags|re-?run\w*|includ(?:e|es|ing)|faster|quiet\w*|flaky|fail[- ]fast|first failure|output|parallel)\b",
    ANY_CASE,
)
_CHANGED_ONLY = Pattern(
    r"(.+\w)[:_-](?:current|changed|affected|staged|modified|incremental)",
    ANY_CASE,
    "current|changed|affected|staged|modified|incremental",
)
_WITH_PATH = Pattern(r"(.+\w) (?:\./)?(?:tests?|specs?|e2e)/[\w./-]*")
_WINDOWS_SCRIPT = Pattern(r"\S+\.(?:bat|cmd)\b")
_IMAGES = frozenset({"docker", "podman"})
_HOOKS = frozenset({"pre-commit", "prek"})


def without_single_hooks(drafts: list[Draft]) -> list[Draft]:
    """A single hook is no rule of its own where the file asks for all of them: `pre-commit run mypy`."""
    whole = {
        draft.command.family: draft.command.text
        for draft in drafts
        if draft.enforced and draft.command and draft.command.family in _HOOKS and not _hooks(draft)
    }

    def reason(draft: Draft) -> str:
        if not draft.command or draft.command.family not in whole or not _hooks(draft):
            return ""
        return f"a part of `{whole[draft.command.family]}`"

    return replaced(drafts, reason)


def _hooks(draft: Draft) -> list[str]:
    """The hooks that a command names."""
    words = draft.command.key.split()[2:] if draft.command else []
    return [b for a, b in pairwise(["", *words]) if not b.startswith("-") and not a.startswith("--")]


def plain_builds(drafts: list[Draft]) -> list[Draft]:
    """Of several builds of one runner the unqualified one counts."""
    whole = {
        (draft.command.family, draft.directory, draft.command.directory): draft
        for draft in drafts
        if draft.enforced and draft.kind is Kind.BUILD and draft.command and not _qualified(draft)
    }

    builds = [d for d in drafts if d.enforced and d.kind is Kind.BUILD and d.command]

    def reason(draft: Draft) -> str:
        if draft.kind is not Kind.BUILD or not draft.command or not _qualified(draft):
            return ""
        of_code = next((d for d in builds if d.command and d.command.family not in _IMAGES), None)
        if draft.command.family in _IMAGES and of_code and draft.strength <= of_code.strength:
            return f"an image of what `{of_code.value}` builds"
        for other in builds:
            if _with_more_options(draft, other):
                return f"a variant of the build `{other.value}`"
        plain_build = whole.get((draft.command.family, draft.directory, draft.command.directory))
        if not plain_build or draft.strength > plain_build.strength:
            return ""
        return f"a part or variant of the build `{plain_build.value}`"

    return replaced(drafts, reason)


def plain_tests(drafts: list[Draft]) -> list[Draft]:
    """A run of tests with further options, of which its comment says that it is another way to run them, is no rule."""
    tests = [draft for draft in drafts if draft.enforced and draft.kind is Kind.TEST and draft.command]

    def reason(draft: Draft) -> str:
        if (
            draft.kind is not Kind.TEST
            or not draft.command
            or not _ANOTHER_WAY.search(draft.statement.comment or draft.statement.text)
        ):
            return ""
        plain_run = next((other for other in tests if _with_more_options(draft, other)), None)
        return f"a variant of `{plain_run.value}`" if plain_run else ""

    return replaced(drafts, reason)


def without_windows_scripts(drafts: list[Draft]) -> list[Draft]:
    """A script of Windows is no rule beside the same one of other platforms: `build.cmd test`, `./build.sh test`."""
    others = {
        (draft.kind, _anywhere(draft)): draft.command.text
        for draft in drafts
        if draft.enforced and draft.command and not _WINDOWS_SCRIPT.match(draft.command.text)
    }

    def reason(draft: Draft) -> str:
        if not draft.command or not _WINDOWS_SCRIPT.match(draft.command.text):
            return ""
        other = others.get((draft.kind, _anywhere(draft)))
        return f"`{other}` is the same on other platforms" if other else ""

    return replaced(drafts, reason)


def _anywhere(draft: Draft) -> str:
    """A command without what its program's name has on one platform only."""
    program, _, rest = draft.command.key.partition(" ") if draft.command else ("", "", "")
    return f"{re.sub(r'[.](?:sh|bash|ps1)$', '', program)} {rest}"


def without_parts(drafts: list[Draft]) -> list[Draft]:
    """A task that looks only at what changed, or tests below a path, is no rule beside the one for everything."""
    whole = {
        (draft.command.key, draft.directory): draft.command.text
        for draft in drafts
        if draft.enforced and draft.command and not draft.command.bare
    }

    def reason(draft: Draft) -> str:
        task = _CHANGED_ONLY.fullmatch(draft.command.key) if draft.command else None
        if not task and draft.command and draft.kind is Kind.TEST:
            task = _WITH_PATH.fullmatch(draft.command.key)
        text = whole.get((task[1], draft.directory)) if task else None
        return f"a part of `{text}`" if text else ""

    return replaced(drafts, reason)


def _with_more_options(draft: Draft, other: Draft) -> bool:
    """Whether a command is another one with further options."""
    if not draft.command or not other.command or draft.directory != other.directory:
        return False
    words, fewer = draft.command.key.split(), other.command.key.split()
    more = [word for word in words if word not in fewer]
    return bool(more) and all(word.startswith("-") for word in more) and not set(fewer) - set(words)


def _qualified(draft: Draft) -> bool:
    words = draft.command.key.split()[1:] if draft.command else []
    return any(word not in _WHOLE and not set(name_words(word)) <= _PLAIN_BUILD for word in words)


def replaced(drafts: list[Draft], reason: Callable[[Draft], str]) -> list[Draft]:
    """The drafts; those for which there is a reason are no longer enforced."""
    return [draft.dropped(why) if draft.enforced and (why := reason(draft)) else draft for draft in drafts]
