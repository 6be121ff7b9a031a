"""From a request to a plan: the change set, the policy at its base, and the rules to decide."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from agent_gate.changes import read_changes
from agent_gate.directories import cache_directory
from agent_gate.findings import Severity
from agent_gate.gate.policy_cache import kept_policy
from agent_gate.hookspecs import GateContext, Task
from agent_gate.policy import load_policy, load_settings, policy_key
from agent_gate.policy.model import Kind, Rule, Source
from agent_gate.repository import open_repository
from agent_gate.running.rooms import RoomError, Rooms

if TYPE_CHECKING:
    from contextlib import ExitStack

    from agent_gate.changes.model import ChangeSet
    from agent_gate.gate.store import Store
    from agent_gate.policy.model import Policy
    from agent_gate.policy.settings import Settings

BUILT_IN = "agent-gate"  # the "file" of rules that no AGENTS.md has to ask for


class NothingToEnforceError(Exception):
    """There is no change, or no rule that could be enforced on it; the message is one sentence for the user."""


class UnusableRequestError(Exception):
    """What the caller asked for cannot be read; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller wants judged.

    Attributes:
        worktree: any directory of the worktree.
        base: branch or commit to compare with; "" finds it.
        task: what the agent was asked to do.
        clean: judge the committed tree in a room instead of the working files in place.
        head: judge this revision in a room, whatever is checked out; "" judges the worktree's own.
        allow_unchanged: judge a tree that does not differ from its base, too.
    """

    worktree: Path
    base: str = ""
    task: Task | None = None
    clean: bool = False
    head: str = ""
    allow_unchanged: bool = False

    @property
    def in_room(self) -> bool:
        """Whether commands run in a room instead of the worktree."""
        return self.clean or bool(self.head)


@dataclass(frozen=True, slots=True)
class Plan:
    """Rules to decide, on what, in order of their source.

    Attributes:
        clean: commands run in a room, not in the worktree.
        new_base: the policy is not kept under this base's tree yet.
    """

    context: GateContext
    policy: Policy
    rules: tuple[Rule, ...]
    clean: bool
    new_base: bool


def prepare(request: Request, open_rooms: ExitStack, store: Store | None) -> Plan:
    """Read everything that the checks need; a room that is made lives as long as `open_rooms`.

    Raises:
        NothingToEnforceError: nothing changed, or the base asks for nothing.
        RepositoryError, PolicyError: the worktree, its base or its policy cannot be read.
    """
    repository = open_repository(request.worktree)
    read = partial(read_changes, repository, committed_only=request.clean, commit=request.head)
    changes = read(request.base)
    settings = load_settings(changes.before)
    if settings.base and not request.base:
        changes = read(settings.base)
        settings = load_settings(changes.before)
    if not (changes.files or changes.commits or request.allow_unchanged):
        raise NothingToEnforceError(
            f"Nothing changed between the base {changes.base[:12]} and {changes.root}."
        )
    policy = kept = kept_policy(store, changes.before.tree) if store else None
    if store and policy is None:  # another tree may have had the same instructions
        policy = kept_policy(store, policy_key(changes.before))
    policy = policy or load_policy(changes.before)
    _require_enforceable(policy, changes)
    rooms = Rooms(repository, settings, cache_directory() / "rooms")
    place, unready = Path(changes.root), ""
    if request.in_room:
        try:
            place = open_rooms.enter_context(rooms.room(changes.head, "clean"))
        except RoomError as problem:  # the change may have broken its set-up: that is for its author to hear
            place, unready = rooms.cache / "not-ready", f"{problem}\n{problem.output}"
    context = GateContext(changes, place, request.task, settings, rooms, unready)
    rules = _completed((*policy.enforced, *built_in_rules(policy, settings, request)), policy)
    return Plan(context, policy, rules, clean=request.in_room, new_base=kept is None)


def built_in_rules(policy: Policy, settings: Settings, request: Request) -> tuple[Rule, ...]:
    """What holds without being asked for (specs/gate.md): the policy itself, the tests, what `--clean` leaves out."""
    asked = {rule.kind for rule in policy.enforced}
    rules = [
        _built_in(
            Kind.POLICY_CHANGE, "A branch may not change the rules that it is judged by.", Severity.BLOCK
        )
    ]
    if Kind.NO_TEST_TAMPERING not in asked:
        text = "Tests that the base has are kept."
        rules.append(_built_in(Kind.NO_TEST_TAMPERING, text, Severity.FOLLOW_UP))
    if settings.coverage is not None and Kind.COVERAGE not in asked:
        rule = _built_in(Kind.COVERAGE, "[tool.agent-gate] coverage", Severity.BLOCK)
        rules.append(replace(rule, value=f"{settings.coverage:g}"))
    if request.clean and not request.head and Kind.CLEAN_WORKTREE not in asked:
        text = "Only committed work is judged with --clean."
        rules.append(_built_in(Kind.CLEAN_WORKTREE, text, Severity.FOLLOW_UP))
    spoken_of = {rule.id for rule in policy.rules}  # switched off, or worded by the configuration
    return tuple(rule for rule in rules if rule.id not in spoken_of)


def read_task(path: Path) -> Task:
    """A task file: JSON `{id, title, description}`, or plain text whose first line is the title.

    Raises:
        UnusableRequestError: the file cannot be read, or its JSON is not such an object.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise UnusableRequestError(f"The task file {path} cannot be read: {problem.strerror}.") from problem
    if not text.lstrip().startswith("{"):
        title, _, description = text.strip().partition("\n")
        return Task("", title.strip(), description.strip())
    try:
        data = json.loads(text)
    except ValueError as problem:
        raise UnusableRequestError(f"The task file {path} is not valid JSON: {problem}.") from problem
    fields = {name: data.get(name) or "" for name in ("id", "title", "description")}
    wrong = [name for name, value in fields.items() if not isinstance(value, str)]
    if wrong:
        raise UnusableRequestError(f"The task file {path} has a {wrong[0]} that is not text.")
    return Task(**fields)


def _require_enforceable(policy: Policy, changes: ChangeSet) -> None:
    base = changes.base[:12]
    if not policy.files:
        raise NothingToEnforceError(
            f"There is no AGENTS.md (nor CLAUDE.md or GEMINI.md) at the base {base}:"
            " rules count from the commit that brings them to the base."
        )
    if not policy.enforced:
        raise NothingToEnforceError(
            f"{', '.join(policy.files)} at the base {base} asks for nothing that can be enforced:"
            " `agent-gate policy` shows what became of every statement."
        )


def _built_in(kind: Kind, text: str, severity: Severity) -> Rule:
    return Rule(
        id=kind.value, kind=kind, source=Source(BUILT_IN, 0, text), severity=severity, reason="built in"
    )


def _completed(rules: tuple[Rule, ...], policy: Policy) -> tuple[Rule, ...]:
    """The rules with what they need to know of the others: coverage the first test command, the policy its files."""
    more: dict[Kind, dict[str, object]] = {Kind.POLICY_CHANGE: {"files": policy.files}}
    if command := next((rule for rule in rules if rule.kind is Kind.TEST), None):
        more[Kind.COVERAGE] = {"command": command.value, "directory": command.directory}
    return tuple(
        replace(rule, params=MappingProxyType({**more[rule.kind], **rule.params}))
        if rule.kind in more
        else rule
        for rule in rules
    )
