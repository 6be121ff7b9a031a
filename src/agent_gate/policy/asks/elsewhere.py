"""Where changes belong: "only edit `a/`" protects all other files, "`b` is a submodule" protects `b`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.paths import glob_of, is_directory, is_path
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.words import ANY_CASE, EDIT, NOT_TO, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_ONLY_WITHIN = Pattern(  # "never modify files outside `a/`", "only edit files under `a/`", "keep all changes within `a/`"
    rf"{NOT_TO}[^.;`]{{0,20}}?{EDIT}(?: (?:any|all|other|files?|code|anything|else|something)){{0,3}} (?:outside|beyond)(?: of)?(?: the)? (?P<out>`[^`]+`(?:(?:,| or| and)+ `[^`]+`)*)"
    rf"|^\W*(?:only (?:edit|modify|touch|change)|(?:edit|modify|touch|change) only)(?: (?:the|files?|code|anything)){{0,2}}(?: (?:in|under|inside|within|below)(?: the)?)? (?P<only>`[^`]+`(?:(?:,| or| and)+ `[^`]+`)*)(?: (?:director(?:y|ies)|folders?))?\W*$"
    rf"|\b(?:limit|restrict|confine|keep)\w* (?:all |your |any )*(?:changes|edits|modifications|work) (?:to|inside|within|in)(?: the)? (?P<kept>`[^`]+`(?:(?:,| or| and)+ `[^`]+`)*)(?: (?:director(?:y|ies)|folders?))?\W*$",
    _I,
    "outside|beyond|only|limit|restrict|confine|keep",
    "`",
    "edit|modif|chang|touch|alter|updat|delet|remov|renam|writ|commit|check|add|introduc|creat|track|maintain|stage|format|refactor|work",
)
_NOT_THERE = Pattern(  # "edit `a`, not `b`", "make changes in `a/` rather than in `b/`"
    r"^\W*(?:always )?(?:edit|change|modify|make (?:all |your |any )?(?:changes|edits) (?:in|to|under))\b(?:`[^`]*`|[^.;`]){1,80}?,? (?:and )?(?:not|never|rather than|instead of)(?: (?:in|to|under|the))* (?P<there>`[^`]+`(?:(?:,| or| and)+ `[^`]+`)*)(?: (?:files?|director(?:y|ies)))?(?:\W*$| directly\b)",
    _I,
    "`",
    "not|never|rather than|instead of",
)
_SUBMODULE = Pattern(
    r"\b(?:is|are) (?:an? |git )*(?:separate |external )?(?:git )?submodules?\b", _I, "submodule"
)
_ELSEWHERE = Pattern(
    r"\b(?:modif\w+|chang\w+|edit\w*|fix\w*|patch\w*|contribut\w+)\b[^.;]{0,40}\b(?:go|require|must|should|belong|need|happen|be made|made|land|upstream)\w*\b[^.;]{0,50}\b(?:repo\w*|upstream|PRs?)\b",
    _I,
    "repo|upstream|pr",
    "modif|chang|edit|fix|patch|contribut",
    "go|require|must|should|belong|need|happen|made|land|upstream",
)


def places_for_changes(text: str) -> list[str]:
    """The code spans that a text limits changes to; [] where it limits them to none."""
    within = _ONLY_WITHIN.search(text)
    return re.findall(r"`([^`]+)`", within["out"] or within["only"] or within["kept"]) if within else []


def elsewhere(places: list[str]) -> Iterator[Ask]:
    """All files but those of the places: the value takes out the first, the scope the others."""
    inside = [
        f"!{glob_of(place.rstrip('/') + '/') if is_directory(place) else glob_of(place)}" for place in places
    ]
    if all(is_path(place) or is_path(f"{place}/") for place in places):
        yield Ask(Kind.PROTECTED_PATH, inside[0], scope=tuple(inside[1:]))


def not_there(text: str) -> Iterator[Ask]:
    """The places that a text names as where not to make a change that belongs elsewhere."""
    if found := _NOT_THERE.search(text):
        for place in re.findall(r"`([^`]+)`", found["there"]):
            if is_path(place):
                yield Ask(Kind.PROTECTED_PATH, glob_of(place))


def submodules(said: Said) -> Iterator[Ask]:
    """Submodules that are changed in a repository of their own: "`idl` is a submodule. Changes go upstream."."""
    told = said.statement.before if _ELSEWHERE.search(said.text) else ""
    if found := _SUBMODULE.search(told):
        for name in re.findall(r"`([\w./-]+)`", told[: found.start()]):
            yield Ask(Kind.PROTECTED_PATH, glob_of(name))
