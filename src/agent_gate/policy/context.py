"""What surrounds a command decides whether it is asked for: headings, lead-ins, negations, examples, conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.policy.sections import NEGATED, SINGLE, by_lead, by_section, last_sentence
from agent_gate.policy.sentences import plain
from agent_gate.policy.statements import Form, Statement
from agent_gate.policy.tools import Use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.policy.mentions import Mention

_I = re.IGNORECASE
_OPTIONAL = re.compile(
    r"\bwatch mode\b|\boptional(?:ly)?\b|\bnightly\b|\bonly (?:if|when|for|needed|run|on)\b|\bonly\*\* (?:if|when)|\bunless (?:explicitly )?(?:asked|requested|needed|required|told)\b|\bif (?:needed|necessary|required|you (?:need|want|have|like|prefer))\b|\bwhen needed\b|\bas needed\b|\(manual(?:ly)?\b|\bmanual(?:ly)? (?:runs?|tests?|testing|checks?|verif\w+|trigger\w*|start\w*|invo\w+|steps?|only)\b|\b(?:run|runs|executed?|invoked?|triggered|started|tested|done|verified) manually\b"
    r"|\bon request\b|\bnot (?:needed|required|necessary)\b|\bno need to\b|\b(?:requir(?:es?|ing)|needs?) (?:an? |the |running |your |valid |real |\w+ (?=credentials|(?:api )?(?:keys?|tokens?)\b))*(?:docker|running|credentials|api|(?:keys?|tokens?|accounts?)\b|gpu|hardware|root|sudo|live|external|real|postgres\w*|mysql|redis|databases?|network access|browsers?|internet)\b|\b(?:credentials|(?:api|access|secret) (?:keys?|tokens?)|tokens?) (?:are |is |must be )?(?:required|needed|set)\b|\breal (?:\w+ )?(?:api|credentials|account)\b|\b[A-Z]+_(?:API_KEY|TOKEN|SECRET|PAT)\b|\blive (?:external )?(?:apis?|services?|tests?|clusters?|servers?|providers?)\b|\bskip\b|\bslow\b[^.]*\bonly\b|\bopt-in\b|\bmaintainers?[- ]only\b|\bwhen (?:that|this|it) is (?:the right|enough)\b|\bexperimental\b|\bdeprecated\b|\byou can also\b",
    _I,
)
_REPLACED = re.compile(
    r"(?:\b(?:instead of|rather than|not(?: just| only)?(?: the)?|over|in place of|as opposed to|without|no|replac(?:es|ing)|unlike)|❌|✗|🚫)\W*(?:\w+\W+){0,2}$",
    _I,
)
_RESTART = re.compile(
    r"[.;]\s|\s[\u2013—-]{1,2}\s|,\s*(?=(?:use|run|instead|but|prefer|always|just|rather)\b)|\b(?:but|instead[,:]|use|always)\s",
    _I,
)
_EXAMPLE = re.compile(
    r"\b(?:e\.g\.|i\.e\.|for example|for instance|such as|like|example:|examples:|similar to|equivalent (?:to|of)|same as|wraps|wrapper (?:for|around)|alias (?:for|of)|under the hood|internally)\W*(?:\w+\W+){0,2}$",
    _I,
)
_DESCRIBED = re.compile(
    r"`[^`]*\bto (?:run|execute)\W*$|\b(?:CI|pipeline|workflow|hooks?|actions?|it|this|that|script|target|command|recipe|task|which|automatically|will|also|pre-commit|job)\b[^`.;:]{0,40}\b(?:runs?|executes?|calls?|invokes?|uses|performs|triggers|delegates to|including|covers)\b[^`]*$|\b(?:runs|executes|calls|invokes|triggers)\s+(?:\w+\s+)?$|\b(?:produced|created|generated|written|executed|called|invoked|managed|used|printed|run|handled) (?:by|from|in|via|through)\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"\W*(?:\[[ x]\]\s*)?(?:[\w /&()'\u2019,+.-]{0,70}(?::|[\u2013—→=]| -))?\W*")
_VERB_BEFORE = re.compile(
    r"\b(?:run|rerun|re-run|running|execute|executing|use|using|ensure|make sure|verify|check|confirm|validate|via|with|through|call|invoke|do|pass|passing|perform|prefer|apply|that|test|lint|format|build|compile|type-?check)\b[^.;`]{0,45}$",
    _I,
)
_CHAINED = re.compile(
    r"\b(?:run|rerun|running|execute|use|using|ensure|make sure|verify|check|with|via|prefer)\b[^.;]*`[^`]*(?:,|\band|\bthen|/|\bor|\+|&|→|->|\bplus|\bfollowed by)[^`.;]{0,25}$",
    _I,
)
_DESCRIBES = re.compile(
    r"\W{0,3}(?:runs?|starts?|builds?|compiles?|checks?|executes?|produces?|lints?|formats?|verif\w+|validates?|for|to)\b|\s*[(\u2013—:=-]",
    _I,
)
_ASKED_AFTER = re.compile(
    r"\W{0,3}(?:must|should|needs? to|has to|have to|passes|pass|is green|succeeds?|before\b|to (?:lint|format|test|build|check|verify|validate|run|type))",
    _I,
)
_ALTERNATIVE = re.compile(
    r"\bor\b[^`]*$|\balternative(?:ly)?\b|\bequivalent(?:ly)?\b|\baka\b|(?<!\w)/\s*$|\bdirectly\b", _I
)
_NOT_TO_RUN = re.compile(r"\b(?:do not|don'?t|don\u2019t|never) (?:run|use|execute)\b", _I)
_ASIDE = re.compile(r"\s*\([^()]*\)")  # what a parenthesis adds to a command ends with it
_LABEL_WORDS = 3  # before a command: more is a sentence of its own
_NEARBY = 60  # characters between two spellings of one check
_INSISTS = re.compile(
    r"\b(?:must|always|mandatory|ensure|make sure|before (?:every|each|any|you|committing|pushing|opening|submitting|finishing|a commit)|must pass)\b",
    _I,
)
_BY_MEANS = re.compile(r"\b(?:run|check|test|type-?check)\b[^.;`]{0,30}\b(?:with|via|using|through)\s*$", _I)
_ONE_SPAN = 2  # marks
_ONLY_SPANS = re.compile(
    r"\W*(?:[A-Za-z][\w /&()'+.-]{0,40}(?::|\s[\u2013\u2014-])[\s*]*)?`[^`]*`(?:\s*(?:,?\s*(?:and|or|then)|/|,|\+|&)\s*`[^`]*`)*\s*(?:,?\s*(?:and|or|then)|/|,|\+|&)\s*"
)
_NEEDS = re.compile(r"\b(?:needs?|requires?|see|like|created?|installed?|generated?|start\w*)\b", _I)
_MUST = re.compile(
    r"\b(?:must|always|required?|before|ensure|make sure|never (?:skip|omit|forget|commit|push|merge)|mandatory|every|all)\b",
    _I,
)
_BEFORE = re.compile(r"\b(?:before|must|mandatory|always)\b|\bpre-?(?:commit|push|pr|merge)\b", _I)

STRONG = 2  # how much a "must" weighs; anything else is 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A mention's neighbourhood, cut once.

    Attributes:
        clause: the text before the command in its own clause.
        sentence: the whole statement without the command's own text.
        hint: what says what the command is for: label, comment, cells, lead-in.
    """

    clause: str
    sentence: str
    hint: str


def surroundings(mention: Mention) -> Surroundings:
    """The neighbourhood of a mention."""
    statement = mention.statement
    if statement.form is Form.SHELL:
        lead = last_sentence(statement.lead)
        return Surroundings(lead, f"{statement.comment}", statement.comment or lead)
    before, after = statement.text[: mention.start], statement.text[mention.end :]
    starts = [match.end() for match in _RESTART.finditer(before)]
    clause = before[starts[-1] :] if starts else before
    return Surroundings(
        plain(before[len(before) - len(clause) - 12 if starts else 0 :]) if starts else plain(clause),
        f"{plain(before)} {plain(after)}",
        "",
    )


def why_not(mention: Mention, earlier: Sequence[Mention]) -> str:
    """Why a mention is no rule, as one sentence; "" where it is asked for.

    Args:
        mention: the command where it stands.
        earlier: mentions that stand before it in the same statement.
    """
    use, statement = mention.command.use, mention.statement
    if not use.is_check:
        return f"not run: {use.value}"
    return (
        by_section(mention, use)
        or by_lead(statement, rewrites=mention.command.rewrites)
        or (_by_comment(statement) if statement.form is Form.SHELL else _by_clause(mention, earlier))
    )


def _by_comment(statement: Statement) -> str:
    comment = statement.comment
    if SINGLE.search(comment):
        return "hint for single tests"
    if _OPTIONAL.search(comment):
        return "optional"
    if NEGATED.match(comment) or re.match(r"(?:bad|wrong|incorrect)\b|❌|✗", comment, _I):
        return "example of what not to do"
    if re.match(r"or\b|alternatively", comment, _I):
        return "alternative"
    return ""


def _by_clause(mention: Mention, earlier: Sequence[Mention]) -> str:
    statement, start = mention.statement, mention.start
    before, after = statement.text[:start], statement.text[mention.end :]
    near = surroundings(mention)
    label = re.split(r"\s[\u2013—-]\s|:", plain(before))[0] if before else ""
    around = _neighbourhood(statement, mention)
    if _REPLACED.search(plain(before)) or (
        NEGATED.search(near.clause)
        and not re.search(r"\b(?:without|until|unless|before|forget)\b", near.clause, _I)
    ):
        return "example of what not to do"
    outside = [other for other in earlier if not _in_parenthesis(statement.text[: other.start])]
    if _in_parenthesis(before) and (
        outside
        or _EXAMPLE.search(before)
        or re.search(
            r"\((?:runs|uses|which|calls|executes|via|e\.g|i\.e|see|like|from|wraps|and|also|then|with)\b[^)]*$",
            before,
            _I,
        )
    ):
        return "explanation in a parenthesis"
    if re.match(
        r"\W*(?:bootstrap|install|set-?up|set up|setting up|prerequisite|(?:\w+ )?(?:essentials|dependencies|packages)\b)\w*\b",
        label,
        _I,
    ):
        return "set-up"
    if statement.form is Form.ROW and _NOT_TO_RUN.search(plain(statement.text)):
        return "example of what not to do"
    if re.match(r"\W*(?:via|through) the (?:makefile|justfile|package\.json)\b", after, _I):
        return "description of what something else runs"
    if re.search(r"\b(?:are|is) (?:now )?(?:deprecated|obsolete)\b", plain(after), _I):
        return "deprecated"
    if SINGLE.search(label) or SINGLE.search(around):
        return "hint for single tests"
    if _OPTIONAL.search(around) or _OPTIONAL.search(label):
        return "optional, or asked for in some cases only"
    if _EXAMPLE.search(plain(before)):
        return "example or explanation"
    if earlier and _explained(before, after, earlier):
        return "explanation of another command"
    if _DESCRIBED.search(plain(before)) and not re.search(
        r"\b(?:must|should|always|please)\b", near.clause, _I
    ):
        return "description of what something else runs"
    if mention.command.bare and not _bare_is_asked(mention, before):
        return "a tool's name"
    if not _is_asked(mention, before):
        return "mentioned, not asked for"
    return ""


def _neighbourhood(statement: Statement, mention: Mention) -> str:
    """The text around a mention up to the neighbouring commands of its statement."""
    if statement.form is Form.ROW and statement.text.count("`") <= _ONE_SPAN:
        return plain(statement.text)
    before = statement.text[: mention.start].rsplit("`", 1)[-1]
    after, another, _ = statement.text[mention.end :].partition("`")
    after = after.rpartition(",")[0] if another and "," in after else after
    return plain(before + " " + after)


def _in_parenthesis(before: str) -> bool:
    return before.count("(") > before.count(")")


def _explained(before: str, following: str, earlier: Sequence[Mention]) -> bool:
    """Whether an earlier command of the item is what the item is about: "`make lint` - runs `ruff`"."""
    if (
        re.search(r"[;,]\s*$", before)
        and _DESCRIBES.match(following)
        and not re.match(r"\W*(?:for|to)\b", following)
    ):
        return False
    first = earlier[0]
    lead = plain(before[: first.start]).strip(" -*:\"'")
    after = _ASIDE.sub("", before[first.end :])
    return (
        len(lead.split()) <= _LABEL_WORDS
        and bool(
            re.match(r"\s*(?:\*\*)?\s*(?:[:\u2013—=→|]|-{1,2}\s|\(|(?:runs|uses|executes|calls|is)\b)", after)
        )
        and not re.match(r"\s*[/,|]\s*`", after)
    )


def _bare_is_asked(mention: Mention, before: str) -> bool:
    if re.search(r"\bto run\W*$|\bto run\b[^.;]*`[^.;]*(?:,|and)\W*$", before, _I):
        return False  # "use version 7.4 to run `phpcs`" says how, not that
    if re.search(
        r"(?:\b(?:run|execute|running|re-?run|passes)|:(?:\*\*)?|\|)\s*$|\b(?:run|execute)\b[^.;]*`[^.;]*(?:,|and|then|/)\s*$",
        before,
        _I,
    ):
        return True
    if mention.command.use in {Use.TEST, Use.TYPECHECK} and _BY_MEANS.search(plain(before)):
        return True
    statement = mention.statement
    return (
        statement.form is Form.ITEM
        and not before.strip(" *")
        and bool(re.search(r"\brun\b|\bcommands?\b|\bmust pass\b", plain(statement.lead), _I))
    )


def _is_item(mention: Mention) -> bool:
    """Whether a command after a comma begins a description of its own: "`a` starts this, `b` builds that"."""
    before, after = mention.statement.text[: mention.start], mention.statement.text[mention.end :]
    return not re.search(r"[;,]\s", plain(before)) or bool(_DESCRIBES.match(after))


def _is_asked(mention: Mention, before: str) -> bool:
    """Whether the words around a command ask for it: a table, a label before it, a verb, or what must hold of it."""
    statement = mention.statement
    if statement.form is Form.ROW or (
        _LABELLED.fullmatch(re.split(r"[;,]\s", plain(before))[-1])
        and (not before.strip() or _is_item(mention))
    ):
        return True
    if (
        _VERB_BEFORE.search(plain(before))
        or _CHAINED.search(before)
        or _ONLY_SPANS.fullmatch(_ASIDE.sub("", before))
    ):
        return True
    after = statement.text[mention.end :]
    if before.endswith("(") and after.startswith(")") and not _NEEDS.search(before):
        return True  # "ESLint (`npm run lint`)"
    return bool(_ASKED_AFTER.match(plain(after)))


def is_alternative(mention: Mention, other: Mention) -> bool:
    """Whether a mention is only another spelling of the one before it in its statement."""
    between = plain(mention.statement.text[other.end : mention.start])
    return (
        (mention.command.use is other.command.use or Use.OTHER in {mention.command.use, other.command.use})
        and bool(_ALTERNATIVE.search(between))
        and len(between) < _NEARBY
    )


def insists(mention: Mention) -> bool:
    """Whether the words around a command leave no doubt that it must run, though nothing says what it checks."""
    statement = mention.statement
    text = f"{statement.comment} {last_sentence(statement.lead)}"
    return bool(
        _INSISTS.search(text if statement.form in {Form.SHELL, Form.ROW} else f"{statement.text} {text}")
    )


def strength(mention: Mention) -> int:
    """How strongly a mention asks: the strongest of merged ones keeps its line."""
    statement = mention.statement
    text = (
        f"{statement.text} {statement.lead} {statement.comment}"
        if statement.form is not Form.ROW
        else statement.text
    )
    heading = statement.headings[-1] if statement.headings else ""
    return STRONG if _MUST.search(text) or _BEFORE.search(heading) else 1
