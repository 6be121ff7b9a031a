"""Decisions kept by what they were made from; signed, so that only this user's gate can have written them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate import __version__
from agent_gate.findings import Outcome
from agent_gate.gate.verdict import decision_from_json, decision_to_json

if TYPE_CHECKING:
    from agent_gate.gate.prepare import Plan
    from agent_gate.gate.verdict import Decision
    from agent_gate.policy.model import Rule

KEEP_SECONDS = 30 * 24 * 3600
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class DecisionCache:
    """One file a decision under `directory`; `secret` signs them."""

    directory: Path
    secret: bytes

    def get(self, key: str, rule: Rule) -> Decision | None:
        """The decision kept under the key; None where there is none, or where its signature is not ours."""
        try:
            signature, _, body = self._file(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if not hmac.compare_digest(signature, self._sign(key, body)):
            return None
        return replace(decision_from_json(body.decode(), {rule.id: rule}), cached=True)

    def put(self, key: str, decision: Decision) -> None:
        """Keep a decision (not an undecided one).

        Raises:
            OSError: the cache cannot be written.
        """
        if decision.outcome is Outcome.ERROR or decision.cached:
            return
        body = decision_to_json(decision).encode()
        self.directory.mkdir(parents=True, exist_ok=True)
        new = self.directory / f".{key}.{os.getpid()}"
        new.write_bytes(self._sign(key, body) + b"\n" + body)
        new.replace(self._file(key))

    def prune(self) -> None:
        """Drop what has not been written for a month."""
        oldest = time.time() - KEEP_SECONDS
        for entry in os.scandir(self.directory) if self.directory.is_dir() else ():
            if entry.stat().st_mtime < oldest:
                Path(entry.path).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.directory / key

    def _sign(self, key: str, body: bytes) -> bytes:
        return hmac.new(self.secret, key.encode() + b"\0" + body, hashlib.sha256).hexdigest().encode()


def open_cache(cache: Path, state: Path) -> DecisionCache:
    """The user's cache; its key is made once, readable by the user alone."""
    file = state / "verdict.key"
    if not file.exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = state / f".key.{os.getpid()}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(new, file)  # whoever comes first wins; the other reads the winner's key
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return DecisionCache(cache / "verdicts", file.read_bytes())


def decision_key(rule: Rule, plan: Plan, *, clean: bool) -> str:
    """Hex SHA-256 of everything that the decision depends on.

    A command sees the tree, its base (for what is red there too) and its tools; the other checks also see commits, the
    branch, uncommitted files and the task.
    """
    context, changes = plan.context, plan.context.changes
    parts: list[object] = [
        __version__,
        replace(rule, source=replace(rule.source, line=0)),
        changes.before.tree,
    ]
    parts += [changes.tree, clean, context.settings]
    if rule.kind.is_command or rule.params.get("command"):
        parts += [changes.root, *_tools(str(rule.params.get("command") or rule.value), context.place)]
    if not rule.kind.is_command:
        parts += [
            changes.base,
            changes.head,
            changes.branch,
            changes.uncommitted,
            context.task,
            plan.policy.hash,
        ]
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _tools(command: str, place: Path) -> list[str]:
    """What stands for the versions of a command's tools: each program found on PATH, and installed environments."""
    programs = [shutil.which(word) for word in command.split() if word.isascii() and not word.startswith("-")]
    environments = [
        place / ".venv",
        place / "node_modules/.package-lock.json",
        Path(os.environ.get("VIRTUAL_ENV", "/")),
    ]
    packages = [site for venv in environments for site in venv.glob("lib/python*/site-packages")]
    files = [*(Path(program) for program in programs if program), *environments, *packages]
    return [f"{file}:{stat.st_mtime_ns}:{stat.st_size}" for file in files if (stat := _stat(file))]


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
