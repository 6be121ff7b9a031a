"""Command lines: whether a text is one, what running it is for, and what it shares with others."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace

from agent_gate.policy.commands.arguments import checks, key_of, rewrites, twin_of, use_with
from agent_gate.policy.commands.managers import PACKAGE_MANAGERS
from agent_gate.policy.commands.programs import INTERPRETERS, joined, use_of
from agent_gate.policy.commands.subcommands import SUBCOMMANDS
from agent_gate.policy.commands.tasks import classify_name, name_words
from agent_gate.policy.commands.tools import CHECK_WORDS, ENGLISH_RUNNERS, TASK_RUNNERS, TOOLS, Use
from agent_gate.policy.commands.wrappers import WRAPPING, program_of, unwrap
from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

_PLACEHOLDER = Pattern(
    r"<[^<>]*>|(?<![./\w])\.\.\.(?![/\w])|…|(?:^|[\s/=\"'])path/(?:to|of)\b|\bpath/file|/path\b|\{[a-z][\w -]*\}|\[[^\]]*\]|\b(?:your|YOUR|my|some)[-_][A-Za-z]|\b(?:Your|My|Some)[A-Z]"
    r"|\b(?:module|package|crate|project|app|file|test|class|component|service|workspace|target|suite|feature|plugin|method)[-_]?(?:[Nn]ame|NAME)\b"
    r"|(?<![\w$-])[A-Z][A-Z_]*_(?:KEY|NAME|ID|PATH|FILE|DIR|HERE)\b(?!=)|(?<![\w.=/-])(?:NAME|PATTERN|FILE|PACKAGE|MODULE|TEST)(?![\w=.])"
    r"|\$\{?[A-Za-z]\w*\}?|(?:^|\s)[\w:]+[-:_]\*(?=\s|$)|\bXXX+\b|\bfoo\b|\w[_-](?:x|foo|bar|xyz)\.\w|\b(?:MyTest|TestName|TestFoo|test_name|SomeTest|TestSomething|TestXxx|test_something)\b"
)
_FILLED = Pattern(
    r"<(?:base(?:[-_ ](?:branch|ref|sha|commit))?|(?:target|main|default)[-_ ]branch|(?:changed|modified|edited|touched|staged)[-_ ](?:files?|paths?)|files?[-_ ](?:changed|modified))(?:\.\.\.|…)?>",
    ANY_CASE,
    "<",
)
# Words that a shell would run or write although they are no words of the command itself.
_HIDDEN = Pattern(
    r"\$\(|`|[<>]\(|(?:^|\s)(?:[\w./-]*/)?(?:ba|z|da|k|fi)?sh\s(?:.*\s)?-\w*c\b|\b(?:pwsh|powershell)\b.*\s-c(?:ommand)?\b|\b(?:npx|exec)\s(?:.*\s)?(?:-c|--call)\b"
    r"|(?<![<>=-])>{1,2}\s*(?!&|/dev/null\b)\S",
    ANY_CASE,
    "$(|`|<(|>|sh|exec|npx",
)
_UPDATES = Pattern(
    r"(?:\w+_)?(?:UPDATE|REGENERATE|REGEN|BLESS|OVERWRITE|RECORD|REBASELINE)(?:_\w+)?=(?!(?:0|false|no|off)?$)",
    0,
    "=",
)  # "UPDATE_SNAPSHOTS=1 make test" writes what it would compare with
_SERVICES = Pattern(
    r"(?:\w+_)?(?:CREDENTIALS?|TOKEN|API_KEY|ACCESS_KEY|PASSWORD|SECRET)=(?!\W*(?:$|\d|(?:test|dummy|fake|example|none|x+|ci)\b))"
    r"|\w*(?:URL|DSN|URI)=\W*(?:postgres\w*|mysql\w*|mariadb|mongodb\S*?|rediss?|amqps?)://",
    0,
    "=",
)  # "DATABASE_URL=postgres://… make test" needs what the variable names
R_CALL = re.compile(
    r"(?:(?:devtools|lintr|styler|rcmdcheck|pkgdown|spelling|covr|tinytest)::\w+|testthat::test_(?:local|package))\([^()']*\)"
)
_DENIES = Pattern(r"RUSTDOCFLAGS=.*(?:-D|--deny)")  # warnings of documentation
_HARMLESS = Pattern(
    r"\$\((?:nproc(?: --all)?|pwd|getconf _NPROCESSORS_ONLN|sysctl -n hw\.(?:n|logical|physical)cpu)\)",
    0,
    "$(",
)
_KNOWN_VARIABLE = Pattern(r"\$\{?(?:PWD|HOME|CI|PATH)\}?")

_NO_COMMAND = re.compile(r"^mcp__|\{$")  # a tool of an agent, code that opens a block
_LOOP = re.compile(r"for (\w+) in ([^;$`()]+?) ?; ?do (.+?) ?; ?done")
_STOPS = re.compile(r" ?\|\| ?(?:exit \d+|\{ ?exit \d+ ?; ?\}|break|false)")
_WINDOWS_PATH = re.compile(r"(?:\.\\)?[\w.-]+(?:\\[\w.-]+)+(?=\s|$)|\.\\[\w.-]+")
_SCRIPT_RUNNERS = frozenset(
    {"hatch", "pdm", "rye", "pixi", "devbox", "rushx"}
)  # what they run may be a task of the project
_BESIDE_COMMANDS = word_set("cd pushd popd set export source")  # steps that run nothing themselves
_ADDED = word_set("+ & / =")
_OBJECTS = word_set("it it. it, them them. them, this that the a an your everything sure")
_PROGRAMS = frozenset(TOOLS) | frozenset(SUBCOMMANDS)
# words that may begin a command; most code spans are names of other things, which needs no reading
_FIRST = _PROGRAMS | TASK_RUNNERS | frozenset(PACKAGE_MANAGERS) | WRAPPING | INTERPRETERS | _BESIDE_COMMANDS
_NAME = re.compile(r"[\w-]+(?=\s|$)")
_CHECKERS = frozenset(name for name in _PROGRAMS if TOOLS.get(name, Use.OTHER).is_check) - TASK_RUNNERS
_OF_TOOLS = re.compile(
    r"(?:\S*/)?(?:s?bin|\.bin|vendor|\.?venv|\.?tools|scripts?)/"
)  # not `.githooks/pre-commit`
_HOOK_RUNNERS = frozenset({"pre-commit", "prek", "lefthook", "lint-staged"})  # run linters of all kinds


@dataclass(frozen=True, slots=True)
class Command:
    """A command line that was read.

    Attributes:
        text: as written, without prompt, comment and a leading `cd` to the repository itself.
        use: what running it is for; the strictest of its parts.
        key: the same for all spellings of the same command.
        twin: the same for a rewriting form and its checking one.
        family: the runner and where it runs, for comparing tasks of one runner.
        rewrites: whether it changes files.
        directory: of a leading `cd sub &&`; "" is the root.
        bare: a program's name alone, which may be a mere mention.
    """

    text: str
    use: Use
    key: str
    twin: str
    family: str
    rewrites: bool = False
    directory: str = ""
    bare: bool = False


def read_command(text: str, *, known_only: bool = True) -> Command | None:
    """The command that a text is, or None.

    Args:
        text: a code span, a command line, a table cell.
        known_only: whether its program must be known; a line of a shell block need not.
    """
    text = " ".join(re.sub(r"^\s*[$>]\s+", "", text.strip()).split()).rstrip(";")
    if _NO_COMMAND.search(text):
        return None
    if loop := _LOOP.fullmatch(text):
        return _looped(text, loop, known_only=known_only)
    if R_CALL.fullmatch(text):
        text = f"Rscript -e '{text}'"
    if known_only and (name := _NAME.match(text)) and name[0].lower() not in _FIRST:
        return None
    text = re.sub(
        r"(?: \[(?:-[^\]]*|args?|options?|flags?|\.\.\.)\])+$", "", text, flags=ANY_CASE
    )  # what may follow
    text = re.sub(r"^cd (?:/\S*|<[^>]*>|~\S*|\$\S*|path/to\S*|\.) (?:&&|;) *", "", text)
    parts = _parts(text) if not text.endswith(" --") else []  # a prefix
    if not parts:
        return None
    directory = ""
    steps: list[list[str]] = []
    for words in parts:
        if words[0] in {"cd", "pushd"} and words[1:] and not steps:
            directory = "" if words[1] in {".", "./"} else words[1].strip("/").removeprefix("./")
        elif words[0] not in _BESIDE_COMMANDS | {"."}:
            steps.append(words)
    read = [_step(words, known_only=known_only) for words in steps]
    if not read or any(step is None for step in read):
        return None
    known = [step for step in read if step is not None]
    compares = (
        len(known) > 1 and _compares(steps[-1]) and all(s.use.is_check or s.use.generates for s in known[:-1])
    )
    use = _compared(known[:-1]) if compares else joined([step.use for step in known])
    if use.is_check or use.generates or use is Use.SINGLE:
        use = Use.HIDDEN if _HIDDEN.search(_HARMLESS.sub("", re.sub(r"<[^<>()]*>", "", text))) else use
    if _PLACEHOLDER.search(_KNOWN_VARIABLE.sub("", _FILLED.sub("", text))) and (
        use.is_check or use.generates or use in {Use.SINGLE, Use.INSPECT}
    ):
        use = Use.PLACEHOLDER
    return Command(
        text,
        use,
        key=" && ".join(step.key for step in known),
        twin=" && ".join(step.twin for step in known),
        family=known[0].family,
        rewrites=compares or any(step.rewrites for step in known),
        directory=directory,
        bare=len(known) == 1 and known[0].bare,
    )


def _looped(text: str, loop: re.Match[str], *, known_only: bool) -> Command | None:
    """A loop is what its body is with each of the words that it goes over; the strictest of them decides."""
    variable, body = rf"[\"']?\$\{{?{loop[1]}\b\}}?[\"']?", _STOPS.sub("", loop[3])
    bodies = (re.sub(variable, lambda _, word=word: word, body) for word in loop[2].split())  # type: ignore[misc]
    turns = [read_command(turn, known_only=known_only) for turn in bodies]
    read = [turn for turn in turns if turn]
    if len(read) < len(turns):
        return None
    return replace(
        read[0], text=text, use=joined([turn.use for turn in read]), key=text, twin=text, bare=False
    )


def _compares(words: list[str]) -> bool:
    """Whether a step fails where the steps before it changed a file: `git diff --exit-code`."""
    return words[:2] == ["git", "diff"] and bool({"--exit-code", "--quiet"}.intersection(words))


def _compared(steps: list[Command]) -> Use:
    """What steps are for whose changes are then looked at: generators check that what they write is current."""
    return joined([step.use for step in steps if step.use.is_check] or [Use.CHECK])


def _parts(text: str) -> list[list[str]]:
    """The words of each part of a command line; [] where it is none."""
    lexer = shlex.shlex(
        _FILLED.sub("FILLED", re.sub(r"<([^<>|&]*)>", r"\\<\1\\>", _with_slashes(text))),
        posix=True,
        punctuation_chars="|&;",
    )
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        return []
    parts: list[list[str]] = [[]]
    for word in words:
        if word and set(word) <= set("|&;"):
            parts.append([])
        elif not re.fullmatch(r"\d?>+\S*", word):
            parts[-1].append(word)
    return [part for part in parts if part]


def _with_slashes(text: str) -> str:
    """The text with slashes in the Windows path that it begins with."""
    path = _WINDOWS_PATH.match(text)
    return text[: path.end()].replace("\\", "/") + text[path.end() :] if path else text


def _step(words: list[str], *, known_only: bool) -> Command | None:
    rest = unwrap(words)
    if not rest or re.fullmatch(
        r".*/|/[\w:-]+", rest[0]
    ):  # neither a directory nor a chat's "/fix" is a program
        return None
    if re.fullmatch(r"[A-Z]{2,}", rest[0]):
        return None  # of SQL, Redis and their like
    program, arguments = program_of(rest[0]), rest[1:]
    if not re.fullmatch(r"[\w.@+/~-]*[A-Za-z][\w.@+-]*(?::[\w.-]+)*", rest[0]) and "/" not in rest[0]:
        return None
    if _names_packages(program, arguments):
        return None
    use, tasks = use_of(program, rest[0], arguments, known_only=known_only and len(rest) == len(words))
    if use is None and words[0] in _SCRIPT_RUNNERS and len(rest) < len(words):
        use, tasks = classify_name([rest[0]]), [rest[0]]
    if use is None:
        if known_only and len(rest) == len(words):
            return None
        told = [word for word in arguments if not word.startswith("-")]
        named = [program, *told[: 2 if told[:1] == ["run"] else 1]]
        use = classify_name(named) if not program[0].isupper() else Use.OTHER
    if (use.generates or use is Use.SETUP) and any(checks(word) for word in arguments):
        use = Use.CHECK  # "go mod tidy -diff" writes nothing, nor does "uv sync --check"
    rewriting = rewrites(program, tasks, arguments, use)
    if use.is_check:
        use = use_with(program, tasks, arguments, use)
    assigned = words[: len(words) - len(rest)]
    if program == "cargo" and use is Use.BUILD and any(_DENIES.match(word) for word in assigned):
        use = Use.CHECK
    if use.is_check and any(_UPDATES.match(word) for word in assigned):
        use = Use.ACCEPT
    if use.is_check and any(_SERVICES.match(word) for word in assigned):
        use = Use.REMOTE
    if use is Use.LINT and rewriting and program not in _HOOK_RUNNERS:
        use = Use.FORMAT
    key = key_of(program, arguments)
    bare = _is_name(program, words)
    return Command(
        " ".join(words), use, key, twin_of(program, tasks, arguments), program, rewriting, bare=bare
    )


def _is_name(program: str, words: list[str]) -> bool:
    """Whether words may be a mere name: of a tool, of a script as a file, or `go test`, which needs packages."""
    if program == "go" and len(words) == 2:  # noqa: PLR2004 - go and its command
        return words[1] in {"test", "vet"}
    if words == ["buf", "format"]:
        return True  # it writes to the terminal
    called = words[0].startswith("./") or (program in _PROGRAMS and bool(_OF_TOOLS.match(words[0])))
    return len(words) == 1 and (not called or program in TASK_RUNNERS)


def _names_packages(program: str, arguments: list[str]) -> bool:
    """Whether words only list programs: "cmake g++ clang-format git"."""
    return (
        program in _CHECKERS
        and bool(_PROGRAMS.intersection(arguments))
        and arguments[0] not in SUBCOMMANDS.get(program, {})
        and all(re.fullmatch(r"\w[\w+-]*", word) for word in arguments)
    )


def is_english(words: list[str]) -> bool:
    """Whether words that were not marked as code read as English rather than as a command."""
    program = words[0].lower()
    if _ADDED.intersection(words[1:2]) or (program in ENGLISH_RUNNERS and _OBJECTS.intersection(words[2:])):
        return True  # "pytest + coverage", "just fix it"
    if program in TOOLS and words[1:] and words[1].isalpha() and words[1] not in SUBCOMMANDS.get(program, {}):
        return True  # "pytest fixtures", "pre-commit hooks"
    if program in TOOLS and words[1:] and words[1].isdigit():
        return True  # "clang-format 20"
    if (
        program in SUBCOMMANDS
        and words[1:]
        and words[1].isalpha()
        and words[1] not in {"run", "exec", "x"}
        and program != "cargo"
    ):
        return words[1].lower() not in SUBCOMMANDS[program]  # "maturin builds wheels", "coverage metadata"
    if program not in ENGLISH_RUNNERS:
        return False
    return (
        not words[1:]
        or not (set(name_words(words[1])) & set(CHECK_WORDS))
        or not re.fullmatch(r"[\w:./-]+", words[1])
    )
