"""What the text asks for besides commands: what comes with a change, how commits look, what must not be touched or written."""
