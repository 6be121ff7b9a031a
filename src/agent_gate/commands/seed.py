"""`agent-gate seed`: specs/ becomes issues, when a person says yes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents.ask import ask
from agent_gate.agents.model import AgentError
from agent_gate.commands.asking import asking, chosen_agents, confirmed
from agent_gate.policy.model import PolicyError
from agent_gate.repository import RepositoryError, open_repository
from agent_gate.scaffold.files import ScaffoldError
from agent_gate.scaffold.seed import graph, new_issues, seed_question, specs, table, to_content
from agent_gate.tracker import filing
from agent_gate.tracker.find import find_tracker, open_outbox
from agent_gate.tracker.model import TrackerError

if TYPE_CHECKING:
    import argparse

    from agent_gate.repository import Repository

INTERRUPTED, FAULT, USAGE_ERROR, NOTHING = 2, 3, 4, 5


def seed(options: argparse.Namespace) -> int:
    """Propose, show, ask, file; 2 after Ctrl-C, 3 where the agent or the tracker fails, 4 for wrong usage, 5 without specs."""
    try:
        return _seed(options, open_repository(Path(options.worktree)))
    except (RepositoryError, PolicyError, ScaffoldError) as problem:
        return _fail(str(problem), USAGE_ERROR)
    except (AgentError, TrackerError) as problem:
        return _fail(str(problem), FAULT)
    except KeyboardInterrupt:
        return _fail("stopped; nothing was filed.", INTERRUPTED)


def _seed(options: argparse.Namespace, repository: Repository) -> int:
    pages = specs(repository.root)
    if not pages:
        return _fail(
            f"{repository.root} has no specs/*.md and no GAPS.md: write down what is to be built, or run `agent-gate grill`.",
            NOTHING,
        )
    agents = chosen_agents(options, repository.root)
    tracker, outbox = find_tracker(repository), open_outbox(repository)
    prefix = outbox.recall(f"prefix of {tracker.name}", lambda: tracker.prefix)
    existing = {issue.id: issue for issue in tracker.issues()}
    asking(agents, f"plans from {len(pages)} files")
    proposal = ask(agents, seed_question(repository.root, pages, existing, prefix))
    issues = new_issues(proposal, existing, prefix)
    if not issues:
        print("Nothing to file: there is an issue for everything.")
        return 0
    print(f"{table(issues)}\n\n{graph(issues)}\n")
    if options.dry_run:
        print(f"Nothing was filed (--dry-run): {len(issues)} issues would be, in {tracker.name}.")
        return 0
    if not options.yes and not confirmed(f"File these {len(issues)} issues in {tracker.name}?"):
        print("Nothing was filed.")
        return 0
    content = to_content(issues, proposal, prefix)
    outbox.add(filing.ISSUE_KIND, content)
    filing.flush(tracker, outbox)
    print("\n".join(f"{prefix}-{row['id']}" for row in content["issues"]))
    return 0


def _fail(message: str, code: int) -> int:
    print(f"agent-gate seed: {message}", file=sys.stderr)
    return code
