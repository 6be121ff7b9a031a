"""What decides rules: one module a check, each a plugin behind `agent_gate.hookspecs.agent_gate_checks`."""

from agent_gate.checks import (
    branch,
    clean_worktree,
    commands,
    commits,
    policy_change,
    protected_paths,
)

BUILTIN = (branch, clean_worktree, commands, commits, policy_change, protected_paths)
