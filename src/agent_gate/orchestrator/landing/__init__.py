"""The merge queue of one base branch: what passed alone is put on the base, and the base stays green (specs/landing.md)."""
