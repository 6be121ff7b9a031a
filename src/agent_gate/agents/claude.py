"""Claude Code."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from agent_gate.agents import claude_events, options
from agent_gate.agents.events import EventReader
from agent_gate.agents.model import Launch

if TYPE_CHECKING:
    from agent_gate.agents.model import Job

name = "claude"
program = "claude"
version = ("--version",)


def launch(job: Job) -> Launch:
    """`--verbose` is what makes it stream events; as root it permits itself everything only in a sandbox, and this is one."""
    rights = ("--permission-mode", "plan") if job.read_only else ("--dangerously-skip-permissions",)
    argv = (
        *options.program(job, program),
        *("-p", "--output-format", "stream-json", "--verbose", *rights),
        *(("--model", job.model) if job.model else ()),
        *(("--resume", job.session) if job.session else ()),
        *options.arguments(job),
        *("--", job.prompt),
    )
    own = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    if os.geteuid() == 0 and not job.read_only:
        own["IS_SANDBOX"] = "1"
    return Launch(argv, options.environment(job, **own))


def reader(job: Job) -> EventReader:
    """Reads its events."""
    return EventReader(partial(claude_events.hear, denials_count=not job.read_only))
