"""What surrounds a command decides whether it is asked for: headings, lead-ins, negations, examples, conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.asked import ASIDE, DESCRIBES, INSISTED, bare_is_asked, is_asked
from agent_gate.policy.sections import (
    INNER_LOOP,
    NEGATED,
    SINGLE,
    by_lead,
    by_section,
    no_gate,
)
from agent_gate.policy.sentences import SPAN, opaque, plain
from agent_gate.policy.statements import Form, Statement
from agent_gate.policy.tools import Use
from agent_gate.policy.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.policy.mentions import Mention

_I = ANY_CASE
_OPTIONAL = (
    Pattern(
        r"\bwatch mode\b|\boptional(?:ly)?\b|\bnightly\b|\bonly (?:if|when|for|needed|run|on)\b|\bonly\*\* (?:if|when)|\bunless (?:explicitly )?(?:asked|requested|needed|required|told)\b|\bif (?:needed|necessary|required|you (?:need|want|have(?! (?:chang|modif|edit|touch|add|made|updat))|like|prefer))\b|\bwhen needed\b|\bas needed\b|\(manual(?:ly)?\b|\bmanual(?:ly)? (?:\([^()]*\) )?(?:runs?|tests?|testing|checks?|verif\w+|trigger\w*|start\w*|invo\w+|steps?|only)\b|\b(?:run|runs|executed?|invoked?|triggered|started|tested|done|verified) manually\b"
        r"|\b(?:if|when|where) (?:added|configured|available|present|installed|set up|enabled|it exists)\b|\b(?:pushes|publishes|uploads) to\b|\bon request\b|\bnot (?:needed|required|necessary)\b|\bno need to\b|\b(?:credentials|(?:api|access|secret) (?:keys?|tokens?)|tokens?) (?:are |is |must be )?(?:required|needed|set)\b|\bagainst (?:an? |the )?(?:remote|real|live|running|deployed|staging|production)\b|\breal (?:\w+ )?(?:api|credentials|account)\b|\b[A-Z]+_(?:API_KEY|TOKEN|SECRET|PAT)\b|\blive (?:external )?(?:apis?|services?|tests?|clusters?|servers?|providers?)\b"
        r"|(?<!never )(?<!not )(?<!n't )\bskip\b(?! (?:the )?(?:tests?|slow|format|checks)\b)|\bslow\b[^.]*\bonly\b|\bopt-in\b|\bwhen (?:you need|auditing|repairing|debugging|investigating|troubleshooting|migrating|upgrading|profiling|experimenting|exploring|onboarding|reproducing)\b|\bmaintainers?[- ]only\b|\bwhen (?:that|this|it) is (?:the right|enough)\b|\bexperimental\b|\bdeprecated\b|\byou can also\b|\bmust be (?:running|connected|started)\b",
        _I,
    ),
    Pattern(
        r"\b(?:set|spin|bring|start)s? (?:up )?(?:an? |the )?(?:\w+ ){0,2}(?:clusters?|containers?|databases?|vms?|emulators?|testnet|devnet)\b",
        _I,
        "set|spin|bring|start",
        "cluster|container|database|vm|emulator|testnet|devnet",
    ),
    Pattern(
        r"\b(?:requir(?:es?|ing)|needs?) [^.;)]{0,40}\brunning\b"
        r"|\b(?:requir(?:es?|ing)|needs?) (?:an? |the |running |your |valid |real |\w+ (?=credentials|(?:api )?(?:keys?|tokens?)\b))*(?:docker|running|credentials|api|configured|(?:\w+ )?(?:remotes?|devices?|emulators?|simulators?|servers?|clusters?|licen[cs]es?|vpn|instances?|connection)\b|(?:keys?|tokens?|accounts?)\b|gpu|hardware|root|sudo|live|external|real|postgres\w*|mysql|redis|databases?|network access|browsers?|internet)\b",
        _I,
        "requir|need",
    ),
)
_NEEDS_NOTHING = Pattern(  # "no credentials needed"
    r"\bno (?!need\b)[\w, /-]{1,40}? (?:needed|required|necessary)\b|\b(?:does not|doesn'?t|do not|don'?t|without) (?:need|requir)\w*\b[^.;,)]*",
    _I,
    "need|requir|necessary",
    "no|don|doesn|without",
)
_REPLACED = Pattern(
    r"(?:\b(?:instead of|rather than|not(?: just| only)?(?: the)?|over|in place of|as opposed to|without(?! (?:any |new )?(?:warning|error|issue|failure|problem))|no(?! (?:any |new )?(?:warning|error|issue|failure|problem))|replac(?:es|ing)|unlike)|❌|✗|🚫)\W*(?:\w+\W+){0,2}$",
    _I,
    "instead|rather|not|over|in place|as opposed|without|no|replac|unlike|❌|✗|🚫",
)
_RESTART = Pattern(
    r"[.;]\s|\s[\u2013—-]{1,2}\s|,\s*(?=(?:use|run|instead|but|prefer|always|just|rather)\b)|\b(?:but|instead[,:]|use|always)\s",
    _I,
)
_EXAMPLE = Pattern(
    r"\b(?:e\.g\.|i\.e\.|for example|for instance|such as|like|example:|examples:|similar to|equivalent (?:to|of)|same as|wraps|wrapper (?:for|around)|alias (?:for|of)|under the hood|internally)\W*(?:\w+\W+){0,2}$",
    _I,
    "e.g.|i.e.|for example|for instance|such as|like|example|similar to|equivalent|same as|wrap|alias|under the hood|internally",
)
_DESCRIBED = Pattern(
    r"`[^`]*\bto (?:run|execute)\W*$|\b(?:CI|pipeline|workflow|hooks?|actions?|it|this|that|script|target|command|recipe|task|which|automatically|will|also|pre-commit|job)\b[^`.;:]{0,40}\b(?:(?<!also )run|runs|executes?|calls?|invokes?|uses|performs|triggers|delegates to|including|covers)\b[^`]*$|\b(?:runs|executes|calls|invokes|triggers)\s+(?:\w+\s+)?$|\b(?:produced|created|generated|cloned|fetched|downloaded|installed|started|written|executed|called|invoked|managed|used|printed|run|handled) (?:by|from|in|via|through)\W*$|\b(?:passed|forwarded|handed|given|piped) to\W*$|\b(?:output|results?|contents?) of\W*$|\b(?:has|have|had) (?:already )?been\b[^`.;]*(?:`[^`]*`[^`.;]*)?$",
    ANY_CASE,
    "run|execute|call|invoke|use|perform|trigger|delegate|includ|cover|been|output|result|content|to|by|from|in|via|through",
)
_RUNS = Pattern(
    r"\W*`[^`]*` (?:(?:must|will|should|then|also) )?(?:run|execute|call|invoke)s?\W*$",
    _I,
    "run|execute|call|invoke",
)
_INSIDE = Pattern(
    r"\((?:requires?|needs|built|runs|uses|which|calls|executes|via|e\.g|i\.e|see|like|from|wraps|and|also|then|with)\b[^)]*$",
    _I,
)
_SET_UP = Pattern(
    r"\b(?:first[- ]time|first build|initial build|one[- ]time|once per)\b|^\W*(?:bootstrap|install|restore|set-?up|set up|setting up|prerequisite|(?:build |system |dev(?:elopment)? )?(?:essentials|dependencies)\b)\w*\b",
    _I,
    "first|initial|one-time|one time|once per|bootstrap|install|restore|set up|setup|set-up|setting up|prerequisite|essentials|dependencies",
)
_RELEASES = Pattern(r"^\W*(?:releas|publish|deploy|ship)\w*\b", _I, "releas|publish|deploy|ship")
_THROUGH = Pattern(
    r"^\W*(?:via|through) the (?:makefile|justfile|package\.json)\b", _I, "makefile|justfile|package.json"
)
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
    "or|alternative|equivalent|aka|/|directly",
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
_TARGETS = Pattern(r"\b(?:targets?|recipes?|sessions?|hooks?|jobs?)\b", _I)
_RENEWS = Pattern(
    r"\s*to (?:re-?generate|update|refresh|re-?record|overwrite|rewrite)\b",
    _I,
    "to re|to update|to overwrite",
)
_TOLD_HOW = Pattern(
    r"\s*(?:(?:using|via|through) (?:the )?(?:command|target|task|script)?:? ?`|with (?:the )?`--)", _I
)
_WHILE = Pattern(
    r"\b(?:when|while|if) (?:you(?:'re| are)? )?(?:run|running|using|invoking)\b (?:`[^`]*`,? (?:and |or )?)*\W*$",
    _I,
    "when|while|if ",
)
_IS_DEFAULT = Pattern(
    r"^\s+(?:(?:commands?|invocations?|calls) (?:targeting|that|are|is)\b|is (?:the|our) (?:default|task runner|tool|wrapper)|embeds?|injects?|defaults?|respects?|ignores?|caches?|depends?|assumes?|expects?)\b",
    _I,
    "command|invocation|calls|default|task runner|tool|wrapper|embed|inject|respect|ignore|cache|depend|assume|expect",
)
_LABEL_WORDS = 3  # before a command: more is a sentence of its own
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
    if use is Use.OTHER and _STARTS.search(comment):
        return "it starts something"
    if INNER_LOOP.search(comment):
        return "for quick feedback"
    needed = _NEEDS_NOTHING.sub(" ", comment)
    if any(form.search(needed) for form in _OPTIONAL):
        return "optional"
    if NEGATED.match(comment) or re.match(r"(?:bad|wrong|incorrect)\b|❌|✗", comment, _I):
        return "example of what not to do"
    if re.match(r"or\b|alternatively|(?:the )?same (?:as|via|with|but|through|in)\b|alias\b", comment, _I):
        return "alternative"
    return ""


def _by_clause(mention: Mention, earlier: Sequence[Mention]) -> str:
    statement, start = mention.statement, mention.start
    before, after = opaque(statement.text[:start]), plain(statement.text[mention.end :])
    clause, words = _clause(before), plain(before)
    label = re.split(r"\s[\u2013\u2014-]\s|:", words)[0]
    around = _NEEDS_NOTHING.sub(" ", _neighbourhood(statement, mention))
    if _forbidden(statement, words, clause):
        return "example of what not to do"
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
        (label, _RELEASES, "it is about a release"),
        (after, _THROUGH, "description of what something else runs"),
        (after, _DEPRECATED, "deprecated"),
        (words, _NOT_A_CHECK, "not for checking"),
        (f"{label}\n{around}", SINGLE, "hint for single tests"),
        *((f"{label}\n{around}", form, "optional, or asked for in some cases only") for form in _OPTIONAL),
        (f"{label}\n{around}", INNER_LOOP, "for quick feedback"),
        (words, _EXAMPLE, "example or explanation"),
        (words, _WHILE, "what holds while it runs"),
        (after, _IS_DEFAULT, "description"),
    ):
        if pattern.search(text):
            return reason
    if earlier and _explained(mention, before, after, earlier):
        return "explanation of another command"
    if _RUNS.match(words):
        return "description of what another command runs"
    if _DESCRIBED.search(words) and not re.search(r"\b(?:must|should|always|please)\b", clause, _I):
        return "description of what something else runs"
    if mention.command.bare and _TOLD_HOW.match(statement.text[mention.end :]):
        return "the name of what another command runs"
    if mention.command.bare and not bare_is_asked(mention, before):
        return "a tool's name"
    return "" if is_asked(mention, before) else "mentioned, not asked for"


def _forbidden(statement: Statement, words: str, clause: str) -> bool:
    """Whether a command is named as what not to run; "never skip it" and "not without it" ask for it."""
    if INSISTED.search(clause):
        return False
    return (
        bool(_REPLACED.search(words))
        or (bool(NEGATED.search(clause)) and not re.search(r"\b(?:until|unless|before|forget)\b", clause, _I))
        or (statement.form is Form.ROW and bool(_NOT_TO_RUN.search(plain(statement.text))))
    )


def _is_aside(mention: Mention, before: str, earlier: Sequence[Mention]) -> bool:
    """Whether a parenthesis only explains what stands before it."""
    outside = any(not _in_parenthesis(mention.statement.text[: other.start]) for other in earlier)
    return outside or bool(_EXAMPLE.search(before) or _INSIDE.search(before))


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
        cut = max(after.rfind(","), after.rfind("(") if _in_parenthesis(after) else -1)
        after = after[:cut] if cut >= 0 else after
    return plain(before + " " + after)


def _in_parenthesis(before: str) -> bool:
    return before.count("(") > before.count(")")


def _explained(mention: Mention, before: str, following: str, earlier: Sequence[Mention]) -> bool:
    """Whether an earlier command of the item is what the item is about: "`make lint` - runs `ruff`"."""
    if (
        re.search(r"[;,]\s*$", before)
        and DESCRIBES.match(following)
        and not re.match(r"\W*(?:for|to)\b", following)
    ):
        return False
    first = earlier[0]
    lead = plain(before[: first.start]).strip(" -*:\"'")
    after = ASIDE.sub("", before[first.end :])
    if re.match(r"\s*(?:\u2192|[-=]+>)", after):  # to what it runs, or to the next step
        return mention.command.use is first.command.use
    return (
        len(lead.split()) <= _LABEL_WORDS
        and bool(
            re.match(r"\s*(?:\*\*)?\s*(?:[:\u2013—=|]|-{1,2}\s|\(|(?:runs|uses|executes|calls|is)\b)", after)
        )
        and not re.match(r"\s*[/,|]\s*`", after)
    )


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
