"""`protected-path`: which files a statement forbids to change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.asks.elsewhere import elsewhere, not_there, places_for_changes, submodules
from agent_gate.policy.asks.meant import (
    FILE_WORDS,
    PLACED,
    PROTECT,
    named_earlier,
    named_first,
    paths_in,
    whole_files,
)
from agent_gate.policy.commands.paths import glob_of, is_extension
from agent_gate.policy.model import Kind
from agent_gate.policy.text.negations import without_harmless
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.words import ANY_CASE, EDIT, NOT_TO, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_GENERATED = Pattern(
    r"\b(?:auto-?(?:matically )?[- ]?generated|generated|vendored|read-?only|immutable|third[- ]party|machine-generated)\b",
    _I,
    "generated|vendored|read-only|readonly|immutable|third",
)
_KEEP_OFF = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|not be|must not|should not)\b[^.;]{0,40}\b(?:edit|modif|touch|chang(?!elog|eset)|hand)|\bleave\b[^.;]{0,30}\b(?:alone|untouched|unchanged|as is)\b|\bhands off\b|\b(?:is|are|stays?|as) (?:read-?only|frozen)\b|\bas immutable\b|\btreat\w*\b[^.;]{0,40}\bas generated\b|\boff[- ]limits\b",
    _I,
)
_INSTEAD = Pattern(
    r"[,;\u2013—]\s*(?:and )?(?:instead|use|run|edit|rather|regenerate|update|change|modify|make|always|ensure|keep|prefer|set)\b|\binstead[ ,:]|\b(?:regenerate|run|use|rerun|edit) (?:it |them |the )?(?:with|via|through|by|`)|\s[\u2013—-]\s(?:use|run|edit|regenerate|instead)|\b(?:without|unless|except|until|directly in|(?<!files )(?<!artifacts )from|such as when|by hand; edit)\b",
    _I,
    "instead|use|run|edit|rather|regenerate|update|change|modify|make|always|ensure|keep|prefer|set|without|unless|except|until|directly in|from|such as when|by hand",
)
_PASSIVE = Pattern(
    rf"[`)] (?:(?:files?|director(?:y|ies)|folders?) )?(?:(?:is|are) [\w ]{{1,40}}? and )?(?:must |should |may )?{NOT_TO} be [^`]*?(?:`git )?{EDIT}$",
    _I,
    " be ",
)  # "`x` must not be committed"
_OUTSIDE = Pattern(  # "artifacts (`out/`) don't belong in git", "migrations in `db/` are immutable"
    r"\W*(?:(?:the|all|any|existing|old|applied|merged|released|build|local|generated) )*(?:(?:files|artifacts|outputs?|director(?:y|ies)|folders|caches|logs|migrations|snapshots|fixtures)\b(?: (?:in|under|such as|like))?)?\W*(?=`)(?:`[^`]*`|[^`.;])*(?:(?:\b(?:do not|don['\u2019]?t|does not|doesn['\u2019]?t|never) belong in|\b(?:must|should|have to|has to) (?:stay|remain|be kept) out of) (?:git\b|(?:the )?(?:repo(?:sitory)?|version control|source control|commits)\W*$)|(?<=`)\)? (?:files )?(?:is|are) immutable\b)",
    _I,
    "belong in|out of|immutable",
)
_FILES_OF = {"lock": "*[-.]lock*", "snapshot": "*.snap*"}
_UNNAMED = Pattern(
    rf"{EDIT}(?: (?:the|any|all|your|our|a|package|dependency|generated|manually|directly))* (lock|snapshot) ?files?\b",
    _I,
    "lock|snapshot",
)
_READING = Pattern(
    r"\W*\[[^\]]*\]\([^)]*\)\W*[\u2013\u2014:-]"
)  # what stands behind a link describes its page
_CHANGES_TO = Pattern(
    r"(?:\b(?:changes|edits|modifications|updates) (?:to|in|under) ((?:`[^`]*`|[^.;`]){1,80}?)|^\W*(`[^`]+`) (?:changes|edits|modifications)) (?:(?:require|need)s? (?:\w+ ){0,2}?(?:approval|sign-?off|discussion|permission|consent)|(?:is|are) (?:strictly |explicitly )?(?:not allowed|forbidden|prohibited|not permitted|off[- ]limits|disallowed))\b",
    _I,
    "changes|edits|modifications|updates",
    "require|need|is |are ",
    "approval|sign|discussion|permission|consent|allowed|forbidden|prohibited|permitted|limits",
)
_ONLY_BY = Pattern(  # "`x` may only be changed by maintainers", "only maintainers may edit `x`"
    rf"^\W*(`[^`]+`)(?: files?)? (?:may|must|should|can) only be {EDIT} by (?!`|running)|^\W*only [^`.;]{{3,40}} (?:may|can|should) {EDIT} (?:the )?(`[^`]+`)",
    _I,
    "only",
)
_OFF_LABEL = Pattern(
    r"\W*(?:immutable|read-?only|frozen|protected|off[- ]limits)\b[\w ()/-]{0,30}:\s*(?=`)",
    _I,
    "immutable|read-only|readonly|frozen|protected|limits",
    ":",
)
_TOUCH_LABEL = Pattern(
    r"\W*(?:do not|don'?t|don\u2019t|never) (?:touch|edit|modify|change)\W*:", _I, ":", "do not|don|never"
)
_KEPT_OUT = Pattern(  # "keep `dist/` out of commits"
    r"\W*(?:always )?(?:keep|leave|exclude)\b([^`.;]*)((?:`[^`]+`(?:,? (?:and|or) |, )?)+)(?: (?:files?|director(?:y|ies)|folders?))? (?:out of|from) (?:(?:the|your|all|any) )*(?:commits?|git|version control|source control|(?:manual|hand) edits)\b",
    _I,
    "keep|leave|exclude",
    "`",
    "out of|from",
)
_ABOUT_ENTRY = Pattern(  # "`keys.tf` - sensitive (never commit)" forbids to change what the entry is about
    rf"\W*(`[^`]+`)\W*\s[\u2013\u2014-]\s[^`]*?{NOT_TO} (?:ever |directly )?{EDIT}(?:,? (?:or|and) {EDIT})?(?: (?:it|this|by hand|manually|directly))?(?=\W*$|[.,;)]|\s[\u2013\u2014-]\s)",
    _I,
    "`",
    "-|\u2013|\u2014",
)
_THAT_FILE = Pattern(
    r"\btreat (?:it|them|these|this) as\b|\b(?:changes|anything|files) here\b|\b(?:that|this|the|these|those) (?:\w+ )?(?:files?|director(?:y|ies)|folders?)\b|\b(?:edit|modify|touch|change|hand-edit|commit|track)(?: or \w+)? (?:it|them|these)\b|\b(?:edit|touch|change|commit|add) (?:either|both|any of them)\b|\b(?:by hand|manually|directly)\b|\b(?:edit|modify|touch)\W*$",
    _I,
    "treat|here|file|folder|director|them|it|these|both|either|by hand|manually|directly|edit|modify|touch",
)
_ITSELF = Pattern(
    r"\b(?:that|this|these|those) (?:\w+ )?(?:files?|director(?:y|ies)|folders?)\b|\b(?:edit|modify|touch|change|commit) (?:it|them|these)\b|\b(?:edit|modify|touch)\W*$",
    _I,
)
_SEVERAL = Pattern(r"\b(?:them|these|those|either|both)\b", _I)
_EXTENSIONS = Pattern(r"`([^`]+)`(?! (?!files?\b)\w)")  # not "`.md` planning files"
_NEGATION = Pattern(r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|leave)\b", _I)
_GENERATED_FILES = Pattern(
    r"\bgenerated (?:\w+ )?(?:files?|code|sources?|artifacts?|output)\b|\bauto-?generated\b", _I
)
_LABELS = Pattern(
    r"`(?:,? (?:or|and) `[^`]*`)* (?:\w+ )?labels?\b|\blabels? dropdown\b", _I, "label"
)  # of issues
_MODIFIES = Pattern(r"\b(?:modif|edit|touch|overwrit)", _I)
_NEWS = Pattern(  # what only some changes do not need is not protected
    rf"{NOT_TO}[^.;:`]{{0,40}}?(?:{EDIT}|\bwrite) (?:to )?(?:the |our |any |an? |new )*`?(change ?log|change ?set|newsfragment)s?\b(?![^.;]{{0,30}} (?:for|unless|if|when|in|without|outside)\b)",
    _I,
    "changelog|change log|changeset|change set|newsfragment",
)
_FOLDERS = {"changelog": "CHANGELOG.md", "changeset": ".changeset/**", "newsfragment": "newsfragments/**"}
_GENERATED_NEWS = Pattern(  # "the changelog is generated. Do not touch it."
    r"\W*(?:the |our )?(changelog) (?:file )?is (?:\w+ )?(?:generated|written|managed|maintained|built)\b",
    _I,
    "changelog",
)
_READS = Pattern(  # "the other subcommands are read-only" is about no files
    r"\b(?:(?:sub)?commands?|tools?|operations?|endpoints?|quer(?:y|ies)|calls?|methods?)\b[^.;]{0,80}\bread-only\b",
    _I,
    "read-only",
)


def protected_paths(said: Said, *, secret: bool) -> Iterator[Ask]:
    """One ask a path; one without a path where generated files as such are meant.

    Args:
        said: the statement.
        secret: whether it is about secrets, so that its `.env` files are no paths to protect.
    """
    text = said.text
    yield from submodules(said)
    if not said.soft:
        yield from not_there(text)
    if not said.soft and (places := places_for_changes(text)):
        yield from elsewhere(places)
        return
    if (
        not said.soft
        and (kept := _KEPT_OUT.match(text))
        and (PLACED.fullmatch(kept[1]) or set(re.findall(r"[\w-]+", kept[1].lower())) <= FILE_WORDS)
    ):
        yield from (Ask(Kind.PROTECTED_PATH, glob_of(path)) for path in paths_in(kept[2]))
        return
    if PROTECT.search(text) or _KEEP_OFF.search(text):
        text = without_harmless(text)
    forbids = PROTECT.search(text) or _NEWS.search(text)
    banned = _CHANGES_TO.search(text) or _ONLY_BY.search(text)
    generated = bool(_GENERATED.search(text))
    off = not _READS.search(text) and bool(
        _KEEP_OFF.search(text) or _OUTSIDE.match(text) or _OFF_LABEL.match(text)
    )
    if (
        _LABELS.search(text)
        or not (forbids or off or banned)
        or (said.soft and not said.follow_up)
        or _READING.match(said.statement.text)
    ):
        return
    zone = _zone(text, forbids)
    listed = _listed(text)
    if banned and not (forbids or off or listed):
        yield from (Ask(Kind.PROTECTED_PATH, glob_of(path)) for path in _changes_to(text))
        return
    passive = bool(forbids and _PASSIVE.search(text[: forbids.end()]))
    paths = listed or _forbidden(said, zone, forbids=bool(forbids), named_before=off or generated or passive)
    if secret:
        paths = [  # "never commit code that modifies `.env.local`" is about the file, too
            path
            for path in paths
            if _MODIFIES.search(zone) or not re.search(r"^\.env|secret|credential|\.(?:pem|key)$", path, _I)
        ]
    committing = bool(forbids and re.search(r"\bcommit|check(?:ed)? in", forbids[0], _I))
    made = generated or paths in ([glob] for glob in _FILES_OF.values())
    params: dict[str, object] = {"generated": True} if made and not committing else {}
    for path in dict.fromkeys(paths):
        yield Ask(Kind.PROTECTED_PATH, glob_of(path), params)
    if (
        not paths
        and not text.rstrip().endswith(":")
        and _GENERATED_FILES.search(text)
        and re.search(r"\b(?:edit|modif|touch|chang|hand)", zone, _I)
    ):
        yield Ask(Kind.PROTECTED_PATH, None, {"generated": True})


def _listed(text: str) -> list[str]:
    """The paths of "Do not touch: the version in `a`, `b`, `c/`" that are entries of their own."""
    label = _TOUCH_LABEL.match(text)
    entries = re.split(r",\s*(?:and |or )?", text[label.end() :]) if label else []
    return [
        path
        for entry in entries
        for path in paths_in(entry)
        if set(re.findall(r"[\w-]+", entry.replace(path, " ").lower())) <= FILE_WORDS - {"in"}
    ]


def _changes_to(text: str) -> list[str]:
    """The paths of "changes to `x` are not allowed"."""
    match = _CHANGES_TO.search(text) or _ONLY_BY.search(text)
    return paths_in(match[1] or match[2]) if match else []


def _zone(text: str, forbids: re.Match[str] | None) -> str:
    """What is forbidden: from the prohibition to what to do instead."""
    if not forbids:
        return text
    rest = text[forbids.start() :]
    end = _INSTEAD.search(rest, forbids.end() - forbids.start())
    return rest[: end.start()] if end else rest


def _forbidden(said: Said, zone: str, *, forbids: bool, named_before: bool) -> list[str]:
    """The paths meant, looked for in the prohibition, before it, and in the sentence before."""
    paths = whole_files(zone) if forbids else paths_in(zone)
    if not paths and forbids and re.match(r"[^`]*\b(?:commit|add)\w*\b[^`]*\bfiles?\b", zone, _I):
        paths = [f"*{span}" for span in _EXTENSIONS.findall(zone) if is_extension(span)]
    if not paths and forbids and (entry := _ABOUT_ENTRY.match(said.text)):
        paths = paths_in(entry[1]) or re.findall(r"`([\w-]+-\*)`", entry[1])  # "`api-*`": directories
    if not paths and named_before:
        head = _NEGATION.split(said.text, maxsplit=1)[0]
        paths = named_first(head)
    if not paths and _THAT_FILE.search(zone):
        paths = named_earlier(said.statement.before, several=bool(_SEVERAL.search(zone)))
    if not paths and _ITSELF.search(zone) and forbids:
        paths = paths_in(said.text[: said.text.find(zone)])[-1:]
    paths = paths or _changes_to(said.text)
    news = _NEWS.search(zone) or (_ITSELF.search(zone) and _GENERATED_NEWS.match(said.statement.before))
    if not paths and news:
        paths = [_FOLDERS[news[1].replace(" ", "").lower()]]
    if not paths and (unnamed := _UNNAMED.search(said.text)):
        paths = [_FILES_OF[unnamed[1].lower()]]
    return paths
