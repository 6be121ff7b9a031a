"""Build tools whose targets say what is run: `ninja check-style`, `cmake --build out --target lint`, `bazel run //:format`."""

from __future__ import annotations

from itertools import pairwise

from agent_gate.policy.commands.tasks import classify_name
from agent_gate.policy.commands.tools import Use
from agent_gate.policy.text.words import word_set

_NAMED = frozenset({"--target", "-t", "--targets"})
_VALUED = word_set("-C -f -j -k -l -d -w --config --parallel --build --preset -D -P")
_EVERYTHING = word_set("all everything default")


def use_of_targets(program: str, first: str, arguments: list[str]) -> tuple[Use, list[str]] | None:
    """What a build tool's targets are for, and their names; None where a command names none."""
    if program in {"ninja", "samu", "autoninja", "siso"}:
        if "-t" in arguments:
            return Use.INSPECT, []  # a tool of ninja's own
        return _built(_plain(arguments))
    if program == "meson" and first == "compile":
        return _built(_plain(arguments)[1:])
    if program == "cmake" and "--build" in arguments:
        return _built(_after_option(arguments))
    if program in {"bazel", "bazelisk", "buck2"} and first == "run":
        names = [word.rsplit("/", 1)[-1].lstrip(":") for word in _plain(arguments)[1:2]]
        use = classify_name(names)
        return (use if use.is_check and use is not Use.OTHER else Use.SERVER), names
    return None


def _plain(arguments: list[str]) -> list[str]:
    """The words that are neither options nor their values."""
    return [b for a, b in pairwise(["", *arguments]) if a not in _VALUED and not b.startswith("-")]


def _after_option(arguments: list[str]) -> list[str]:
    """The targets after `--target`, up to the next option."""
    names: list[str] = []
    naming = False
    for word in arguments:
        if word.startswith("-"):
            naming = word in _NAMED
        elif naming:
            names.append(word)
    return names + [word.split("=", 1)[1] for word in arguments if word.startswith("--target=")]


def _built(names: list[str]) -> tuple[Use, list[str]]:
    """What building targets is for: the first whose name says so, else a build."""
    uses = [classify_name([name]) for name in names if name.lower() not in _EVERYTHING]
    stopped = next((use for use in uses if not use.is_check), None)
    told = next((use for use in uses if use is not Use.OTHER), Use.BUILD)
    return stopped or told, names
