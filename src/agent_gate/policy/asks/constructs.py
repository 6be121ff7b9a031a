"""Constructs that a prohibition may name in plain words, and the pattern that finds each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from agent_gate.policy.commands.languages import PYTHON, SCRIPTS, TYPESCRIPT
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Construct:
    """What is forbidden.

    Attributes:
        name: the rule's value.
        hint: of `words`, as that of a `Pattern`.
        words: pattern of what a text calls it.
        pattern: regular expression that finds it in a line; "" where whole binary files are meant.
        globs: gitignore-style patterns of the files that it is looked for in; empty: all.
        guess: whether the pattern also fits what is meant otherwise, so that a person has to look.
    """

    name: str
    hint: str
    words: str
    pattern: str
    globs: tuple[str, ...] = ()
    guess: bool = False


EMOJI = "[\\U0001F300-\\U0001FAFF\\u2600-\\u27BF\\u2B50\\u2B55\\U0001F1E6-\\U0001F1FF]"
_SUPPRESSION = (
    r"#\s*noqa\b|#\s*type:\s*ignore|pylint:\s*disable|pyright:\s*ignore|(?:eslint|oxlint|tslint|stylelint|ktlint|rubocop|swiftlint|phpcs)[-:](?:disable|ignore)|biome-ignore"
    r"|@ts-(?:ignore|expect-error|nocheck)|//\s*nolint|\bNOLINT\b|#!?\[(?:allow|expect)\(|@SuppressWarnings|@Suppress\b|@phpstan-ignore|#pragma warning disable|credo:disable"
)
CONSTRUCTS = (
    Construct("emoji", "emoji", r"\bemojis?\b", EMOJI),
    Construct("em-dash", "dash", r"\bem[- ]?dash(?:es)?\b", "\\u2014"),
    Construct("smart-quotes", "quote", r"\b(?:smart|curly|typographic) quotes?\b", "[\\u2018\\u2019\\u201c\\u201d]"),
    Construct("wildcard-import", "import", r"\b(?:wildcard|star|glob)[- ]imports?\b|\bimport \*", r"^\s*from\s+\S+\s+import\s+\*|^\s*import\s+(?:static\s+)?[\w.]+\.\*|^\s*use\s+[\w:]+::\*"),
    Construct("default-export", "default export", r"\bdefault exports?\b", r"^\s*export\s+default\b", SCRIPTS),
    Construct("relative-import", "relative import", r"\brelative imports?\b", r"^\s*from\s+\.+\w*\s+import\b|\bfrom\s+['\"]\.\.?/"),
    Construct("inline-import", "import", r"\b(?:inline|local|nested|function-level|lazy) imports?\b|\bimports? inside (?:of )?(?:functions|methods)\b", r"^\s+(?:from\s+[\w.]+\s+)?import\s+\w", PYTHON),
    Construct("console-log", "console", r"`?\bconsole\.log\b(?:\(\))?`?|\bconsole (?:logs?|statements?|logging)\b", r"\bconsole\.log\s*\("),
    Construct("print", "print", r"`print(?:\(\))?`|\bprint(?:\(\)| statements?)", r"(?<![\w.])print\s*\(", ("*.py",)),
    Construct("println", "println", r"`?\bprintln!?(?:\(\))?`|\bprintln!? statements?", r"\bprintln!?\s*\("),
    Construct("debug-output", "debug", r"\bdebug(?:ging)? (?:prints?|statements?|output|code|logs?|logging)\b", r"(?<![\w.])print\s*\(|\bconsole\.(?:log|debug)\s*\(|\bdbg!\s*\(|\bvar_dump\s*\(|\bdebugger\b|\bbreakpoint\(\)"),
    Construct("debugger", "debugger", r"\bdebugger\b", r"^\s*debugger\s*;?\s*$|\bbreakpoint\(\)|\bpdb\.set_trace\(\)"),
    Construct("any", "any`|any type", r"`(?:: ?)?any`(?: types?)?|\b(?:explicit |untyped )?any types?\b(?<=any type)", r"(?::\s*|<|\bas\s+|,\s*)any\b(?!\w)", TYPESCRIPT),
    Construct("bare-except", "except", r"\bbare `?excepts?\b`?", r"^\s*except\s*:", ("*.py",)),
    Construct("catch-all", "catch", r"\bcatch(?:ing)? (?:bare|generic|plain|raw|base|broad) `?(?:Exception|Throwable)s?\b`?", r"\bcatch\s*\(\s*(?:final\s+)?(?:\w+\s*:\s*)?(?:Exception|Throwable)\b|^\s*except\s+(?:Base)?Exception\b"),
    Construct("bare-exception", "exception", r"\b(?:bare|generic|plain|raw|base) `?Exceptions?\b`?|\braise `?Exception\b`?", r"\braise\s+(?:Base)?Exception\b|\bthrow\s+new\s+(?:Exception|Error|RuntimeException)\s*\("),
    Construct("unwrap", "unwrap", r"`?\.?unwrap\(\)`?", r"\.unwrap\(\)", ("*.rs",)),
    Construct("unsafe", "unsafe", r"\bunsafe (?:code|blocks?|rust)\b", r"\bunsafe\s*(?:\{|fn\b|impl\b)", ("*.rs", "*.cs")),
    Construct("class-component", "class component", r"\bclass components?\b", r"\bextends\s+(?:React\.)?(?:Pure)?Component\b", SCRIPTS),
    Construct("inline-style", "inline", r"\binline (?:(?:css )?styles?|css)\b", r"\bstyle=(?:\{\{|\")"),
    Construct("non-null-assertion", "non-null", r"\bnon-null assertions?\b", r"[\w)\]]!(?:\.|\[|;|,|\))", TYPESCRIPT),
    Construct("commented-out-code", "commented", r"\bcommented[- ]out code\b", r"^\s*(?://|#)\s*(?:(?:if|for|while|return|def|const|let|var|import|from|else|try)\b.*[;:{()]\s*|[\w.]+(?:\(.*\)|\s=\s.+)?;\s*|[\w.]+\(.*\)\s*)$", guess=True),
    Construct("nested-ternary", "nested", r"\bnested (?:conditional|ternar(?:y|ies))\b(?: \w+)?", r"\?[^:?]+:[^?]+\?[^:]+:|\?[^:?]*\?[^:]*:", guess=True),
    Construct("tabs", "tab", r"\btabs? (?:characters?|for indentation)\b", r"^\t+"),
    Construct("trailing-whitespace", "trailing", r"\btrailing (?:white ?space|spaces|blanks)\b", r"[ \t]+$"),
    Construct("double-backtick", "backtick", r"\bdouble[- ]backticks?\b", "(?<!`)``(?!`)[^`]+``(?!`)"),
    Construct("class-test", "class-based|test classes|tests in", r"\bclass-based tests?\b|\b(?:use|using) test classes\b|\bgroup(?:ing)? tests in(?:to)? classes\b", r"^\s*class\s+Test\w*", PYTHON),
    Construct("mutable-default", "mutable", r"\bmutable default (?:arguments?|values?|parameters?)\b", r"\bdef\s.*=\s*(?:\[\]|\{\}|set\(\)|dict\(\)|list\(\))", PYTHON),
    Construct("f-string-log", "log", r"\bf-?strings? (?:in|for) log\w*|\blog\w* (?:with|using) f-?strings?\b", r"\blog\w*\.\w+\(\s*f['\"]", PYTHON),
    Construct("non-ascii", "ascii", r"\bnon-?ascii\b", r"[^\x00-\x7F]"),
    Construct("force-unwrap", "force", r"\bforce[- ]unwrap\w*", r"[\w\])]!(?=[.,)\[\s]|$)", ("*.swift",), guess=True),
    Construct("re-export", "barrel|export", r"\bbarrel (?:files?|exports?|imports?)\b|\bre-?exports\b", r"^\s*export\s+(?:\*|\{[^}]*\})\s+from\b", SCRIPTS, guess=True),
    Construct("hex-color", "colo", r"\b(?:hard-?coded|raw|hex|literal) (?:hex )?colou?rs?\b", r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b", guess=True),
    Construct("import-extension", "extension", r"(?<!omit )(?<!without )(?<!forget )(?<!drop )\bfile extensions? (?:in|on|to|from) (?:\w+ )?imports?\b", r"\bfrom\s+['\"]\.{1,2}/[^'\"]*\.(?:[cm]?[jt]sx?)['\"]", SCRIPTS),
    Construct("separator", "separator|divider|banner|ruler", r"\b(?:(?:section|decorative|ascii|comment|banner|visual)(?:[- ](?:style|art|section|comment))*[- ](?:separators?|dividers?|banners?|rulers?)|banner[- ](?:style )?comments?|separator (?:comments?|lines?))\b", r"^\s*(?://+|#+|/\*+|--+|;+|\*)\s*[-=*~_#\u2500\u2550]{4,}"),
    Construct("absolute-path", "absolute", r"\b(?:hard-?coded )?absolute (?:file ?)?paths?\b", r"[\"'`](?:/home/|/Users/|[A-Z]:\\\\)"),
    Construct("sleep", "sleep", r"`sleep(?:\(\))?`|\b(?:arbitrary |fixed |hard |hardcoded )sleep\b|\bsleeps\b|`?\b(?:time|Thread|asyncio)\.sleep\b(?:\(\))?`?", r"\b(?:time|Thread|asyncio)\.sleep\s*\(|(?<![\w.])sleep\s*\("),
    Construct("focused-test", "focused|.only", r"\bfocused tests?\b|`?\.only\b(?:\(\))?`?", r"\b(?:it|test|describe|context)\.only\s*\("),
    Construct("suppression", "suppress|silenc|disabl", r"\b(?:suppress|silenc|disabl)(?:e|es|ed|ing)?\b (?:\w+ ){0,3}?(?:lint(?:s|ers?|ing)?|warnings?|diagnostics|type[- ](?:errors?|checks?|checking)|(?:eslint|ruff|clippy|rubocop|pylint|mypy|biome) (?:rules?|checks?|errors?))\b|\bsuppressions?\b(?! (?:files?|lists?|baseline))(?: comments?)?", _SUPPRESSION),
    Construct("email-address", "mail", r"\be-?mail addresses\b(?= in (?:\w+ )?(?:docs|documentation|code|comments|source))", r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    Construct("ai-attribution", "generated|written", r"\b(?:code|comments?|files?|headers?)\b[^.;]{0,60}\b(?:generated|written) (?:by|with) (?:an? )?(?:claude|copilot|codex|chatgpt|gemini|cursor|ai|llm|agent)s?\b", r"(?i:\b(?:generated|written|created) (?:by|with) (?:claude|copilot|codex|chatgpt|gemini|cursor|an? (?:ai|llm))\b)"),
    Construct("package-version", "version", r"\bversions?\b[^.;]{0,25}\b(?:in|to|on) (?:an? |the |any |individual |your )*(?:`?[\w*.]*\.(?:cs|fs)proj`?|project files|`?PackageReference)", r"<PackageReference\b[^>]*\bVersion\s*=", ("*.csproj", "*.fsproj", "*.vbproj")),
    Construct("conflict-marker", "conflict", r"\bconflict markers?\b", r"^(?:<{7}|>{7}|={7})(?:\s|$)"),
    Construct("copyright", "copyright|licen", r"(?<!-)\b(?:add|includ|insert|put|writ)\w*\b(?: \w+){0,3}? (?:copyright|licen[cs]e headers?)\b(?: (?:headers?|notices?|comments?|lines?))?|^ (?:copyright|licen[cs]e) headers?\b", r"(?i:\bcopyright\b|SPDX-License-Identifier)", guess=False),
    Construct("binary-file", "binar", r"\b(?:commit|add|includ|check(?:ed)? in|contain|track|attach)\w*\b(?: \w+){0,3}? binar(?:y|ies)\b(?! (?:names?|packages?|search|data|formats?|dependenc\w+|paths?|targets?))", ""),
)  # fmt: skip


@cache
def _patterns() -> tuple[Pattern, ...]:
    return tuple(Pattern(construct.words, ANY_CASE, construct.hint) for construct in CONSTRUCTS)


def _named(text: str) -> Iterator[tuple[Construct, str]]:
    """The constructs that a text names, and as what, in its order; a part of a name names nothing else."""
    found = [
        (match.start(), number, match[0])
        for number, pattern in enumerate(_patterns())
        for match in pattern.finditer(text)
    ]
    end = 0
    for start, number, name in sorted(found):
        if start >= end:
            yield CONSTRUCTS[number], name
            end = start + len(name)


def constructs_in(text: str) -> tuple[Construct, ...]:
    """The constructs that a text names, each once, in the order of the text."""
    text = re.sub(r"[\"\u201c](any)[\"\u201d]", r"`\1`", text)
    text = re.sub(r"[\"\u201c](\w+)[\"\u201d]", r"\1", text)  # "star" imports
    return tuple(dict.fromkeys(construct for construct, _ in _named(text)))


def words_of(constructs: tuple[Construct, ...], text: str) -> list[str]:
    """What a text calls these constructs."""
    return [name for construct, name in _named(text) if construct in constructs] if constructs else []
