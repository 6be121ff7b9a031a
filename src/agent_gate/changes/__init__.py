"""The change set: what a branch and its working files change, and the trees on both sides."""

from agent_gate.changes.read import read_changes, read_commits, snapshot_at

__all__ = ["read_changes", "read_commits", "snapshot_at"]
