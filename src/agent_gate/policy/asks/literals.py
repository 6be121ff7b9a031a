"""The regular expression that finds in source code what a code span shows."""

from __future__ import annotations

import re

from agent_gate.policy.commands.command import read_command
from agent_gate.policy.commands.managers import PACKAGE_MANAGERS
from agent_gate.policy.commands.paths import is_extension, is_path
from agent_gate.policy.commands.subcommands import SUBCOMMANDS
from agent_gate.policy.commands.tools import TASK_RUNNERS, TOOLS
from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

_I = ANY_CASE
_VALUES = word_set(
    "null none nil undefined true false void this self string number object function class return async await const int bool text name id test main master develop trunk origin import export from src api todo fixme "
    "get post put patch delete head options done use err error errors message payload str modified catch except try finally camelcase pascalcase snake_case kebab-case upper_case screaming_snake_case"
)
_PROGRAMS = (
    frozenset(TOOLS) | frozenset(SUBCOMMANDS) | frozenset(PACKAGE_MANAGERS) | TASK_RUNNERS
) | word_set("npx python python3 node ruby pip pip3 uvx pipx poetry bash sh sudo")
_METHOD = Pattern(r"\.(?!git|env|vs|idea|docker|claude|cursor)(?!\w*rc$)[a-z]\w*[?!]?")
_MODULE = Pattern(r"@?[\w.-]+(?:/[\w.-]+)*/\*{0,2}|@?[\w.-]+(?:/[\w.-]+)+")
_WILDCARD = Pattern(r"(?:\*\.)?\w+(?:\.\w+)*\.\*")  # `com.sun.*`
_INNER = Pattern(r"([a-z_]+(?:\.[a-z_]+)*)\.([a-z_]+)")  # `unittest.mock`
_NAME = Pattern(r"[A-Za-z_]\w*(?:\.\w+)+|[A-Z][A-Z_]+")
_STANDS_FOR = Pattern(  # words of an example that mean any name
    r"(?:unused_?\w*|_*(?:foo|bar|baz)|[xyXYTN]|xx+|value|something|some_?\w*|[mM]y_?\w+|your_?\w+|expr|obj|fn|func|name|string|Foo|Bar|\w*Something|type_name|var_?name)"
)
_NO_CODE = Pattern(
    r"[\u2192\u21d2]|^\"[\w-]+\": ?(?:true|false|\"\w+\")$|^[\w-]+\.(?:db|sqlite3?|pem|zip|jar|exe|dll)$"
)  # a drawing, a file
_COMMAND = Pattern(r"[a-z][\w.-]* (?:\S+ )*-{1,2}\w")
_ABSOLUTE = Pattern(r"/(?:tmp|home|Users|var|etc|usr|opt|mnt)(?:/[\w./-]*)?")
_COMMENT = Pattern(r"(?://|#|/\*|<!--)[@\s]*[A-Za-z]")
_SAID = Pattern(
    r"(?!.*\b(?:import|export|let|const|var|class|def|fn)\b)[a-z\d]+(?: [a-z\d]+){2,}"
)  # words, not code
_OPERATOR = Pattern(r"%[^\s%\w]{1,4}%|\|>|<<-")  # that nothing else is written with
_OPEN = Pattern(r"\((?:\.\.\.|…|)\)$")  # a call with any arguments
_INCLUDED = Pattern(r"<[\w./+-]+\.h(?:pp)?>")
_FROM = Pattern(r"import (?:\.\.\.|\u2026|\{[^}]*\}|\* as \w+|\w+) from ['\"]([^'\"]+)['\"]")
_ATTRIBUTE = Pattern(r"#!?\[(\w+)\((\w+)\)\]")
_CHANGE = r"\s*(?:\.(?:append|insert|extend|add|remove|pop|push|unshift|shift|splice|clear|update|set|setdefault|delete|put)\w*\s*\(|(?:\[[^\]]*\])?\s*[-+|&*]?=(?!=))"


def is_code(span: str, *, imported: bool = False) -> bool:
    """Whether a code span shows what a look at code can find: no command, path, flag or placeholder.

    Args:
        span: as written.
        imported: whether modules are meant: `math/rand`, `src/legacy/`, `com.sun.*`.
    """
    if (
        span in {"eval", "exec"}
        or _OPERATOR.fullmatch(span)
        or _FROM.fullmatch(span)
        or _INCLUDED.fullmatch(span)
        or _ABSOLUTE.fullmatch(span)
        or (imported and (_WILDCARD.fullmatch(span) or _is_module(span)))
    ):
        return True
    if (
        not span[2:]
        or span.lower() in _VALUES
        or re.search(r"(?<!\w)<[^>]*>|<[a-z][^>]*>|(?<![(\"])(?:\.\.\.|…)", span)
        or span.startswith(("-", "*."))
        or span.endswith(".*")
        or _NO_CODE.search(span)
        or is_extension(span)
        or span.split(maxsplit=1)[0] in _PROGRAMS
        or _COMMAND.match(span)
        or _SAID.fullmatch(span)
        or all(_STANDS_FOR.fullmatch(word) for word in re.findall(r"\w+", span))
        or re.match(r"(?:co-authored|generated|signed-off)[- ](?:by|with)", span, _I)
    ):
        return False
    if (re.fullmatch(r"[A-Z][A-Z_]+", span) and not is_path(span)) or _METHOD.fullmatch(span):
        return True
    if _COMMENT.match(span):
        return True
    return not is_path(span) and read_command(span) is None and bool(re.search(r"\w", span))


def is_plain_word(span: str) -> bool:
    """Whether a code span is a lower-case word, which code and prose may hold for other reasons, too."""
    return bool(re.fullmatch(r"[a-z]+", span))


def pattern_of(span: str) -> str:
    """The pattern for what a code span shows: a name, a call, an attribute, a module, a statement or literal text."""
    if is_plain_word(span):
        return _word(span)
    if _WILDCARD.fullmatch(span):
        return rf"(?<![\w.]){re.escape(span)}".replace(r"\*", r"[\w.]*")
    if _ABSOLUTE.fullmatch(span):
        return rf"(?<![\w./-]){re.escape(span.rstrip('/'))}(?![\w-])"
    if _is_module(span):
        return _module(span)
    if re.fullmatch(r"\w[\w-]*-\*", span):  # `bg-opacity-*`
        return rf"(?<![\w-]){re.escape(span[:-1])}[\w-]"
    if _INCLUDED.fullmatch(span):
        return rf"#\s*include\s*{re.escape(span)}"
    if module := _FROM.fullmatch(span):
        return rf"\bfrom\s+['\"]{re.escape(module[1])}['\"]|\brequire\(['\"]{re.escape(module[1])}['\"]"
    if attribute := _ATTRIBUTE.fullmatch(span):
        return rf"#!?\[{attribute[1]}\([^)\]]*\b{attribute[2]}\b"
    span = re.sub(r"(?<=\w)<[A-Z](?:, ?[A-Z])*>$", "<", span)  # `Vec<T>`
    written = _OPEN.sub("", span)
    start = r"(?<!\w)" if re.match(r"\w", span) else ""
    end = r"\s*\(" if written != span else r"(?!\w)" if re.search(r"\w$", span) else ""
    inner = _INNER.fullmatch(span)
    imported = rf"|\bfrom\s+{re.escape(inner[1])}\s+import\s[^#\n]*\b{inner[2]}\b" if inner else ""
    return start + _tokens(written) + end + imported


def change_of(span: str) -> str:
    """The pattern for changes of what a code span names: `x.append(…)`, `x = …`, `del x`; "" where it is no name."""
    if not _NAME.fullmatch(span) or is_path(span):
        return ""
    name = re.escape(span)
    return rf"(?<![\w.]){name}{_CHANGE}|\bdel\s+{name}\b"


def _is_module(span: str) -> bool:
    return bool(_MODULE.fullmatch(span)) and not re.search(r"\.[a-z]{1,5}$", span)


def _module(span: str) -> str:
    """The pattern for a module by its path, or for whatever an import takes from below a directory."""
    path = span.rstrip("/*")
    if path == span:
        return rf"(?<![\w.-]){re.escape(span)}(?![\w/-])"
    return rf"\b(?:import|from|require|use|using|include)\b.*(?<!\w){r'[./]'.join(map(re.escape, path.split('/')))}\b"


def _tokens(text: str) -> str:
    """A piece of code with any white space between its tokens; where its words mean any name, any name."""
    text, quoted, rest = text.partition('"..."')  # `Version="..."`
    if quoted:
        return rf'{_tokens(text)}"[^"]*"{_tokens(rest)}'
    words = re.findall(r"\w+", text)
    general = {word for word in words if _STANDS_FOR.fullmatch(word)}
    general = general if len(general) < len(set(words)) else set()
    pieces = (
        "[\\w.]+" if token in general else re.escape(token) for token in re.findall(r"\w+|\s+|[^\w\s]", text)
    )
    pattern = "".join(r"\s*" if piece.isspace() or piece == "\\ " else piece for piece in pieces)
    return re.sub(r"(?<=[\w+])\\s\*(?=\w|\[\\w)", r"\\s+", pattern)


def _word(word: str) -> str:
    """The pattern for a plain word where it is code: called, qualifying, imported, or the first of a statement."""
    return (
        rf"(?<![\w.$@/'\"-]){word}(?=\s*(?:!?\(|\.\w|::))"
        rf"|(?::|->|\bas)\s*{word}(?![\w-])"
        rf"|\b(?:import|from|require|use|using|include)\b[^;#\n]{{0,60}}?(?<![\w-]){word}(?![\w-])"
        rf"|(?:^|[;{{(=]|\b(?:export|private|public|protected|internal|static|final|override))\s*{word}(?=\s+[\w{{\[*&'\"])"
    )
