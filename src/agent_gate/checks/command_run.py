"""One run of a rule's command in one place, with what its tools reported."""

from __future__ import annotations

import re
import shlex
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.checks.changed_files import changed_paths
from agent_gate.checks.command_line import CommandError, Step, steps_of
from agent_gate.checks.output import instrument, probe_refused, read_evidence, read_failures
from agent_gate.checks.output.model import MAX_FAILURES, Evidence, without_place
from agent_gate.plain_text import clipped, one_line
from agent_gate.running.disk import full_disk
from agent_gate.running.process import Completed
from agent_gate.running.rooms import OWN_PROGRAMS, room_environment
from agent_gate.running.sandbox import run_confined
from agent_gate.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent_gate.changes.model import ChangeSet
    from agent_gate.checks.output.model import Failure
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule

TAIL = 6_000  # characters of output that a finding quotes
_NOT_FOUND = re.compile(
    r"^(?:\S*(?:sh|make)\S*: (?:line )?(?:\d+: )?)?(?P<tool>[\w./+-]+): (?:command )?not found$", re.MULTILINE
)
_NOT_FOUND_EXIT = 127
# runner → the words that start it, and what its last words look like: code of the branch can end its process with 0. What
# pytest has to say is said by the probe.
_NOTHING = r"(?!)"
_RUNNERS = {
    "pytest": (frozenset({"pytest"}), _NOTHING),
    "py.test": (frozenset({"py.test"}), _NOTHING),
    "unittest": (frozenset({"-m", "unittest"}), r"^Ran [1-9]\d* tests? in .*\s+^OK\b"),
    "cargo test": (frozenset({"cargo", "test"}), r"\A(?![\s\S]*^test result: FAILED)[\s\S]*^test result: ok"),
    "go test": (frozenset({"go", "test"}), r"^(?:ok|PASS|\?)\s"),
}
_RUNS_NONE = frozenset({"--collect-only", "--no-run", "-c", "-json", "-list", "--list"})


@dataclass(frozen=True, slots=True)
class CommandRun:
    """How the command went.

    Attributes:
        ok: every step exited 0.
        undecided: why it says nothing about the change (missing tool, time limit, signal), "" where it does.
        output: all steps' output, bounded.
        failures: what the tools reported, read.
        evidence: what test runs counted.
        exit_code: of the step that ended it.
        seconds: of all steps.
        complete: every failure that it reported was read.
        step: which of its steps ended it, from 0.
        steps: how many it has.
    """

    ok: bool
    undecided: str
    output: str
    failures: tuple[Failure, ...]
    evidence: Evidence
    exit_code: int | None
    seconds: float
    complete: bool = True
    step: int = 0
    steps: int = 1

    @property
    def comparable(self) -> bool:
        """Whether its failures can be compared with another run's: the command got as far as to judge anything.

        A pytest that fails before it runs a test (no import of conftest, an error while collecting: exit codes 2 to 5) says
        nothing about the tests, however well it names the place. Where some of what it said was left out, a new failure may be
        among it.
        """
        if self.undecided or not self.complete:
            return False
        if self.evidence.tests_run is not None:
            return self.evidence.tests_run > 0 and self.exit_code in {0, 1}
        return True

    @property
    def tail(self) -> str:
        """The useful end of the output."""
        return clipped(self.output.strip(), TAIL)


def run_command(
    rule: Rule,
    context: GateContext,
    place: Path,
    variables: Mapping[str, str] | None = None,
    writable: tuple[Path, ...] = (),
) -> CommandRun:
    """Run the rule's command in `place`, as AGENTS.md says it.

    `variables` are added to its environment, `writable` to the directories that it may write in a sandbox.
    """
    if context.unready and place == context.place:
        why, _, output = context.unready.partition("\n")
        return _nothing(why, output)
    try:
        steps = steps_to_run(rule, context)
    except CommandError as problem:
        return _nothing(str(problem))
    if not steps:
        return _nothing("none of the changed files is one that it reads")
    if own := _own_program(context.changes):
        return _nothing(f"the branch commits {own}, which would be run in the place of an installed program")
    home = place / rule.directory
    if not home.resolve().is_relative_to(place.resolve()) or not home.is_dir():
        return _nothing(f"the directory {rule.directory} of this rule is not there")
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch_directory()) as scratch:
        environment = {**room_environment(place, context.settings), **(variables or {})}
        start = starter(context, place, (Path(scratch), *writable))
        done, step = _run_steps(
            steps, start, instrument(environment, Path(scratch)), home, context.settings.timeout
        )
        if probe_refused(done.output):
            done, step = _run_steps(steps, start, environment, home, context.settings.timeout)
        evidence = read_evidence(Path(scratch), done.exit_code, place)
        failures = () if done.ok else read_failures(done.output, Path(scratch), home)
        full = "" if done.ok else full_disk(Path(scratch), place)
    reported = evidence.tests_run is not None and all(failure.test for failure in failures)
    complete = len(failures) < MAX_FAILURES and (reported or not done.cut)
    failures = tuple(_from_root(failure, home, place) for failure in failures)
    undecided = _undecided(done, steps, context) or full or (evidence.problem if done.ok else "")
    if done.ok and not undecided and not evidence.summary and (runner := _silent_runner(steps, done.output)):
        undecided = f"{runner} exited 0 and left no evidence that its session ended"
    return CommandRun(
        done.ok,
        undecided,
        done.output,
        failures,
        evidence,
        done.exit_code,
        done.seconds,
        complete,
        step,
        len(steps),
    )


def steps_to_run(rule: Rule, context: GateContext) -> tuple[Step, ...]:
    """The steps of the rule's command; none where it is about changed files, and it reads none of these.

    Raises:
        CommandError: the command cannot be read.
    """
    steps = steps_of(rule.value or "", context.changes.base, changed_paths(rule, context.changes))
    return steps[first_step(rule) :]


def first_step(rule: Rule) -> int:
    """The step that the run begins with: another than 0 where what stands before it has been judged."""
    return int(str(rule.params.get("from_step") or 0))


def about_nothing(rule: Rule, context: GateContext) -> bool:
    """Whether nothing has changed that the rule's command is about; a command that cannot be read is about something."""
    try:
        return not steps_to_run(rule, context)
    except CommandError:
        return False


def reproduce(rule: Rule) -> str:
    """One command line for a person, from the top of the repository."""
    return f"cd {shlex.quote(rule.directory)} && {rule.value}" if rule.directory else str(rule.value)


def starter(context: GateContext, place: Path, writable: tuple[Path, ...]) -> Callable[..., Completed]:
    """`run_confined` for programs of the repository in `place`, in the sandbox that the settings ask for."""
    repository = context.rooms.repository
    readable = (repository.root, repository.common_dir, Path(context.changes.objects))
    return partial(run_confined, place=place, settings=context.settings, readable=readable, writable=writable)


def _own_program(changes: ChangeSet) -> str:
    """A committed file of the branch in a directory that commands find their programs in (`room_environment`)."""
    committed = (
        change.path for change in changes.files if change.new_blob and change.path not in changes.uncommitted
    )
    return next((one_line(path) for path in committed if path.startswith(OWN_PROGRAMS)), "")


def _run_steps(
    steps: tuple[Step, ...],
    start: Callable[..., Completed],
    environment: Mapping[str, str],
    home: Path,
    timeout: float,
) -> tuple[Completed, int]:
    """How the run went, and which step ended it."""
    output, seconds, cut = "", 0.0, False
    done, ended_by = Completed(0, ""), 0
    for number, step in enumerate(steps):
        ended_by = number
        variables = {**environment, **step.variables}
        left = max(timeout - seconds, 0.1)
        done = start(step.argv, cwd=home / step.directory, env=variables, timeout=left)
        output, seconds, cut = output + done.output, seconds + done.seconds, cut or done.cut
        if not done.ok:
            break
    return Completed(done.exit_code, output, done.timed_out, done.missing, seconds, cut), ended_by


def _undecided(done: Completed, steps: tuple[Step, ...], context: GateContext) -> str:
    if done.missing:
        why = "could not be started" if done.missing.endswith(")") else "is not installed, or not on PATH"
        return f"{done.missing} {why}"
    if done.timed_out:
        return f"the time limit of {context.settings.timeout:g} s ended it"
    if done.exit_code is not None and done.exit_code < 0:
        return f"it was killed by signal {-done.exit_code}"
    missing = _NOT_FOUND.search(done.output)
    if missing and (done.exit_code == _NOT_FOUND_EXIT or f"Error {_NOT_FOUND_EXIT}" in done.output):
        return f"{missing['tool']} is not installed, or not on PATH"
    if done.exit_code == _NOT_FOUND_EXIT:
        return f"`{steps[-1].argv[0]}` says that a program is missing (exit code 127)"
    return ""


def _silent_runner(steps: tuple[Step, ...], output: str) -> str:
    """The test runner among the programs that are started that has not said how its tests went; "" where there is none."""
    for step in steps:
        words = [] if step.whole else [Path(word).name for word in step.argv]
        for runner, (starts, says) in _RUNNERS.items():
            if (
                starts.issubset(words)
                and not _RUNS_NONE.intersection(words)
                and not re.search(says, output, re.MULTILINE)
            ):
                return runner
    return ""


def _from_root(failure: Failure, home: Path, place: Path) -> Failure:
    """The failure as it is told from the top of the place, wherever that lies: a room of the base says the same."""
    path = failure.path
    if path is not None and home != place:
        path = (home / path).resolve().relative_to(place.resolve()).as_posix()
    return replace(failure, path=path, message=without_place(failure.message, place))


def _nothing(why: str, output: str = "") -> CommandRun:
    return CommandRun(
        ok=False, undecided=why, output=output, failures=(), evidence=Evidence(), exit_code=None, seconds=0.0
    )
