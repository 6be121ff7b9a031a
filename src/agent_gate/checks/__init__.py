"""What decides rules: one module a check, each a plugin behind `agent_gate.hookspecs.agent_gate_checks`."""

from agent_gate.checks import (
    branch,
    clean_worktree,
    commands,
    commits,
    coverage,
    dependencies,
    documents,
    gaps,
    license_headers,
    line_limits,
    patterns,
    policy_change,
    protected_paths,
    secrets,
    tests_added,
    tests_kept,
)

BUILTIN = (
    branch,
    clean_worktree,
    commands,
    commits,
    coverage,
    dependencies,
    documents,
    gaps,
    license_headers,
    line_limits,
    patterns,
    policy_change,
    protected_paths,
    secrets,
    tests_added,
    tests_kept,
)
