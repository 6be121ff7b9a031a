"""AGENTS.md → policy: every statement, and the rules that checks decide."""

from agent_gate.policy.load import load_policy, load_settings, policy_key, policy_of_file

__all__ = ["load_policy", "load_settings", "policy_key", "policy_of_file"]
