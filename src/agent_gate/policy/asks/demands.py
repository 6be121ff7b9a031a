"""What must come with a change: the forms in which a text demands a thing, whatever the thing is.

A demand is an order ("add tests for fixes"), a need ("every fix needs a test"), a state ("tests are required"), an entry of a
checklist ("tests added"), or a prohibition of going without ("no fix without a test").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agent_gate.policy.text.words import ANY_CASE, Pattern

_I = ANY_CASE
_NO = r"\b(?:do not|don'?t|don\u2019t|never|must not|no|not|cannot|without|nothing)\b"
_ORDERED = (  # where a verb that follows is an order: begins a sentence or clause, or stands after a modal
    r"(?:^\W*(?:\[[ x]\]\W*)?(?:[A-Za-z][\w /&()'\u2019`-]{0,50}?(?::|\s[\u2013\u2014-]+)\W*)?(?:(?:please|also|always|then|first|either|we|you|and|must|both)\s+)*"
    r"|[,;:)\u2013\u2014\u2192]\s*(?:(?:please|also|always|then|and|you|we|either|or|first)\s+)*"
    r"|\b(?:and|or|then|also|always|please|must|should|shall|(?:need|needs|have|has|sure|remember|required|expected|forget|ready|asked|responsible|you(?:'re| are)) to|ensure you|sure you|we|/)\s*)"
)
_CONDITION = (
    r"\b(?:when(?:ever)?|if|after|for|once|as soon as|any ?time|every time|on|with|where|before|unless)\b"
)
_CHANGES = r"\b(?:new|every|each|any|all|chang(?:e|es|ed|ing)|modif\w+|features?|bugs?|bug ?fix\w*|fix(?:es)?|behaviou?rs?|functionality|logic|endpoints?|code|components?|functions?|functional|modules?|regressions?|refactor\w*|contributions?|work|you (?:add|change|write|touch|modify|fix)|PRs?|pull requests?|commits?(?! messages?)|commands?|apis?|tools?|methods?|class(?:es)?|services?|edge cases|implementations?|patch(?:es)?|additions?|options?|flags?|settings?|decisions?|config\w*|env(?:ironment)? var\w*|public|rules?|packages?|crates?|plugins?|integrations?)\b"
_NEEDS = r"\b(?:must|should|shall|needs?|requires?|have to|has to|comes?|ships?|deserves?|always|gets|get (?=an? )|includes?|carr(?:y|ies)|ha(?:ve|s) an? (?:entry|matching|corresponding|companion|test)|(?:is|are|be) (?:accompanied|covered|backed|paired))\b"
_PAST = r"(?:(?:add|includ|extend|adjust|creat|provid|updat|revis|adapt|refresh|document|synchroni[sz])ed|written(?! (?:in|with|using|as)\b)|kept|current|in sync|up[- ]to[- ]date|accurate|required|mandatory|expected|needed|necessary|present|accompanied|covered)"
_PAST_HINT = "added|included|extended|adjusted|created|provided|updated|revised|adapted|refreshed|documented|synchroni|written|kept|current|in sync|date|accurate|required|mandatory|expected|needed|necessary|present|accompan|cover"
_DONE = rf"(?:{_PAST}|reflect\w*|match|accompan\w+|cover(?:s|ing)?)"
_STATE = r"\b(?:up[- ]to[- ]date|updated|current|in[- ]sync(?:hroni[sz]ed)?|synced|synchroni[sz]ed|aligned|accurate|consistent|fresh|correct|in line|in step|matching)\b"
_PREPOSITION = r"\b(?:in|on|to|of|with|from|by|as|at|so|when|if|where|because|see|read)\b"
_NO_ARROW = r"(?:(?!\u2192|->|=>|\u21d2|\||`-`)[^;])"  # one step leads to the thing, no chain of them
_IT = "\ue000"  # stands for the thing in a text, so that the forms are the same for all things
_HOW_TO = Pattern(  # "to add a changeset, …" says how, not that
    rf"\W*to (?:add|creat|writ|updat|generat|edit)\w* (?:[\w-]+ ){{0,3}}?`?{_IT}[^,;]{{0,40}},", _I
)
_REASON = rf"[^;]{{0,110}}?(?:{_CONDITION}|{_CHANGES}|\bin the same\b|\bfirst\b|\bto (?:cover|reflect|match)\b|\balong(?:side| with)\b|\baccordingly\b)"
_PROVIDING = rf"(?:{_NEEDS}|\bby|\bstart\w*|\bbegin|\bwith|\bwithout)(?: (?:by|with|also))? (?:add|updat|writ|creat|defin|extend|includ|provid|adjust)ing\b"
_ADDED = r"(?:add(?:ed)?|updated?|extend(?:ed)?|writ(?:e|ten)|included?)"
_ENTRY = r"^\W*(?:\[[ x]\]\W*)?(?:[A-Za-z][\w /&-]{0,30}:\W*)?"  # where an entry of a checklist begins
# the example of a request, a label
_NO_ORDER = Pattern(
    r"[\"\u201c].*[\"\u201d]|(?!.*\b(?:is|are|must|required?|needs?)\b)[\w /&-]{1,40}:", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be demanded.

    Attributes:
        hints: of its names, as those of a `Pattern`.
        noun: pattern of its names.
        verbs: pattern of those of `verbs_for` that need no reason; "" where there must be one.
        verbs_for: pattern of what one does to provide it for a reason: a condition, or the change that it is for.
        between: pattern of the words that never stand between such a verb and the thing.
    """

    hints: str
    noun: str
    verbs: str
    verbs_for: str
    between: str


def _any_of(verbs: str) -> str:
    """One of the verbs, with a second one beside it or not: "add or update"."""
    return rf"(?:{verbs})(?:(?:\s*/\s*|,? (?:or|and|and/or) |, )\w+)?\b"


@cache
def _provided(thing: Thing) -> Pattern:
    """What each order holds: a verb before the thing. Few texts do, so that few need the forms below."""
    return Pattern(rf"(?:{_any_of(thing.verbs_for)}|{_ADDED}|ing)\s+{_gap(thing)}{_IT}", _I)


def _gap(thing: Thing) -> str:
    return rf"(?:(?!{thing.between})[^\s.;:!?|]*(?:\.[^\s.;:!?|]+)*[\s/]+){{0,8}}?[`(*]*"


@cache
def _orders(thing: Thing) -> tuple[Pattern, ...]:
    """The forms in which a text orders to provide the thing, whose names are marked."""
    gap = _gap(thing)
    at_once = rf"|{_any_of(thing.verbs)}\s+{gap}{_IT}" if thing.verbs else ""  # whatever the reason
    return (
        Pattern(rf"{_ORDERED}(?:{_any_of(thing.verbs_for)}\s+{gap}{_IT}{_REASON}{at_once})", _I),
        Pattern(
            rf"{_CONDITION}[^;]{{0,120}}?(?<!to )(?<!that )(?<!you )(?<!the )(?<!an )(?<!\ba )\b{_any_of(thing.verbs_for)}\s+{gap}{_IT}",
            _I,
        ),
        Pattern(
            rf"{_ENTRY}{_ADDED}(?:\W{{1,3}}(?:or |and )?{_ADDED})*\s+{gap}{_IT}{_REASON}",
            _I,
            "add|update|extend|writ|include",
        ),
        Pattern(
            rf"{_PROVIDING} {gap}{_IT}",
            _I,
            "adding|updating|writing|creating|defining|extending|including|providing|adjusting",
        ),
        Pattern(
            rf"\b(?:by|with|through) [^;]{{0,80}}?\band (?:also )?(?:add|writ|updat|extend)ing {gap}{_IT}",
            _I,
            "adding|writing|updating|extending",
        ),
    )


@cache
def _others() -> tuple[Pattern, ...]:
    """The other forms of a demand: a need, a state, an entry of a checklist, going without."""
    must = rf"\b(?:(?:must|should|shall|needs? to|has to|have to)\b (?:\w+ ){{0,3}}?{_DONE}|(?:is|are|gets?|stays?|remains?)\b (?:(?!not\b|never\b)\w+ ){{0,3}}?{_PAST})\b(?! by\b)"
    return (
        Pattern(rf"{_CHANGES}[^;]{{0,80}}?(?<!\byou )(?<!\bwe ){_NEEDS}(?:(?!\b(?:run|leave|keep|break|pass|compile|read|follow|see|green|only|within|inside|during|named|called|start|begin|refer|consult)\b)[^;:\u2014]){{0,60}}?{_IT}", _I, "must|should|shall|need|require|have|has|come|ship|deserve|always|get|include|carr|accompanied|covered|backed|paired"),
        Pattern(rf"\b(?:ensure|make sure|verify|check|confirm)\b(?: that)?[^;]{{0,60}}?\b(?:have|has|include|come with|are covered by)\b[^;]{{0,30}}?{_IT}", _I, "ensure|make sure|verify|check|confirm"),
        Pattern(rf"(?:^\W*|[.,:;\u2013\u2014|]\s+|\b(?:that|then|ensure|sure) )(?:(?!{_PREPOSITION})[\w`/.-]+ ){{0,4}}?[`(]*{_IT}[^;,]{{0,50}}?{must}", _I, "must|should|shall|need|has to|have to|is |are |get|stay|remain", f"{_PAST_HINT}|reflect|match"),
        Pattern(rf"{_ORDERED}(?:accompany|pair|back|cover|ship|protect|guard|support)\b[^;]{{0,60}}\b(?:with|by)\b[^;]{{0,30}}{_IT}", _I, "accompan|pair|back|cover|ship|protect|guard|support", "with|by"),
        Pattern(rf"{_CONDITION}[^;]{{0,80}}?\b(?:ensure|make sure|require)\b\W[^;]{{0,40}}?{_IT}(?=\s+(?:in|for|under|covering|exists?|covers?)\b|\W*$|[.,;])", _I, "ensure|make sure|require"),
        Pattern(rf"{_ORDERED}(?:verify|validate|prove)\s+(?:[\w-]+ ){{0,3}}?(?:{_CHANGES}|changes) with (?:(?:new|automated|unit|proper|meaningful) )*{_IT}", _I, "verify|validate|prove", "with"),
        Pattern(rf"[,;:]\s*(?:and )?(?:(?:new|relevant|corresponding|all) )*{_IT} (?:(?:are|is|were|have been) )?{_ADDED}(?:\s*(?:/|or|and)\s*{_ADDED})*(?=\W*(?:$|[,;]|and\b|where\b|if\b|when\b|for\b))", _I, "add|updat|exten|writ|includ"),
        Pattern(rf"{_ORDERED}(?:reflect|record|log|document|describe|note|list|mention|add|put|summari[sz]e|capture)\s+[^;]{{0,50}}?(?:{_CHANGES}|\bchanges\b|\bdecisions\b)[^;]{{0,30}}?\b(?:in|into|to|under|as)\b[^;]{{0,15}}{_IT}", _I, "reflect|record|log|document|describe|note|list|mention|add|put|summari|capture"),
        Pattern(rf"(?:{_CHANGES}|(?<!{_IT} )\bchanges\b)(?<!{_IT} changes)[^;]{{0,20}}?\b(?:go|goes|belongs?|(?:is|are|be) (?:recorded|noted|documented|listed|tracked|logged|reflected|described))\b (?:in|into|under|to)\b[^;]{{0,15}}{_IT}", _I, "go|belong|recorded|noted|documented|listed|tracked|logged|reflected|described"),
        Pattern(rf"\bwithout\b[^;,]{{0,30}}{_IT}[^;]{{0,20}}\b(?:will not|won't|are not|is not|isn't|aren't|cannot|rejected|incomplete|must not)\b", _I, "without"),
        Pattern(rf"\b(?:we|reviewers|maintainers) (?:\w+ )?(?:expect|require|want|need)\b[^;]{{0,30}}{_IT}", _I, "expect|require|want|need"),
        Pattern(rf"\b(?:ensure|make sure|verify|check|confirm)\b(?: that)? [^;]{{0,60}}?{_IT}[^;]{{0,60}}?\b(?:is|are|was|were|ha(?:s|ve) been|gets?)\b (?:\w+ )?(?:updated|added|extended|adjusted|adapted|revised|written(?! (?:in|with|using|as)\b))\b", _I, "ensure|make sure|verify|check|confirm"),
        Pattern(rf"{_ORDERED}(?:ensure|require|expect)\s+(?:(?!{_PREPOSITION})[\w-]+ ){{0,3}}?{_IT} (?:for|cover\w*|exists? for|accompany\w*) (?:\w+ ){{0,3}}?{_CHANGES}(?![^;]*\b(?:pass|run)\w*\b)", _I, "ensure|require|expect", "for|cover|accompany"),
        Pattern(rf"\b(?:don'?t|do not|never) forget\b[^;]{{0,30}}{_IT}", _I, "forget"),
        Pattern(rf"^\W*{_IT}\W{{1,4}}(?:always |please )?(?:add|update|extend|include|required|mandatory)\b", _I, "add|update|extend|include|required|mandatory"),
        Pattern(rf"{_ENTRY}(?:I(?:'ve| have)|we have) (?:added|updated|written)\b[^;]{{0,40}}{_IT}", _I, "i've|i have|we have"),
        Pattern(rf"{_IT}`? (?:has|have|contains?|gets?) an? (?:new |matching )?entry\b", _I, "entry"),
        Pattern(rf"{_ENTRY}(?:did|have) you (?:also )?(?:add|updat|writ|extend|includ|creat)\w*\b[^;?]{{0,40}}{_IT}", _I, "did you|have you"),
        Pattern(rf"\bthere (?:must|should|has to|needs to) be (?:(?!{_PREPOSITION})[\w-]+ ){{0,3}}?{_IT} (?:for|that)\b", _I, "there "),
        Pattern(rf"\b(?:new|changed|every|each|all|any|fix(?:es)?)\b[^;]{{0,50}}?\b(?:has|have)\b (?:(?:an?|its|their|own|unit|automated|corresponding|matching|accompanying) )*{_IT}", _I, "has|have"),
        Pattern(rf"{_IT} (?:(?:is|are|count as) |as )(?:an? )?(?:\w+ )?part of (?:the|every|each|any|your|a) (?:\w+ )?(?:change|work|feature|pr|pull request|task|deliverable|fix|definition|commit)", _I, "part of"),
        Pattern(rf"\b(?:not|never|isn't|aren't) (?:\w+ )?(?:done|complete|finished|ready|mergeable)\b[^;]{{0,20}}\b(?:without\b[^;,]{{0,40}}{_IT}|(?:until|unless)\b[^;,]{{0,40}}{_IT}[^;,]{{0,20}}\b(?:{_PAST}|exists?|covers?)\b)", _I, "done|complete|finished|ready|mergeable"),
        Pattern(rf"{_IT} (?:ship|land|go|come|belong)\w* (?:in|with|alongside) (?:the |your |each )*(?:same|code|change|PR|commit)\b", _I, "ship|land|go|come|belong"),
        Pattern(rf"{_ENTRY}(?:(?:mandatory|required|relevant|corresponding|new|related|affected|matching|unit|all|any) )*{_IT}(?: (?:and|or|/) \w+| updates?| changes?)?(?:\([^)]*\))? (?:were |was |are |is |have been |has been )?(?:{_PAST}\b(?! by\b)|(?:cover|accompan|reflect|match)\w* [^;]{{0,30}}?{_CHANGES}|updates?\b(?= (?:for|when|if|[\u2013\u2014-])|\W*$)|for (?:new|all|every|changed|any|each)\b)", _I, f"{_PAST_HINT}|reflect|match|update|for "),
        Pattern(rf"(?:\b(?:mandatory|obligatory)\b|^\W*required:)[^;]{{0,40}}{_IT}", _I, "mandatory|obligatory|required:"),
        Pattern(rf"{_NO}[^;]{{0,70}}\bwithout\b(?! (?:first |also )?(?:read|consult|check|review|run|ask))[^;,]{{0,50}}{_IT}", _I, "without"),
        Pattern(rf"{_CHANGES}{_NO_ARROW}{{0,30}}(?:\u2192|->|=>|\u21d2|\|){_NO_ARROW}{{0,50}}{_IT}", _I),
        Pattern(rf"\b(?:keep|maintain|ensure|leave|make sure)\b(?:[^;]{{0,50}}?|[^;`]{{0,70}}?`?){_IT}(?:[^;]{{0,60}}?{_STATE}| (?:still )?(?:match|reflect)\b)|\bkeep\b[^;]{{0,40}}?{_STATE}[^;]{{0,40}}{_IT}", _I, "keep|maintain|ensure|leave|make sure"),
    )  # fmt: skip


@cache
def _about() -> Pattern:
    """Clauses that are about the thing itself: "when you write tests, …", "tests that fail …", "tests should be fast"."""
    return Pattern(
        rf"\b(?:when(?:ever)?|if|after|before|while|once)\b (?:you(?:'re| are)? |we )?(?:\w+ (?:or|and|/) )?(?:add|writ|creat|updat|chang|modif|edit|touch|run|review)\w* (?:(?!{_PREPOSITION})[\w-]+ ){{0,3}}?`?{_IT}(?: [^,;]*)?(?:[,;]|$)"
        rf"|\b(?:when(?:ever)?|if|after|once)\b (?:[\w-]+ ){{0,2}}?{_IT} (?:that|are|is|need|fail|change|use|says?|verif\w+|depends?|asserts?)\b[^,;]*(?:[,;]|$)"
        rf"|^\W*(?:[\w-]+ ){{0,2}}?{_IT} (?:that|which|needing|requiring|marked) (?!fails?\b|covers?\b|exercis)[^;]*"
        rf"|^\W*(?:(?!{_PREPOSITION})[\w-]+ ){{0,3}}?{_IT} (?:should|must|can|may|will|need to|have to) (?!(?:\w+ )?(?:be|stay|remain|cover|accompany|reflect|match)\b)[^;]*",
        _I,
    )


@cache
def _noun(thing: Thing) -> Pattern:
    return Pattern(thing.noun, _I, thing.hints)


def demanded(text: str, thing: Thing) -> bool:
    """Whether a text demands the thing with a change; conditions that are about the thing itself are read over."""
    marked = _marked(text, thing)
    return _IT in marked and (_is_ordered(marked, thing) or any(form.search(marked) for form in _others()))


def is_name_of(text: str, thing: Thing) -> bool:
    """Whether a text is nothing but the thing's name, as an entry of a checklist may be: "Changelog entry"."""
    marked, count = _noun(thing).subn(_IT, text)
    qualified = r"\W*(?:(?:new|unit|integration|relevant|corresponding|user|updated) )*"
    return bool(count and re.fullmatch(rf"{qualified}{_IT}(?: entry| updates?)?\W*", marked, _I))


def ordered(text: str, thing: Thing) -> bool:
    """Whether a text orders to provide the thing: of what has many other uses, nothing less is a demand."""
    marked = _marked(text, thing)
    return _IT in marked and _is_ordered(marked, thing)


def _is_ordered(marked: str, thing: Thing) -> bool:
    return bool(_provided(thing).search(marked)) and any(form.search(marked) for form in _orders(thing))


def _marked(text: str, thing: Thing) -> str:
    """The text with the names of the thing marked, without the clauses that are about it."""
    marked, count = _noun(thing).subn(_IT, text)
    if not count or _NO_ORDER.fullmatch(text.strip()) or _HOW_TO.match(marked):
        return ""
    return _about().sub(" ", marked)
