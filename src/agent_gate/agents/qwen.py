"""Qwen Code. It never gives up on a rate limit and says so only in its debug log; its failures look like answers."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents import claude_events, options
from agent_gate.agents.events import EventReader
from agent_gate.agents.model import Launch
from agent_gate.agents.service_errors import ending_of

if TYPE_CHECKING:
    from agent_gate.agents.model import Ending, Job

name = "qwen"
program = "qwen"
version = ("--version",)

LAST_BYTES = 64 * 1024  # of its debug log, which are looked at
_SESSION = re.compile(r"[\w-]+")
_RETRY = re.compile(r"^\S+ \[(?:WARN|ERROR)\] .*(Attempt \d+ failed with status (\d{3}).*)$", re.MULTILINE)


def launch(job: Job) -> Launch:
    """`--prompt=` in one word, so that a prompt may begin with a dash."""
    argv = (
        *options.program(job, program),
        *("-o", "stream-json", "--approval-mode", "plan" if job.read_only else "yolo"),
        *(("-m", job.model) if job.model else ()),
        *(("-r", job.session) if job.session else ()),
        *options.arguments(job),
        f"--prompt={job.prompt}",
    )
    return Launch(argv, options.environment(job, DO_NOT_TRACK="1"))


def reader(job: Job) -> EventReader:
    """Reads its events, a dialect of Claude Code's; and the debug log, where it had to be ended."""
    variables = {**os.environ, **options.environment(job)}
    home = (
        variables.get("QWEN_RUNTIME_DIR")
        or variables.get("QWEN_HOME")
        or f"{variables.get('HOME', '')}/.qwen"
    )
    hear = partial(claude_events.hear, denials_count=not job.read_only)
    return EventReader(hear, lambda session: _retried(Path(home) / "debug", session))


def _retried(directory: Path, session: str) -> Ending | None:
    """Why it tried again last, by the debug log of a session; None where it did not."""
    if not _SESSION.fullmatch(session):
        return None
    try:
        with (directory / f"{session}.txt").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return None
    retries = _RETRY.findall(text)
    return ending_of(retries[-1][0], int(retries[-1][1])) if retries else None
