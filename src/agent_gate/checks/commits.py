"""`commit-format`: what the rules ask of commit messages (specs/checks-git.md says how each is decided)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.checks import commit_message as message
from agent_gate.checks.commit_areas import areas_not_named
from agent_gate.checks.scope import in_scope
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind
from agent_gate.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agent_gate.changes.model import CommitInfo
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

    Params = Mapping[str, object]
    Problems = Iterator[tuple[str, str]]  # (what is wrong, how to fix it)

_OPEN_LIST = re.compile(
    r"\betc\b|\be\.?g\b|such as|for example|for instance|…|\.\.\.|\blike\b", re.IGNORECASE
)
_AI = re.compile(
    r"\b(ai|agents?|assistants?|bots?|llms?|claude|anthropic|codex|openai|chatgpt|gpt|copilot|gemini|cursor|aider|devin)\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"(fixup|squash|amend)! |wip\b", re.IGNORECASE)


def check_commits(rule: Rule, context: GateContext) -> CheckResult:
    """Judge every commit that the branch adds; with a scope, those that touch a file in it."""
    paths = _paths_by_commit(context) if rule.scope or rule.params.get("summary_of_areas") else {}
    commits = [
        commit
        for commit in context.changes.commits
        if not rule.scope or any(in_scope(rule, path) for path in paths[commit.sha])
    ]
    if not commits:
        return CheckResult(skipped="the branch has no commit to judge")
    try:
        findings = [
            finding
            for commit in reversed(commits)
            for finding in _judge(rule, commit, paths.get(commit.sha, []))
        ]
    except re.error as problem:
        return CheckResult(undecided=f"The rule's pattern is not a regular expression: {problem}.")
    return CheckResult(tuple(findings), evidence=f"{len(commits)} commits read")


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.COMMIT_FORMAT: check_commits}


def _judge(rule: Rule, commit: CommitInfo, paths: list[str]) -> Iterator[Finding]:
    for wrong, fix in _problems(rule, commit, paths):
        yield Finding(
            rule=rule.id,
            kind=rule.kind,
            severity=rule.severity,
            message=f"Commit {commit.sha[:10]} {wrong}.",
            evidence=commit.message[:2000],
            fix=fix,
            reproduce=f"git log -1 {commit.sha}",
            anchor=f"{commit.subject} {wrong}",
        )


def _problems(rule: Rule, commit: CommitInfo, paths: list[str]) -> Problems:
    """What is wrong with one commit. Messages that git writes itself (merges, reverts) have no form to keep."""
    params = rule.params
    if len(commit.parents) > 1:
        if params.get("no_merge"):
            yield "is a merge commit", "Rebase the branch onto its base instead of merging."
        return
    if params.get("no_fixup") and _UNFINISHED.match(commit.subject):
        yield "is unfinished (fixup, squash or WIP)", "Squash it: `git rebase --autosquash`."
    yield from _trailer_problems(rule, commit)
    if message.is_revert(commit.subject):
        return
    for asked, problems in _QUESTIONS.items():
        if params.get(asked):
            yield from problems(rule, commit)
    told = params.get("body_required") or params.get("problem_first")  # that there is no body
    if params.get("summary_of_areas") and not (told and not message.prose(commit.body)):
        yield from _area_problems(commit, paths)


def _conventional(rule: Rule, commit: CommitInfo) -> Problems:
    subject = _without_prefix(rule.params, commit.subject)
    header = message.read_header(subject)
    if header is None:
        yield (
            f"is no Conventional Commit: {subject[:100]!r}",
            "Reword it: `type(scope): description`, as `fix(parser): read empty files`.",
        )
        return
    types, scopes = _words(rule.params, "types"), _words(rule.params, "scopes")
    if types and not _OPEN_LIST.search(rule.source.text) and header.type.lower() not in {*types, "revert"}:
        yield (
            f"has the type {header.type!r}, which is not one of {', '.join(types)}",
            "Reword it with one of those types.",
        )
    if scopes and header.scope and header.scope.lower() not in scopes:
        yield (
            f"has the scope {header.scope!r}, which is not one of {', '.join(scopes)}",
            "Reword it with one of those scopes.",
        )
    lines = commit.message.splitlines()
    if len(lines) > 1 and lines[1].strip():
        yield "has no blank line after its subject", "Put a blank line between the subject and the body."
    if any(
        re.match(r"breaking[ -]change:", line, re.IGNORECASE) and not line.startswith("BREAKING")
        for line in lines
    ):
        yield "has a breaking change footer that is not in capitals", "Write it as `BREAKING CHANGE: …`."


def _too_long(rule: Rule, commit: CommitInfo) -> Problems:
    limit = rule.params["subject_max"]
    if isinstance(limit, int) and len(commit.subject) > limit:
        yield (
            f"has a subject of {len(commit.subject)} characters, more than {limit}",
            "Shorten the subject; move details to the body.",
        )


def _not_imperative(rule: Rule, commit: CommitInfo) -> Problems:
    subject = _without_prefix(rule.params, commit.subject)
    header = message.read_header(subject)
    description = header.description if header else subject
    if verb := message.opening_form(description):
        yield (
            f"opens with {description.split()[0]!r}, which is not the imperative",
            f"Reword it: begin with {verb!r}.",
        )


def _no_body(rule: Rule, commit: CommitInfo) -> Problems:
    if not message.prose(commit.body) and not rule.params.get("problem_first"):  # says how to begin it, too
        yield "has no description below its subject", "Add a body that says why the change is needed."


def _no_problem_first(_rule: Rule, commit: CommitInfo) -> Problems:
    """Conservative: a body whose opening can be read as a problem passes."""
    first = next(iter(message.paragraphs(commit.body)), "")
    fix = "Begin the body with the problem, in a sentence: what was wrong or missing, and for whom."
    if not first:
        yield "has no description below its subject", fix
    elif message.is_list(first):
        yield "has a description that opens with a list and not with the problem", fix
    elif message.restates(first, commit.subject):
        yield "has a description that only repeats its subject", fix
    elif message.tells_only_the_change(first):
        yield "has a description that opens with what was done and tells no problem", fix


def _wrong_prefix(rule: Rule, commit: CommitInfo) -> Problems:
    prefix = str(rule.params["prefix"])
    if _without_prefix(rule.params, commit.subject) == commit.subject:
        yield f"does not start with {prefix!r}", f"Reword it: begin the subject with {prefix!r}."


def _no_pattern(rule: Rule, commit: CommitInfo) -> Problems:
    pattern = str(rule.params["pattern"])
    if not re.search(pattern, commit.message):
        yield f"does not contain what the rule asks for ({pattern})", "Reword it so that it does."


def _forbidden_text(rule: Rule, commit: CommitInfo) -> Problems:
    if match := re.search(str(rule.params["forbidden_text"]), commit.message):
        yield f"holds what the rule forbids: {match[0][-60:]!r}", "Reword it without that."


_QUESTIONS: dict[str, Callable[[Rule, CommitInfo], Problems]] = {
    "conventional": _conventional,
    "subject_max": _too_long,
    "imperative": _not_imperative,
    "body_required": _no_body,
    "problem_first": _no_problem_first,
    "prefix": _wrong_prefix,
    "pattern": _no_pattern,
    "forbidden_text": _forbidden_text,
}


def _trailer_problems(rule: Rule, commit: CommitInfo) -> Problems:
    present = message.trailers(commit.body)
    for token in _words(rule.params, "required_trailers", lower=False):
        if token.lower() not in present:
            yield f"lacks the trailer {token}", f"Add a line `{token}: …` at the end of its message."
    for token in _words(rule.params, "forbidden_trailers", lower=False):
        if line := _forbidden_line(rule, commit, token):
            yield f"has a forbidden line: {line[:100]!r}", "Remove that line from its message."


def _forbidden_line(rule: Rule, commit: CommitInfo, token: str) -> str:
    """The line that is forbidden by `token`; where the rule is about AI, people as co-authors are not meant."""
    words = r"[-\s]".join(map(re.escape, re.split(r"[-\s]", token)))
    end = r"\b" if token.lower().startswith("generated") else r"\s*:"
    found = (
        line.strip()
        for line in commit.body.splitlines()
        if re.match(rf"\W*{words}{end}", line, re.IGNORECASE)
    )
    only_ai = _AI.search(rule.source.text) and end != r"\b"
    return next((line for line in found if not only_ai or _AI.search(line)), "")


def _area_problems(commit: CommitInfo, paths: list[str]) -> Problems:
    body = message.prose(commit.body)
    missed = areas_not_named(commit.body, paths)  # `Docs: …` may look as a trailer
    if not body:
        yield "has no summary of the areas that it changes", "Add a body with a line for each changed area."
    elif missed:
        yield (
            f"does not say what it changes in {', '.join(missed[:5])}",
            "Add a line for each changed area to the body.",
        )


def _paths_by_commit(context: GateContext) -> dict[str, list[str]]:
    """Sha → the paths that the commit changes; none for a merge."""
    repository = open_repository(Path(context.changes.root))
    query = ("diff-tree", "-r", "-z", "--root", "--name-only", "--no-commit-id")
    outputs = {commit.sha: repository.git(*query, commit.sha) for commit in context.changes.commits}
    return {sha: [os.fsdecode(path) for path in output.split(b"\0")[:-1]] for sha, output in outputs.items()}


def _without_prefix(params: Params, subject: str) -> str:
    """The subject after the asked prefix, in which `<…>` and `{…}` stand for any words; unchanged where it lacks it."""
    prefix = params.get("prefix")
    if not isinstance(prefix, str):
        return subject
    parts = re.split(r"<[^>]*>|\{[^}]*\}", prefix)
    match = re.match(r"\S.*?".join(map(re.escape, parts)) + r"\s*", subject)
    return subject[match.end() :] if match else subject


def _words(params: Params, name: str, *, lower: bool = True) -> list[str]:
    """A list parameter as strings."""
    value = params.get(name)
    words = [str(word) for word in value] if isinstance(value, list | tuple) else []
    return [word.lower() for word in words] if lower else words
