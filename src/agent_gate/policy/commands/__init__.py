"""Commands in the text: where one is mentioned, what it does, and whether it is asked for."""
