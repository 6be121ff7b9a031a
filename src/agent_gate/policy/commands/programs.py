"""What a program with its arguments is for, and the names of the tasks that it runs."""

from __future__ import annotations

import re
from itertools import pairwise

from agent_gate.policy.commands.managers import PACKAGE_MANAGERS
from agent_gate.policy.commands.subcommands import SUBCOMMANDS
from agent_gate.policy.commands.targets import use_of_targets
from agent_gate.policy.commands.tasks import classify_name, name_words
from agent_gate.policy.commands.tools import CHECK_WORDS, NO_CHECK_ARGUMENTS, TASK_RUNNERS, TOOLS, Use
from agent_gate.policy.text.words import Pattern, word_set

_SHOWS = Pattern(r"--(?:help|version|list\S*|collect-only|show\S*|print-config)$|-V$|-h$")
_LISTERS = frozenset({"nox", "tox", "just", "task", "inv", "invoke", "rake"})  # with `-l` or `-T`
_SYNTAX_CHECKS = frozenset(
    {
        ("sh", "-n"),
        ("bash", "-n"),
        ("zsh", "-n"),
        ("dash", "-n"),
        ("node", "--check"),
        ("ruby", "-c"),
        ("perl", "-c"),
    }
)
_SELECTING = word_set("-s -e -t --target --targets --session --sessions")
_VALUED = {  # their options with a value that is no task
    **dict.fromkeys(("mvn", "mvnw"), word_set("-T -pl -f -P -rf -s --projects --file --threads")),
    **dict.fromkeys(("gradle", "gradlew"), word_set("-x -p -b --exclude-task --project-dir")),
    **dict.fromkeys(("make", "gmake", "just", "rake", "scons"), word_set("-C -f -j --directory --justfile")),
    **dict.fromkeys(("nx", "lerna", "turbo"), word_set("-p --projects --scope --parallel")),
}
_ANYWHERE = frozenset({"xcodebuild", "pio", "platformio", "idf.py"})  # their commands may stand after options
_MAVEN = frozenset({"mvn", "mvnw"})
_CMDLET = Pattern(r"[A-Z][a-z]+-[A-Z]\w+")  # of PowerShell
_EVALUATING = frozenset({"rscript", "r", "julia"})
_TEST_FILE = Pattern(r"(?:^|/)test_[^/]*\.\w+$|[._-](?:test|spec)s?\.\w+$")  # named as a place
_NO_SCRIPT = Pattern(  # a file of tests, a directory
    r"\.(?:[Tt]est|[Ss]pec)s?\.ps1$|^\./(?:src|lib|app|apps|packages|docs|tests?|include|internal|pkg|cmd|web|api|server|client|backend|frontend)$"
)
_ONE_TEST = Pattern(r"(?:^|/)test_[^/]*\.(?:py|rb|[cm]?[jt]s)$", 0, "test_")
_MEASURING = Pattern(r"(?:^|/)(?:perf|bench(?:marks?)?)/")
_SCRIPTS = (".sh", ".bash", ".ps1", ".cmd", ".bat")
INTERPRETERS = word_set("python python3 py pypy pypy3 node ruby perl lua julia rscript r clojure clj")


def use_of(
    program: str, written: str, arguments: list[str], *, known_only: bool
) -> tuple[Use | None, list[str]]:
    """What a program with arguments is for, and the names of the tasks it runs."""
    plain = [word for word in arguments if not word.startswith(("-", "+")) and "=" not in word]
    if program == "hatch" and "-e" in arguments[:-1]:
        plain = [word for word in plain if word != arguments[arguments.index("-e") + 1]]
    first = plain[0].lower() if plain else ""
    if any(_SHOWS.match(word) for word in arguments) or (
        program in _LISTERS and {"-l", "-T"} & set(arguments)
    ):
        return Use.INSPECT, []
    if (program, *arguments[:1]) in _SYNTAX_CHECKS or "--syntax-check" in arguments:
        return Use.LINT, []
    if program == "node" and "--test" in arguments:
        return Use.TEST, []
    if program in {"clojure", "clj"} and arguments:
        names = [word.rsplit(":", 1)[-1] for word in arguments if re.match(r"-[MXT]:", word)]
        return (classify_name(names) if names else Use.OTHER), names
    if program in PACKAGE_MANAGERS:
        return _package_manager(program, plain, arguments)
    if program == "cargo" and first in {"xtask", "make"} and len(plain) > 1:
        use, then = classify_name(plain[1:2]), classify_name(plain[2:3])
        return (then if use is Use.OTHER and not then.is_check else use), plain[1:2]
    if program == "cargo" and plain[:2] == ["nextest", "list"]:
        return Use.INSPECT, []
    if program == "nix" and first == "flake" and plain[1:2] != ["check"]:
        return Use.SETUP, []
    if program == "cargo" and first == "insta":
        return (Use.TEST if plain[1:2] == ["test"] else Use.ACCEPT), ["test"]
    if program not in TOOLS and _CMDLET.fullmatch(written):
        return Use.INSPECT, []
    if program == "git" and first == "diff" and "--check" in arguments:
        return Use.LINT, []  # of white space
    if program == "r" and first == "cmd":
        return Use.CHECK if plain[1:2] == ["check"] else classify_name(plain[1:2]), plain[1:2]
    if program in _EVALUATING and "-e" in arguments[:-1]:
        return _evaluated(arguments[arguments.index("-e") + 1]), []
    if program == "go" and first == "run" and len(plain) > 1:
        named = classify_name([plain[1].rsplit("/", 1)[-1], *plain[2:3]])
        return (named if named.is_check and named is not Use.OTHER else Use.SERVER), plain[1:3]
    if (program == "cmake" and "--build" in arguments[-1:]) or (program == "py_compile" and not plain):
        return Use.PLACEHOLDER, []  # of what?
    if targets := use_of_targets(program, first, arguments):
        return targets
    if program == "jq" and first == "empty":
        return Use.LINT, []
    if program in SUBCOMMANDS and (first or "" in SUBCOMMANDS[program] or program not in TOOLS):
        return _subcommand(program, first, plain, arguments)
    if program in TASK_RUNNERS:
        return _tasks(program, plain, arguments)
    if program in INTERPRETERS:
        return (Use.INSPECT if arguments else Use.INTERACTIVE), []
    if program in TOOLS:
        use = TOOLS[program]
        return (NO_CHECK_ARGUMENTS.get(first, use) if use.is_check else use), []
    if _is_script(written, arguments, known_only=known_only):
        stem = re.sub(r"\.\w+$", "", program)
        if _ONE_TEST.search(written):
            return Use.SINGLE, [stem]
        if _MEASURING.search(written):
            return Use.BENCHMARK, [stem]
        place = "test " if re.match(r"(?:\./)?tests?/", written) else ""  # "./test/cli"
        suite = _selected(arguments) if "-s" in arguments else []
        if suite:
            return classify_name(suite[:1]), suite  # "runTests.sh -s phpstan"
        return _script(place + stem, [*plain, *_asking(arguments)]), [stem]
    return None, []


def _evaluated(code: str) -> Use:
    """What code is for by the function that it calls: `devtools::test()`, `Pkg.test()`; with arguments it is a part."""
    called = re.fullmatch(r"(?:using \w+; ?|library\(\w+\); ?)?(?:\w+::|Pkg\.)?(\w+)\(([^()]*)\)", code)
    if not called:
        return Use.HIDDEN
    use = (
        Use.CHECK if called[1] == "check" else classify_name([called[1]])
    )  # of a package, a check of its own
    if use is Use.OTHER:
        return Use.HIDDEN  # the function's name says nothing
    return Use.SINGLE if called[2].strip() and use is Use.TEST else use


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
    if name in {"workspace", "workspaces"} and plain[2:]:
        task = plain[3:4] if plain[2] == "run" else plain[2:3]
        return classify_name(task), task
    if name in TOOLS:
        return TOOLS[name], []
    if name in SUBCOMMANDS:
        return _subcommand(name, plain[1] if len(plain) > 1 else "", plain[1:], arguments)
    return classify_name([name]), [name]


def _without_workspace(plain: list[str], arguments: list[str]) -> list[str]:
    """The plain words without what follows `-w`, `--filter`, `-C`, `--prefix`."""
    skipped = {
        b
        for a, b in pairwise(arguments)
        if a in {"-w", "--workspace", "--filter", "-F", "-C", "--prefix", "--dir", "--cwd"}
    }
    return [word for word in plain if word not in skipped]


def _subcommand(
    program: str, first: str, plain: list[str], arguments: list[str]
) -> tuple[Use | None, list[str]]:
    table = SUBCOMMANDS[program]
    if program == "zig" and first == "build" and len(plain) > 1:
        return classify_name(plain[1:2]), plain[1:2]
    named = [name for name in (plain if program in _ANYWHERE else (first, *arguments[:1])) if name in table]
    if named:
        strict = next((name for name in named if not table[name].is_check), named[0])  # "run -t upload"
        return table[strict], [strict]
    if first == "compose" or program in {"docker", "podman"}:
        return Use.REMOTE, []
    if not first:
        return (TOOLS.get(program), []) if program in TOOLS else (None, [])
    if program in TOOLS:
        return NO_CHECK_ARGUMENTS.get(first, TOOLS[program]), []
    return classify_name(plain[:1]), plain[:1]


def _tasks(program: str, plain: list[str], arguments: list[str]) -> tuple[Use | None, list[str]]:
    skipped = {b for a, b in pairwise(arguments) if a in _VALUED.get(program, ())}
    names = [
        name.rsplit(":", 1)[-1] if name.startswith(":") else name for name in plain if name not in skipped
    ]
    if any(name.startswith("~") for name in names):
        return Use.SERVER, []  # of sbt: again at each change
    names = _selected(arguments) or [
        name for name in names if name not in {"run", "affected", "run-many", "exec"} or names == [name]
    ]
    if not names and program in {"make", "gmake", "scons"} and arguments:
        return Use.BUILD, []  # "make -j8"
    if not names:
        return (Use.AGGREGATE if arguments or program in {"tox", "nox"} else Use.OTHER), []
    names = [
        name for name in names if not re.search(r"/\S*\.\w+$|\.(?:py|[jt]sx?|rb)$", name)
    ] or names  # a file is no task
    if program in _MAVEN:
        names = ["build" if name in {"package", "install"} else name for name in names]
        if any(re.fullmatch(r"[\w-]+:(?:run|start|dev)", name) for name in names):
            return Use.SERVER, names  # "jetty:run"
    uses = [
        Use.TEST if re.fullmatch(r"py(?:py)?\d[\w.-]*", name) else classify_name([name]) for name in names
    ]
    if len(uses) > 1 and uses[0] is Use.DELETE and names[0] == "clean":
        uses, names = uses[1:], names[1:]
    if len(uses) > 1 and all(use is Use.OTHER for use in uses[1:]):
        return uses[0], names[:1]
    return joined(uses), names


def _selected(arguments: list[str]) -> list[str]:
    """The tasks that options name: `-s lint tests`, `--target=build`, `-t lint,test`."""
    names: list[str] = []
    option = ""
    for word in arguments:
        if word.startswith("-"):
            option, _, attached = word.partition("=")
            names += attached.split(",") if attached and option in _SELECTING else []
        elif option in _SELECTING:
            names += word.split(",")
    return names


def _script(stem: str, plain: list[str]) -> Use:
    """What a script is for: what one of its words stops, or the task that it is given, or its own name."""
    given = [  # "-c Release" is a configuration
        classify_name([word])
        for word in plain
        if "/" not in word and word.rsplit(".", 1)[-1] in {word, *CHECK_WORDS} - {"Release", "Debug"}
    ]
    own = classify_name([stem])
    named = own.is_check and own is not Use.OTHER  # "check_links.py docs" checks what it is given
    stopped = next((use for use in given if not use.is_check and not (named and use.generates)), None)
    task = next((use for use in given if use is not Use.OTHER), Use.OTHER)
    if stopped is None and task is not Use.OTHER and set(name_words(stem)) <= {"dev", "run", "x"}:
        return task  # "scripts/dev.sh test": such a name says nothing
    if stopped or not own.is_check:
        return stopped or own
    return task if own in {Use.BUILD, Use.OTHER} and task is not Use.OTHER else own


def _asking(arguments: list[str]) -> list[str]:
    """The options of a script that name a check or what must not run: `build.sh --test`."""
    names = [word.lstrip("-") for word in arguments if word.startswith("--") and "=" not in word]
    return [
        name
        for name in names
        if not re.match(r"no|skip|without|exclude", name)
        and classify_name([name]) in {Use.TEST, Use.LINT, Use.TYPECHECK, Use.INTERACTIVE}
    ]


def _is_script(written: str, arguments: list[str], *, known_only: bool) -> bool:
    """Whether a word is a script of the repository; in prose most words with a slash are just paths."""
    if written.endswith("/") or written.startswith(("/", "http", "@", "~")):
        return False
    if known_only and not arguments and _NO_SCRIPT.search(written):
        return False
    if not known_only or written.endswith(_SCRIPTS):
        return "/" in written or written.endswith(_SCRIPTS)
    if _TEST_FILE.search(written):
        return False
    if re.match(r"(?:\./)?(?:\w+/)*(?:bin|scripts?|tools?|hack|dev|ci|\.ci|task|tasks)/[\w.-]+$", written):
        return not re.search(r"\.(?:md|json|ya?ml|toml|txt)$", written)
    if not arguments and re.match(r"\./(?!tests?/[^/]+$)[^/]+/", written):
        return False  # "./packages/test" is a place
    return (
        written.startswith("./")
        and (bool(arguments) or not re.search(r"\.\w+$", written))
        and "*" not in written
    )


def joined(uses: list[Use]) -> Use:
    """What several steps are for together: the first that must not run decides, else the checks join."""
    stopped = [use for use in uses if not use.is_check and use is not Use.INSPECT]
    if stopped:
        # a generator may run in a copy where its inputs changed; whatever stands beside it may not
        return next((use for use in stopped if not use.generates), stopped[0])
    checks = list(dict.fromkeys(use for use in uses if use.is_check and use is not Use.OTHER))
    if not checks:
        return uses[0]
    if set(checks) <= {Use.LINT, Use.FORMAT}:
        return checks[0]
    if Use.FORMAT in checks and set(checks) <= {Use.FORMAT, Use.TEST, Use.BUILD, Use.TYPECHECK}:
        checks.remove(Use.FORMAT)  # formatting first does not change what the rest is for
    if set(checks) == {Use.BUILD, Use.TEST}:
        return Use.TEST  # nor does building
    return checks[0] if len(checks) == 1 else Use.AGGREGATE
