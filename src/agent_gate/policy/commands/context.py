"""What surrounds a command decides whether it is asked for: headings, lead-ins, negations, examples, conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.asked import ASIDE, INSISTED, bare_is_asked, is_asked
from agent_gate.policy.commands.described import described, explained, is_example
from agent_gate.policy.commands.sections import (
    ANOTHER_AIM,
    INNER_LOOP,
    NEGATED,
    PERMITS,
    SINGLE,
    by_lead,
    by_section,
    by_services,
    no_gate,
)
from agent_gate.policy.commands.tools import Use
from agent_gate.policy.text.optional import is_optional
from agent_gate.policy.text.sentences import SPAN, opaque, plain
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.policy.commands.mentions import Mention

_I = ANY_CASE
_USE_IT = Pattern(
    r",\s*(?:please )?(?:use|run|prefer|call|invoke|execute)\s", _I, ","
)  # "instead of x, use y"
_REPLACED = Pattern(
    r"(?:\b(?:instead of|rather than|not(?: just| only)?(?: the)?|over|in place of|as opposed to|without(?! (?:any |new )?(?:warning|error|issue|failure|problem))|no(?! (?:\w+ )?(?:warning|error|issue|failure|problem|finding|violation|offen[cs]e|diagnostic))|replac(?:es|ing)|unlike)\b|❌|✗|🚫)\W*(?:(?!before\b|until\b|unless\b)\w+\W+){0,2}$",
    _I,
    "instead|rather|not|over|in place|as opposed|without|no|replac|unlike|❌|✗|🚫",
)
_RESTART = Pattern(
    r"[.;]\s|\s[\u2013—-]{1,2}\s|,\s*(?=(?:use|run|instead|but|prefer|always|just|rather)\b)|\b(?:but|instead[,:]|use|always)\s",
    _I,
)
_INSIDE = Pattern(
    r"\((?:requires?|needs|built|runs|uses|which|calls|executes|via|e\.g|i\.e|see|like|from|wraps|and|also|then|with)\b[^)]*$",
    _I,
)
_SET_UP = Pattern(
    r"(?:^\W*(?:for )?(?:the )?|\bon )first build\b|\b(?:first[- ]time|initial build|one[- ]time|once per)\b|^\W*(?:bootstrap|install|restore|set-?up|set up|setting up|prerequisite|(?:build |system |dev(?:elopment)? )?(?:essentials|dependencies)\b)\w*\b",
    _I,
    "first|initial|one-time|one time|once per|bootstrap|install|restore|set up|setup|set-up|setting up|prerequisite|essentials|dependencies",
)
_OTHER_WORK = Pattern(
    r"^\W*(?:html|xml) reports?\b|\b(?:distributables?|installers?|release (?:artifacts?|binar\w+))\b|^\W*(?:the )?(?:bundle (?:size|analy\w+)|(?:performance |cpu |memory )?profil(?:e|es|ing)|benchmark\w*|flame ?graphs?)\b",
    _I,
    "html|xml|bundle|profil|benchmark|flame|distributable|installer|release",
)
_SHOWS_OPTION = Pattern(
    r"\W*(?:examples?\W*$|(?:re-?try|preview|record|inspect|repeat|reproduce)\b|(?:verbose|detailed|quiet) (?:\w+ )?(?:output|logging|mode)\b)|[^.;]*\b(?:interactive|distributable)\b",
    _I,
    "example|try|preview|record|inspect|repeat|reproduce|verbose|detailed|quiet|interactive|distributable",
)
_REJECTED = Pattern(
    r"^[^.;`]{0,40}?\b(?:bypass(?:es)?|prints? an error|does nothing|(?:(?:do|does|will|would) not|(?:do|does|wo|would)n['\u2019]t) work|(?:is|are) (?:just |only |currently |still )*(?:an? )?(?:wrong|unsupported|forbidden|banned|prohibited|discouraged"
    r"|stub|no-?op|not (?:yet )?(?:supported|allowed|recommended|used|available|wired|implemented|configured|set up|part of)))\b|^ (?:does|do|will|is|can)(?: not|n['\u2019]t)\W*$|^[^.`]{0,60}[;\u2013\u2014,] ?(?:don['\u2019]t|do not|never)(?: (?:run|use|do) (?:it|that|this))?\W*$",
    _I,
    "bypass|error|nothing|not|n't|n\u2019t|wrong|unsupported|forbidden|banned|prohibited|discouraged|stub|op|never",
)

_RELEASES = Pattern(r"^\W*(?:releas|publish|deploy|ship)\w*\b", _I, "releas|publish|deploy|ship")
_DEPRECATED = Pattern(r"\b(?:are|is) (?:now )?(?:deprecated|obsolete)\b", _I, "deprecated|obsolete")
_REPAIRS = Pattern(r"\bfix (?:it|them|issues|problems|errors)\b[^.;`]*$", _I, "fix")
_NOT_A_CHECK = Pattern(
    r"^\W*to (?:upgrad|updat|regenerat|releas|publish|add|creat|install|bump|migrat|deploy|set up|remov|renam)\w*\b"
    r"|\bfor (?:\w+ )?(?:releas|publish|packag|deploy|distribut|debug|profil)\w*\b[^.;`]*$"
    r"|\b(?:serve|preview|start|launch|open|deploy|publish|install|re-?generate|update)\b[^.;,`]{0,20}\b(?:with|via|using)\W*$"
    r"|\bto (?:reproduce|diagnose|investigate|inspect|profile)\b[^.;`]*$|\b(?:list|see|show|view|display|print|find|browse)\b[^.;`]*\b(?:with|via|using|by)\W*$|\b(?:ask|request|get|let) [^.;`]{1,40} (?:to )?run\W*$",
    _I,
    "to |for |with|via|using|by|run",
)
_ALTERNATIVE = Pattern(
    r"\bor\b[^`]*$|\balternative(?:ly)?\b|\bequivalent(?:ly)?\b|\baka\b|(?<!\w)/\s*$|\bdirectly\b",
    _I,
)
_NOT_TO_RUN = Pattern(r"\b(?:do not|don'?t|don\u2019t|never) (?:run|use|execute)\b", _I)
_PREPARES = Pattern(
    r"\W*(?:\([^()]*\)\W*)?(?:(?:to|which|that|will|run to) )?(?:(?:re)?(?:install|set up|start|launch|generat|creat|deploy|publish|remov|reset|populat|download|fetch|sync|updat|open|load|see|show|list|view|display|print)(?:e|es|s|ing)?|sets up)\b",
    _I,
    "install|set|start|launch|generat|creat|deploy|publish|remov|populat|download|fetch|sync|updat|open|load|see|show|list|view|display|print",
)
_WRITES = Pattern(
    r"\W*(?:(?:to|which|that|will) )?(?:re-?generat|publish|releas|deploy|migrat|seed|upgrad|install|delet|clear|accept)(?:e|es|s|ing)?\b(?! (?:\w+ )?(?:coverage|reports?|and (?:check|test|verif|valid)\w*))",
    _I,
    "generat|publish|releas|deploy|migrat|seed|upgrad|install|delet|clear|accept",
)  # what a comment says that a command does, whatever its name says
_SINGLE_FORM = Pattern(
    r"(?<=\w) \([^()]*(?:`|:)[^()]* for [^()]*\)"
)  # "unit tests (:core:test for one module)"
_STARTS = Pattern(
    r"\b(?:run|start|launch|open|serve)s?\b[^.;]*\b(?:apps?|application|server|demo|playground|sandbox|(?:web)?site|gallery|dashboard|ui)\W*$",
    _I,
)
_TARGET = Pattern(r"\W*[a-z][\w:-]*\W*[:\u2013\u2014-]+ .*")  # "audit: run `go vet`"
_TARGETS = Pattern(r"\b(?:targets?|recipes?|sessions?|hooks?|jobs?|scripts?|tasks?|alias(?:es)?)\b", _I)
_RENEWS = Pattern(
    r"\s*to (?:re-?generate|update|refresh|re-?record|overwrite|rewrite)\b",
    _I,
    "to re|to update|to overwrite",
)
_TOLD_HOW = Pattern(
    r"\s*(?:(?:using|via|through|inside|as part of) (?:the )?(?:command|target|task|script)?:? ?`|with (?:the )?`--)",
    _I,
)
_NEARBY = 60  # characters between two spellings of one check
_INSISTS = Pattern(
    r"\b(?:must|always|mandatory|ensure|make sure|(?:on|for|with|after) (?:every|each) (?:commit|change|push|pr|pull request|edit)|before (?:every|each|any|you|committing|pushing|opening|submitting|finishing|a commit)|prior to|must pass)\b",
    _I,
)
_ONE_SPAN = 2  # marks
_MUST = Pattern(
    r"\b(?:must|always|required?|before|ensure|make sure|never (?:skip|omit|forget|commit|push|merge)|mandatory)\b",
    _I,
)
_BEFORE = Pattern(
    r"\b(?:before|must|mandatory|always)\b|\bpre-?(?:commit|push|pr|merge)\b",
    _I,
    "before|must|mandatory|always|commit|push|pr|merge",
)

STRONG = 2  # how much a "must" weighs; anything else is 1


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
        or by_services(mention, use)
        or no_gate(statement)
        or (_by_comment(statement, use) if statement.form is Form.SHELL else _by_clause(mention, earlier))
    )


def is_forbidden(mention: Mention) -> bool:
    """Whether the words before a command say that it must not be run."""
    before = opaque(mention.statement.text[: mention.start])
    return _forbidden(mention.statement, plain(before), _clause(before))


def _by_comment(statement: Statement, use: Use) -> str:
    comment = statement.comment
    if (use is Use.OTHER and _PREPARES.match(comment)) or _WRITES.match(comment):
        return "it prepares, starts or writes something"
    if re.match(r"before (?:you )?(?:run|start|us|execut|launch)", comment, _I):
        return "a step before something else"
    if comment.lower().split(" \u2014 ")[0] == "directory" or SINGLE.search(_SINGLE_FORM.sub(" ", comment)):
        return "hint for single tests"
    if ANOTHER_AIM.match(comment):
        return "a way to something else"
    if _OTHER_WORK.match(comment):
        return "it measures or packages instead of checking"
    if use is Use.OTHER and _STARTS.search(comment):
        return "it starts something"
    if INNER_LOOP.search(comment):
        return "for quick feedback"
    if _SHOWS_OPTION.match(comment):
        return "it shows what an option does"
    if is_optional(comment):
        return "optional"
    if NEGATED.match(comment) or re.match(r"(?:bad|wrong|incorrect)\b|❌|✗", comment, _I):
        return "example of what not to do"
    if re.match(r"or\b|alternatively|(?:the )?same (?:as|via|with|but|through|in)\b", comment, _I):
        return "alternative"
    return ""


def _by_clause(mention: Mention, earlier: Sequence[Mention]) -> str:
    statement, start = mention.statement, mention.start
    before, after = opaque(statement.text[:start]), plain(statement.text[mention.end :])
    clause, words = _clause(before), plain(before)
    label = re.split(r"\s[\u2013\u2014-]\s|:", words)[0]
    around = _neighbourhood(statement, mention)
    if _forbidden(statement, words, clause):
        return "example of what not to do"
    if (
        statement.form is Form.ROW
        and _TARGETS.search("".join(statement.header[:1]))
        and _is_definition(mention)
    ):
        return "description of what a script runs"
    if statement.form is Form.ITEM and _TARGET.fullmatch(words) and _TARGETS.search(plain(statement.lead)):
        return "description of what a target runs"
    if _in_parenthesis(before) and _is_aside(mention, before, earlier):
        return "explanation in a parenthesis"
    if mention.command.rewrites and (_REPAIRS.search(words) or (earlier and re.match(r"\s*to fix\b", after))):
        return "how to repair what a check finds"
    if (mention.command.use is Use.OTHER and _PREPARES.match(after)) or (
        mention.command.use is not Use.FORMAT and _RENEWS.match(ASIDE.sub("", after))
    ):
        return "it prepares, starts or writes something"
    for text, pattern, reason in (
        (label, _SET_UP, "set-up"),
        (label, ANOTHER_AIM, "a way to something else"),
        (label, _OTHER_WORK, "it measures or packages instead of checking"),
        (after, _OTHER_WORK, "it measures or packages instead of checking"),
        (after, _REJECTED, "the text says that it is no way to check"),
        (label, _RELEASES, "it is about a release"),
        (after, _DEPRECATED, "deprecated"),
        (words, _NOT_A_CHECK, "not for checking"),
        (words, PERMITS, "permitted, not asked for"),
        (f"{label}\n{around}", SINGLE, "hint for single tests"),
        (f"{label}\n{around}", INNER_LOOP, "for quick feedback"),
    ):
        if pattern.search(text):
            return reason
    if is_optional(f"{label}\n{around}"):
        return "optional, or asked for in some cases only"
    if earlier and explained(mention, before, after, earlier):
        return "explanation of another command"
    if why := described(words, after, clause):
        return why
    if mention.command.bare and _TOLD_HOW.match(statement.text[mention.end :]):
        return "the name of what another command runs"
    if mention.command.bare and not bare_is_asked(mention, before):
        return "a tool's name"
    return "" if is_asked(mention, before) else "mentioned, not asked for"


def _is_definition(mention: Mention) -> bool:
    """Whether a row's first cell names the script that the command stands beside: "`lint` | `eslint .`"."""
    first = mention.statement.cells[0] if mention.statement.cells else ""
    return bool(re.fullmatch(r"`[\w:.-]+`", first)) and mention.start >= len(first)


def _forbidden(statement: Statement, words: str, clause: str) -> bool:
    """Whether a command is named as what not to run; "never skip it" and "not without it" ask for it."""
    if INSISTED.search(clause):
        return False
    words, clause = ASIDE.sub("", words), ASIDE.sub("", clause)  # "`x test` (not `y test`), `x fmt`"
    words = _USE_IT.split(words)[-1]
    return (
        bool(_REPLACED.search(words))
        or (bool(NEGATED.search(clause)) and not re.search(r"\b(?:until|unless|before|forget)\b", clause, _I))
        or (statement.form is Form.ROW and bool(_NOT_TO_RUN.search(plain(statement.text))))
    )


def _is_aside(mention: Mention, before: str, earlier: Sequence[Mention]) -> bool:
    """Whether a parenthesis only explains what stands before it."""
    outside = any(not _in_parenthesis(mention.statement.text[: other.start]) for other in earlier)
    return outside or is_example(before) or bool(_INSIDE.search(before))


def _clause(before: str) -> str:
    """The text before a command in its own clause, with the end of the one before."""
    starts = [match.end() for match in _RESTART.finditer(before)]
    return plain(before[max(starts[-1] - 12, 0) :] if starts else before)


def _neighbourhood(statement: Statement, mention: Mention) -> str:
    """The text around a mention up to the neighbouring commands of its statement."""
    if statement.form is Form.ROW and statement.text.count("`") <= _ONE_SPAN:
        return plain(statement.text)
    before = statement.text[: mention.start].rsplit("`", 1)[-1]
    after, another, _ = statement.text[mention.end :].partition("`")
    if another:  # what leads over to the next command is about that one
        cut = max(*map(after.rfind, (",", ";", " or ")), after.rfind("(") if _in_parenthesis(after) else -1)
        after = after[:cut] if cut >= 0 else after
    return plain(before + " " + after)


def _in_parenthesis(before: str) -> bool:
    return before.count("(") > before.count(")")


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
    text = f"{statement.comment} {statement.lead[-200:]}"
    return bool(
        _INSISTS.search(text if statement.form in {Form.SHELL, Form.ROW} else f"{statement.text} {text}")
    )


def strength(mention: Mention) -> int:
    """How strongly a mention asks: the strongest of merged ones keeps its line."""
    statement = mention.statement
    own = "" if statement.form is Form.SHELL else statement.text
    text = own if statement.form is Form.ROW else f"{own} {statement.lead} {statement.comment}"
    heading = statement.headings[-1] if statement.headings else ""
    return STRONG if _MUST.search(SPAN.sub("", text)) or _BEFORE.search(heading) else 1
