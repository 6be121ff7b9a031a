"""Statements → drafts of rules: what each command mention and each phrase asks for, before the drafts are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.branch_rules import branch_asks
from agent_gate.policy.asks.commit_rules import commit_asks
from agent_gate.policy.asks.content_rules import content_asks
from agent_gate.policy.asks.leftovers import leftover_asks
from agent_gate.policy.asks.process_rules import process_asks
from agent_gate.policy.commands.conditions import condition, is_any_change
from agent_gate.policy.commands.context import insists, is_alternative, is_forbidden, strength, why_not
from agent_gate.policy.commands.mentions import find_mentions
from agent_gate.policy.commands.paths import glob_of, is_path
from agent_gate.policy.commands.places import directory_of
from agent_gate.policy.commands.purpose import is_verified, purpose_of
from agent_gate.policy.commands.tools import Use
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Said, hear, unenforced
from agent_gate.policy.text.sentences import SPAN, plain
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent_gate.policy.commands.command import Command
    from agent_gate.policy.commands.mentions import Mention

_LONGEST = 1500  # characters of a statement; keeps the time for hostile text bounded
_KINDS = {
    Use.LINT: Kind.LINT,
    Use.FORMAT: Kind.FORMAT,
    Use.TEST: Kind.TEST,
    Use.TYPECHECK: Kind.TYPECHECK,
    Use.BUILD: Kind.BUILD,
}

# "`api/*.proto` → `make check-api`", below what says that it is about changes
_FOR_PATHS = Pattern(
    r"(?:any |all )?`[^`]+`(?:(?:,| or| and|/)+ `[^`]+`)*[^`]{0,40}?(?:\u2192|->|=>|:)(?=\W*`)", ANY_CASE, "`"
)
_OF_THE_ONE_BEFORE = Pattern(
    r" \(?(?:after|when|if|for) [^,;`]*[,;] ?", ANY_CASE
)  # "`a` after X changes, `b`"
_EACH_PASSES = Pattern(
    r"\b(?:each|all|every one) of (?:the )?(?:following|these)\b.*\b(?:succeeds?|pass(?:es)?)\b|\b(?:these|the following) (?:\w+ )?(?:commands|checks) must (?:all )?(?:succeed|pass)\b",
    ANY_CASE,
    "succe|pass",
    "these|following",
)
_ONLY_CHECKS = Pattern(r"(?:\w+ )?checks?(?: (?:only|format\w*|code style))*", ANY_CASE, "check")
_WHEN = Pattern(r"\bchang|\btouch|\bmodif|\bedit|\bwhen\b|\bif you\b", ANY_CASE)
_CHANGED = Pattern(r"\b(?:chang|touch|modif|edit)\w*", ANY_CASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule in the making; `command` and `parts` (what an aggregate runs) only where it is a command."""

    kind: Kind
    statement: Statement
    value: str | None = None
    params: dict[str, object] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    directory: str = ""
    severity: Severity = Severity.BLOCK
    unless_task: bool = False
    enforced: bool = True
    reason: str = ""
    strength: int = 1
    command: Command | None = None
    parts: frozenset[Use] = frozenset()

    def dropped(self, reason: str) -> Draft:
        """The draft as a statement that is no rule, and why."""
        return replace(self, kind=Kind.NOT_A_RULE, enforced=False, reason=reason)


def drafts_of(statement: Statement) -> list[Draft]:
    """Everything that a statement asks for; one draft that is not enforced where it asks for nothing."""
    if len(statement.text) > _LONGEST:
        return [Draft(Kind.NOT_A_RULE, statement, enforced=False, reason="too long to be one instruction")]
    heard = hear(statement)
    drafts = list(_commands(heard[0]))
    alone = any(str(draft.value) == statement.text.strip("` ") for draft in drafts)
    if statement.form in {Form.SHELL, Form.CODE}:
        drafts += _shown(heard[0])
    elif not alone:
        drafts += [draft for said in heard for draft in _asked(said)]
    if drafts:
        return drafts
    kind, reason = unenforced(heard[0])
    return [Draft(kind, statement, enforced=False, reason=reason)]


def _shown(said: Said) -> Iterator[Draft]:
    """What a block shows as the form to keep to: a commit message."""
    for ask in commit_asks(said):
        yield Draft(ask.kind, said.statement, ask.value, ask.params)


def _asked(said: Said) -> Iterator[Draft]:
    strong = bool(
        re.search(
            r"\b(?:must|always|never|required?|all|every|do not|don'?t)\b|^\W*no\b", said.text, ANY_CASE
        )
    )
    for ask in (
        *process_asks(said),
        *leftover_asks(said),
        *commit_asks(said),
        *branch_asks(said),
        *content_asks(said),
    ):
        draft = Draft(
            ask.kind, said.statement, ask.value, ask.params, ask.scope, severity=ask.severity or said.severity
        )
        draft = replace(draft, unless_task=said.unless_task, strength=1 + strong)
        yield draft if ask.severity else _softened(said, draft)


def _softened(said: Said, draft: Draft) -> Draft:
    if said.soft and draft.severity is not Severity.FOLLOW_UP:
        return replace(draft, kind=Kind.ADVISORY, enforced=False, reason="a preference, not a requirement")
    return draft


def _commands(said: Said) -> Iterator[Draft]:
    mentions = find_mentions(said.statement)
    kept: list[Draft] = []
    for index, mention in enumerate(mentions):
        found = _condition(said, _own_words(said, mentions, index), mention.command)
        draft = _command(said, mention, mentions[:index], found)
        other = next((k for k in reversed(kept) if k.enforced), None)
        if draft.enforced and other and is_alternative(mention, mentions[index - 1]):
            kept[kept.index(other)] = replace(
                other, params=other.params | {"also": [*_also(other), mention.command.text]}
            )
            draft = draft.dropped(f"another spelling of `{other.value}`")
        kept.append(draft)
    yield from kept


def _also(draft: Draft) -> list[str]:
    also = draft.params.get("also")
    return list(also) if isinstance(also, list) else []


def _own_words(said: Said, mentions: Sequence[Mention], index: int) -> str:
    """What a statement says up to one of its commands and after the last: "run a, and if X changed, b" has no X for a."""
    if len(mentions) == 1 or said.statement.form is Form.SHELL:
        return said.text
    text, last = said.statement.text, mentions[-1]
    tail = text[last.end :]
    if re.match(r"\W*(?:as well|too)\b", tail) and mentions[index].start < text.rfind(",", 0, last.start):
        tail = ""  # "run a, and b as well if X changed"
    starts = [0, *(mention.end for mention in mentions[:index])]
    gaps = [text[a : b.start] for a, b in zip(starts, mentions, strict=False)]
    own = "`-`".join(gap for gap in gaps if not _OF_THE_ONE_BEFORE.fullmatch(gap))
    return plain(f"{own}{text[mentions[index].start : mentions[index].end]} {tail}")


def _command(
    said: Said, mention: Mention, earlier: Sequence[Mention], found: tuple[str, tuple[str, ...]]
) -> Draft:
    statement, command = mention.statement, mention.command
    if command.use is Use.FORMAT and _ONLY_CHECKS.fullmatch(statement.comment):
        command = replace(command, rewrites=False)  # whatever its name says
    draft = Draft(Kind.NOT_A_RULE, statement, command.text, command=command, enforced=False)
    when, globs = found
    generator = command.use.generates and (when == "path" or _is_required(statement))
    if command.use is Use.DOCUMENT and is_verified(mention):
        command = replace(command, use=Use.CHECK)
    elif (
        command.use is Use.GENERATE
        and command.key.startswith("go mod tidy")
        and (insists(mention) or is_verified(mention))
    ):
        command = replace(command, use=Use.FORMAT, rewrites=True)  # of go.mod
    mention = replace(mention, command=command)
    if generator:  # it runs in a copy, whose changes are the finding
        why = "example of what not to do" if is_forbidden(mention) else ""
    else:
        why = why_not(mention, earlier)
    if not why and when == "other":
        why = "asked for only after changes that no path names"
    if not why and re.search(r"<|\.\.\.", statement.directory):
        why = f"not run: {Use.PLACEHOLDER.value}"
    use, parts = purpose_of(mention)
    written = generator or (use is Use.OTHER and when == "path")  # it may write what it is run for
    if not why and use is Use.OTHER and not written and not insists(mention):
        why = "nothing says that it checks something"
    if why:
        return replace(draft, reason=why)
    directory = directory_of(statement, command, statement.text[mention.end :])
    if use is Use.CHECK:
        draft = replace(draft, command=replace(command, use=use))  # whatever its name joins
    fixes = use is Use.FORMAT and command.use in {Use.OTHER, Use.AGGREGATE, Use.CHECK}
    rewrites = {"rewrites": True} if command.rewrites or written or fixes else {}
    return replace(
        draft,
        kind=_KINDS.get(use, Kind.OTHER),
        params=dict(rewrites),
        scope=globs or ((f"{command.directory or directory}/**",) if command.directory or directory else ()),
        directory="" if command.directory else directory,
        severity=said.severity if statement.form is not Form.SHELL else Severity.BLOCK,
        unless_task=said.unless_task,
        enforced=True,
        strength=strength(mention),
        parts=parts,
    )


def _is_required(statement: Statement) -> bool:
    """Whether a block's lead-in wants every one of its commands to pass."""
    return statement.form is Form.SHELL and bool(_EACH_PASSES.search(" ".join(statement.lead.split())))


def _condition(said: Said, words: str, command: Command) -> tuple[str, tuple[str, ...]]:
    """What must have changed for a command: in its own words, its lead-in, or its table's first column."""
    statement = said.statement
    if statement.form is Form.ROW and (found := _condition_of_row(statement)):
        return found
    listed = _FOR_PATHS.match(statement.text)
    if listed and _CHANGED.search(" ".join((*statement.headings[-1:], statement.lead))):
        paths = [match[2].strip() for match in SPAN.finditer(listed[0]) if is_path(match[2].strip())]
        if paths:
            return "path", tuple(glob_of(path) for path in paths)
    # a paragraph is introduced only by one that ends with a colon
    lead = statement.lead if statement.form is not Form.PROSE or statement.lead.rstrip().endswith(":") else ""
    for text in (
        words,
        statement.comment,
        plain(" ".join(lead.split())),
        *(plain(" ".join(p.split())) for p in statement.parents[-1:]),
        *(
            heading
            for heading in statement.headings[-1:]
            if re.match(r"(?:if|when|after)\b", heading, ANY_CASE)
        ),
    ):
        spans = re.findall(r"`([^`]+)`", text)
        found = condition(text, spans)
        directory = directory_of(statement, command) if found[0] == "other" else ""
        if directory and directory.rsplit("/", 1)[-1].lower() in text.lower().split():
            return "path", (f"{directory}/**",)  # "cd backend", when "backend behaviour" changes
        if found[0]:
            return found
    return "", ()


def _condition_of_row(statement: Statement) -> tuple[str, tuple[str, ...]] | None:
    """What a row's cell below "If you changed" or "When to run" names; None without such a cell."""
    for number, (head, cell) in enumerate(zip(statement.header, statement.cells, strict=False)):
        if not _WHEN.search(head) or (number and not _CHANGED.search(cell)):
            continue
        paths = [match[2].strip() for match in SPAN.finditer(cell) if is_path(match[2].strip())]
        other = is_any_change(re.sub(r"\bunder\b|`[^`]*`", " ", plain(cell)))
        if number and paths and not other:
            return "", ()  # what else it names is no path, so that no paths tell when it must not run
        if paths:
            return "path", tuple(glob_of(path) for path in paths)
        return ("", ()) if other else ("other", ())
    return None
