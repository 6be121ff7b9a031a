"""The command line: parse, call, exit. Every command is a function that returns an exit code."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate import __version__
from agent_gate.options import OPTIONS, PREFIX
from agent_gate.running.signals import forget_inherited

if TYPE_CHECKING:
    from collections.abc import Sequence


INTERRUPTED = 2
USAGE = 4
# command → module of `agent_gate.commands`, and its function; imported only when it is asked for
COMMANDS = {
    "policy": ("policy", "policy"),
    "issues": ("issues", "issues"),
    "q": ("issues", "capture"),
    "gaps": ("issues", "gaps"),
    "init": ("init", "init"),
    "grill": ("grill", "grill"),
    "seed": ("seed", "seed"),
    "hook": ("hook", "hook"),
    "stop-hook": ("hook", "stop_hook"),
    "run": ("run", "run"),
    "worktrees": ("worktrees", "worktrees"),
    "agents": ("agents", "agents"),
    **{name: ("status", name) for name in ("status", "log", "history", "stats")},
    **{name: ("control", name) for name in ("pause", "resume", "stop", "retry", "drop")},
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit codes are pytest's (0 pass, 1 blocked, 2 interrupted, 3 fault, 4 usage, 5 nothing)."""
    atexit.register(gc.freeze)  # nothing is left to look for when a process ends, and looking takes 10 ms
    forget_inherited()
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever LANG says, a name must not end the work
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read this has enough (`| head`): what is left goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return code


def _run(arguments: list[str]) -> int:
    pytest_args: list[str] = []
    if arguments[:1] == ["check"] and "--" in arguments:
        end = arguments.index("--")
        arguments, pytest_args = arguments[:end], arguments[end + 1 :]
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as ended:
        if ended.code == USAGE and arguments[:1] == ["check"]:
            _leave_error(arguments)
        raise
    if options.command == "check":
        return check(options, pytest_args)
    module, function = COMMANDS[options.command]
    command = getattr(import_module(f"agent_gate.commands.{module}"), function)
    return int(command(options))


def _leave_error(arguments: list[str]) -> None:
    """The report of a gate that was asked for with wrong options: it is written in every case."""
    from agent_gate.reports import json_report

    reports = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    reports.add_argument("--json", type=Path)
    with suppress(argparse.ArgumentError, OSError):
        if path := reports.parse_known_args(arguments)[0].json:
            json_report.write_wrong_option(path)


def _count(text: str) -> int:
    """How many of something: 0 is a slip of the hand, and no way to say "the default"."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _open_streams() -> None:
    """Standard streams that the caller has closed lead nowhere: else the next file that is opened would be one of them."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            os.set_inheritable(descriptor, True)  # noqa: FBT003 - its only argument
            setattr(sys, name, os.fdopen(descriptor, "w" if descriptor else "r", closefd=False))


def check(options: argparse.Namespace, pytest_args: Sequence[str]) -> int:
    """Become the gate, started isolated."""
    from agent_gate.isolation import become_the_gate

    arguments = []
    for option in OPTIONS:
        value = getattr(options, option.name.replace("-", "_"))
        if value is True:
            arguments.append(f"{PREFIX}-{option.name}")
        elif value:
            arguments.append(f"{PREFIX}-{option.name}={value}")
    become_the_gate([*arguments, *pytest_args], Path(options.worktree or ".").absolute())
    return 3  # not reached


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="agent-gate", description="Enforce a repository's own AGENTS.md on what an agent changed."
    )
    parser.add_argument("--version", action="version", version=f"agent-gate {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    gate = commands.add_parser(
        "check",
        help="run the gate on a worktree",
        usage="agent-gate check [options] [-- PYTEST-ARGS]",
        description="Run the gate, isolated from the worktree's own pytest configuration, plugins and conftest files.",
    )
    for option in OPTIONS:
        gate.add_argument(f"--{option.name}", **option.settings)
    _add_setup_commands(commands)
    _add_asking_commands(commands)
    _add_issue_commands(commands)
    _add_run_commands(commands)
    pool = commands.add_parser("worktrees", help="the worktrees that agents work in: list, prune")
    pool.add_argument("action", nargs="?", default="list", choices=("list", "prune"))
    pool.add_argument("--json", action="store_true", help="the list as JSON")
    pool.add_argument(
        "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
    )
    agents = commands.add_parser(
        "agents", help="which agents are installed, their version, whether they answer"
    )
    agents.add_argument("--json", action="store_true", help="the list as JSON")
    agents.add_argument(
        "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
    )
    policy = commands.add_parser("policy", help="show what becomes of every statement of AGENTS.md")
    policy.add_argument("--file", metavar="FILE", help="this Markdown file alone, without a repository")
    policy.add_argument("--at", metavar="REV", help="as of this commit (default: the working files)")
    policy.add_argument("--json", action="store_true", help="a list of every statement")
    policy.add_argument("--enforced", action="store_true", help="only what is enforced")
    policy.add_argument(
        "--freeze", action="store_true", help="write what was derived as explicit configuration, for review"
    )
    policy.add_argument("--review", action="store_true", help="have an agent propose corrections")
    policy.add_argument("--yes", action="store_true", help="write its corrections without asking")
    _add_agent_options(policy)
    return parser


def _add_setup_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    init = commands.add_parser("init", help="make a repository ready for agents; adds only what is missing")
    init.add_argument("--dry-run", action="store_true", help="show what would be written")
    hook = commands.add_parser("hook", help="have an agent, git or pre-commit run the gate")
    hook.add_argument("where", choices=("claude", "gemini", "codex", "git", "pre-commit"))
    hook.add_argument("--remove", action="store_true", help="take it out again")
    stop = commands.add_parser("stop-hook", help="what the agents' hooks run; reads their JSON")
    for parser in (init, hook, stop):
        parser.add_argument(
            "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
        )


def _add_asking_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    seed = commands.add_parser("seed", help="have an agent turn specs/ into issues; filed when you say yes")
    seed.add_argument("--yes", action="store_true", help="file them without asking")
    seed.add_argument("--dry-run", action="store_true", help="show them, file nothing")
    grill = commands.add_parser("grill", help="have an agent ask what the project is for, and write specs/")
    grill.add_argument(
        "--new", action="store_true", help="forget the answers of an interview that was broken off"
    )
    for parser in (seed, grill):
        _add_agent_options(parser)


def _add_agent_options(parser: argparse.ArgumentParser) -> None:
    """For commands that ask an agent something."""
    parser.add_argument("--agent", metavar="NAME", help="ask this agent, instead of the configured ones")
    parser.add_argument(
        "--agent-cmd",
        metavar="TEMPLATE",
        help="ask this command: {prompt}, {prompt_file}; else the prompt is on stdin",
    )
    parser.add_argument(
        "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
    )


def _add_issue_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    issues = commands.add_parser(
        "issues", help="the repository's issues: list, show, ready, export, adopt, flush"
    )
    issues.add_argument(
        "action", nargs="?", default="list", choices=("list", "show", "ready", "export", "adopt", "flush")
    )
    issues.add_argument("ids", nargs="*", metavar="ID", help="for show")
    issues.add_argument("--all", action="store_true", help="closed ones, too")
    issues.add_argument("--json", action="store_true", help="as JSON")
    capture = commands.add_parser("q", help="capture an issue quickly; prints its id")
    capture.add_argument("text", nargs="+")
    capture.add_argument(
        "-p", "--priority", type=int, choices=range(5), default=2, help="0 (first) to 4; default 2"
    )
    gaps = commands.add_parser("gaps", help="file the open entries of GAPS.md as issues")
    gaps.add_argument("path", nargs="?", default="GAPS.md", metavar="FILE")
    for parser in (issues, capture, gaps):
        parser.add_argument(
            "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
        )


def _add_run_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    run = commands.add_parser("run", help="work on ready issues with agents, gate them, land what passes")
    run.add_argument(
        "--workers", type=_count, default=0, metavar="N", help="agents at once (default: one a core)"
    )
    run.add_argument("--agent", metavar="NAME", help="this agent, instead of the configured ones")
    run.add_argument(
        "--agent-cmd",
        metavar="TEMPLATE",
        help="this command as the agent: {prompt}, {prompt_file}, {worktree}, {task_id}",
    )
    run.add_argument(
        "--attempts",
        type=_count,
        default=0,
        metavar="N",
        help="attempts of one task (default: as configured)",
    )
    run.add_argument("--only", action="append", metavar="ID|LABEL", help="only these issues; may be repeated")
    run.add_argument("--drain", action="store_true", help="end when nothing is ready or under way")
    run.add_argument("--once", action="store_true", help="take what is ready now, and nothing later")
    run.add_argument("--dry-run", action="store_true", help="say what would be done")
    run.add_argument(
        "--config", metavar="FILE", help="several repositories: [[repositories]] with path and workers"
    )
    run.add_argument("-v", "--verbose", action="store_true", help="follow the agents' output")
    status = commands.add_parser("status", help="what is under way, and what needs a person")
    stats = commands.add_parser("stats", help="where time and tokens went")
    for parser in (status, stats):
        parser.add_argument("--json", action="store_true", help="as JSON")
    log = commands.add_parser("log", help="what happened to a task, and what its agent says")
    log.add_argument("id", metavar="ID")
    log.add_argument("-f", "--follow", action="store_true", help="go on until it ends")
    history = commands.add_parser("history", help="what happened")
    history.add_argument(
        "-n", "--limit", type=_count, default=100, metavar="N", help="the last N events (default 100)"
    )
    pause = commands.add_parser("pause", help="begin no new task")
    resume = commands.add_parser("resume", help="begin tasks again")
    stop = commands.add_parser("stop", help="end the runs of this repository, after what runs")
    stop.add_argument("--now", action="store_true", help="stop the agents; their work is kept")
    retry = commands.add_parser("retry", help="let a held task have further attempts")
    drop = commands.add_parser("drop", help="give a task up; its branch stays")
    for parser in (retry, drop):
        parser.add_argument("id", metavar="ID")
    for parser in (run, status, stats, log, history, pause, resume, stop, retry, drop):
        parser.add_argument(
            "--worktree", metavar="DIR", default=".", help="the repository (default: the current directory)"
        )


class _Parser(argparse.ArgumentParser):
    """Exits with pytest's code for wrong usage."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what is wrong in one line."""
        self.exit(USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")
