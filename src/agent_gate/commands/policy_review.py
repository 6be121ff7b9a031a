"""`agent-gate policy --review`: an agent proposes corrections of the policy; written when a person says yes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.agents.ask import ask
from agent_gate.agents.model import AgentError
from agent_gate.commands.asking import asking, chosen_agents, confirmed
from agent_gate.plain_text import one_line
from agent_gate.policy.model import PolicyError
from agent_gate.scaffold.files import ScaffoldError, shown, write
from agent_gate.scaffold.policy_review import corrected, effect, review_question

if TYPE_CHECKING:
    import argparse

    from agent_gate.policy.model import Policy

INTERRUPTED, FAULT, USAGE_ERROR = 2, 3, 4


def review(options: argparse.Namespace, policy: Policy) -> int:
    """Ask about the policy of the working files, show, write; 2 after Ctrl-C, 3 where the agent fails, 4 for wrong usage."""
    try:
        return _review(options, policy, Path(options.worktree).resolve())
    except (PolicyError, ScaffoldError) as problem:
        return _fail(str(problem), USAGE_ERROR)
    except AgentError as problem:
        return _fail(str(problem), FAULT)
    except KeyboardInterrupt:
        return _fail("stopped; nothing was written.", INTERRUPTED)


def _review(options: argparse.Namespace, policy: Policy, root: Path) -> int:
    agents = chosen_agents(options, root)
    asking(agents, f"reads {', '.join(policy.files)}")
    corrections = ask(agents, review_question(root, policy)).corrections
    edit, after = corrected(root, corrections)
    if not edit.changes:
        print("Nothing to correct.")
        return 0
    for correction in corrections:
        print(f"{one_line(correction.id)}: {one_line(correction.why, 500)}")
    print(f"\n{shown(edit)}\n")
    print("\n".join(effect(policy, after)) or "Nothing is enforced otherwise than before.")
    if not options.yes and not confirmed(f"Write this into {edit.path}?"):
        print("Nothing was written.")
        return 0
    write(root, edit)
    print(f"Written. It counts from the commit that brings {edit.path} to the base.")
    return 0


def _fail(message: str, code: int) -> int:
    print(f"agent-gate policy --review: {message}", file=sys.stderr)
    return code
