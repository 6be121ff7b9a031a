"""The text of instruction files: its statements, their sentences, and the words in them."""
