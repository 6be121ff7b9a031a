"""A repository made ready for agents: instructions, specs, issues, hooks."""
