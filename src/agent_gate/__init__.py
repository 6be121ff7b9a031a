"""agent-gate: a repository's own AGENTS.md, enforced on what an agent changed."""

__version__ = "0.1.0"
