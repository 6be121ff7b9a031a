"""`forbidden-pattern`: prohibitions from which a regular expression can be made; without one there is no rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.commands import read_command
from agent_gate.policy.constructs import constructs_in
from agent_gate.policy.model import Kind
from agent_gate.policy.paths import glob_of, is_extension, is_path
from agent_gate.policy.said import Ask
from agent_gate.policy.statements import Form
from agent_gate.policy.words import ANY_CASE, Pattern, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = ANY_CASE
_NO = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|shouldn'?t|may not|no|(?<!to )avoid|without|zero|free of)\b",
    _I,
)
_BANNED = Pattern(
    r"\b(?:is|are) (?:strictly |explicitly |absolutely )?(?:forbidden|prohibited|banned|not allowed|disallowed|not permitted)\b|\b(?:must|should|may) (?:not|never) be used\b",
    _I,
)
_ENOUGH = Pattern(
    r"\binstead of\b|;|\.\s|(?<=.{15})(?::|\s[\u2013\u2014])\s", _I
)  # ends what a prohibition is about
_REACH = 120  # characters behind a prohibition that are still about it
_BRINGS = (
    r"(?:us(?:e|es|ed|ing)|call\w*|import(?:s|ing)?(?: from)?|introduc\w*|rely(?:ing)? on|leav\w+|includ\w+|add\w*|insert\w*|commit\w*|cast(?:ing)? to|allow\w*|reach(?:ing)? for|hard-?cod\w+|writ\w+|creat\w+|emit\w*"
    r"|inject\w*|throw\w*|rais\w+|catch\w*|declar\w+|instantiat\w+|spawn\w*|return\w*|annotat\w+ with|fall(?:ing)? back to|put\w*|defin\w+|depend\w* on|enabl\w+|mix\w*|sprinkl\w+)"
)
_JOINTS = r"to|of|on|in|with|from|for|that|which|by|at|into|as|if|when|via|than|not|like|such|between|without"
_QUALIFIED = rf"(?:(?!(?:{_JOINTS})\b)[\w-]+,? ){{0,4}}?"
_USE = Pattern(
    rf"(?: (?:ever|just|directly|also|manually|try to|attempt to))? {_BRINGS}(?:,? (?:or|and) \w+| \w+,? or \w+)? {_QUALIFIED}(?=`)",
    _I,
)
# "no `x`" and "never raw `x`", where a clause begins
_BARE = Pattern(
    r"(?:^|[;:\u2013\u2014|] ?|^\W*(?:[\w ]{1,30}:\W*)?(?:use|prefer|write|keep|always|only|no|never|do not|all|every)\b[^.]*[,-] ?|\b(?:with|and|but) )\W*(?:absolutely |strictly |please )?(?:no|never|zero|avoid) (?:(?:any|raw|plain|bare|new|direct|inline|explicit|manual|global|more|ad-hoc|untyped|blanket|implicit) )*(?=`)",
    _I,
)
_BANNED_LABEL = Pattern(r"^\W*(?:banned|forbidden|prohibited|disallowed)\b[\w ]{0,30}:", _I)
_LIST = Pattern(r"`[^`]+`(?:(?:,? ?(?:or|and|nor|/)?|,)\s*`[^`]+`)*", _I)
_LIMITS = r"(?:outside(?: of)?|except|other than|beyond|in|inside|within|from|under|unless|when|if|without|only|more than|until|where|while|before|after|during|for|as|to|on|with|by|just|solely|around|across)"
_NOUN = Pattern(  # may follow what is forbidden and say what it is
    rf"(?: (?!(?:{_JOINTS}|{_LIMITS}|or|and|but|is|are|because|since|prefix\w*|suffix\w*|tags?|labels?|branch(?:es)?|named|style|based|instead|directly|anywhere|here|skills?|commands?|use)\b)[\w-]+){{0,2}}\s*",
    _I,
)
_END = Pattern(
    r"$|[^\w\s`]|(?:directly|anywhere|ever|at all|here|again|either|instead|because|since|so that|in favou?r|use|just|and|or|but)\b",
    _I,
)
_LIMIT = Pattern(rf"{_LIMITS}\b", _I)
_ORDER = Pattern(r"(?:before|after|until|while|more than)\b", _I)  # says when it may be used
_IMPORTS = Pattern(r"\W*(?:us(?:e|ing)|import\w*|call\w*|rely|depend)\b", _I)
_PLACE = Pattern(
    r"(?P<out>outside(?: of)?|except (?:in|inside|for)|other than in|beyond)\b|(?P<in>in|inside|within|from|under)\b(?P<all> (?:the |our |any |all |new |production |source |this |application |library )*(?:files?|code\w*|sources?|repo\w*|projects?)\b)?",
    _I,
)
_CONVERSATION = Pattern(
    r"\b(?:review(?:ing|er|s)?|responses?|communication|tone|chat|interaction|output style|conversation|PR descriptions?)\b",
    _I,
)
_IN_MESSAGE = Pattern(
    r"^(?!.*\b(?:code|comments?|output|docs|sources?)\b).*\bin (?:your |the |any )?(?:git )?commit", _I
)
_MESSAGES = Pattern(
    r"\b(?:change ?log|changesets?|pull requests?|PRs?|commit messages?|commits|trailers?|push\w*|titles?|releases?)\b",
    _I,
)  # no source is meant
_TESTS = ("test/", "tests/", "__tests__/", "spec/", "test_*", "*_test.*", "*.test.*", "*.spec.*")
_METHOD = Pattern(r"\.(?!git|env|vs|idea|docker|claude|cursor)(?!\w*rc$)[a-z]\w*[?!]?")
_WORDS_OF_LANGUAGES = word_set(
    "null none nil undefined true false void this self string number object function class return async await const let int bool text name id test main src api"
)


def forbidden_patterns(said: Said) -> Iterator[Ask]:
    """The patterns that a statement forbids; a condition that no pattern can tell makes it a follow-up."""
    text = said.text
    if _CONVERSATION.search(f"{said.heading} {said.statement.before[-120:]}") and not re.search(
        r"\b(?:source|code|comments)\b", text, _I
    ):
        return
    if _IN_MESSAGE.search(text):
        return
    zones = _zones(text)
    named = tuple(dict.fromkeys(construct for zone in zones for construct in constructs_in(zone)))
    for construct in named:
        params: dict[str, object] = {
            "pattern": construct.pattern,
            "globs": _globs(said, construct.globs),
            "name": construct.name,
        }
        yield Ask(
            Kind.FORBIDDEN_PATTERN,
            construct.name,
            params if construct.pattern else {"binary": True, "name": construct.name},
            severity=Severity.FOLLOW_UP if construct.guess else None,
        )
    if not named and said.statement.form is not Form.ROW and not _MESSAGES.search(f"{said.heading} {text}"):
        yield from _literal(said)


def _zones(text: str) -> list[str]:
    """The parts of a text that a prohibition is about."""
    zones = [_ENOUGH.split(text[match.end() :], maxsplit=1)[0][:_REACH] for match in _NO.finditer(text)]
    banned = _BANNED.search(text)
    return [*zones, text[: banned.start()]] if banned else zones


def _literal(said: Said) -> Iterator[Ask]:
    """One ask for the code spans that directly follow "do not use", or stand before "is forbidden"."""
    text = said.text
    if label := _BANNED_LABEL.match(text):
        named = re.split(r"\s[\u2013\u2014-]\s|[;.]\s|\bsee\b", text[label.end() :])[0]
        literals = [span for span in re.findall(r"`([^`]+)`", named) if read_command(span) is None]
        yield from [_found(literals, _globs(said, ()), told=True)] if literals else []
        return
    used = [use for no in _NO.finditer(text) if (use := _USE.match(text, no.end()))]
    ends = [match.end() for match in (*used, *_BARE.finditer(text))]
    if imported := next((use for use in used if _IMPORTS.match(use[0])), None):
        path = re.match(
            r"`(\w+(?:/\w+)+)`", text[imported.end() :]
        )  # "do not use `math/rand`" is about an import
        if path:
            yield _found([path[1]], _globs(said, ()), told=True)
            return
    banned = _BANNED.search(text)
    if banned and "`" in text[: banned.start()]:
        ends.append(text.index("`"))
    asks = (_ask(said, text[end:]) for end in ends)
    yield from [ask for ask in asks if ask][:1]


def _ask(said: Said, what: str) -> Ask | None:
    """The ask for the code spans with which a text begins; None where they are not what is forbidden."""
    spans = _LIST.match(what)
    limit = _limit_after(what[spans.end() :]) if spans else None
    if not spans or limit is None:
        return None
    literals = [span for span in re.findall(r"`([^`]+)`", spans[0]) if _is_code(span.strip())]
    if not literals:
        return None
    globs, told = _where(said, limit)
    return _found(literals, globs, told=told)


def _found(literals: list[str], globs: list[str], *, told: bool) -> Ask:
    """The ask that looks for each of the literals; a follow-up where the globs do not tell where it may stand."""
    pattern = "|".join(_pattern(literal) for literal in literals)
    params: dict[str, object] = {"pattern": pattern, "globs": globs, "literal": literals[0]}
    return Ask(
        Kind.FORBIDDEN_PATTERN, ", ".join(literals), params, severity=None if told else Severity.FOLLOW_UP
    )


def _limit_after(rest: str) -> str | None:
    """What limits a prohibition, "" for nothing; None where the text goes on, so that something else is forbidden."""
    if _BANNED.match(rest.strip()):
        return ""
    noun = _NOUN.match(rest)
    rest = rest[noun.end() :] if noun else rest
    if _END.match(rest) or _BANNED.match(rest):
        return ""
    return rest if _LIMIT.match(rest) and not _ORDER.match(rest) else None


def _where(said: Said, limit: str) -> tuple[list[str], bool]:
    """The globs that a limit such as "outside of `config/`" gives, and whether they say all of it."""
    globs, place = _globs(said, ()), _PLACE.match(limit)
    paths = [glob_of(span) for span in re.findall(r"`([^`]+)`", limit) if is_path(span)]
    if not limit or globs or (place and place["all"]):
        return globs, True
    if not place or not paths:
        return [], False
    return [f"!{path}" if place["out"] else path for path in paths], True


def _is_code(span: str) -> bool:
    if (
        not span[2:]
        or span.lower() in _WORDS_OF_LANGUAGES
        or span in {"TODO", "FIXME"}
        or re.search(r"<[^>]*>|\.\.\.|…", span)
        or span.startswith(("-", "*."))
        or span.endswith(".*")
        or is_extension(span)
        or re.match(r"(?:co-authored|generated|signed-off)[- ](?:by|with)", span, _I)
    ):
        return False
    if (
        span in {"eval", "exec"}
        or re.fullmatch(r"[A-Z][A-Z_]+", span)
        or (_METHOD.fullmatch(span) and not is_extension(span))
    ):
        return True
    return not is_path(span) and read_command(span) is None and bool(re.search(r"\w", span))


def _pattern(literal: str) -> str:
    called = literal.endswith("()")
    body = r"\s+".join(re.escape(word) for word in literal.removesuffix("()").split())
    body = re.sub(r"(?<=\\\.)\\\*|\\\*(?=\\\.)", r"[\\w.]*", body)  # `*.shaded.*`
    start = r"(?<!\w)" if re.match(r"\w", literal) else ""
    return start + body + (r"\s*\(" if called else r"(?!\w)" if re.search(r"\w$", literal) else "")


def _globs(said: Said, globs: tuple[str, ...]) -> list[str]:
    named = [span for span in said.spans() if "*" in span and is_path(span)]
    if re.search(r"\bin (?:the |unit |integration )*tests?(?: code| files)?\b", said.text, _I):
        return named or list(_TESTS)
    return named or list(globs)
