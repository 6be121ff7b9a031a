"""A prompt of any length, and an environment that names no other repository: what every start of an agent needs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent_gate.agents.model import Job, Launch

LONGEST_ARGUMENT = 128 * 1024 - 1  # bytes; Linux' MAX_ARG_STRLEN
# git's own variables of the caller (a hook that starts us has them) would point the agent's git elsewhere
_OF_A_REPOSITORY = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}
)


def fitting(launch: Callable[[Job], Launch], job: Job) -> Launch:
    """How to start the job; a prompt that is too long for an argument is read from its file."""
    wanted = launch(job)
    if all(len(os.fsencode(argument)) <= LONGEST_ARGUMENT for argument in wanted.argv):
        return wanted
    return launch(
        replace(job, prompt=f"Your task is in the file {job.prompt_file}: read all of it, then do it.")
    )


def inherited(caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment, with its login."""
    return {name: value for name, value in caller.items() if name not in _OF_A_REPOSITORY}
