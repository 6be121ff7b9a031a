"""Whether a name for commands (`make lint`, `npm test`) stands for one alone: then nothing stands behind what failed."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agent_gate.checks.command_line import CommandError
from agent_gate.checks.command_run import starter, steps_to_run
from agent_gate.policy.model import Kind
from agent_gate.running.rooms import room_environment

if TYPE_CHECKING:
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

_DRY = {"make": "--dry-run", "gmake": "--dry-run", "just": "--dry-run"}  # prints what would be run
_PACKAGE_RUNNERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_SHELLS = frozenset({"bash", "dash", "ksh", "sh", "zsh"})
# What they run is in files that are not read here. Of tests, they name what failed and go on, or their word is all there is.
_BUILD_TOOLS = frozenset(
    {"cargo-make", "deno", "gradle", "hatch", "inv", "invoke", "lerna", "mage", "mise", "moon", "mvn"}
    | {"nox", "nx", "pdm", "poe", "rake", "rush", "task", "tox", "turbo"}
)
_SEVERAL = re.compile(r"&&|\|\||;|\n")


def may_run_more(rule: Rule, context: GateContext) -> bool:
    """Whether the command is, or may be, a name for several, which ended at the one that failed."""
    try:
        steps = steps_to_run(rule, context)
    except CommandError:
        return True
    argv = steps[-1].argv if steps else ()
    if not argv or steps[-1].whole:
        return bool(argv) and bool(_SEVERAL.search(argv[-1]))
    if not _is_name(argv[0]) or (rule.kind is Kind.TEST and argv[0] in _BUILD_TOOLS):
        return False
    runs = _dry_run(rule, context, argv) if argv[0] in _DRY else _script(rule, context, argv)
    lines = [line for line in runs.splitlines() if line.strip()]
    return len(lines) != 1 or bool(_SEVERAL.search(lines[0])) or _is_name(lines[0].split()[0])


def _is_name(word: str) -> bool:
    """Whether the program runs what a file of the repository says: a runner, a shell, or a script by its path."""
    if "/" in word and "/bin/" not in word:
        return True
    return PurePosixPath(word).name in {*_DRY, *_PACKAGE_RUNNERS, *_SHELLS, *_BUILD_TOOLS}


def _dry_run(rule: Rule, context: GateContext, argv: tuple[str, ...]) -> str:
    """What the runner says that it would run."""
    done = starter(context, context.place, ())(
        (argv[0], _DRY[argv[0]], *argv[1:]),
        cwd=context.place / rule.directory,
        env=room_environment(context.place, context.settings),
        timeout=context.settings.timeout,
    )
    return done.output if done.ok else ""


def _script(rule: Rule, context: GateContext, argv: tuple[str, ...]) -> str:
    """The text of the script of package.json that is run; "" where that is not known, or others run before or behind it."""
    names = [word for word in argv[1:] if word not in {"run", "run-script"} and not word.startswith("-")]
    if argv[0] not in _PACKAGE_RUNNERS or not names:
        return ""
    path = PurePosixPath(rule.directory, "package.json").as_posix()
    try:
        scripts = json.loads(context.changes.after.read(path) or b"{}").get("scripts", {})
        name = "test" if names[0] == "t" else names[0]
        return "" if {f"pre{name}", f"post{name}"} & scripts.keys() else str(scripts.get(name, ""))
    except (ValueError, AttributeError, RecursionError):
        return ""
