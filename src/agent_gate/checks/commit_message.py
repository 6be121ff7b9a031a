"""What a commit message consists of, and plain questions about its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(
    r"(?P<type>[A-Za-z][\w-]*)(?:\((?P<scope>[^()\n]+)\))?(?P<breaking>!)?: (?P<description>\S.*)"
)
_LOWER_CASE_TRAILERS = frozenset(
    {"fixes", "closes", "resolves", "refs", "ref", "issue", "issues", "link", "see"}
)
_TRAILER = re.compile(r"(?P<token>BREAKING CHANGE|[A-Za-z][A-Za-z0-9-]*)(?:: | #)\S.*")
_REVERT = re.compile(r'(Revert|Reapply) ".*"')
_LIST_ITEM = re.compile(r"\s*([-*+•]|\d+[.)])\s")
_HEADING = re.compile(
    r"^(#+ .*|(problem|why|motivation|context|background|cause|reason)s?:?\s*)$", re.MULTILINE | re.IGNORECASE
)

_BASE = frozenset(
    re.findall(
        r"\w+",
        """
        add adjust allow apply avoid bump change clean convert correct create delete disable document drop enable
        ensure extend extract fix implement improve introduce make merge migrate modify move optimize prevent reduce
        refactor remove rename replace resolve restore revert rewrite simplify split support switch update upgrade
        use wrap write
        """,
    )
)
_IRREGULAR = {"made": "make", "rewrote": "rewrite", "wrote": "write"}
_DOUBLED = frozenset({"drop", "wrap", "split"})
_PROBLEM_WORDS = re.compile(
    r"\b(because|since|as|so that|otherwise|without|when|whenever|if|but|until|before|previously|problem|issue|bugs?"
    r"|broken?|breaks|fail\w*|err(?:or|ors|ed)|wrong\w*|crash\w*|cannot|can't|could|couldn't|did|does|doesn't|isn't"
    r"|was|were|wasn't|not|no|never|nobody|missing|lacks?|lost|slow|unable|confus\w+|incorrect\w*|unexpected\w*"
    r"|violat\w+|warn\w*|deprecated|complain\w*|reports|reported"
    r"|needs?|needed|requires?|wants?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """The parts of a Conventional Commits header; `scope` is "" where there is none."""

    type: str
    scope: str
    breaking: bool
    description: str


def read_header(subject: str) -> Header | None:
    """`type(scope)!: description`, as Conventional Commits 1.0.0 has it; None for anything else."""
    match = _HEADER.fullmatch(subject)
    if match is None:
        return None
    return Header(match["type"], match["scope"] or "", bool(match["breaking"]), match["description"])


def is_revert(subject: str) -> bool:
    """Whether git itself wrote the subject, for `git revert`."""
    return _REVERT.fullmatch(subject) is not None


def prose(body: str) -> str:
    """The body without the trailers at its end."""
    parts = re.split(r"\n\s*\n", body.strip())
    while parts and all(_is_trailer_line(line) for line in parts[-1].splitlines()):
        parts.pop()
    return "\n\n".join(parts)


def paragraphs(body: str) -> list[str]:
    """The paragraphs of the prose, without headings."""
    text = _HEADING.sub("", prose(body))
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def trailers(body: str) -> frozenset[str]:
    """The tokens of the trailers, in lower case, wherever in the body they stand."""
    matches = (_TRAILER.fullmatch(line) for line in body.splitlines())
    return frozenset(match["token"].lower() for match in matches if match)


def opening_form(description: str) -> str:
    """The verb that the description should open with where it opens with "added", "adds" or "adding"; else ""."""
    match = re.match(r"([A-Za-z]+)(?![\w-])", description)
    return _FORMS.get(match[1].lower(), "") if match else ""


def restates(text: str, subject: str) -> bool:
    """Whether a paragraph says nothing that the subject has not said."""
    said = {_stem(word) for word in re.findall(r"\w+", subject.lower())}
    words = [_stem(word) for word in re.findall(r"\w+", text.lower())]
    return not any(len(word) > 3 and word not in said for word in words)  # noqa: PLR2004 - "the", "and", "for"


def is_list(paragraph: str) -> bool:
    """Whether a paragraph is a list."""
    return _LIST_ITEM.match(paragraph) is not None


def tells_only_the_change(paragraph: str) -> bool:
    """Whether a paragraph opens with what was done and has no word that a problem is told with."""
    opening = re.sub(
        r"^(?:this (?:commit|change|patch|pr)|we|i|it|now)\s+(?:now |also )*",
        "",
        paragraph,
        flags=re.IGNORECASE,
    )
    word = re.match(r"[A-Za-z]*", opening)
    opens = word is not None and (word[0].lower() in _BASE or word[0].lower() in _FORMS)
    return opens and not _PROBLEM_WORDS.search(paragraph)


def _is_trailer_line(line: str) -> bool:
    """Whether the line is a trailer or goes on with one; `parser: reads empty files` says what changed in an area."""
    match = _TRAILER.fullmatch(line)
    if match is None:
        return line.startswith((" ", "\t"))
    token = match["token"]
    return token[0].isupper() or "-" in token or token in _LOWER_CASE_TRAILERS


def _stem(word: str) -> str:
    return re.sub(r"(?:es|s|ed|ing|e)$", "", word)


def _forms() -> dict[str, str]:
    """Inflected form → verb."""
    forms = dict(_IRREGULAR)
    for verb in _BASE:
        base = verb + verb[-1] if verb in _DOUBLED else verb
        if verb.endswith("e"):
            inflected = [verb + "s", verb + "d", verb[:-1] + "ing"]
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            inflected = [verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
        else:
            plural = verb + ("es" if verb.endswith(("x", "ch", "sh", "s")) else "s")
            inflected = [plural, base + "ed", base + "ing"]
        forms |= dict.fromkeys(inflected, verb)
    return forms


_FORMS = _forms()
