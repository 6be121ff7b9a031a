"""`forbidden-pattern`: prohibitions from which a regular expression can be made; without one there is no rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands import read_command
from agent_gate.policy.model import Kind
from agent_gate.policy.paths import is_path
from agent_gate.policy.said import Ask
from agent_gate.policy.statements import Form
from agent_gate.policy.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = re.IGNORECASE
_NO = r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|no|avoid|without|zero|forbidden|prohibited|disallowed|banned|not allowed|not permitted)\b"
EMOJI = "[\\U0001F300-\\U0001FAFF\\u2600-\\u27BF\\u2B50\\u2B55\\U0001F1E6-\\U0001F1FF]"
# name, the words that forbid it, the pattern, the files it is looked for in
_NAMED: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("emoji", r"\bemojis?\b", EMOJI, ()),
    ("em-dash", r"\bem[- ]?dash(?:es)?\b", "\\u2014", ()),
    ("wildcard-import", r"\b(?:wildcard|star|glob)[- ]imports?\b|\bimport \*", r"^\s*from\s+\S+\s+import\s+\*|^\s*import\s+(?:static\s+)?[\w.]+\.\*|^\s*use\s+[\w:]+::\*", ()),
    ("default-export", r"\bdefault exports?\b", r"^\s*export\s+default\b", ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mts")),
    ("relative-import", r"\brelative imports?\b", r"^\s*from\s+\.+\w*\s+import\b|\bfrom\s+['\"]\.\.?/", ()),
    ("console-log", r"`?\bconsole\.log\b(?:\(\))?`?|\bconsole (?:logs?|statements?|logging)\b", r"\bconsole\.log\s*\(", ()),
    ("print", r"`print(?:\(\))?`|\bprint(?:\(\)| statements?)", r"(?<![\w.])print\s*\(", ("*.py",)),
    ("println", r"`?\bprintln!?(?:\(\))?`|\bprintln!? statements?", r"\bprintln!?\s*\(", ()),
    ("debugger", r"\bdebugger\b", r"^\s*debugger\s*;?\s*$|\bbreakpoint\(\)|\bpdb\.set_trace\(\)", ()),
    ("any", r"`(?:: ?)?any`(?: types?)?|\b(?:explicit |untyped )?any types?\b(?<=any type)", r"(?::\s*|<|\bas\s+|,\s*)any\b(?!\w)", ("*.ts", "*.tsx", "*.mts", "*.cts", "*.vue", "*.svelte")),
    ("bare-except", r"\bbare `?excepts?\b`?", r"^\s*except\s*:", ("*.py",)),
    ("unwrap", r"`?\.?unwrap\(\)`?", r"\.unwrap\(\)", ("*.rs",)),
    ("inline-style", r"\binline styles?\b", r"\bstyle=(?:\{\{|\")", ()),
    ("non-null-assertion", r"\bnon-null assertions?\b", r"[\w)\]]!(?:\.|\[|;|,|\))", ("*.ts", "*.tsx")),
    ("commented-out-code", r"\bcommented[- ]out code\b", "", ()),
    ("tabs", r"\btabs? (?:characters?|for indentation)\b", r"^\t+", ()),
    ("double-backtick", r"\bdouble[- ]backticks?\b", "(?<!`)``(?!`)[^`]+``(?!`)", ()),
)  # fmt: skip
_USE = re.compile(
    rf"{_NO}(?: \w+){{0,2}}? (?:us(?:e|es|ed|ing)|call\w*|import\w*|introduc\w*|rely(?:ing)? on|leav\w+|includ\w+|add\w*|insert\w*|commit\w*|cast to|allow\w*|reach for|hardcode)\b(?P<what>(?:`[^`]*`|[^.;`])*)"
    rf"|(?<!\()\bno (?P<bare>(?:`[^`]*`|[^.;`])+)"
    rf"|(?P<subject>`[^`]+`)[^`.;]{{0,30}}\b(?:(?:is|are) (?:strictly |explicitly )?(?:forbidden|prohibited|banned|not allowed|disallowed)|(?:must|should|may) (?:not|never) be used)\b",
    _I,
)
_STOP = re.compile(
    r"\s[\u2013—-]\s|[,;:(]\s*(?:and |please |but )?(?:use|instead|prefer|always|run|rely|it|this|they|we|since|because|as|see|call|only)\b|\b(?:instead|because|since|so that|unless|except|outside|in favou?r|use `|when|if|to |for |in |on |from |with|inside|within|without|as )\b",
    _I,
)
_EXCEPTION = re.compile(
    r"\b(?:unless|except|outside(?: of)?|when|if|without|directly in|only|other than|beyond|more than|until|where|while|before|after|during|for|as (?:a|an|the)|to)\b",
    _I,
)
_PLAIN_USE = re.compile(
    r"\s*(?:the |a |an |any |raw |plain |bare |of |statements? |calls? |types? |keyword |macros? |or |and |nor |, |/ )*",
    _I,
)


_ENDS = re.compile(
    r"\W*(?:(?:directly|anywhere|ever|calls?|blocks?|types?|statements?|keywords?|hooks?|imports?|comments?|syntax|at all|macros?|functions?|attributes?|annotations?|decorators?|tags?|here|again|either|or \w+|and \w+)\W*)*",
    _I,
)
_CONVERSATION = re.compile(
    r"\b(?:review(?:ing|er|s)?|responses?|communication|tone|chat|interaction|output style|conversation|PR descriptions?)\b",
    _I,
)


_MESSAGES = re.compile(r"\b(?:change ?log|changesets?|pull requests?|commits?)\b", _I)  # no source is meant


def forbidden_patterns(said: Said) -> Iterator[Ask]:
    """The patterns that a statement forbids; a condition that no pattern can tell makes it a follow-up."""
    text = said.text
    if _CONVERSATION.search(f"{said.heading} {said.statement.before[-120:]}") and not re.search(
        r"\b(?:source|code|comments)\b", text, _I
    ):
        return
    seen = False
    for name, words, pattern, globs in _NAMED:
        found = re.search(
            rf"{_NO}(?:(?!\binstead of\b)(?:[^.;]|(?<=\w)\.(?=\w)))*?(?:{words})", text, _I
        ) or re.search(
            rf"(?:{words})[^.;]{{0,30}}\b(?:forbidden|prohibited|banned|not allowed|disallowed)\b", text, _I
        )
        if found and pattern:
            seen = True
            yield Ask(
                Kind.FORBIDDEN_PATTERN, name, {"pattern": pattern, "globs": _globs(said, globs), "name": name}
            )
    if not seen and said.statement.form is not Form.ROW and not _MESSAGES.search(said.heading):
        literals = _literals(text)
        if literals:
            pattern = "|".join(_pattern(literal) for literal in literals)
            yield Ask(
                Kind.FORBIDDEN_PATTERN,
                ", ".join(literals),
                {"pattern": pattern, "globs": _globs(said, ()), "literal": literals[0]},
            )


def _literals(text: str) -> list[str]:
    """Code spans that directly follow "do not use", up to what to use instead or where it is allowed."""
    match = _USE.search(text)
    if not match:
        return []
    what = match["what"] or match["bare"] or match["subject"] or ""
    spans = re.sub(r"`[^`]*`", lambda span: "x" * len(span[0]), what)
    stop = _STOP.search(spans)
    if stop and _EXCEPTION.match(spans[stop.start() :].strip(" ,;:(\u2013—-")) and not match["subject"]:
        return []
    zone = what[: stop.start()] if stop else what
    first = zone.find("`")
    if first < 0 or not _PLAIN_USE.fullmatch(zone[:first]):
        return []
    if not _ENDS.fullmatch(zone[zone.rfind("`") + 1 :]):
        return []
    return [span for span in re.findall(r"`([^`]+)`", zone) if _is_code(span.strip())]


_WORDS_OF_LANGUAGES = word_set(
    "null none nil undefined true false void this self string number object function class return async await const let var int bool text name id test main src api"
) - {"var"}


def _is_code(span: str) -> bool:
    if (
        not span[2:]
        or span.lower() in _WORDS_OF_LANGUAGES
        or re.search(r"<[^>]*>|\.\.\.|…", span)
        or span.startswith("-")
    ):
        return False
    return not is_path(span) and read_command(span) is None and bool(re.search(r"\w", span))


def _pattern(literal: str) -> str:
    called = literal.endswith("()")
    body = r"\s+".join(re.escape(word) for word in literal.removesuffix("()").split())
    start = r"(?<!\w)" if re.match(r"\w", literal) else ""
    return start + body + (r"\s*\(" if called else r"(?!\w)" if re.search(r"\w$", literal) else "")


_TESTS = ("test/", "tests/", "__tests__/", "spec/", "test_*", "*_test.*", "*.test.*", "*.spec.*")


def _globs(said: Said, globs: tuple[str, ...]) -> list[str]:
    named = [span for span in said.spans() if "*" in span and is_path(span)]
    if re.search(r"\bin (?:the |unit |integration )*tests?(?: code| files)?\b", said.text, _I):
        return named or list(_TESTS)
    return named or list(globs)
