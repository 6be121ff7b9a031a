"""Command lines: whether a text is one, what running it is for, and what it shares with others."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from agent_gate.policy.tasks import classify_name, name_words
from agent_gate.policy.tools import (
    CHECK_WORDS,
    CHECKING_WORDS,
    ENGLISH_RUNNERS,
    PACKAGE_MANAGERS,
    REWRITING_WORDS,
    SUBCOMMANDS,
    TASK_RUNNERS,
    TOOLS,
    Use,
)
from agent_gate.policy.wrappers import program_of, unwrap

_PLACEHOLDER = re.compile(
    r"<[^<>]*>|(?<![./\w])\.\.\.(?![/\w])|…|(?:^|[\s/=\"'])path/(?:to|of)\b|\bpath/file|/path\b|\{[a-z][\w -]*\}|\[[^\]]*\]|\byour[-_]|\bYOUR[-_]|\bmy-(?:app|package|crate|module)\b"
    r"|\$\{?[A-Z][A-Z_]+\}?|\bXXX+\b|\bfoo\b|\b(?:MyTest|TestName|TestFoo|test_name|SomeTest|TestSomething|TestXxx|test_something)\b"
)
_FILLED = re.compile(
    r"<(?:base(?:[-_ ](?:branch|ref|sha|commit))?|(?:target|main|default)[-_ ]branch|(?:changed|modified|edited|touched|staged)[-_ ](?:files?|paths?)|files?[-_ ](?:changed|modified))(?:\.\.\.|…)?>",
    re.IGNORECASE,
)
_KNOWN_VARIABLE = re.compile(r"\$\{?(?:PWD|HOME|CI|PATH)\}?")
_SOURCE_FILE = re.compile(r"[\w./@*-]*\w\.(?:py|pyi|[cm]?[jt]sx?|go|rs|rb|java|kt|kts|swift|php|ex|exs|cs|fs|scala|clj|c|cc|cpp|h|hpp|vue|svelte|dart|lua|hs|ml|bats|feature)(?::\d+)?(?:::.*)?$")
_SELECTS = re.compile(r"(?:-k|-t|-g|-m|--grep|--tests|--testNamePattern|--test-name-pattern|--filter|--name|-run|--match|--only|--focus|-Dtest=.*|-Dit\.test=.*|--tests=.*|--filter=.*|--grep=.*|-run=.*|TESTS?=.*|TEST_?[A-Z]*=.*|ARGS=.*|FILE=.*|PKG=.*|--test)$")
_WATCHES = re.compile(r"--(?:watch(?:All)?|ui|headed|debug|inspect(?:-brk)?|hot|live|serve|interactive|pdb)(?:=(?!false|no)\S*)?$")
_UPDATES = re.compile(r"(?:-u|-update\S*|--update(?:-?(?:snapshots?|goldens?))?|--updateSnapshot|--snapshot-update|--bless|--accept)$")
_REWRITES = re.compile(r"(?:--fix\S*|--write|--in-place|--apply|--auto-correct(?:-all)?|--autocorrect(?:-all)?|--unsafe-fixes|--write-changes)$")
_CHECKS = re.compile(r"(?:--check(?:-only|-formatted)?|--diff|--dry-run|--verify(?:-no-changes)?|--list-different|--no-fix|--no-write|--set-exit-if-changed|--test|-Ccheck|-check|-c)$")
_INTERPRETERS = frozenset("python python3 node ruby perl lua julia".split())


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
    text = re.sub(r"^cd (?:/\S*|<[^>]*>|~\S*|\$\S*|path/to\S*|\.) (?:&&|;) *", "", text)
    parts = _parts(text)
    if not parts:
        return None
    directory, steps = "", []
    for words in parts:
        if words[0] in {"cd", "pushd"} and len(words) == 2 and not steps:
            directory = "" if words[1] in {".", "./"} else words[1].strip("/").removeprefix("./")
        elif words[0] not in {"set", "export", "source", ".", "cd", "popd"}:
            steps.append(words)
    read = [_step(words, known_only=known_only) for words in steps]
    if not read or any(step is None for step in read):
        return None
    known = [step for step in read if step is not None]
    use = _joined([step.use for step in known])
    if _PLACEHOLDER.search(_KNOWN_VARIABLE.sub("", _FILLED.sub("", text))) and (use.is_check or use in {Use.SINGLE, Use.INSPECT}):
        use = Use.PLACEHOLDER
    return Command(
        text,
        use,
        key=" && ".join(step.key for step in known),
        twin=" && ".join(step.twin for step in known),
        family=known[0].family,
        rewrites=any(step.rewrites for step in known),
        directory=directory,
        bare=len(known) == 1 and known[0].bare,
    )


def _parts(text: str) -> list[list[str]]:
    """The words of each part of a command line; [] where it is none."""
    lexer = shlex.shlex(_FILLED.sub("FILLED", re.sub(r"<([^<>|&]*)>", r"\\<\1\\>", text)), posix=True, punctuation_chars="|&;")
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


def _joined(uses: list[Use]) -> Use:
    """What several steps are for together: the first that must not run decides, else the checks join."""
    for use in uses:
        if not use.is_check and use is not Use.INSPECT:
            return use
    checks = list(dict.fromkeys(use for use in uses if use.is_check and use is not Use.OTHER))
    if not checks:
        return uses[0]
    if set(checks) <= {Use.LINT, Use.FORMAT}:
        return checks[0]
    return checks[0] if len(checks) == 1 else Use.AGGREGATE


def _step(words: list[str], *, known_only: bool) -> Command | None:
    rest = unwrap(words)
    if not rest:
        return None
    program, arguments = program_of(rest[0]), rest[1:]
    if not re.fullmatch(r"[\w.@+/~-]*[A-Za-z][\w.@+-]*", rest[0]) and "/" not in rest[0]:
        return None
    use, tasks = _use(program, rest[0], arguments, known_only=known_only and len(rest) == len(words))
    if use is None:
        if known_only:
            return None
        use = classify_name([program, *arguments[:1]]) if not program[0].isupper() else Use.OTHER
    rewrites = _rewrites(program, tasks, arguments, use)
    if use.is_check:
        use = _by_arguments(program, tasks, arguments, use)
    if use is Use.LINT and rewrites:
        use = Use.FORMAT
    key = _key(program, tasks, arguments)
    bare = len(words) == 1 and not rest[0].startswith("./")
    return Command(" ".join(words), use, key, _twin(program, tasks, arguments), program, rewrites, bare=bare)


def _use(program: str, written: str, arguments: list[str], *, known_only: bool) -> tuple[Use | None, list[str]]:
    """What a program with arguments is for, and the names of the tasks it runs."""
    plain = [word for word in arguments if not word.startswith(("-", "+")) and "=" not in word]
    first = plain[0].lower() if plain else ""
    if {"--help", "--version", "-V"} & set(arguments):
        return Use.INSPECT, []
    if program in PACKAGE_MANAGERS:
        return _package_manager(program, plain, arguments)
    if program == "cargo" and first in {"xtask", "make", "run"} and len(plain) > 1 and first != "run":
        return classify_name(plain[1:2]), plain[1:2]
    if program in SUBCOMMANDS and (first or "" in SUBCOMMANDS[program] or program not in TOOLS):
        return _subcommand(program, first, plain, arguments)
    if program in TASK_RUNNERS:
        return _tasks(program, plain, arguments)
    if program in _INTERPRETERS:
        return (Use.INSPECT if arguments else Use.INTERACTIVE), []
    if program in TOOLS:
        return TOOLS[program], []
    if _is_script(written, arguments, known_only=known_only):
        stem = re.sub(r"\.\w+$", "", program)
        use = classify_name([stem])
        named = use if use is not Use.OTHER else classify_name([stem, *plain[:1]])
        return named, [stem]
    return None, []


def _package_manager(program: str, plain: list[str], arguments: list[str]) -> tuple[Use | None, list[str]]:
    own = PACKAGE_MANAGERS[program]
    plain = _without_workspace(plain, arguments)
    if not plain:
        return own.get("", None), []
    if plain[0] in {"run", "run-script", "task"} and len(plain) > 1:
        return classify_name(plain[1:2]), plain[1:2]
    if plain[0] == "run":
        return None, []
    name = plain[0]
    if name in own:
        return own[name], [name]
    if plain[0] in {"workspace", "workspaces"} and len(plain) > 2:
        task = plain[3:4] if plain[2] == "run" else plain[2:3]
        return classify_name(task), task
    if name in TOOLS:
        return TOOLS[name], []
    if name in SUBCOMMANDS:
        return _subcommand(name, plain[1] if len(plain) > 1 else "", plain[1:], arguments)
    return classify_name([name]), [name]


def _without_workspace(plain: list[str], arguments: list[str]) -> list[str]:
    """The plain words without what follows `-w`, `--filter`, `-C`, `--prefix`."""
    skipped = {b for a, b in zip(arguments, arguments[1:], strict=False) if a in {"-w", "--workspace", "--filter", "-F", "-C", "--prefix", "--dir", "--cwd"}}
    return [word for word in plain if word not in skipped]


def _subcommand(program: str, first: str, plain: list[str], arguments: list[str]) -> tuple[Use | None, list[str]]:
    table = SUBCOMMANDS[program]
    if program == "zig" and first == "build" and len(plain) > 1:
        return classify_name(plain[1:2]), plain[1:2]
    for name in (first, *arguments[:1]):
        if name in table:
            return table[name], [name]
    if first == "compose" or program in {"docker", "podman"}:
        return Use.REMOTE, []
    if not first:
        return (TOOLS.get(program), []) if program in TOOLS else (None, [])
    if program in TOOLS:
        return TOOLS[program], []
    return classify_name(plain[:1]), plain[:1]


def _tasks(program: str, plain: list[str], arguments: list[str]) -> tuple[Use | None, list[str]]:
    del program
    names = [name.rsplit(":", 1)[-1] if name.startswith(":") else name for name in plain]
    selected = [b for a, b in zip(arguments, arguments[1:], strict=False) if a in {"-s", "-e", "-t", "--target", "--session", "--sessions"}]
    attached = [word.split("=", 1)[1] for word in arguments if word.startswith(("--target=", "--session=", "--sessions="))]
    names = selected + attached or [name for name in names if name not in {"run", "affected", "run-many", "exec"}]
    if "-C" in arguments[:-1]:
        names = [name for name in names if name != arguments[arguments.index("-C") + 1]]
    if not names:
        return (Use.AGGREGATE, []) if arguments else (Use.OTHER, [])
    uses = [classify_name([name]) for name in names]
    if len(uses) > 1 and uses[0] is Use.DELETE and names[0] == "clean":
        uses, names = uses[1:], names[1:]
    if len(uses) > 1 and all(use is Use.OTHER for use in uses[1:]):
        return uses[0], names[:1]
    return _joined(uses), names


def _is_script(written: str, arguments: list[str], *, known_only: bool) -> bool:
    """Whether a word is a script of the repository; in prose most words with a slash are just paths."""
    if written.endswith("/") or written.startswith(("/", "http", "@", "~")):
        return False
    if not known_only or written.endswith((".sh", ".bash", ".ps1")):
        return "/" in written or written.endswith((".sh", ".bash", ".ps1"))
    if re.match(r"(?:\./)?(?:\w+/)*(?:bin|scripts?|tools?|hack|dev|ci|\.ci|task|tasks)/[\w.-]+$", written):
        return not re.search(r"\.(?:md|json|ya?ml|toml|txt)$", written)
    return written.startswith("./") and (bool(arguments) or not re.search(r"\.\w+$", written)) and "*" not in written


def _rewrites(program: str, tasks: list[str], arguments: list[str], use: Use) -> bool:
    if use not in {Use.LINT, Use.FORMAT, Use.OTHER, Use.AGGREGATE}:
        return False
    words = {word for task in tasks for word in name_words(task)}
    checking = any(_CHECKS.match(word) for word in arguments) or bool(words & (CHECKING_WORDS - {"test"}))
    if any(_REWRITES.match(word) for word in arguments):
        return True
    if program in {"gofmt", "goimports", "shfmt", "clang-format", "gofumpt"}:
        return bool({"-w", "-i"} & set(arguments))
    if program in {"pre-commit", "prek", "lint-staged"}:
        return True
    if program == "prettier":
        return "-w" in arguments
    if checking:
        return False
    return use is Use.FORMAT or bool(words & {"fix", "autofix", "format", "fmt"})


def _by_arguments(program: str, tasks: list[str], arguments: list[str], use: Use) -> Use:
    """The use, unless arguments select, watch or update."""
    if any(_WATCHES.match(word) for word in arguments):
        return Use.SERVER
    if any(_UPDATES.match(word) for word in arguments) and use is Use.TEST:
        return Use.GENERATE
    if program in {"vitest", "jest"} and "watch" in arguments:
        return Use.SERVER
    values, previous = [], ""
    for word in arguments:
        if not previous.startswith("--con"):
            values.append(word)
        previous = word
    if any(_SOURCE_FILE.match(word) and "*" not in word for word in values):
        return Use.SINGLE
    if use is Use.TEST and program not in TASK_RUNNERS - {"gradle", "gradlew", "mvn", "mvnw", "make"} and any(_SELECTS.match(word) or "::" in word for word in arguments) and not _selects_by_marker(arguments):
        return Use.SINGLE
    if program == "cargo" and tasks == ["test"] and _cargo_filter(arguments):
        return Use.SINGLE
    return use


def _selects_by_marker(arguments: list[str]) -> bool:
    """`-m "not slow"` leaves tests out instead of picking one; `python -m` never gets here."""
    found = {a: b for a, b in zip(arguments, arguments[1:], strict=False) if a in {"-m", "-k", "-t", "--test", "--filter", "-run", "--grep", "-g"}}
    return set(found) == {"-m"} and "=" not in "".join(found.values())


def _cargo_filter(arguments: list[str]) -> bool:
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    valued = {"-p", "--package", "--features", "-F", "--profile", "--target", "--manifest-path", "-j", "--exclude", "--jobs", "--color"}
    rest = [b for a, b in zip(["", *words], words, strict=False) if a not in valued and not b.startswith(("-", "+"))]
    return len(rest) > 1


def _key(program: str, tasks: list[str], arguments: list[str]) -> str:
    if program in PACKAGE_MANAGERS:
        arguments = [word for word in arguments if word not in {"run", "run-script"}]
        if arguments[:1] == ["t"]:
            arguments = ["test", *arguments[1:]]
    return " ".join([program, *arguments])


def _twin(program: str, tasks: list[str], arguments: list[str]) -> str:
    """The key without all that tells a rewriting form from its checking one."""
    kept = []
    for word in _key(program, tasks, arguments).split()[1:]:
        if _REWRITES.match(word) or _CHECKS.match(word) or word in {"--", "-w", "-l", "-d"}:
            continue
        if word in tasks:
            names = name_words(word)
            stem = [name for name in names if name not in (REWRITING_WORDS | CHECKING_WORDS) - {"fmt", "format", "test", "prettier", "check"}]
            stem = [name for name in stem if name != "check"] or stem
            kept.append("-".join("format" if name == "fmt" else name for name in stem) or word)
        else:
            kept.append(word)
    kept = [word for word in kept if word not in {".", "./"}]
    return " ".join([program, *kept])


def is_english(words: list[str]) -> bool:
    """Whether words that were not marked as code read as English rather than as a command."""
    program = words[0].lower()
    if program not in ENGLISH_RUNNERS:
        return False
    return len(words) < 2 or not (set(name_words(words[1])) & set(CHECK_WORDS)) or not re.fullmatch(r"[\w:./-]+", words[1])
