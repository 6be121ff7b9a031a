"""What arguments change: a command that selects, watches, updates, rewrites or only checks."""

from __future__ import annotations

from itertools import pairwise

from agent_gate.policy.commands.managers import PACKAGE_MANAGERS
from agent_gate.policy.commands.tasks import name_words
from agent_gate.policy.commands.tools import CHECKING_WORDS, REWRITING_WORDS, TASK_RUNNERS, Use
from agent_gate.policy.text.words import Pattern, word_set

_SOURCE_FILE = Pattern(
    r"[\w./@*-]*\w\.(?:py|pyi|[cm]?[jt]sx?|go|rs|rb|java|kt|kts|swift|php|ex|exs|cs|fs|scala|clj|c|cc|cpp|h|hpp|vue|svelte|dart|lua|hs|ml|bats|feature|sql|nim|cr|zig|jl|R|elm|erl|sol|sv|vhd|f90|gd|pony)(?::\d+)?(?:::.*)?$"
)
_TEMPORARY = Pattern(r"/(?:tmp|var)/")
_SELECTS = Pattern(
    r"(?:-k|-t|-g|-m|--grep|--tests|--testNamePattern|--test-name-pattern|--filter|--name|-run|--match|--only|--focus|-Dtest=.*|-Dit\.test=.*|--tests=.*|--[\w-]*filter(?:=.*|-\w+)?|--grep=.*|-run=.*|TESTS?=.*|TEST_?[A-Z]*=.*|ARGS=.*|ONLY_?[A-Z]*=.*|-only-testing:.*|--match-\w+(?:=.*)?|:only|--lf|--last-failed|--sw|--stepwise|--only-?[Ff]ailures|--onlyChanged|(?:FILE|PKG|PACKAGE|MODULE|WHAT|FOCUS|SUITE|SPEC|FILTER)=.*|--test|--?(?:backends?|remote|device(?:s|-id)?)(?:=.*)?)$",
    0,
    "-|=|:only",
)
_WATCHES = Pattern(
    r"--(?:watch(?:All)?|ui|headed|debug|inspect(?:-brk)?|hot|live|serve|interactive|pdb)(?:=(?!false|no)\S*)?$",
    0,
    "--",
)
_UPDATES = Pattern(
    r"(?:-u|-update\S*|--update(?:-?(?:snapshots?|goldens?))?|--updateSnapshot|--snapshot-update|--bless|--accept)$"
)
_REWRITES = Pattern(
    r"(?:--fix\S*|--write|--in-place|--apply|--auto-correct(?:-all)?|--autocorrect(?:-all)?|--unsafe-fixes|--write-changes)$"
)
_CHECKS = Pattern(
    r"(?:--check(?:-only|-formatted)?|--diff|--dry-run|--validate|-?-verify(?:-no-changes)?|--list-different|--no-fix|--no-write|--set-exit-if-changed|--test|-Ccheck|-check|-diff|-c)$"
)


_PICKING = word_set("-m -k -t --test --filter -run --grep -g")
_NEGATIVE = Pattern(r"not |!|[^=]*!=")
_SETS_UP = Pattern(r"--(?:devenv|notest|install-only|setup-only|install)$")
_COMPARING = word_set("--check -check --diff -diff --verify --exit-code")
_COMPARES = word_set("check lint verify")  # plain words: "dprint check", "fourmolu --mode check"
_COMPILERS = frozenset(
    {"cargo", "bazel", "dotnet", "swift", "zig"}
)  # what follows `--` is for the test program
_CORRECTING = frozenset({"lintrunner", "rubocop", "standardrb", "erb_lint", "erblint"})


def checks(argument: str) -> bool:
    """Whether an option makes a command only compare what it would write."""
    return argument in _COMPARING or argument.startswith("--check-")


def rewrites(program: str, tasks: list[str], arguments: list[str], use: Use) -> bool:
    """Whether the command changes files: by its nature, its task's name or an option."""
    if use not in {Use.LINT, Use.FORMAT, Use.OTHER, Use.AGGREGATE}:
        return False
    words = {word for task in tasks for word in name_words(task)}
    checking = any(_CHECKS.match(word) for word in arguments) or bool(
        words & (CHECKING_WORDS - {"test"}) or _COMPARES.intersection(arguments)
    )
    if any(_REWRITES.match(word) for word in arguments):
        return True
    if program in {
        "gofmt",
        "goimports",
        "shfmt",
        "clang-format",
        "gofumpt",
        "ktlint",
        "buildifier",
        "cmake-format",
    }:
        return bool({"-w", "-i", "-F", "-mode=fix"} & set(arguments))
    if program in _CORRECTING:
        return bool({"-a", "-A", "-x"} & set(arguments))
    if program in {"pre-commit", "prek", "lint-staged"}:
        return True
    if use is Use.LINT and words & {"write", "apply"}:
        return True  # "make rector-write"
    if program == "prettier":
        return "-w" in arguments
    if checking:
        return False
    return use is Use.FORMAT or bool(words & {"fix", "autofix", "format", "fmt", "prettify"})


def use_with(program: str, tasks: list[str], arguments: list[str], use: Use) -> Use:
    """The use, unless arguments select, watch or update."""
    if any(_WATCHES.match(word) for word in arguments) and not (use is Use.BUILD and "--debug" in arguments):
        return Use.SERVER
    if any(_UPDATES.match(word) for word in arguments) and use is Use.TEST:
        return Use.ACCEPT
    if use is Use.TEST and any(word.startswith("-bench") for word in arguments):
        return Use.BENCHMARK
    if {"accept", "approve"} & set(arguments):
        return Use.ACCEPT
    if program in {"vitest", "jest"} and "watch" in arguments:
        return Use.SERVER
    values, previous = [], ""
    for word in arguments:
        if not previous.startswith(("--con", "--exc", "--ign", "--skip")):
            values.append(word)
        previous = word
    if program not in TASK_RUNNERS and "--only" in arguments:
        return Use.SINGLE
    whole = use is not Use.TEST and any(word in {".", "./"} or word.endswith("/") for word in values)
    if not whole and any(
        _SOURCE_FILE.match(word) and "*" not in word and word not in tasks for word in values
    ):
        return Use.SINGLE
    if (
        use is Use.TEST
        and "." not in program  # a script's `-t` is its own
        and program not in TASK_RUNNERS - {"gradle", "gradlew", "mvn", "mvnw", "make"}
        and (any(_selects(program, word) for word in arguments) or _picks_of_ctest(program, arguments))
        and not _leaves_out(arguments)
    ):
        return Use.SINGLE
    if any(_SETS_UP.match(word) for word in arguments) or (
        use is Use.BUILD and any(a == "-o" and _TEMPORARY.match(b) for a, b in pairwise(arguments))
    ):
        return Use.SETUP
    passed_on = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    if use is Use.TEST and program not in _COMPILERS and any("/" in word for word in passed_on):
        return Use.SINGLE  # "tox -- tests/parser/"
    picks = any(_SELECTS.match(word) for word in passed_on) and not _leaves_out(passed_on)
    if (use is Use.OTHER and (picks or passed_on[:1] == ["list"])) or (
        use is Use.TEST and program in TASK_RUNNERS and picks
    ):
        return Use.SINGLE
    if program == "cargo" and arguments[:1] != ["xtask"] and tasks == ["test"] and _cargo_filter(arguments):
        return Use.SINGLE
    return use


def _selects(program: str, word: str) -> bool:
    """Whether an option picks single tests; cargo's `--tests` means all test targets."""
    return ("::" in word and not word.endswith(")")) or (
        bool(_SELECTS.match(word))
        and (program, word)
        not in {
            ("cargo", "--tests"),
            ("cargo", "--test"),
            ("node", "--test"),
        }
    )


def _picks_of_ctest(program: str, arguments: list[str]) -> bool:
    """Whether ctest runs what a pattern matches; a whole suite is named "…-tests"."""
    return program == "ctest" and any(
        a in {"-R", "-L", "--tests-regex", "--label-regex"} and not b.endswith(("tests", "unit"))
        for a, b in pairwise([*arguments, ""])
    )


def _leaves_out(arguments: list[str]) -> bool:
    """`-m "not slow"` and `--filter "Kind!=Slow"` leave tests out instead of picking one; `python -m` never gets here."""
    attached = (tuple(word.split("=", 1)) for word in arguments if "=" in word)
    found = {a: b for a, b in (*pairwise(arguments), *attached) if a in _PICKING}
    by_marker = set(found) == {"-m"} and "=" not in found["-m"]
    return by_marker or (bool(found) and all(_NEGATIVE.match(value) for value in found.values()))


def _cargo_filter(arguments: list[str]) -> bool:
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    valued = {
        "-p",
        "--package",
        "--features",
        "-F",
        "--profile",
        "--target",
        "--manifest-path",
        "-j",
        "--exclude",
        "--jobs",
        "--color",
        "--test",
        "--bin",
    }
    rest = [b for a, b in pairwise(["", *words]) if a not in valued and not b.startswith(("-", "+"))]
    return len(rest) > 1


def key_of(program: str, arguments: list[str]) -> str:
    """The same text for every spelling of a command: `npm run test`, `npm test`, `npm t`."""
    if program in PACKAGE_MANAGERS:
        arguments = [word for word in arguments if word not in {"run", "run-script"}]
        if arguments[:1] == ["t"]:
            arguments = ["test", *arguments[1:]]
    return " ".join([program, *arguments])


def twin_of(program: str, tasks: list[str], arguments: list[str]) -> str:
    """The key without all that tells a rewriting form from its checking one."""
    kept = []
    for word in key_of(program, arguments).split()[1:]:
        if (
            _REWRITES.match(word)
            or _CHECKS.match(word)
            or word in {"--", "-w", "-l", "-d", "--no-restore"}
            or (program in _CORRECTING and word in {"-a", "-A", "-x"})
        ):
            continue
        if word in tasks:
            names = [name.removesuffix("check") or name for name in name_words(word)]
            stem = [
                name
                for name in names
                if name
                not in (REWRITING_WORDS | CHECKING_WORDS) - {"fmt", "format", "test", "prettier", "check"}
            ]
            stem = [name for name in stem if name != "check"] or stem
            kept.append("-".join("format" if name == "fmt" else name for name in stem) or word)
        else:
            kept.append(word)
    kept = [word.replace("phpcbf", "phpcs") for word in kept]
    kept = [word for word in kept if word not in {".", "./"}]
    return " ".join([program, *kept])
