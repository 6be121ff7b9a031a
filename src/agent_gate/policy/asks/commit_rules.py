"""`commit-format`: what a statement asks of commit messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.message_shape import TYPE, shape_params
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_ABOUT = Pattern(
    r"\bcommits?\b(?:[- ](?:messages?|subjects?|titles?|descriptions?|body|bodies|summar\w+|headers?|style|format|conventions?|standards?|guidelines?|trailers?|lines?|prefix\w*|types?))|\bmessages? (?:of|for) commits?\b|\bsubject lines?\b|\bcommit subjects?\b|\bcommits?\b (?:must|should|needs?|requires?|have to|follow|use)\b",
    _I,
)
_LABELLED = Pattern(r"\W*(?:git )?commits?(?: messages?| format| style)?\W*:", _I, "commit")
_OF_TYPE = Pattern(rf"`{TYPE}(?:\([^)]*\))?!?:?`(?:$|:|\s+[\u2013\u2014-]\s)")
_OTHER_TEXT = Pattern(
    r"\b(?:change ?set|change ?log|release note)s? (?:summary|description|entr(?:y|ies)|text)\b", _I
)
_EVERYWHERE = Pattern(r"\bcommits?\b.*\b(?:all|every|each) messages?\b", _I, "commit", "message")
_TELLING = Pattern(
    r"\bimperative\b|\bpresent[- ]tense\b|\bfixup\b|\bprefix\w*\b|\bgitmoji|\bwip\b|\bmerge commits?\b|\bticket\b|\bjira\b|\bissue (?:numbers?|ids?|keys?)\b|\b(?:reference|mention|link|include|cite)\b[^.;]{0,20}\b(?:issue|ticket)",
    _I,
    "imperative|present|fixup|wip|prefix|merge commit|gitmoji|ticket|jira|issue|prepend",
)
_COMMITS = Pattern(r"(?<![-\w])commits?\b(?! (?:hash|sha|id|history|to|and push|your)|/)", _I)
_SECTION = Pattern(
    r"\bcommits?\b(?!.*\bhash)|^\W*(?:git|version control)(?: (?:workflow|conventions?|guidelines|rules|usage|practices|hygiene))?\W*$",
    _I,
    "commit|git|version control",
)
_PR_TITLE = Pattern(
    r"\b(?:PR|pull[- ]request|MR|merge[- ]request)s?\b[^.;]{0,20}\b(?:titles?|descriptions?|names?|body)\b|\b(?:PR|pull[- ]request)s?\b(?! (?:title|desc))[^.;]{0,30}\bconventional\b",
    _I,
    "pr|request|mr",
    "title|description|name|body|conventional",
)
_CONVENTIONAL = Pattern(
    r"\bsemantic commit(?:s| messages?)?\b|\bconventional[- ]?commits?\b|\bconventional(?:-| )(?:commit )?(?:style|format|messages?|prefix\w*|types?)\b|\bcommitlint\b|\bcommitizen\b(?= (?:format|style|convention))|\bangular (?:commit|convention)",
    _I,
    "semantic commit|conventional|commitlint|commitizen|angular",
)
_NOT_CONVENTIONAL = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|no)\b (?:use |write |follow |add )?(?:the )?(?:conventional|semantic)[- ]commits?\b",
    _I,
)
_EXAMPLE = Pattern(  # in a block: "type(scope): words", "fix: words", `git commit -m "fix: words"`
    rf"(?:git commit\b.*\s-\w*m\s*[\"'])?[<\[]?(?:type|{TYPE})[>\]]?(?:\(?[(<\[][\w <>-]+[)>\]]+)?!?: ?[\w<\[]",
    _I,
)
_SIGN_OFF = Pattern(
    r"(?:^\W*S|\bs)ign(?:ed)?[- ]?off\b|\bDCO (?:sign\w*|is required|required)|\bgit commit\b[^`]* (?:-s\b|--signoff)|\b(?i:signed-off-by)\b",
)
_ATTRIBUTION = Pattern(
    r"\b(?:AI|Claude|agent|assistant|tool|copilot|LLM|bot|codex|anthropic)\b[^.;]{0,40}\b(?:attribution|co-?author\w*|authorship|credit|footer|signature|trailers?)\b|\bco-?authored-?by\b|\bgenerated (?:with|by)\b|\bco-?author\w*\b|\bcredit (?:yourself|the (?:agent|ai|tool|assistant))\b",
    _I,
    "attribution|author|credit|footer|signature|trailer|generated",
)
_IS_REQUEST = Pattern(
    r"\W*(?:[\w ]{1,20}: )?(?:the )?(?:PR|pull request) (?:title|body|description)s?\b(?! and| or|,| ?[&/])",
    _I,
)
_COMMITS_TOO = Pattern(
    r"\bcommits? (?:messages?|titles?|subjects?)?\s*(?:and|&|/|,|or)\b|\b(?:and|&|/|,|or) commits?\b|\bcommit (?:messages?|subjects?|titles?)\b",
    _I,
)
_OF_COMMITS = Pattern(r"\bcommit (?:messages?|title|subject)|(?<!conventional )\bcommits\b", _I)
_BRACKETED = Pattern(
    r"\W*`\[(?=[\w -]*[A-Za-z])[\w -]+\](?:\[[\w -]+\])?:? [^`]*(?:Desc|desc|Summ|summ|Title|title|\.\.\.)[^`]*`"
)  # "`[area] Title`"
_REQUESTS = Pattern(r"pull request|\bPRs?\b", _I)
_NOT = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|no|must not|without|omit|exclude|avoid|remove|not)\b", _I
)
_FORBIDDEN = (
    (Pattern(r"\bemojis?\b", _I), "[\\U0001F300-\\U0001FAFF\\u2600-\\u27BF\\u2B50\\u2B55]"),
    (Pattern(r"\b(?:period|full stop|punctuation)\b", _I), r"\A[^\n]*\.[ \t]*(?=\n|\Z)"),
    (Pattern(r"`?#N+`?\b|`#\d+`|\bissue (?:numbers?|references?)\b|`#` mentions", _I), r"(?<![\w/])#\d+\b"),
    (Pattern(r"`?@(?:name|user\w*)`?|\bmentions? (?:people|users|anyone)\b", _I), r"(?<![\w`/.])@[\w/-]+"),
    (Pattern(r"\bauto-?clos\w+ keywords?\b|\bclosing keywords?\b", _I), r"(?i:\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?) #\d+)"),
    (Pattern(r"^(?!.*\b(?:trailers?|co-author\w*)\b).*\b(?:AI|model|agent|LLM|Claude|Codex|Copilot)\b[^.;]{0,30}\b(?:names?|identifiers?|references?|mentions?|self-references?)\b|^(?!.*\b(?:trailers?|co-author\w*)\b).*\b(?:mention|refer\w*|name)\w*\b[^.;]{0,20}\b(?:AI|Claude|Codex|Copilot|LLMs?|agents?)\b", _I, "name|identifier|refer|mention"), r"(?i:\b(?:claude|chatgpt|copilot|codex|gemini|openai|anthropic|gpt-\d\w*)\b)"),
)  # fmt: skip
_ELSEWHERE = Pattern(
    r"\b(?:follow|use|adhere to|comply with|respect)\w*\b (?:\w+ ){0,4}?commit(?: message)?s? (?:conventions?|guidelines|format|style|rules|standards?)\b",
    _I,
    "follow|use|adhere|comply|respect",
    "commit",
    "convention|guidelines|format|style|rules|standard",
)
_DISCLOSES = Pattern(  # "agents that do not … MUST identify themselves"
    r"\b(?:must|should|always) (?:(?!not\b|never\b)\w+ )?(?:identify|disclose|carry|be (?:marked|labelled|labeled|identified))\b",
    _I,
)
_REQUIRES = Pattern(r"\b(?:must|should|include|add|append|end|require\w*|use|always)\b", _I)
_CREDITS = Pattern(
    r"\b(?:must|should|always|add|include|required?|use|with|end|through|disclose|carr(?:y|ies)|need)\b[^.;]{0,60}\b(?:co-authored-by|assisted-by|co-authorship trailers?)\b|^\W*(?:co-authored-by|assisted-by)\b[^.;]{0,15}\b(?:include|add|required)\b",
    _I,
    "co-authored-by|assisted-by|co-authorship",
)
_REFUSED = Pattern(r"\b(?:is|are|must|should|may|can) ?(?:not|never)\b|\bforbidden\b|\bprohibited\b", _I)
_TRAILER_LINE = Pattern(
    r"(co-authored-by|signed-off-by|assisted-by|generated-by|change-id|reviewed-by)\s*:", _I
)


def commit_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks of commit messages."""
    if said.statement.form in {Form.SHELL, Form.CODE}:
        if _in_commit_section(said):
            yield from _shown(said)
        return
    if said.statement.form is Form.HEADING:
        return
    params = commit_params(said)
    if params and not said.soft:
        yield Ask(Kind.COMMIT_FORMAT, params=params)
    elif (
        _ELSEWHERE.search(said.text) and not said.soft and not _PR_TITLE.search(said.text)
    ):  # what most such pages ask for; a person has to look
        yield Ask(Kind.COMMIT_FORMAT, params={"conventional": True}, severity=Severity.FOLLOW_UP)


def _shown(said: Said) -> Iterator[Ask]:
    """What the block of a section on commits shows: a message, or a trailer that each must have."""
    statement = said.statement
    trailer = _TRAILER_LINE.match(statement.text)
    if _EXAMPLE.match(statement.text):
        yield Ask(Kind.COMMIT_FORMAT, params={"conventional": True})
    elif trailer and _REQUIRES.search(statement.lead) and not _NOT.search(statement.lead):
        yield Ask(Kind.COMMIT_FORMAT, params={"required_trailers": [trailer[1]]})


def _in_commit_section(said: Said) -> bool:
    """Whether headings, lead-in or parents say that commits are the subject."""
    statement = said.statement
    return (
        any(_SECTION.search(heading) for heading in statement.headings[-2:])
        or bool(re.search(r"\bcommit messages?\b|\bcommits?\b[^.]*:\W*$", statement.lead, _I))
        or any(re.search(r"\bcommits?\b", parent, _I) for parent in statement.parents)
    )


def commit_params(said: Said) -> dict[str, object]:
    """The `commit-format` parameters that a statement gives; {} where it gives none."""
    text = said.text
    about = bool(_ABOUT.search(text) or _CONVENTIONAL.search(text) or _EVERYWHERE.search(text))
    here = bool(
        re.search(r"\bcommit\b", said.statement.before[-80:], _I)
        or _LABELLED.match(text)
        or _in_commit_section(said)
    )
    if _is_of_something_else(said):
        return {}
    params: dict[str, object] = {}
    if _CONVENTIONAL.search(text) and (about or here):
        if _NOT_CONVENTIONAL.search(text):
            return {"forbidden_text": rf"\A{TYPE}(?:\([^)]*\))?!?: "}
        params["conventional"] = True
    _trailers(said, params)
    if about or here or (_COMMITS.search(text) and _TELLING.search(text)):
        params = shape_params(text, said.statement.text, said.spans(), params)
        _forbidden_words(re.sub(r"\([^()`]*\)", " ", text), params, here=here)
    if not params and _in_commit_section(said) and _OF_TYPE.match(" ".join(said.statement.cells[:1]) or text):
        params = {"conventional": True}  # one of a table or a list of types
    if not params and _in_commit_section(said) and _BRACKETED.match(text):
        params = {"pattern": r"\A\[[^\]\n]+\]"}
    return params


def _is_of_something_else(said: Said) -> bool:
    """Whether titles of pull requests, or names of branches, are the subject."""
    text = said.text
    of_request = (*said.statement.headings[-1:], said.statement.before)
    if any(map(_PR_TITLE.search, of_request)) and not _COMMITS.search(
        _CONVENTIONAL.sub(" ", " ".join((text, *of_request)))
    ):
        return True
    if _PR_TITLE.search(text) and (_IS_REQUEST.match(text) or not _COMMITS_TOO.search(text)):
        return True
    around = f"{said.statement.before} {said.statement.lead} {text[:30]}"
    if _OTHER_TEXT.search(text) or (
        _PR_TITLE.search(said.statement.before) and "commit" not in around.lower()
    ):
        return True
    if any(_PR_TITLE.search(parent) and not _ABOUT.search(parent) for parent in said.statement.parents):
        return True
    requests = _REQUESTS.search(said.heading) and not _COMMITS_TOO.search(said.heading)
    titles = re.search(r"\btitles?\b", text, _I) and requests
    return bool(
        re.match(r"\W*(?:branch|issue titles?\b)|\W*titles?\W*\s[\u2013\u2014-]", text, _I)
        or (titles and not _OF_COMMITS.search(text))
    )


def _forbidden_words(text: str, params: dict[str, object], *, here: bool) -> None:
    """What a message must not hold: a full stop at the end of its subject, mentions, numbers of issues, names of models."""
    never = _NOT.search(text)
    if not never or not (here or _COMMITS.search(text) or _ABOUT.search(text)):
        return
    clause = re.split(r"[.;\u2013\u2014]\s", text[never.start() :])[0]
    clause = re.sub(r"`[^`]*/[^`]*`", "`-`", clause)
    forbidden = [pattern for words, pattern in _FORBIDDEN if words.search(clause)]
    if forbidden:
        params["forbidden_text"] = "|".join(forbidden)


def _trailers(said: Said, params: dict[str, object]) -> None:
    text = said.text
    never = _NOT.search(text)
    negative = bool(never) and not _DISCLOSES.search(text)
    credit = _ATTRIBUTION.search(text)
    # "like it was generated by a model without …" forbids nothing
    forbidden = (
        never
        and credit
        and (never.start() < credit.start() or re.search(r"\b(?:must|should|may) not\b", text, _I))
    )
    if (
        negative
        and forbidden
        and re.search(
            r"\b(?:commit|trailer|co-?author|message|attribution|footer)", f"{text} {said.heading}", _I
        )
    ):
        params["forbidden_trailers"] = ["Co-Authored-By", "Generated-with"]
    elif (
        not negative
        and _SIGN_OFF.search(text)
        and re.search(
            r"\bcommit|\bDCO\b|signed-off-by|\bgit\b", f"{text} {said.heading} {said.statement.before}", _I
        )
        and not re.search(r"sign[- ]?off (?:from|by|of)\b", text, _I)
    ):
        params["required_trailers"] = ["Signed-off-by"]
    elif _wants_credit(text):
        params["required_trailers"] = [
            trailer for trailer in ("Co-authored-by", "Assisted-by") if trailer.lower() in text.lower()
        ] or ["Co-authored-by"]


def _wants_credit(text: str) -> bool:
    """Whether a trailer that names a helper is asked for; a negation counts before it, or where it is what is negated."""
    wanted = _CREDITS.search(text)
    if not wanted or _DISCLOSES.search(text):
        return bool(wanted)
    return not _NOT.search(text[: wanted.end()]) and not _REFUSED.search(text[wanted.end() :])
