"""`protected-path`: which files a statement forbids to change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.elsewhere import elsewhere, places_for_changes, submodules
from agent_gate.policy.model import Kind
from agent_gate.policy.negations import without_harmless
from agent_gate.policy.paths import glob_of, is_directory, is_extension, is_path, plain_paths
from agent_gate.policy.said import Ask
from agent_gate.policy.words import ANY_CASE, EDIT, NOT_TO, Pattern, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = ANY_CASE
_PROTECT = Pattern(rf"{NOT_TO}:?[^.;:`]{{0,60}}?(?:`git )?{EDIT}(?:,? (?:(?:or|and) )?{EDIT})*", _I)
_GENERATED = Pattern(
    r"\b(?:auto-?(?:matically )?[- ]?generated|generated|vendored|read-?only|immutable|third[- ]party|machine-generated)\b",
    _I,
    "generated|vendored|read-only|readonly|immutable|third",
)
_KEEP_OFF = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|not be|must not|should not)\b[^.;]{0,40}\b(?:edit|modif|touch|chang(?!elog|eset)|hand)|\bleave\b[^.;]{0,30}\b(?:alone|untouched|unchanged|as is)\b|\bhands off\b|\b(?:is|are|stays?|as) (?:read-?only|frozen)\b|\bas immutable\b|\boff[- ]limits\b",
    _I,
)
_INSTEAD = Pattern(
    r"[,;\u2013—]\s*(?:and )?(?:instead|use|run|edit|rather|regenerate|update|change|modify|make|always|ensure|keep|prefer|set)\b|\binstead[ ,:]|\b(?:regenerate|run|use|rerun|edit) (?:it |them |the )?(?:with|via|through|by|`)|\s[\u2013—-]\s(?:use|run|edit|regenerate|instead)|\b(?:without|unless|except|until|directly in|(?<!files )(?<!artifacts )from|such as when|by hand; edit)\b",
    _I,
    "instead|use|run|edit|rather|regenerate|update|change|modify|make|always|ensure|keep|prefer|set|without|unless|except|until|directly in|from|such as when|by hand",
)
_FILE_WORDS = word_set(
    "a an the any existing file files matching named called runtime temporary anything in under inside within of directly manually by hand to or and code content contents generated auto-generated auto "
    "vendored either these this protected like such as root edit modify change changes changing create creating suggest editing modifying delete remove touch touching rename move commit "
    "committed all test tests snapshot snapshots your local build artifacts from dependencies scripts config configuration lock lockfile lockfiles folder directory dir migration migrations "
    "fixtures third-party vendor applied notably especially particularly including namely everything anything whatever eg its our source project committing deleting that modifies modify touches changes edits"
)
_LISTED_PATHS = Pattern(
    r"\((?:e\.g\.?,? |i\.e\.?,? |such as |like )?(?:`[^`]+`[\s,]*(?:and |or |etc\.?)?)+\)\W*(?:(?:must|should|may|can)\W*)?$",
    _I,
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
_LABEL = Pattern(r"\W*[\w ]{1,40}:\W*(?:`[^`]+`[,\s]*(?:and |or )?)+\W*")  # "Protected files: `a`, `b`."
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
_PLACED = Pattern(  # "generated translations under `docs/ja`"
    r"[^`]*\b(?:generated|vendored|translat\w+|localized|files?|anything|code|content|docs|documents|snapshots?|copied|artifacts|bindings|sources?|workflows?|pipelines?|migrations?|templates?|notes?|fixtures?|assets?|schemas?)\b[^`]*\b(?:under|in|inside|within|below) (?:the )?`?",
    ANY_CASE,
    "under|in|below",
)
_FILE_WORDS_AFTER = Pattern(
    r"[`\"')*\s]*(?:$|[.,;:(\u2013—-]|(?:files?|director(?:y|ies)|folders?|dirs?|contents?|code|by hand|manually|directly|unless|without|or|and|if|when|as|is|are|must|should|itself|outside|except|under|in|for|to|changes|diffs|yourself|at all|because|since|by|artifacts|here|ever|lockfiles?|modules?|snapshots?|fixtures?|tree|path|configuration|config|workflows?)\b)",
    ANY_CASE,
)
_ABOUT_ENTRY = Pattern(  # "`keys.tf` - sensitive (never commit)" forbids to change what the entry is about
    rf"\W*(`[^`]+`)\W*\s[\u2013\u2014-]\s[^`]*?{NOT_TO} (?:ever |directly )?{EDIT}(?:,? (?:or|and) {EDIT})?(?: (?:it|this|by hand|manually|directly))?(?=\W*$|[.,;)]|\s[\u2013\u2014-]\s)",
    _I,
    "`",
    "-|\u2013|\u2014",
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
_NEGATION = Pattern(r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|leave)\b", _I)
_GENERATED_FILES = Pattern(
    r"\bgenerated (?:\w+ )?(?:files?|code|sources?|artifacts?|output)\b|\bauto-?generated\b", _I
)
_MODIFIES = Pattern(r"\b(?:modif|edit|touch|overwrit)", _I)
_ADDED = word_set("files any new other more anything code generated the")
_ELSEWHERE = Pattern(r"/(?:tmp|home|Users|var|etc|usr|opt|mnt|dev|proc)\b")  # not in the repository
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
_MAKES = Pattern(r"\b(?:generates|writes|produces|creates|emits)\b", _I)
_RESULT = Pattern(r"\b(?:re-?)?generated (?:\w+ )?(`[^`]+`)", _I)
_READS = Pattern(  # "the other subcommands are read-only" is about no files
    r"\b(?:(?:sub)?commands?|tools?|operations?|endpoints?|quer(?:y|ies)|calls?|methods?)\b[^.;]{0,80}\bread-only\b",
    _I,
    "read-only",
)
_MAKER = Pattern(r"\b(?:via|by|from|with|using|through)\b")


def protected_paths(said: Said, *, secret: bool) -> Iterator[Ask]:
    """One ask a path; one without a path where generated files as such are meant.

    Args:
        said: the statement.
        secret: whether it is about secrets, so that its `.env` files are no paths to protect.
    """
    text = said.text
    yield from submodules(said)
    if not said.soft and (places := places_for_changes(text)):
        yield from elsewhere(places)
        return
    if (
        not said.soft
        and (kept := _KEPT_OUT.match(text))
        and (_PLACED.fullmatch(kept[1]) or set(re.findall(r"[\w-]+", kept[1].lower())) <= _FILE_WORDS)
    ):
        yield from (Ask(Kind.PROTECTED_PATH, glob_of(path)) for path in _paths_in(kept[2]))
        return
    text = without_harmless(text)
    forbids = _PROTECT.search(text) or _NEWS.search(text)
    banned = _CHANGES_TO.search(text) or _ONLY_BY.search(text)
    generated = bool(_GENERATED.search(text))
    off = not _READS.search(text) and bool(
        _KEEP_OFF.search(text) or _OUTSIDE.match(text) or _OFF_LABEL.match(text)
    )
    if (
        not (forbids or off or banned)
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
        for path in _paths_in(entry)
        if set(re.findall(r"[\w-]+", entry.replace(path, " ").lower())) <= _FILE_WORDS - {"in"}
    ]


def _changes_to(text: str) -> list[str]:
    """The paths of "changes to `x` are not allowed"."""
    match = _CHANGES_TO.search(text) or _ONLY_BY.search(text)
    return _paths_in(match[1] or match[2]) if match else []


def _zone(text: str, forbids: re.Match[str] | None) -> str:
    """What is forbidden: from the prohibition to what to do instead."""
    if not forbids:
        return text
    rest = text[forbids.start() :]
    end = _INSTEAD.search(rest, forbids.end() - forbids.start())
    return rest[: end.start()] if end else rest


def _forbidden(said: Said, zone: str, *, forbids: bool, named_before: bool) -> list[str]:
    """The paths meant, looked for in the prohibition, before it, and in the sentence before."""
    paths = _whole_files(zone) if forbids else _paths_in(zone)
    if not paths and forbids and re.match(r"[^`]*\b(?:commit|add)\w*\b[^`]*\bfiles?\b", zone, _I):
        paths = [f"*{span}" for span in re.findall(r"`([^`]+)`", zone) if is_extension(span)]
    if not paths and forbids and (entry := _ABOUT_ENTRY.match(said.text)):
        paths = _paths_in(entry[1]) or re.findall(r"`([\w-]+-\*)`", entry[1])  # "`api-*`": directories
    if not paths and named_before:
        head = _NEGATION.split(said.text, maxsplit=1)[0]
        paths = _named_first(head)
    if not paths and _THAT_FILE.search(zone):
        paths = _named_before(said.statement.before, several=bool(_SEVERAL.search(zone)))
    if not paths and _ITSELF.search(zone) and forbids:
        paths = _paths_in(said.text[: said.text.find(zone)])[-1:]
    paths = paths or _changes_to(said.text)
    news = _NEWS.search(zone) or (_ITSELF.search(zone) and _GENERATED_NEWS.match(said.statement.before))
    if not paths and news:
        paths = [_FOLDERS[news[1].replace(" ", "").lower()]]
    if not paths and (unnamed := _UNNAMED.search(said.text)):
        paths = [_FILES_OF[unnamed[1].lower()]]
    return paths


def _named_before(before: str, *, several: bool) -> list[str]:
    """The paths that "these files" or "it" mean: those that the text before says are made, or the first it names."""
    if _LABEL.fullmatch(before):
        return _paths_in(before)
    result = _RESULT.search(before)
    if not several and result and (paths := _paths_in(result[1])):
        return paths
    made = _MAKES.split(before, maxsplit=1)
    if made[1:]:
        return _paths_in(re.sub(r"\([^()]*\)", " ", made[1]))
    paths = _paths_in(_MAKER.split(before)[0])
    return paths if several else paths[:1]


def _named_first(head: str) -> list[str]:
    """The paths that a sentence is about: nothing but words for files stands before the first."""
    paths = _paths_in(head)
    before = re.split(r"[:|\u2013—]", head[: head.find(paths[0])])[-1] if paths else ""
    listed = _LISTED_PATHS.search(head)
    if listed and not re.search(r"`", head[: listed.start()]):
        return paths  # "environment files (e.g. `conf/`, `hooks/`) must not …"
    before = _ONCE.sub("", before)
    if _SUCH_FILES.fullmatch(before):
        return paths
    return paths if set(re.findall(r"[\w-]+", before.lower())) <= _FILE_WORDS else []


def _whole_files(zone: str) -> list[str]:
    """The paths of a prohibition that is about the files themselves, not about something in or of them."""
    paths = _paths_in(zone)
    first, last = (zone.find(paths[0]), zone.rfind(paths[-1]) + len(paths[-1])) if paths else (0, 0)
    verbs = [match for match in _PROTECT.finditer(zone) if match.end() < first]
    verb = verbs[-1] if verbs else None
    between = zone[verb.end() : first] if verb else ""
    between = between.rpartition(",")[2]  # one of a list: "keys, `*.pem`"
    adds = re.search(r"\badd(ed)?$", verb[0] if verb else "", _I)
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
    if _PLACED.fullmatch(between) and not re.match(r"[^`]*\badd", verb[0] if verb else "", _I):
        return [path for path in paths if is_directory(path)]
    whole = {word.strip("-") for word in re.findall(r"[\w-]+", between.lower())} <= _FILE_WORDS | {""}
    return paths if whole and _FILE_WORDS_AFTER.match(zone[last:]) else []


def _paths_in(text: str) -> list[str]:
    spans = [span.strip() for span in re.findall(r"`([^`]+)`", text)]
    paths = [path for path in spans if is_path(path) and "<" not in path and not _ELSEWHERE.match(path)]
    if paths:  # among them a name that is all capitals is one of a file, too: "`man/`, `NAMESPACE`"
        return [span for span in spans if span in paths or re.fullmatch(r"[A-Z]{4,}", span)]
    return plain_paths(re.sub(r"`[^`]*`", " ", text))
