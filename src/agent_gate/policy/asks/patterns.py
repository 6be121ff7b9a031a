"""`forbidden-pattern`: prohibitions from which a regular expression can be made; without one there is no rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.constructs import constructs_in, words_of
from agent_gate.policy.asks.file_types import file_types
from agent_gate.policy.asks.literals import change_of, is_code, is_plain_word, pattern_of
from agent_gate.policy.asks.prohibitions import BANNED, BANNED_HINT, INSTEAD, NO, prohibitions
from agent_gate.policy.asks.quoted import quoted_words
from agent_gate.policy.commands.languages import files_named
from agent_gate.policy.commands.paths import glob_of, is_extension, is_path
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.asks.constructs import Construct
    from agent_gate.policy.asks.prohibitions import Prohibition
    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_NO = Pattern(rf"{NO}|{INSTEAD}", _I)
_BANNED = Pattern(
    BANNED,
    _I,
    BANNED_HINT,
)
_ENOUGH = Pattern(
    r"\binstead of\b|\b(?:so|because|since) |;|\.\s|(?<=.{15})(?::|\s[\u2013\u2014])\s", _I
)  # ends what a prohibition is about
_REACH = 120  # characters behind a prohibition that are still about it
_ELSE = Pattern(  # does not write what follows: "do not remove …", "do not open PRs for …"
    r"(?: (?:unnecessary|needless|excessive|redundant|overly|too many)\b|(?: \w+ly| ever)? (?:remov|delet|drop|strip|open|submit|send|rais(?=\w* (?:an? )?(?:prs?|pull|issues?)))\w*)\b",
    _I,
)
_SOLELY = Pattern(r"\b(?:solely|merely|just|only) (?:to|for|as|so)\b", _I)
_LIMITS = r"(?:outside(?: of)?|except|other than|beyond|in|inside|within|from|under|unless|when|if|without|only|more than|until|where|while|before|after|during|for|as|to|on|with|by|just|solely|around|across)"
_NOUN = Pattern(  # may follow what is forbidden and say what it is
    rf"(?: (?!(?:that|{_LIMITS}|or|and|but|of|twice|again|repeatedly|more|is|are|must|should|may|because|since|which|prefix\w*|suffix\w*|tags?|labels?|flags?|endpoints?|roles?|branch(?:es)?|named|style|based|instead|directly|anywhere|here|skills?|commands?|tools?|use)\b)[a-zA-Z]\w*(?:-\w+)*){{0,3}}\s*\)?\s*",
    _I,
)
_END = Pattern(
    r"$|[^\w\s`]|(?:here|because|since|so that|which|in favou?r|use|just|and|or|but)\b",
    _I,
)
_LIMIT = Pattern(rf"{_LIMITS}\b", _I)
_ORDER = Pattern(r"(?:before|after|until|while|more than)\b", _I)  # says when it may be used
_ADVERBS = Pattern(
    r"(?:(?:directly|anywhere|ever|at all|again|either|instead|(?:is|are|remains?) (?:left|present|committed|used)(?: (?:in|behind))?)\b\s*)+",
    _I,
)
_AND_OTHERS = Pattern(r"(?:or|and)\b[^.,;:(\u2013\u2014]*\b(?:to|in|for) ", _I)  # "or calls to it"
# only some of them
_THOSE_THAT = Pattern(r"[^.,;(]*\b(?:that|which|who) (?:is|are|do|does|have|has)\b", _I)
_OTHERS = Pattern(r" (?:operations?|queries|calls?|code|types?|styles?|objects?)\b", _I)
_PARTS = Pattern(
    r" (?:arrays?|strings?|literals?|values?|objects?|tuples?)\b", _I
)  # "raw `key` arrays": some of them
_NAMES = Pattern(r"\w+(?:\.\w+)*\.\*")  # `rx.el.*` are names of code
_FENCE = Pattern(r" (?:(?:fenced|code|markdown) )*(?:blocks?|fences?|fenced)\b", _I)
_LANGUAGE = Pattern(r"[a-z][a-z+#-]{0,13}")
_ADDRESS = Pattern(
    r"(?:https?://)?[\w@.~-]+(?:[./][\w.*-]+)+/?|\.?[\w-]+/"
)  # of a file, a directory or a host
_PLACE = Pattern(
    r"(?P<out>outside(?: of)?|except (?:in|inside|for)|other than in|beyond)\b|(?P<in>in|inside|within|from|under)\b(?P<all> (?:the |our |any |all |new |production |source |this |application |library )*(?:files?|code\w*|sources?|repo\w*|projects?)\b)?",
    _I,
)
_NO_CASE = Pattern(  # before a prohibition; anything else says where or when it counts
    r"\W*(?:(?:we|you|agents?|contributors?|developers?|code|please|and|but|so|also|then|always|strictly|absolutely|important|note|should|must|that|all|new)\W+)*",
    _I,
)
_TOPIC = Pattern(r"[\w /&-]{2,40}:\s", _I)  # "Dialogs: use `A`, not `B`" may be about them alone
_COUNTERPARTS = {"named": "default exports", "absolute": "relative imports", "ascii": "non-ascii"}
_ONLY = Pattern(
    r"\b(?:only|always)(?: use)? (named|absolute) (?:ex|im)ports?\b|\b(named|absolute) (?:ex|im)ports? only\b|\b(?:keep|write|use)\b[^.;]{0,40}(?<!non-)\b(ascii)\b(?! (?:art|protocols?|control)\b)|\b(ascii)[- ]only\b",
    _I,
    "named|absolute|ascii",
)
_WHEN = Pattern(r"\W*(?:if|when(?:ever)?|for|in|inside|within|on|during|while)\b", _I)
_CONVERSATION = Pattern(
    r"\b(?:review(?:ing|er|s)?|responses?|communication|tone|chat|interaction|output style|conversation|PR descriptions?)\b",
    _I,
)
_ABOUT_ONE = Pattern(
    r"\W*`[^`]+`[\s*]*(?:[\u2013\u2014:-]|is\b)"
)  # "`f()` - starts x. No `y` check." describes f
_IN_MESSAGE = Pattern(
    r"^(?!.*\b(?:code|comments?|output|docs|sources?)\b).*\bin (?:your |the |any )?(?:git )?commits?\b",
    _I,
    "commit",
)
_OF_COMMITS = Pattern(
    r"\W*(?:git )?commits?(?: (?:messages?|rules|format|style|conventions?|guidelines|standards?))*\W*$",
    _I,
    "commit",
)
_MESSAGES = Pattern(
    r"\b(?:change ?log|changesets?|pull requests?|PRs?|commit messages?|commits|trailers?|push\w*|titles?|releases?)\b",
    _I,
)  # no source is meant
_SHELL_USE = Pattern(
    r"\b(?:run(?:s|ning)?|commands?|terminal|shell|tools?|cli|flags?|skills?|agents?|subagents?|branch(?:es)?|mcp|env(?:ironment)? var\w*)\b",
    _I,
)  # what the agent does is meant
_ABOUT_PROSE = Pattern(r"\b(?:docs?|documentation|readme|markdown|docstrings?)\b", _I)
_PROSE = ("!*.md", "!*.mdx", "!*.rst", "!*.txt", "!*.adoc")  # pages that may speak of it
_IN_TESTS = Pattern(
    r"(?<!except )(?<!avoid it )(?<!allowed )(?<!fine )(?<!ok )\b(?:in (?:the |unit |integration )*tests?(?: code| files)?\b|(?P<not>in (?:production|non-test|library) code\b|outside (?:of )?(?:the )?tests?\b))",
    _I,
)
_TESTS = ("test/", "tests/", "__tests__/", "spec/", "test_*", "*_test.*", "*.test.*", "*.spec.*")


def forbidden_patterns(said: Said) -> Iterator[Ask]:
    """The patterns that a statement forbids; a condition that no pattern can tell makes it a follow-up."""
    if _is_of_something_else(said) or (
        said.text.startswith("No ") and _ABOUT_ONE.match(said.statement.before)
    ):
        return
    spans = (
        []
        if _is_about_messages(said)
        else [ask for found in prohibitions(said.text) if (ask := _literal(said, found))]
    )
    named = tuple(dict.fromkeys(construct for zone in _zones(said.text) for construct in constructs_in(zone)))
    if spans and [construct.name for construct in named] == ["suppression"]:
        named = ()  # "never suppress errors with `x`" is about x
    yield from quoted_words(said)
    yield from file_types(said)
    yield from (_construct(said, construct) for construct in named)
    if said.statement.form is not Form.ROW or said.forbids:
        words = [word.strip("`!()") for word in words_of(named, said.text)]
        yield from (ask for ask in spans if not _is_one_of(words, ask))


def _is_of_something_else(said: Said) -> bool:
    """Whether answers, reviews or commit messages are the subject, not files."""
    where = f"{said.heading} {said.statement.before[-120:]}"
    talk = _CONVERSATION.search(where) and not re.search(r"\b(?:source|code|comments)\b", said.text, _I)
    heading = said.statement.headings[-1] if said.statement.headings else ""
    commits = _OF_COMMITS.match(heading) and not re.search(
        r"\b(?:code|comments?|sources?|docs?)\b", said.text, _I
    )
    return bool(talk or commits or _IN_MESSAGE.search(said.text))


def _construct(said: Said, construct: Construct) -> Ask:
    severity = Severity.FOLLOW_UP if construct.guess or _SOLELY.search(said.text) else None
    params: dict[str, object] = {"binary": True, "name": construct.name}
    if construct.pattern:
        globs = _joined(_globs(said), list(construct.globs))
        params = {"pattern": construct.pattern, "globs": globs, "name": construct.name}
    return Ask(Kind.FORBIDDEN_PATTERN, construct.name, params, severity=severity)


def _is_one_of(words: list[str], ask: Ask) -> bool:
    """Whether the span that is looked for is what the text calls a construct."""
    span = str(ask.params["literal"]).strip("`!()")
    return any(word in span or span in word for word in words)


def _is_about_messages(said: Said) -> bool:
    """Whether commits, pull requests or releases are the subject: a heading that names them in a parenthesis has another."""
    heading = re.sub(r"\([^()]*\)", " ", said.heading)
    return bool(_MESSAGES.search(f"{heading} {said.text}"))


def _zones(text: str) -> list[str]:
    """The parts of a text that a prohibition is about."""
    zones = [
        _ENOUGH.split(text[match.end() :], maxsplit=1)[0][:_REACH]
        for match in _NO.finditer(text)
        if not _ELSE.match(text, match.end())
    ]
    banned = _BANNED.search(text)
    only = [_COUNTERPARTS[next(filter(None, match.groups())).lower()] for match in _ONLY.finditer(text)]
    return [*zones, *only, text[: banned.start()]] if banned else [*zones, *only]


def _literal(said: Said, found: Prohibition) -> Ask | None:
    """The ask that looks for forbidden code spans; None where something else is forbidden, or no pattern finds them."""
    if (fence := _FENCE.match(found.rest)) and all(map(_LANGUAGE.fullmatch, found.spans)):
        return _fenced(found.spans, follow_up=bool(_limit_after(found.rest[fence.end() :])))
    annotations = all(span.startswith("@") for span in found.spans)
    limit = _limit_after(re.sub(r"^ tags?\b", "", found.rest) if annotations else found.rest)
    if limit is None or (found.exchanged and _SHELL_USE.search(said.text)):
        return None
    if any(span.startswith("--") for span in found.spans):
        return None  # beside an option, the others are said to a program, too
    if found.exchanged and not set(found.spans) & set(said.spans()) and _OTHERS.match(found.rest):
        return None  # "instead of raw SQLAlchemy operations" is not about the library
    literals = [
        span.strip()
        for span in found.spans
        if is_code(span.strip(), imported=found.imported)
        or (found.mentioned and _ADDRESS.fullmatch(span.strip()))
    ]
    changes = [change_of(span) for span in literals] if found.changed else []
    patterns = changes if changes and all(changes) else [pattern_of(span) for span in literals]
    if limit.startswith(("to ", "into ")) and not found.imported and all(map(is_plain_word, literals)):
        return None  # "do not add `values` to the namespace"
    if not patterns or (
        found.changed
        and (not _END.match(found.rest.strip()) or any(is_plain_word(span) for span in literals))
    ):
        return None
    globs, told = _where(said, found, limit)
    globs = [] if found.mentioned else globs  # pages are meant above all
    told = told and not (found.exchanged and _TOPIC.match(said.text))
    sure = (
        told
        and (changes == patterns or not found.changed)
        and not found.avoided
        and not _PARTS.match(found.rest)
        and not (found.exchanged and any(is_plain_word(span) for span in literals))
    )
    params: dict[str, object] = {"pattern": "|".join(patterns), "globs": globs, "literal": literals[0]}
    return Ask(
        Kind.FORBIDDEN_PATTERN, ", ".join(literals), params, severity=None if sure else Severity.FOLLOW_UP
    )


def _fenced(languages: tuple[str, ...], *, follow_up: bool) -> Ask:
    """What looks for fenced blocks of languages: "never plain `js` blocks"."""
    params: dict[str, object] = {
        "pattern": rf"^\s*(?:```+|~~~+)\s*(?:{'|'.join(languages)})\b",
        "globs": [],
        "literal": f"```{languages[0]}",
    }
    value = ", ".join(f"```{language}" for language in languages)
    return Ask(Kind.FORBIDDEN_PATTERN, value, params, severity=Severity.FOLLOW_UP if follow_up else None)


def _limit_after(rest: str) -> str | None:
    """What limits a prohibition, "" for nothing; None where the text goes on, so that something else is forbidden."""
    for read_over in (_NOUN, _ADVERBS, _BANNED):
        if skipped := read_over.match(rest):
            rest = rest[skipped.end() :]
    rest = rest.strip()
    if _THOSE_THAT.match(rest) or re.match(r"['\u2019]s\b", rest):
        return None
    if _AND_OTHERS.match(rest):
        return _clause(rest)
    if _END.match(rest):
        return ""
    return rest if _LIMIT.match(rest) and not _ORDER.match(rest) else None


def _case(before: str) -> str:
    """What stands before a prohibition in its clause, and the condition before that: "in reducers, never …"."""
    *others, last = re.split(r"[.;:,\u2013\u2014]\s|\s-\s", before)
    return others[-1] if others and not last.strip() and _WHEN.match(others[-1]) else last


def _clause(text: str) -> str:
    return re.split(r"[.,;:(\u2013\u2014]", text, maxsplit=1)[0]


def _where(said: Said, found: Prohibition, limit: str) -> tuple[list[str], bool]:
    """The globs of the files meant, and whether they say all of a limit such as "outside of `config/`"."""
    named, place = _globs(said, found.spans), _PLACE.match(limit)
    case = _case(found.before)
    if owners := [glob_of(span) for span in re.findall(r"`([^`]+)`", case) if is_path(span)]:
        return owners, not limit  # "`core/` must not import `ui`"
    told = bool(_NO_CASE.fullmatch(case) or files_named(case))
    if named or (told and (not limit or (place and place["all"]))):
        return _joined(named, _by_language(said)), True
    paths = [glob_of(span) for span in re.findall(r"`([^`]+)`", limit) if is_path(span)]
    if not place or not paths:
        return _by_language(said), False
    return _joined([f"!{path}" if place["out"] else path for path in paths], _by_language(said)), True


def _globs(said: Said, forbidden: tuple[str, ...] = ()) -> list[str]:
    """The files that the statement itself names: globs, extensions, tests."""
    spans = [span for span in said.spans() if span not in forbidden]
    named = [span for span in spans if "*" in span and is_path(span) and not _NAMES.fullmatch(span)]
    named += [f"*{span}" for span in spans if is_extension(span)]
    if named or not (place := _IN_TESTS.search(said.text)):
        return named
    return [f"!{glob}" for glob in _TESTS] if place["not"] else list(_TESTS)


def _joined(named: list[str], others: list[str]) -> list[str]:
    """The globs that a text names, in place of others; beside them where they only take out."""
    return named if any(not glob.startswith("!") for glob in named) else [*others, *named]


def _by_language(said: Said) -> list[str]:
    """The files of the languages that the text or its headings name, or all but pages that only speak of it."""
    if languages := files_named(said.text) or files_named(said.heading):
        return list(languages)
    return [] if _ABOUT_PROSE.search(f"{said.heading} {said.text}") else list(_PROSE)
