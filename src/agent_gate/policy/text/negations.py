"""Prohibitions in other words, said in one way, so that every family of phrases knows them by "never" and "no" alone.

"It is forbidden to do x", "doing x is not allowed", "refrain from doing x" are "never do x"; "x is banned" is "no x".
"""

from __future__ import annotations

from agent_gate.policy.text.words import ANY_CASE, Pattern

_I = ANY_CASE
_HINTS = "forbid|prohibit|disallow|ban|allowed|not permitted|acceptable|rejected|refrain|circumstances|at no time|in no case|on no account"
_FORBIDDEN = r"(?:(?:strictly|explicitly|absolutely|expressly|also) )?(?:forbidden|prohibited|banned|disallowed|not (?:allowed|permitted|acceptable)|unacceptable|never (?:allowed|acceptable))"
_START = r"(?P<start>^\W*(?:[A-Za-z][\w /&-]{0,40}: )?|[.;:\u2013\u2014] )"
_ORDER = Pattern(
    rf"{_START}(?:(?:there is )?(?:an? )?(?:strict |hard )?ban on|(?:please |also )?(?:prohibit|forbid|ban|disallow)(?=\s+(?!by\b|in\b|a\b))|refrain from|(?:under no circumstances|at no time|in no case|on no account)(?: (?:should|may|must|do|can) (?:you|we|agents?))?,?"
    rf"|(?:it is|it's) {_FORBIDDEN} to|(?:you are|agents are) {_FORBIDDEN} (?:to|from))\s+(?:(?:(?:the|any|all) )*us(?:e|age) of )?",
    _I,
    _HINTS,
)
# "deleting x is not allowed"; what a text says before it may be its label
_DOING = Pattern(
    rf"{_START}(?P<what>(?:\w+ly )?(?!nothing\b|anything\b|everything\b|something\b|during\b|existing\b|string\b)[a-z]+(?:-[a-z]+)?ing\b[^.;:|]{{1,120}}?),? (?:is|are) {_FORBIDDEN}\b",
    _I,
    _HINTS,
)
_NAMED = r"(?:(?!(?:that|which|who|if|when|where|is|are|was|be|must|should|can|may|will|to|not|no|never|and|or|but|without|has|have)\b)[\w'\u2019/@#!?*.()\[\]-]+|`[^`]+`)"
_THING = Pattern(
    rf"{_START}(?:(?:(?:the|any|all) )*us(?:es?|age)(?: of)? )?(?P<what>{_NAMED}(?: {_NAMED}){{0,5}}(?:(?:,|,? (?:and|or)) {_NAMED}(?: {_NAMED}){{0,2}}){{0,3}})(?: \u2192| ->|:)?(?: (?:is|are|will be|get)(?: {_FORBIDDEN}| rejected)| (?:disallowed|prohibited|forbidden|not allowed))\b",
    _I,
    _HINTS,
)

_NOT_FORBIDDEN = Pattern(  # what is negated in a condition, or not needed, is not forbidden
    r"(?:^|[.;:(]\s*|\b(?:and|or|but) )\W*(?:if|when(?:ever)?|where|unless|should)\b[^,.;:]*,|\b(?:there is |there's |is )?no need to\b|\b(?:do(?:es)? not|do(?:es)?n'?t|don\u2019t) (?:need|have|hesitate) to\b|\b(?:do not|don'?t|don\u2019t|never) (?:forget|fail|neglect) to\b|\bno longer\b",
    _I,
    "no longer|need|have|hesitate|forget|fail|neglect|if|when|where|unless|should",
)

_BAD_COLUMN = Pattern(
    r"\W*(?:don'?ts?|don\u2019ts?|do not(?: use)?|never(?: use)?|banned|forbidden|prohibited|disallowed|not allowed|instead of|deprecated)\W*",
    _I,
    "don|do not|never|banned|forbidden|prohibited|disallowed|not allowed|instead of|deprecated",
)
_GOOD_COLUMN = Pattern(
    r"\W*(?:do|use(?: this)?(?: instead)?|instead|replacements?|replaced? (?:by|with)|alternatives?|allowed|preferred)\W*",
    _I,
)


def row_as_never(header: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """What a row forbids below "Don't | Do", "Instead of | Use", "Banned | Replacement"; "" below other headers."""
    bad = next((cell for head, cell in zip(header, cells, strict=False) if _BAD_COLUMN.fullmatch(head)), "")
    if not bad or not any(map(_GOOD_COLUMN.fullmatch, header)):
        return ""
    return f"Never use {bad}" if bad.startswith("`") else f"Never {bad[0].lower()}{bad[1:]}"


def without_harmless(text: str) -> str:
    """The text without the negations that forbid nothing: "if x is not there, …", "no need to …"."""
    return _NOT_FORBIDDEN.sub(" ", text)


def as_never(text: str) -> str:
    """The text with its first prohibition in other words as "Never …" or "No …"; any other text as it is."""
    for form, word in ((_ORDER, "Never"), (_DOING, "Never"), (_THING, "No")):
        if found := form.search(text):
            what = found.groupdict().get("what", "")
            return f"{text[: found.start()]}{found['start']}{word} {what}{text[found.end() :]}"
    return text
