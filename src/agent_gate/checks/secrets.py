"""`no-secrets`: keys and tokens in added lines; what is found is never shown."""

from __future__ import annotations

import importlib
import importlib.util
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from agent_gate.changes import read_commits
from agent_gate.checks.reproduce import diff_command
from agent_gate.checks.scope import changed_in_scope, in_scope
from agent_gate.findings import Finding
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.plain_text import shell_word
from agent_gate.policy.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent_gate.changes.model import FileChange
    from agent_gate.hookspecs import Check, GateContext
    from agent_gate.policy.model import Rule

MAX_LINE = 4_000
# Forms that hardly anything else has.
_CERTAIN = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})")),
    ("a GitLab token", re.compile(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[baprs]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[\w-]{35}\b")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}")),
    ("an OpenAI or Anthropic key", re.compile(r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}")),
    ("an npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("a PyPI token", re.compile(r"\bpypi-[A-Za-z0-9_-]{50,}")),
    ("a password in a URL", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@\"'<>{}$]+:[^\s:/@\"'<>{}$]{6,}@")),
)  # fmt: skip
_GUESSES = frozenset(
    {"Base64 High Entropy String", "Hex High Entropy String", "Secret Keyword", "Public IP (ipv4)"}
)
_FILES = re.compile(
    r"(?:^|/)(?:\.env(?:\.(?!example|sample|template|dist)[\w.]+)?|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(?:pem|p12|pfx|keystore))$"
)


@hookimpl
def agent_gate_checks() -> Mapping[str, Check]:
    """The check of this module."""
    return {Kind.NO_SECRETS: check_secrets}


def check_secrets(rule: Rule, context: GateContext) -> CheckResult:
    """A finding for each added line that holds a secret, and for each new file that is made to hold them.

    What a commit adds and a later one takes out again lands with the history: it is a finding, too.
    """
    changes = context.changes
    files = changed_in_scope(rule, changes)
    held = list(_held(files))
    findings = [
        _finding(rule, path, line, f"the {what}", diff_command(changes, path)) for path, line, what, _ in held
    ]
    known = {(path, text) for path, _, _, text in held}
    passing = len(changes.commits) > 1 or (changes.commits and changes.uncommitted)
    for commit, changed in read_commits(context.rooms.repository, changes.commits if passing else ()):
        for path, _, what, text in _held(change for change in changed if in_scope(rule, change.path)):
            if (path, text) not in known:
                known.add((path, text))
                command = f"git show {commit.sha[:10]} -- {shell_word(path)}"
                message = f"commit {commit.sha[:10]} is part of the history that lands, and there the {what}"
                findings.append(_finding(rule, path, None, message, command))
    return CheckResult(
        tuple(findings),
        evidence=f"the added lines of {len(files)} files hold no secret that is known by its form",
    )


def _held(files: Iterable[FileChange]) -> Iterator[tuple[str, int | None, str, str]]:
    """Path, line, what is there, and the line's text, of each secret that the changes add."""
    for change in files:
        if not change.new_blob:
            continue
        if _FILES.search(change.path) and not change.old_path:
            yield change.path, None, "file is of a kind that holds secrets", ""
        for hunk in change.hunks:
            for line, text in hunk.added_lines:
                if what := _secret(text[:MAX_LINE]):
                    yield change.path, line, f"line looks like it holds {what}", text


def _secret(text: str) -> str:
    """What the line holds, "" for nothing."""
    certain = next((what for what, pattern in _CERTAIN if pattern.search(text)), "")
    return certain or next(_detected(text), "")


def _detected(text: str) -> Iterator[str]:
    """What detect-secrets finds by form; its guesses by entropy and keywords are too often wrong to block."""
    for plugin in _plugins():
        if any(True for _ in plugin.analyze_string(text)):
            yield f"a secret ({plugin.secret_type})"


@cache
def _plugins() -> tuple[Any, ...]:
    """Plugins of detect-secrets, none where it is not installed (extra `secrets`)."""
    if importlib.util.find_spec("detect_secrets") is None:
        return ()
    util = importlib.import_module("detect_secrets.core.plugins.util")
    classes = util.get_mapping_from_secret_type_to_class()
    return tuple(plugin() for name, plugin in classes.items() if name not in _GUESSES)


def _finding(rule: Rule, path: str, line: int | None, message: str, reproduce: str) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message=message,
        path=path,
        line=line,
        fix="Take it out of the history (not only of the last commit), revoke it, and read it from the environment.",
        reproduce=reproduce,
        anchor=message,
    )
