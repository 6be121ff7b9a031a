"""The shape of a commit message: types, mood, length, body, prefix, by the words that ask for them."""

from __future__ import annotations

import re

from agent_gate.policy.text.sentences import without_phrases
from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

_I = ANY_CASE
_TYPES = sorted(
    word_set("feat fix docs style refactor perf test build ci chore revert deps security release wip hotfix")
)
TYPE = rf"(?:{'|'.join(_TYPES)})"
_LISTED_TYPES = 3  # fewer are examples, not the list of what is allowed
_CLOSED = Pattern(
    r"\bonly\b|\b(?:allowed|permitted|valid) types\b|\btypes\b[^.;]{0,20}\b(?:limited|restricted) to\b|\bone of\b",
    _I,
)
_TYPE_LIST = Pattern(rf"\b{TYPE}[`:!]*(?:(?:\s*[,/|]\s*(?:and |or )?|\s+(?:and|or)\s+)`?{TYPE}\b[`:!]*)+")
_OPEN_LIST = Pattern(
    r"\b(?:common|includ\w+|such as|e\.g|etc|like)\b|\u2026|\.\.\.", _I
)  # others are allowed, too
_SHAPE = Pattern(rf"[`\"'(<\[]?<?\b(?:type|{TYPE})\b>?(?:\(?\[?[(<\[][\w <>-]+[)>\]]+\]?)?!?\s*:\s*\S", _I)
_TYPED = Pattern(rf"`{TYPE}(?:\([\w-]+\))?!?:?`")
_TEMPLATE = Pattern(r"<type>|\btype\(scope\)|(?<!# )\btype: |\[type\]|\{type\}|`type")
_ONE = Pattern(r"\W*`?[a-z]+(?:\([^)]*\))?!?: [^`]*`?\W*")  # an example of a message
_LIMIT = Pattern(
    r"(?:≤|<=|<|under|below|max(?:imum)?(?: of)?|at most|up to|no more than|no longer than|within|to|exceed|less than|limit\w*(?: to| of)?|keep\w*|:)\s*(?:of |the |them |it |subject |line |lines |at |under |to |~)*(\d{2,3})\b|\b(\d{2,3})[- ]?(?:chars?|characters?|columns?)\b|\b(50)/72\b",
    _I,
)
_LIMITED = Pattern(
    r"^(?!.*\b(?:files?|functions?)\b).*(?:\bchar|\bcolumn|\bsubject|\bline|\btitle|\bsummary|\bheader|50/72)",
    _I,
)
_ASKED: tuple[tuple[Pattern, dict[str, object]], ...] = (
    (Pattern(r"\bimperative\b|\bpresent[- ]tense\b", _I, "imperative|present"), {"imperative": True}),
    (
        Pattern(
            r"chris beams|cbea\.ms|seven rules|tpope|50/72",
            _I,
            "beams|cbea|seven rules|tpope|50/72",
        ),
        {"imperative": True, "subject_max": 72},
    ),
    (
        Pattern(
            r"^(?=.*\b(?:explain|describe|state|document)\w*\b[^.;]{0,30}\b(?:problem|why)\b)(?=.*\b(?:body|description|message|commit))(?!.*problem)",
            _I,
            "problem|why",
        ),
        {"body_required": True},
    ),
    (
        Pattern(
            r"^(?=.*\b(?:explain|describe|state|document)\w*\b[^.;]{0,30}\b(?:problem|why)\b)(?=.*\b(?:body|description|message|commit))(?=.*problem)",
            _I,
            "problem",
        ),
        {"problem_first": True},
    ),
    (Pattern(r"\bmust\b[^.;]{0,40}\bsummary of\b", _I, "summary of"), {"summary_of_areas": True}),
    (
        Pattern(
            r"^(?!.*\bsummary of\b).*\b(?:body|description)\b[^.;]{0,20}\b(?:required|must)\b",
            _I,
            "body|description",
        ),
        {"body_required": True},
    ),
    (
        Pattern(r"\b(?:no|never|avoid|do not|don'?t)\b[^.;]{0,30}\bmerge commits?\b", _I, "merge commit"),
        {"no_merge": True},
    ),
    (
        Pattern(r"\b(?:no|never|do not|don'?t|squash)\b[^.;]{0,30}\b(?:fixup|wip)\b", _I, "fixup|wip"),
        {"no_fixup": True},
    ),
)
_OTHERWISE: tuple[
    tuple[Pattern, dict[str, object]], ...
] = (  # where nothing above is asked for, the first that fits
    (
        Pattern(
            r"\b(?:must|should|always|needs?|include|has to)\b[^.;]{0,20}\b(?:body|description)\b",
            _I,
            "body|description",
        ),
        {"body_required": True},
    ),
    (
        Pattern(
            r"^(?=.*\b(?:commit messages?|subjects?|titles?|summary)\b).*\blower[- ]?cased?\b", _I, "lower"
        ),
        {"pattern": r"\A(?:[^:\n]*: )?[a-z]"},
    ),
    (
        Pattern(
            r"^(?=.*\b(?:commit messages?|subject|title|summary)\b).*\b(?:capital(?: letter|i[sz]ed?)|sentence case)\b",
            _I,
            "capital|sentence case",
        ),
        {"pattern": r"\A(?:[^:\n]*: )?[A-Z]"},
    ),
    (
        Pattern(r"\bsubject[- ]only\b|\bno (?:commit )?body\b|\bwithout (?:a )?body\b", _I, "subject|body"),
        {"pattern": r"\A[^\n]*\s*\Z"},
    ),
    (
        Pattern(r"\bgitmojis?\b|\b(?:start|begin|prefix)\w*\b[^.;]{0,40}\bemojis?\b", _I, "moji"),
        {"pattern": r"\A(?::\w+:|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50])"},
    ),
    (
        Pattern(
            r"\bprefix\w*\b[^.;`]{0,40}\bwith\b (?:the |its |their )?(?:affected |changed )?(?:package|module|component|crate|area|subsystem|app|project)\b",
            _I,
            "prefix",
        ),
        {"pattern": r"\A\[?[\w./*, -]+\]?[:\]] ?\S"},
    ),
    (
        Pattern(
            r"^(?=.*\b(?:must|always|keep|use)\b)(?=.*\bcommit).*\b(?:one[- ]line|single[- ]line|short)\b",
            _I,
            "one|single|short",
        ),
        {"subject_max": 72},
    ),
    (
        Pattern(
            r"^(?!.*\b(?:not|never|no|without|avoid)\b|.*n['\u2019]t\b)(?=.*\bcommits?\b).*\b(?:reference|include|mention|link|prefix|start|begin)\w*\b[^.;]{0,40}\b(?:issue|ticket|jira)\b",
            _I,
            "issue|ticket|jira",
        ),
        {"pattern": r"(?:#\d+|[A-Z][A-Z0-9]+-\d+)"},
    ),
)
_PREFIX = Pattern(
    r"^(?!.*(?:\bbranch|\bbody\b|\bbullet)).*\b(?:(?:start|begin)\w*\b[^.;`]{0,60}\bwith|(?:prefix|prepend)\w*\b[^.;`,]{0,40}\b(?:with|by|of)|\bprefix(?:es)?:?)\b[^.;`]{0,20}`([^`]+)`",
    _I,
    "start|begin|prefix|prepend",
)
_MARKED = Pattern(  # "add an `(AI-assisted)` text to all messages"
    r"\b(?:add|append|includ|end|contain|mark)\w*\b[^`.;]{0,30}`([^`]+)`[^`.;]{0,30}\b(?:all|every|each|your|the) (?:commit )?messages?\b",
    _I,
    "message",
)
_FORMAT = Pattern(
    r"\b(?:format|convention|style|template|shape|messages? (?:as|like)|(?:must|should) (?:be|start with|follow)|follows?|names?)\b[^`]{0,45}`(\[[^`]+\]|<(?!type)[^`]+|\{(?!type)[^`]+|(?-i:[a-z])[\w./-]*: [^`]+)[^`]*`",
    _I,
)


def shape_params(text: str, raw: str, spans: list[str], known: dict[str, object]) -> dict[str, object]:
    """The `commit-format` parameters that a statement about commit messages gives.

    Args:
        text: its words.
        raw: as written, with the addresses of links.
        spans: its code spans.
        known: what else it gives.
    """
    params = known | _conventional(text, spans)
    for pattern, asked in _ASKED:
        if pattern.search(f"{text} {raw}" if "subject_max" in asked else text):
            params |= asked
    limit = _LIMIT.search(without_phrases(text))  # no option of a command
    if limit and _LIMITED.search(text):
        params["subject_max"] = int(next(group for group in limit.groups() if group))
    if not params and (mark := _MARKED.search(text)):
        return {"pattern": re.escape(mark[1])}
    for pattern in (_FORMAT, _PREFIX):
        if not params and (written := pattern.search(text)):
            params |= _prefix(written[1])
    return params or next((dict(asked) for pattern, asked in _OTHERWISE if pattern.search(text)), {})


def _conventional(text: str, spans: list[str]) -> dict[str, object]:
    """Whether types stand first, and which are listed as all that are allowed."""
    typed, example = _TYPED.findall(text), _ONE.fullmatch(text)
    if example:
        first = _SHAPE.search(text) and re.match(rf"\W*{TYPE}\b", text)
        return {"conventional": True} if first else {}
    listed = re.findall(rf"\b{TYPE}\b[,:|`/]", text)
    named = [word for word in _TYPES if re.search(rf"\b{word}\b", text)]
    closed = _CLOSED.search(text) and _TYPE_LIST.search(text)
    if closed and len(named) <= _LISTED_TYPES:  # "only `feat` and `fix`"
        return {"conventional": True, "types": sorted(set(re.findall(TYPE, closed[0])))}
    if not (
        _TEMPLATE.search(text)
        or (len(typed) > 1 and 2 * len(typed) >= len(spans))
        or len(listed) >= _LISTED_TYPES
    ):
        return {}
    if _OPEN_LIST.search(text):
        return {"conventional": True}
    all_of_them = len(named) > _LISTED_TYPES or (
        len(named) == _LISTED_TYPES and re.search(r"\b(?:must be|types?)\b", text, _I)
    )
    own = [
        span.rstrip(":!") for span in spans if re.fullmatch(r"[a-z]+:?", span)
    ]  # a project has types of its own
    return {"conventional": True} | ({"types": sorted({*named, *own})} if all_of_them else {})


def _prefix(written: str) -> dict[str, object]:
    """What must stand first: a Conventional type, a fixed prefix, or the shape of one with a name to fill in."""
    if re.match(rf"{TYPE}\b", written):
        return {"conventional": True}
    if re.search(r"[<\[{]", written):
        shape = re.sub(
            r"\\?[<{][^>}]*[>}]", r"[^:\\n]+", re.escape(written).replace(r"\<", "<").replace(r"\>", ">")
        )
        return {"pattern": "^" + re.sub(r"\\\[[^\]]*\\\]", r"\\[[^\\]]+\\]", shape)}
    if re.match(r"[\w./-]+: ", written):  # of any part of the project
        return {"pattern": r"\A[^\s:][^:\n]*: \S"}
    return {"prefix": written}
