"""Drafts compared with each other: repetitions, twins, aggregates and qualified builds leave one rule each."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.policy.commands.tools import Use
from agent_gate.policy.model import Kind
from agent_gate.policy.text.sentences import plain
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern
from agent_gate.policy.variants import (
    plain_builds,
    plain_tests,
    replaced,
    without_parts,
    without_single_hooks,
    without_windows_scripts,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agent_gate.policy.drafts import Draft

_NO_COMMITS = Pattern(
    r"\b(?:never|do not|don'?t|don\u2019t|must not)\b (?:\w+ )?(?:auto-?)?(?:git )?`?(?:git )?commit`?(?:s|ting)?\b(?:\W*$|[.,;:)]| (?:unless|without|or push|and push|or stage|anything|automatically|yourself|on behalf|any changes|changes|code|your|for|until|work))",
    ANY_CASE,
    "commit",
    "never|do not|don|must not",
)
_SOMETIMES = Pattern(r"\b(?:PRs?|if|when|only)\b")
_NO_FULL_TESTS = Pattern(
    r"\b(?:never|do not|don'?t|don\u2019t|must not|avoid)\b (?:try to )?run(?:ning)? (?:all|(?:the )?(?:full|entire|whole))\b[^.;]{0,40}\b(?:tests?|suites?)\b(?![^.;]*\b(?:prematurely|until|before|too early|yet)\b)",
    ANY_CASE,
    "all|full|entire|whole",
    "run",
    "never|no|don|avoid",
)
_KIND_USES = {
    Kind.LINT: Use.LINT,
    Kind.FORMAT: Use.FORMAT,
    Kind.TEST: Use.TEST,
    Kind.TYPECHECK: Use.TYPECHECK,
    Kind.BUILD: Use.BUILD,
}


def merge(drafts: list[Draft]) -> list[Draft]:
    """The drafts in their order; those that another one stands for are no longer enforced, and say why."""
    drafts = _once(_without_names(drafts))
    drafts = without_single_hooks(without_windows_scripts(_without_rewriting_twins(drafts)))
    drafts = without_parts(plain_tests(plain_builds(drafts)))
    drafts = _without_aggregates(drafts)
    return _kept_changelog(_commits_allowed(_test_runs_allowed(drafts)))


def _kept_changelog(drafts: list[Draft]) -> list[Draft]:
    """Where the changelog must be left alone, what a text says of its entries asks for no change of it."""
    left = {
        str(draft.value): draft.statement.text
        for draft in drafts
        if draft.enforced
        and draft.kind is Kind.PROTECTED_PATH
        and not _SOMETIMES.search(draft.statement.text)
    }
    kept = set(left)
    named = {draft.value for draft in drafts if draft.enforced and draft.kind is Kind.CHANGELOG_UPDATED}
    if named - {None} <= kept and "directly" not in left.get("CHANGELOG.md", "directly"):
        kept.add("")  # nothing says of another place for entries
    return replaced(
        drafts,
        lambda draft: (
            f"`{draft.value or 'CHANGELOG.md'}` must not be changed"
            if draft.kind is Kind.CHANGELOG_UPDATED and (draft.value or "") in kept
            else ""
        ),
    )


def _without_names(drafts: list[Draft]) -> list[Draft]:
    """A tool's bare name is no command of its own where its section says how to run it: "run gofmt:", `gofmt -w .`.

    Nor is it where the comment of another command says that it runs the tool: `make test  # pytest`.
    """
    runs = {
        (draft.kind, draft.statement.comment.lower()): draft.command.text
        for draft in drafts
        if draft.enforced and draft.command and not draft.command.bare and draft.statement.comment
    }
    told = {
        (draft.command.family, draft.statement.headings): draft.command.text
        for draft in drafts
        if draft.enforced and draft.command and not draft.command.bare
    }

    def reason(draft: Draft) -> str:
        if not _is_name(draft) or not draft.command:
            return ""
        if whole := runs.get((draft.kind, draft.command.text.lower())):
            return f"the name of what `{whole}` runs"
        if draft.kind not in {Kind.LINT, Kind.FORMAT}:
            return ""  # a test runner's bare name runs the whole suite
        full = told.get((draft.command.family, draft.statement.headings))
        return f"the name of what `{full}` runs" if full else ""

    return replaced(drafts, reason)


def _rooted(drafts: list[Draft], groups: dict[Hashable, list[int]]) -> None:
    """A command named once with and once without its directory is one command."""
    placed: dict[object, list[Hashable]] = defaultdict(list)
    for key in groups:
        if isinstance(key, tuple) and key[0] == "command" and key[2]:
            placed[key[1]].append(key)
    for key in [key for key in groups if isinstance(key, tuple) and key[0] == "command" and not key[2]]:
        value = str(drafts[groups[key][0]].value)
        others = [other for other in placed[key[1]] if str(drafts[groups[other][0]].value) == value]
        if len(others) == 1:
            groups[key] = sorted(groups[key] + groups.pop(others[0]))


def _enforced(drafts: list[Draft]) -> list[int]:
    return [index for index, draft in enumerate(drafts) if draft.enforced]


def _key(draft: Draft) -> Hashable:
    if draft.command:
        return ("command", draft.command.key, draft.command.directory or draft.directory)
    details = (
        draft.value
        if draft.kind is Kind.FORBIDDEN_PATTERN
        else json.dumps([draft.value, draft.params], sort_keys=True)
    )
    return (draft.kind, details, draft.scope)


def _is_name(draft: Draft) -> bool:
    """Whether it is a tool's bare name, which counts only where nothing says how to run it."""
    return bool(draft.command and draft.command.bare and draft.statement.form is not Form.SHELL)


def _once(drafts: list[Draft]) -> list[Draft]:
    """One rule for all repetitions of a check: the strongest statement keeps it and names the other lines."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index in _enforced(drafts):
        groups[_key(drafts[index])].append(index)
    _rooted(drafts, groups)
    result = list(drafts)
    for group in groups.values():
        best = max(group, key=lambda index: (not _is_name(drafts[index]), drafts[index].strength, -index))
        rest = [index for index in group if index != best]
        if not rest:
            continue
        lines = ", ".join(str(drafts[index].statement.line) for index in rest)
        spellings = sorted(
            {str(drafts[index].value) for index in rest if drafts[index].command} - {str(drafts[best].value)}
        )
        also = f" as `{'`, `'.join(spellings)}`" if spellings else ""
        known = result[best].params.get("also")
        more = {"also": [*(known if isinstance(known, list) else []), *spellings]} if spellings else {}
        scopes = {drafts[index].scope for index in group}
        result[best] = replace(
            result[best],
            reason=f"also asked for on line {lines}{also}",
            params=result[best].params | more,
            parts=frozenset().union(*(drafts[index].parts for index in group)),
            scope=() if () in scopes else result[best].scope,
        )
        for index in rest:
            result[index] = result[index].dropped(f"the same as line {drafts[best].statement.line}")
    return result


def _without_rewriting_twins(drafts: list[Draft]) -> list[Draft]:
    """Where a checking form of a rewriting command is listed, the checking form is the rule."""
    checking = {}
    for index in _enforced(drafts):
        command = drafts[index].command
        if command and not command.rewrites and drafts[index].kind in {Kind.LINT, Kind.FORMAT, Kind.OTHER}:
            checking[(command.twin, drafts[index].directory, command.directory)] = command.text
    fixers = {(text.split()[0], where, inner): text for (_, where, inner), text in checking.items()}
    return replaced(drafts, lambda draft: _twin_reason(draft, checking) or _fixer_reason(draft, fixers))


def _fixer_reason(draft: Draft, checks: dict[tuple[str, str, str], str]) -> str:
    """A task called just "fix" repairs what the other tasks of its runner check."""
    command = draft.command
    if not command or not command.rewrites or command.key.split()[1:] not in (["fix"], ["autofix"]):
        return ""
    check = checks.get((command.family, draft.directory, command.directory))
    return f"its checking form `{check}` is the rule" if check else ""


def _twin_reason(draft: Draft, checking: dict[tuple[str, str, str], str]) -> str:
    command = draft.command
    if not command or not command.rewrites:
        return ""
    twin = checking.get((command.twin, draft.directory, command.directory))
    return f"its checking form `{twin}` is the rule" if twin else ""


def _without_aggregates(drafts: list[Draft]) -> list[Draft]:
    """A command that joins checks which the file lists is a rule only where its parts are not."""
    keys = {
        (draft.command.key, draft.command.directory or draft.directory)
        for draft in drafts
        if draft.enforced and draft.command
    }
    uses: dict[Use, int] = {}  # and how strongly the file asks for each
    for draft in drafts:
        if draft.enforced and draft.kind in _KIND_USES:
            use = _KIND_USES[draft.kind]
            uses[use] = max(draft.strength, uses.get(use, 0))

    def reason(draft: Draft) -> str:
        if (
            not draft.command
            or (draft.kind is not Kind.OTHER and " && " not in draft.command.key)
            or (
                draft.command.use is not Use.AGGREGATE and not draft.parts and " && " not in draft.command.key
            )
        ):
            return ""
        if " && " in draft.command.key:
            place = draft.command.directory or draft.directory
            joined = {(step, place) for step in draft.command.key.split(" && ")} <= keys
            return "its steps are rules of their own" if joined else ""
        parts = (draft.parts or uses.keys()) - {Use.BUILD}
        if draft.strength > max((uses.get(part, 0) for part in parts), default=0):
            return ""  # the file insists on it, and not on its parts
        smaller = (d.parts for d in drafts if d.enforced and d.parts < draft.parts)
        parts = parts.difference(*smaller)
        listed = (
            parts <= uses.keys()
            if draft.parts
            else len(parts) > 1 and bool(parts & {Use.LINT, Use.TYPECHECK})
        )
        return "an aggregate of checks that are rules of their own" if listed else ""

    return replaced(drafts, reason)


def _test_runs_allowed(drafts: list[Draft]) -> list[Draft]:
    """Where agents must not run all tests, no test command is a rule: single ones are none either."""
    if not any(_NO_FULL_TESTS.search(plain(draft.statement.text)) for draft in drafts):
        return drafts
    return replaced(drafts, lambda draft: "all tests must not be run here" if draft.kind is Kind.TEST else "")


def _commits_allowed(drafts: list[Draft]) -> list[Draft]:
    """Where agents must not commit, a clean tree cannot be asked of them."""
    if not any(_NO_COMMITS.search(plain(draft.statement.text)) for draft in drafts):
        return drafts
    return replaced(
        drafts, lambda draft: "agents must not commit here" if draft.kind is Kind.CLEAN_WORKTREE else ""
    )
