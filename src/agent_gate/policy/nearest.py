"""What a word that nobody knows was meant to be."""

from __future__ import annotations


def nearest(word: str, known: set[str] | frozenset[str]) -> str:
    """A hint that names the nearest valid word, "" where none is near."""
    import difflib

    close = difflib.get_close_matches(word, sorted(known), 1, 0.5)
    return f'; did you mean "{close[0]}"?' if close else f"; known are {', '.join(sorted(known)[:12])}."
