"""What a command runs is often the branch's to say: `make test` runs what its Makefile has. A branch that changes that is told."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agent_gate.checks.command_run import reproduce, run_command, steps_to_run
from agent_gate.findings import Finding, Severity
from agent_gate.policy.model import Kind
from agent_gate.running.rooms import RoomError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.changes.model import FileChange
    from agent_gate.checks.command_line import Step
    from agent_gate.checks.command_run import CommandRun
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

_PACKAGE = "package.json"
_MAKE = ("makefile", "gnumakefile", "*.mk")
# runner → names of the files that say what it runs, in lower case
_FILES = {
    **dict.fromkeys(("make", "gmake"), _MAKE),
    "just": ("justfile", ".justfile", "*.just"),
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), (_PACKAGE,)),
    "task": ("taskfile.yml", "taskfile.yaml"),
    "tox": ("tox.ini",),
    "nox": ("noxfile.py",),
    "rake": ("rakefile", "*.rake"),
    **dict.fromkeys(("pre-commit", "prek"), (".pre-commit-config.yaml",)),
}
_INTERPRETERS = frozenset(
    {"sh", "bash", "zsh", "dash", "python", "python3", "node", "ruby", "perl", "pwsh", "deno"}
)
_PROGRAM = 4  # words among which the program is: `uv run --frozen nox`
_SHELL_TEXT = 4  # of a whole step's arguments: `bash -euo pipefail -c TEXT`
_CHECKS = frozenset({Kind.LINT, Kind.FORMAT, Kind.TEST, Kind.TYPECHECK})


def recipe_findings(rule: Rule, context: GateContext, done: CommandRun) -> tuple[Finding, ...]:
    """Of a command that passed: a finding where the branch changes what it runs, and nothing shows that it runs as much as before.

    Tests are counted here and at the base: where none ran any more, the finding blocks.
    """
    recipes = sorted(change.path for change in _changed_recipes(rule, context))
    if rule.kind not in _CHECKS or not recipes:
        return ()
    here, before = done.evidence.tests_run, _tests_at_base(rule, context)
    if before is None:
        message = f"what `{rule.value}` runs is said in {recipes[0]}, which this branch changes"
        return (_finding(rule, recipes[0], message, rule.severity.excused),)
    if (here or 0) >= before:
        return ()
    message = (
        f"`{rule.value}` ran {here or 'no'} tests, of {before} at the base: this branch changes {recipes[0]}"
    )
    return (_finding(rule, recipes[0], message, rule.severity.excused if here else rule.severity),)


def _changed_recipes(rule: Rule, context: GateContext) -> Iterator[FileChange]:
    """The changed files that say what the command runs: its runner's, and scripts that it starts."""
    parts = [part for step in steps_to_run(rule, context) for part in _parts(step)]
    names = {name for part in parts for word in part[:_PROGRAM] for name in _FILES.get(_name(word), ())}
    scripts = {script.removeprefix("./") for part in parts if (script := _script(part))}
    for change in context.changes.files:
        paths = [path for path in (change.path, change.old_path) if path]
        if any(f"/{path}".endswith(f"/{script}") for path in paths for script in scripts) or (
            any(PurePosixPath(path.lower()).match(name) for path in paths for name in names)
            and _says_otherwise(change, context)
        ):
            yield change


def _parts(step: Step) -> list[list[str]]:
    """The programs that a step starts, with their arguments; of a shell's text as far as that can be told by its separators."""
    if not step.whole:
        return [list(step.argv)]
    return [words for part in re.split(r"[;&|\n()]+", step.argv[_SHELL_TEXT]) if (words := part.split())]


def _script(words: list[str]) -> str:
    """The script that these words start, by itself or through an interpreter; "" where it is a program."""
    if _name(words[0]) in _INTERPRETERS:
        return next((word for word in words[1:] if not word.startswith("-")), "")
    return words[0] if "/" in words[0] else ""


def _name(word: str) -> str:
    return PurePosixPath(word).name


def _says_otherwise(change: FileChange, context: GateContext) -> bool:
    """Of a package's file only the scripts say what is run."""
    if _name(change.path) != _PACKAGE:
        return True
    changes = context.changes
    before = changes.before.read(change.old_path) if change.old_path else None
    after = changes.after.read(change.path) if change.new_blob else None
    return _scripts(before) != _scripts(after)


def _scripts(content: bytes | None) -> object:
    """The scripts; the text itself where it cannot be read."""
    try:
        package = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return content
    return package.get("scripts") if isinstance(package, dict) else content


def _tests_at_base(rule: Rule, context: GateContext) -> int | None:
    """How many tests the command runs at the base; None where nobody counted."""
    if rule.kind is not Kind.TEST:
        return None
    try:
        with context.rooms.room(context.changes.base, "base") as place:
            return run_command(rule, context, place).evidence.tests_run or None
    except RoomError:
        return None


def _finding(rule: Rule, path: str, message: str, severity: Severity) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=severity,
        message=message,
        path=path,
        fix="Let the command check as much as at the base; a person has to read this change.",
        reproduce=reproduce(rule),
        anchor="recipe",
    )
