"""`agent-gate grill`: an agent asks what the project is for; the answers become pages of specs/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents.ask import ask
from agent_gate.agents.model import AgentError
from agent_gate.commands.asking import asking, chosen_agents, confirmed
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.scaffold.files import ScaffoldError, shown, write
from agent_gate.scaffold.interview import Interview, edits, next_step
from agent_gate.tracker.find import own_directory

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agent_gate.agents.config import AgentConfig
    from agent_gate.scaffold.interview import Document

INTERRUPTED, FAULT, USAGE_ERROR = 2, 3, 4
DONE = "/done"


def grill(options: argparse.Namespace) -> int:
    """Ask until enough is known, then show and write; 2 after Ctrl-C, 3 where the agent fails, 4 for wrong usage."""
    try:
        repository = open_repository(Path(options.worktree))
        file = own_directory(repository) / "grill.json"
        if options.new:
            file.unlink(missing_ok=True)
        return _interview(Interview(file), chosen_agents(options, repository.root), repository.root)
    except (RepositoryError, PolicyError, ScaffoldError) as problem:
        return _fail(str(problem), USAGE_ERROR)
    except AgentError as problem:
        return _fail(f"{problem} Your answers are kept: run it again to go on.", FAULT)
    except KeyboardInterrupt:
        print("\nYour answers are kept: run `agent-gate grill` again to go on.", file=sys.stderr)
        return INTERRUPTED


def _interview(interview: Interview, agents: tuple[AgentConfig, ...], root: Path) -> int:
    if interview.answered:
        print(f"Going on after {len(interview.answered)} answers (--new starts again).")
    print(
        f"Answer in a line; an empty one leaves it open, {DONE} ends the interview, Ctrl-C keeps it for later.\n"
    )
    ended = False
    while True:
        if not interview.pending or ended:
            asking(agents, "writes the specs" if ended else "thinks of a question")
            step = ask(agents, next_step(root, interview.answered, ended=ended))
            if step.documents:
                return _offer(step.documents, interview, root)
            interview.asked(step.question)
        print(f"\n{interview.pending}\n> ", end="", flush=True)
        line = sys.stdin.readline()
        ended = line.strip() == DONE or not line
        if not ended:
            interview.answer(line.strip())


def _offer(documents: Sequence[Document], interview: Interview, root: Path) -> int:
    """Show what would be written, as diffs, and write it after a yes."""
    wanted = edits(root, documents)
    if not wanted:
        print("The specs say all of it already.")
        return 0
    for edit in wanted:
        print(f"{shown(edit)}\n")
    if not confirmed(f"Write these {len(wanted)} files?"):
        print("Nothing was written; your answers are kept: run it again to go on, --new to start again.")
        return 0
    for edit in wanted:
        write(root, edit)
    interview.forget()
    print(
        f"Written: {', '.join(edit.path for edit in wanted)}. Read them, correct them, commit them; then `agent-gate seed`."
    )
    return 0


def _fail(message: str, code: int) -> int:
    print(f"agent-gate grill: {message}", file=sys.stderr)
    return code
