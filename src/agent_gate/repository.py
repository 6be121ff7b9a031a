"""The one door to git: GitPython, with everything off that a hostile repository could use to run code."""
