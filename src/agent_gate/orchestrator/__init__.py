"""From ready issues to landed commits: agents in parallel, each gated before it lands, nothing lost."""
