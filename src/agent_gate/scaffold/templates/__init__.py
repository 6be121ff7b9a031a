"""The texts of the scaffold, as package data."""

from __future__ import annotations

from importlib.resources import files
from string import Template


def filled(name: str, /, **values: str) -> str:
    """A template with its `$names` filled in."""
    return Template(files(__name__).joinpath(name).read_text("utf-8")).substitute(values)
