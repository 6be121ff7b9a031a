"""One module a command of the command line; each is a function that returns an exit code."""
