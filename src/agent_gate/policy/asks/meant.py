"""Which paths a prohibition means: those it names as whole files, and those that the words before it are about."""

from __future__ import annotations

import re

from agent_gate.policy.commands.paths import is_directory, is_extension, is_path, plain_paths
from agent_gate.policy.text.words import ANY_CASE, EDIT, NOT_TO, Pattern, word_set

_I = ANY_CASE
PROTECT = Pattern(rf"{NOT_TO}:?[^.;:`]{{0,60}}?(?:`git )?{EDIT}(?:,? (?:(?:or|and) )?{EDIT})*", _I)
FILE_WORDS = word_set(
    "a an the any existing file files matching named called runtime temporary anything in under inside within of directly manually by hand to or and code content contents generated auto-generated auto "
    "vendored either these this protected like such as root edit modify change changes changing create creating suggest editing modifying delete remove touch touching rename move commit "
    "committed all test tests snapshot snapshots your local build artifacts from dependencies scripts config configuration lock lockfile lockfiles folder directory dir migration migrations "
    "fixtures third-party vendor applied notably especially particularly including namely everything anything whatever eg its our source project committing deleting that modifies modify touches changes edits"
)
_LISTED_PATHS = Pattern(
    r"\((?:e\.g\.?,? |i\.e\.?,? |such as |like )?(?:`[^`]+`[\s,]*(?:and |or |etc\.?)?)+\)\W*(?:(?:must|should|may|can)\W*)?$",
    _I,
)
PLACED = Pattern(  # "generated translations under `docs/ja`"
    r"[^`]*\b(?:generated|vendored|translat\w+|localized|files?|anything|code|content|docs|documents|snapshots?|copied|artifacts|bindings|sources?|workflows?|pipelines?|migrations?|templates?|notes?|fixtures?|assets?|schemas?)\b[^`]*\b(?:under|in|inside|within|below) (?:the )?`?",
    ANY_CASE,
    "under|in|below",
)
_FILE_WORDS_AFTER = Pattern(
    r"[`\"')*\s]*(?:$|[.,;:(\u2013—-]|(?:files?|director(?:y|ies)|folders?|dirs?|contents?|code|by hand|manually|directly|unless|without|or|and|if|when|as|is|are|must|should|itself|outside|except|under|in|for|to|changes|diffs|yourself|at all|because|since|by|artifacts|here|ever|lockfiles?|modules?|snapshots?|fixtures?|tree|path|configuration|config|workflows?|metadata|scripts?)\b)",
    ANY_CASE,
)
_SUCH_FILES = Pattern(  # "working folders such as"
    r"\W*(?:[\w-]+ ){0,3}(?:files|director(?:y|ies)|folders|artifacts|outputs?|caches) (?:such as|like|including|e\.g\.),?\W*",
    _I,
    "such as|like|including|e.g.",
)
_ONCE = Pattern(
    r"^\W*(?:once|after) (?:(?:it|they) (?:is|are) )?(?:merged|released|applied|committed|published|landed), ",
    _I,
)
_LABEL = Pattern(r"\W*[\w ]{1,40}:\W*(?:`[^`]+`[,\s]*(?:and |or )?)+\W*")  # "Protected files: `a`, `b`."
_MAKES = Pattern(r"\b(?:generates|writes|produces|creates|emits)\b", _I)
_RESULT = Pattern(r"\b(?:re-?)?generated (?:\w+ )?(`[^`]+`)", _I)
_MAKER = Pattern(r"\b(?:via|by|from|with|using|through)\b")
_ADDED = word_set("files any new other more anything code generated the")
_CALLED = Pattern(
    r"`([\w.*-]{3,})`(?= (?:scripts?|files?|director(?:y|ies)|folders?)\b)", _I, "script|file|director|folder"
)
_ELSEWHERE = Pattern(r"/(?:tmp|home|Users|var|etc|usr|opt|mnt|dev|proc)\b")  # not in the repository


def whole_files(zone: str) -> list[str]:
    """The paths of a prohibition that is about the files themselves, not about something in or of them."""
    paths = paths_in(zone)
    first, last = (zone.find(paths[0]), zone.rfind(paths[-1]) + len(paths[-1])) if paths else (0, 0)
    verbs = [match for match in PROTECT.finditer(zone) if match.end() < first]
    verb = verbs[-1] if verbs else None
    between = zone[verb.end() : first] if verb else ""
    between = between.rpartition(",")[2]  # one of a list: "keys, `*.pem`"
    adds = re.search(r"\badd(ed)?$", verb[0] if verb else "", _I)
    if adds and re.match(r"[`'\"]* (?:to|as) ", zone[last:]):
        return []  # "do not add `lib/` to a project"
    added = re.match(r"([\w -]*?) ?to\b", between) if adds else None
    if added and ((adds and adds[1]) or not set(added[1].split()) <= _ADDED):
        return []  # "values must not be added to `x`" is about the values, "do not add tests to `x`" about tests
    inside = re.search(r"\(([^()]*)\)", zone[first - 2 :]) if first > 1 else None
    if (
        re.fullmatch(r" ?(?:[\w/-]+ ){1,4}\(`?", between)
        and inside
        and not re.sub(r"`[^`]*`|[\s,]|\b(?:and|or|any)\b", "", inside[1])
    ):
        return paths  # "change versioning (`version.rb`, `CHANGELOG.md`)"
    if re.fullmatch(r"[\w\s/-]*\b(?:files?|folders?|director(?:y|ies)|workflows?|lockfiles?) ?\(`?", between):
        return paths  # "the workflow files (`.github/workflows/**`)"
    if PLACED.fullmatch(between) and not re.match(r"[^`]*\badd", verb[0] if verb else "", _I):
        return [path for path in paths if is_directory(path)]
    whole = {word.strip("-") for word in re.findall(r"[\w-]+", between.lower())} <= FILE_WORDS | {""}
    return paths if whole and _FILE_WORDS_AFTER.match(zone[last:]) else []


def named_first(head: str) -> list[str]:
    """The paths that a sentence is about: nothing but words for files stands before the first."""
    paths = paths_in(head)
    before = re.split(r"[:|\u2013—]", head[: head.find(paths[0])])[-1] if paths else ""
    listed = _LISTED_PATHS.search(head)
    if listed and not re.search(r"`", head[: listed.start()]):
        return paths  # "environment files (e.g. `conf/`, `hooks/`) must not …"
    before = _ONCE.sub("", before)
    if _SUCH_FILES.fullmatch(before):
        return paths
    return paths if set(re.findall(r"[\w-]+", before.lower())) <= FILE_WORDS else []


def named_earlier(before: str, *, several: bool) -> list[str]:
    """The paths that "these files" or "it" mean: those that the text before says are made, or the first it names."""
    if _LABEL.fullmatch(before):
        return paths_in(before)
    result = _RESULT.search(before)
    if not several and result and (paths := paths_in(result[1])):
        return paths
    made = _MAKES.split(before, maxsplit=1)
    if made[1:]:
        return paths_in(re.sub(r"\([^()]*\)", " ", made[1]))
    nearest = re.split(r"(?<=[.;])\s+", before.strip())[-1]
    paths = paths_in(_MAKER.split(nearest)[0]) or paths_in(_MAKER.split(before)[0])
    return paths if several else paths[:1]


def paths_in(text: str) -> list[str]:
    """The paths that a text names, in code spans or, where there are none, in words."""
    spans = [span.strip() for span in re.findall(r"`([^`]+)`", text)]
    called = {name for name in _CALLED.findall(text) if not is_extension(name)}
    paths = [
        path
        for path in spans
        if (path in called or is_path(path)) and "<" not in path and not _ELSEWHERE.match(path)
    ]
    if paths:  # among them a name that is all capitals is one of a file, too: "`man/`, `NAMESPACE`"
        return [span for span in spans if span in paths or re.fullmatch(r"[A-Z]{4,}", span)]
    return plain_paths(re.sub(r"`[^`]*`", " ", text))
