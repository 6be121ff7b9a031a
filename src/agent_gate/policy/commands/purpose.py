"""What a command is for where its own name does not say: labels, comments, table cells and lead-ins tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.tools import ENGLISH_RUNNERS, TOOLS, Use
from agent_gate.policy.text.sentences import plain
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from agent_gate.policy.commands.mentions import Mention

_I = ANY_CASE
_WORDS: tuple[tuple[Use, Pattern], ...] = (
    (
        Use.TYPECHECK,
        Pattern(
            r"\btype[- ]?check\w*|\btypes\b|\btypings?\b|\bstatic typ\w+|\bwithout (?:producing|emitting|building)\b|\bno[- ]?emit\b",
            _I,
            "typ|mypy|phpstan|psalm|pyright|tsc|noemit|no-emit|no emit|without",
        ),
    ),
    (
        Use.FORMAT,
        Pattern(
            r"\b(?:re)?format(?:s|ting|ters?|ted)?\b|\bfmt\b|\bblack\b",
            _I,
            "format|fmt|prettier|black|perltidy",
        ),
    ),
    (
        Use.LINT,
        Pattern(
            r"\blint(?:s|ing|ers?)?\b|\bclippy\b|\bruff\b|\bstatic analysis\b|\bcode style\b|\bvet\b|\bspell\w*|\btypos?\b|\bstyle checks?\b|\bsyntax\b",
            _I,
            "lint|clippy|ruff|gosec|govulncheck|static|style|spell|typo|syntax|vet",
        ),
    ),
    (
        Use.TEST,
        Pattern(r"\btests?(?:ing|ed)?\b|\bspecs\b|\be2e\b|\btest suite\b", _I),
    ),
    (
        Use.BUILD,
        Pattern(
            r"^\W*(?:\w+ )?(?:re)?(?:builds?\b|compil\w+|building\b|bundles?\b)|\b(?:and|[,+]|then) builds?\b|\bcompiles\b|\bcompile successfully\b",
            _I,
            "build|compil|bundle",
        ),
    ),
)
_TOOL = re.compile(r"(?<![\w./-])[a-z][\w-]+(?![\w/-]|\.\w)")
_OF_TOOLS = frozenset({Use.TYPECHECK, Use.FORMAT, Use.LINT, Use.TEST})
_ASIDE = Pattern(r"\s*\([^()]*\)")
_LISTED = Pattern(r"([^`]*[:\u2013\u2014-][\s*]*)(?:`[^`]*`(?:,|/|;|\s|\band\b|\bor\b|\bthen\b)*)+")
_VERIFIES = Pattern(
    r"\W*(?:(?:to|all|every|full|final|quick) )?(?:checks?|verif(?:y|ies)|validates?|ensures?)\b", _I
)
_CONFIRMS = Pattern(
    r"^\W*(?:(?:re)?build|check|verify|validate|confirm|ensure|make sure)\b|\b(?:no|zero|without) (?:\w+ )?(?:warnings|errors)\b|\b(?:builds?|passes|succeeds|compiles?)\b(?: \w+){0,2} (?:cleanly|successfully|before)\b|\bmust (?:build|compile|pass|succeed)\b|\ball of (?:these|the following) (?:are|must be) (?:green|clean)\b|\bstill (?:builds?|compiles?)\b|\b(?:check|verify|validate) (?:it |this |them )?(?:with|via|using)\W*$|\btidy check\b",
    _I,
)
_OF_ONE_THING = Pattern(  # "validates all configurations" is no aggregate, whatever the task is called
    r"\W*(?:validates?|checks?|verif(?:y|ies)) (?:all |the |every |each )*(?!checks?\b|code\b|everything\b|projects?\b|quality\b|repo\w*\b|ci\b|that\b|all\b|your\b)[a-z]\w+|.*\b(?:up[- ]to[- ]date|in sync|stale|drift\w*)\b",
    _I,
)
_FIXES = Pattern(
    r"\b(?:auto-?fix(?:es)?|(?:style|lint|formatting) fix(?:es|er|ers)|^\W*fix(?:es)? (?:the |all )?(?:code|imports?|styles?|format\w*|lint\w*|white ?space)\b|fixes (?:all |the )?(?:\w+ )?(?:style|lint|format\w*|issues|violations))\b",
    _I,
    "fix",
)
_CHECKING = Pattern(r"\b(?:lint\w*|checks?|validat\w+|verif\w+|quality)\b", _I)


def is_verified(mention: Mention) -> bool:
    """Whether the words around a generator of documentation want to know that it works, not what it writes."""
    statement = mention.statement
    before = plain(statement.text[: mention.start]) if statement.form is not Form.SHELL else statement.comment
    listed = statement.form is Form.SHELL or statement.lead.rstrip().endswith(":")
    lead = plain(" ".join(statement.lead.split())) if listed else ""
    after = plain(statement.text[mention.end :]) if statement.form is not Form.SHELL else ""
    return any(_CONFIRMS.search(text) for text in (before, lead, after))


def purpose_of(mention: Mention) -> tuple[Use, frozenset[Use]]:
    """What a command is for, and the checks that it joins if it is an aggregate."""
    use = mention.command.use
    label, description = (re.sub(r"`[^`]*/[^`]*`", " ", hint) for hint in _hints(mention))
    parts = _named(f"{label} {description}")
    if use not in {Use.AGGREGATE, Use.CHECK, Use.OTHER}:
        return use, frozenset()
    if _FIXES.search(f"{label} {description}"):
        return Use.FORMAT, frozenset()
    named = _named(_ASIDE.sub("", label)) or _named(label) or parts
    if use is Use.OTHER and len(named) > 1:
        named -= {Use.BUILD}  # "compile everything and run the tests"
    if len(named) == 1 and (len(parts) == 1 or use is Use.OTHER):
        return next(iter(named)), frozenset()
    if len(parts) > 1 and use is not Use.CHECK:
        return Use.AGGREGATE, frozenset(parts)
    if use is Use.AGGREGATE and not parts and _OF_ONE_THING.match(description):
        return Use.CHECK, frozenset()
    if use is Use.OTHER and not parts and (_VERIFIES.match(label) or _VERIFIES.match(description)):
        use = Use.CHECK
    around = _around(mention, use) if not parts else set()
    if use is Use.CHECK:
        around &= {Use.LINT, Use.FORMAT, Use.TYPECHECK}
    return (next(iter(around)), frozenset()) if len(around) == 1 else (use, frozenset())


def _around(mention: Mention, use: Use) -> set[Use]:
    """What the lead-in, else the heading is about; a command that says nothing itself needs one about checks."""
    statement = mention.statement
    for text in (statement.lead, *statement.headings[-1:]):
        words = re.sub(r"^\W*\d+\W+", "", plain(" ".join(text.split())))
        if words and (use is not Use.OTHER or _CHECKING.search(words)) and (named := _named(words)):
            return named
    return set()


def _named(text: str) -> set[Use]:
    tools = {
        TOOLS[word] for word in _TOOL.findall(text.lower()) if word in TOOLS and word not in ENGLISH_RUNNERS
    }
    return {use for use, words in _WORDS if words.search(text)} | (tools & _OF_TOOLS)


def _hints(mention: Mention) -> tuple[str, str]:
    """What stands before a command as its label, and what describes it."""
    statement = mention.statement
    if statement.form is Form.SHELL:
        heading = (
            statement.headings[-1] if statement.headings and _CHECKING.search(statement.headings[-1]) else ""
        )
        return "", statement.comment or plain(statement.lead)[-80:] or heading
    if statement.form is Form.ROW:
        return "", plain(statement.text.replace(mention.command.text, ""))
    before = statement.text[: mention.start].rsplit("`", 1)[-1]
    after = statement.text[mention.end :].lstrip("`")
    if named := _LISTED.fullmatch(_ASIDE.sub("", statement.text[: mention.start])):
        before = named[1]  # "Build: `make app`, `make tool`": the label is for each
    label = plain(before) if re.search(r"[:\u2013—-]\W*$", before) else ""
    described = re.match(
        r"\W*(?:\*\*)?\s*(?:[-\u2013—:=(→]|runs?\b|which\b|to\b|for\b)(.*)", after, re.DOTALL
    )
    if described:
        return label, plain(described[1])
    joins = (
        mention.command.use is not Use.OTHER
    )  # its name says that it checks: what, the words after it may say
    return label, plain(f"{before} {after.partition('`')[0]}" if joins else before)
