"""Rules about what files may hold and which may change: paths, secrets, tests kept, dependencies, headers, limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.model import Kind
from agent_gate.policy.paths import glob_of, is_path, plain_paths
from agent_gate.policy.patterns import forbidden_patterns
from agent_gate.policy.said import Ask
from agent_gate.policy.statements import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = re.IGNORECASE
_NO = r"\b(?:do not|don'?t|don’t|never|must not|should not|shouldn'?t|cannot|can'?t|may not|no|not be|avoid)\b"
_EDIT = r"\b(?:edit\w*|modif\w+|touch\w*|chang(?:e|es|ed|ing)|alter\w*|updat\w+|delet\w+|remov\w+|renam\w+|overwrit\w+|commit\w*|check(?:ed)? in|writ(?:e|ing|ten) to|add\w*|hand[- ]?edit\w*|hand-?(?:modif|writ)\w+|committed|stage|format|refactor|reformat)\b"
_PROTECT = re.compile(rf"{_NO}[^.;`]{{0,60}}?{_EDIT}", _I)
_GENERATED = re.compile(r"\b(?:auto-?(?:matically )?[- ]?generated|generated|vendored|read-?only|immutable|third[- ]party|machine-generated)\b", _I)
_KEEP_OFF = re.compile(r"\b(?:do not|don'?t|don’t|never|not be|must not|should not)\b[^.;]{0,40}\b(?:edit|modif|touch|chang(?!elog)|hand)|\bleave\b[^.;]{0,30}\b(?:alone|untouched|unchanged|as is)\b|\bhands off\b|\bread-?only\b|\boff[- ]limits\b", _I)
_INSTEAD = re.compile(r"[,;–—]\s*(?:and )?(?:instead|use|run|edit|rather|regenerate|update|change|modify|make|always)\b|\binstead[ ,:]|\b(?:regenerate|run|use|rerun|edit) (?:it |them |the )?(?:with|via|through|by|`)|\s[–—-]\s(?:use|run|edit|regenerate|instead)|\b(?:without|unless|except|until|directly in|from|such as when|by hand; edit)\b", _I)
_FILE_WORDS = frozenset(
    "the any existing file files anything in under inside within of directly manually by hand to or and code content contents generated auto-generated auto "
    "vendored either these this protected like such as root edit modify change changes changing editing modifying delete remove touch touching rename move commit "
    "committed all test tests snapshot snapshots your local build artifacts from config configuration lock lockfile lockfiles folder directory dir migration migrations "
    "fixtures third-party vendor applied eg its our source project committing deleting".split()
)
_FILE_WORDS_AFTER = re.compile(r"[`\"')*\s]*(?:$|[.,;:(–—-]|(?:files?|director(?:y|ies)|folders?|dirs?|contents?|code|by hand|manually|directly|unless|without|or|and|if|when|as|is|are|must|should|itself|outside|except|under|in|for|to|yourself|at all|because|since|by|artifacts|here|ever|lockfiles?|modules?|tree|path)\b)", re.IGNORECASE)
_THAT_FILE = re.compile(r"\b(?:that|this|the|these|those) (?:\w+ )?(?:files?|director(?:y|ies)|folders?)\b|\b(?:edit|modify|touch|change|hand-edit) (?:it|them|these)\b|\b(?:by hand|manually|directly)\b|\b(?:edit|modify|touch)\W*$", _I)
_SECRET = r"\b(?:secrets?|credentials?|api[- ]?keys?|passwords?|(?:access |auth |api |private )tokens?|tokens?|private keys?|sensitive (?:data|information|values?)|PII|service account keys?)\b|`?\.env(?:\.\w+)?\b"
_SECRETS = re.compile(rf"(?:\b(?:do not|don'?t|don’t|never|no|must not|avoid)\b[^.;]{{0,50}}?\b(?:commit\w*|hard-?cod\w*|check(?:ing)? in|push\w*|stor\w+|embed\w*|includ\w+|add\w*|put\w*|plac\w+|leak\w*|paste|writ\w+|introduc\w+|track|expose)\b[^.;]{{0,60}}?(?:{_SECRET}))|(?:\bno (?:hard-?coded )?(?:{_SECRET})[^.;]{{0,30}}\b(?:in|committed|hard)\b)|\bno hard-?coded (?:{_SECRET})|(?:(?:{_SECRET})[^.;]{{0,40}}\b(?:must never|must not|never|should never|should not|not)\b[^.;]{{0,20}}\b(?:committed|checked in|hard-?coded|in (?:the )?(?:repo|code|source|git)))|\bkeep (?:all )?(?:{_SECRET})[^.;]{{0,30}}\bout of\b", _I)
_TAMPER = re.compile(r"\b(?:do not|don'?t|don’t|never|must not|should not|no)\b[^.;,]{0,30}?\b(?:delet\w+|remov\w+|skip\w*|disabl\w+|weaken\w*|comment(?:ing)? out|xfail|mut(?:e|ing)|loosen\w*|bypass\w*|alter\w*|gut|modif\w+|chang\w+|edit\w*|mark\w*|rewrit\w+|relax)\b[^.;,]{0,40}?\b(?:tests?|assertions?|specs|test (?:cases|expectations))\b(?![/-])|\bfix the (?:code|implementation|bug|root cause)[^.;]{0,20}\b(?:not|instead of|rather than)\b[^.;]{0,20}\btests?\b|\btests?\b[^.;]{0,40}\b(?:must|may|should) (?:not|never) be\b[^.;]{0,20}\b(?:delet|remov|skip|disabl|weaken|comment|modif)", _I)
_DEPENDENCY = re.compile(
    r"(?:\b(?:do not|don'?t|don’t|never|must not|no|without|ask\w*|discuss\w*|approv\w+|confirm|check|should not|justif\w+|minimi[sz]e|keep|zero)\b[^.;]{0,60}?\b(?:add\w*|introduc\w*|install\w*|new|includ\w+|bring\w*|pull\w*|extra|third[- ]party|external|runtime|additional|unnecessary|upgrad\w*|bump\w*|heavy)\b[^.;]{0,50}?\b(?:dependenc(?:y|ies)|third[- ]party (?:librar\w+|packages?|modules?|crates?|code|dep\w*)|(?:new|external|additional|npm|extra|heavy) (?:\w+ )?(?:librar\w+|packages?|crates?|modules?|gems?|deps))\b)"
    r"|\b(?:new|adding|additional|any) (?:\w+ ){0,2}?(?:dependenc(?:y|ies)|deps|packages?|librar\w+|crates?)\b[^.;]{0,50}?\b(?:must|requires?|needs?|should|only|require)\b[^.;]{0,50}?\b(?:approv\w+|discuss\w*|justif\w+|permission|review\w*|ask\w*|confirm\w*|consent|sign-?off)|\bzero[- ](?:runtime |external |third-party )*dependenc(?:y|ies)\b|\bno (?:\w+ ){0,2}dependencies\b",
    _I,
)
_NOT_DEPENDENCY = re.compile(r"\b(?:circular|cyclic|dependency injection|outdated|between|internal dependenc|import cycles?|peer)\b|\b(?:run|running)\b[^.;]{0,20}\bwithout\b|\bby hand\b|\bmanually\b", _I)
_LICENSE = re.compile(r"\b(?:licen[cs]e|copyright|spdx|apache(?:-2\.0| 2\.0)?|mit|bsd|mpl)\b[^.;]{0,30}?\b(?:headers?|notice|preamble|identifier|banner|comment)\b|\bSPDX-License-Identifier\b|\bcopyright header\b|\bfile headers?\b[^.;]{0,20}\blicen[cs]e", _I)
_LICENSE_ASKED = re.compile(r"\b(?:all|every|each|new|must|add|include|required?|needs?|start|begin|source files|preserve|files?|should)\b", _I)
_COLUMNS = re.compile(r"\b(?:line[- ]?(?:length|width|limit)s?|max(?:imum)? (?:line )?(?:length|width|columns?)|print[- ]?width|lines? (?:must|should|under|within|to|at|below|limit\w*|over|longer|max\w*|up to|no (?:more|longer)))\b[^.;\d]{0,40}?(?<![.\d/])(\d{2,3})\b(?!\s*(?:%|lines|px|/))|(?<![.\d/])\b(\d{2,3})[- ]?(?:chars?|characters?|columns?|cols?)\b(?: per line| line| max| limit| wide|-wide)?", _I)
_COLUMN_WORDS = re.compile(r"\blines?\b|\bwrap|\bcolumns?\b|\bwidth\b|\bper line\b|\bwide\b", _I)
_LINES = re.compile(r"\b(files?|modules?|functions?|methods?|components?|class(?:es)?|scripts?)\b[^.;]{0,50}?\b(?:under|below|max\w*|limit\w*|no more than|less than|fewer than|exceed\w*|at most|within|≤|<|up to|longer than|over|above|beyond|to|of)\b[^.;\d]{0,15}?(\d{2,4})\b(?:\s*(?:lines|LOC|SLOC|line)|[^.;]{0,20}\blines\b)|\b(?:max\w*|limit|under|below|at most|no more than|≤|<)\s*(?:of )?(\d{2,4})[- ](?:lines?|LOC)\b[^.;]{0,20}?\b(?:per|for|each|in a)?\s*(files?|modules?|functions?|methods?|components?|class(?:es)?)?|(\d{2,4})[- ](?:lines?|LOC)\b[^.;]{0,12}\b(?:per|max\w*|limit|maximum)\b\s*(file|module|function|method|component|class)?", _I)
_COVERAGE = re.compile(r"\bcoverage\b[^.;]{0,60}?(?<!\d)(\d{2,3})(?:\.\d+)?\s?%|(?<!\d)(\d{2,3})(?:\.\d+)?\s?%[^.;]{0,30}?\bcoverage\b|--cov-fail-under[= ](\d{2,3})", _I)
_COVERAGE_DESCRIBED = re.compile(r"\b(?:current(?:ly)?|docstrings?|type coverage|documentation|module, class|mutation)\b", _I)


def content_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks of the files' contents and of which files may change."""
    if said.statement.form in {Form.SHELL, Form.CODE, Form.HEADING}:
        return
    text = said.text
    secret = bool(_SECRETS.search(text)) and not re.search(r"\b(?:log|logs|logging|print)\b[^.;]{0,30}$", text[: _SECRETS.search(text).end()] if _SECRETS.search(text) else "", _I)  # type: ignore[union-attr]
    if secret:
        yield Ask(Kind.NO_SECRETS)
    tamper = bool(_TAMPER.search(text)) and not re.search(r"\bunrelated\b|\btest (?:files?|data)\b|\brunning\b", text, _I)
    if tamper:
        yield Ask(Kind.NO_TEST_TAMPERING)
    yield from _protected(said, secret=secret)
    if _DEPENDENCY.search(text) and not _NOT_DEPENDENCY.search(text) and not _merely_soft(said):
        yield Ask(Kind.DEPENDENCY_POLICY, params={"mode": "no-new"})
    if _LICENSE.search(text) and _LICENSE_ASKED.search(text) and not re.search(rf"{_NO}[^.;]{{0,30}}\b(?:add|need|require|remove)", text, _I):
        yield Ask(Kind.LICENSE_HEADER, params=_license(said))
    if not said.soft:
        yield from _limits(said)
        yield from _coverage(said)
        yield from forbidden_patterns(said)


def _merely_soft(said: Said) -> bool:
    return said.soft and not said.follow_up


def _protected(said: Said, *, secret: bool) -> Iterator[Ask]:
    text = said.text
    forbids = _PROTECT.search(text)
    generated = bool(_GENERATED.search(text))
    off = _KEEP_OFF.search(text)
    if not (forbids or off) or _merely_soft(said):
        return
    zone = text
    if forbids:
        rest = text[forbids.start() :]
        end = _INSTEAD.search(rest, forbids.end() - forbids.start())
        zone = rest[: end.start()] if end else rest
    paths = _whole_files(zone) if forbids else _paths_in(zone)
    if not paths and (off or generated):
        paths = _paths_in(re.split(r"\b(?:do not|don'?t|don’t|never|must not|should not|leave)\b", text, maxsplit=1, flags=_I)[0])
    if not paths and _THAT_FILE.search(zone):
        paths = _paths_in(re.split(r"\b(?:via|by|from|with|using|through)\b", said.statement.before)[0])[:1]
    if not paths and re.search(rf"{_EDIT} (?:to )?(?:the |our |any )?(?:`?change ?logs?\b)", zone, _I):
        paths = ["CHANGELOG.md"]
    if secret:
        paths = [path for path in paths if not path.startswith(".env")]
    committing = bool(forbids) and bool(re.search(r"\bcommit|check(?:ed)? in", forbids[0], _I))
    for path in dict.fromkeys(paths):
        yield Ask(Kind.PROTECTED_PATH, glob_of(path), {"generated": generated} if generated and not committing else {})
    if not paths and generated and re.search(r"\bgenerated (?:\w+ )?(?:files?|code|sources?|artifacts?|output)\b|\bauto-?generated\b", text, _I) and re.search(r"\b(?:edit|modif|touch|chang|hand)", zone, _I):
        yield Ask(Kind.PROTECTED_PATH, None, {"generated": True})


def _whole_files(zone: str) -> list[str]:
    """The paths of a prohibition that is about the files themselves, not about something in or of them."""
    paths = _paths_in(zone)
    first, last = (zone.find(paths[0]), zone.rfind(paths[-1]) + len(paths[-1])) if paths else (0, 0)
    verb = _PROTECT.search(zone)
    between = zone[verb.end() : first] if verb and verb.end() < first else ""
    whole = {word.strip("-") for word in re.findall(r"[\w-]+", between.lower())} <= _FILE_WORDS | {""}
    return paths if whole and _FILE_WORDS_AFTER.match(zone[last:]) else []


def _paths_in(text: str) -> list[str]:
    spans = [span.strip() for span in re.findall(r"`([^`]+)`", text)]
    return [path for path in spans if is_path(path) and "<" not in path] or plain_paths(re.sub(r"`[^`]*`", " ", text))


def _license(said: Said) -> dict[str, object]:
    globs = [f"*{span}" for span in said.spans() if re.fullmatch(r"\.\w{1,4}", span)]
    must: list[object] = [span for span in said.spans() if re.search(r"copyright|licen[cs]e|spdx", span, _I)]
    must = [re.sub(r"\b(?:19|20)\d\d\b.*", "", str(text)).strip() for text in must]
    if not must:
        must = ["SPDX-License-Identifier"] if re.search(r"spdx", said.text, _I) else ["Copyright"] if re.search(r"copyright", said.text, _I) else ["License"]
    return {"must_contain": must} | ({"globs": globs} if globs else {})


def _limits(said: Said) -> Iterator[Ask]:
    text = said.text
    if re.search(r"\b(?:commit|subject|PRs?|pull requests?|title|diff|description)\b", f"{text} {said.statement.headings[-1] if said.statement.headings else ''}", _I):
        return
    lines = _LINES.search(text)
    if lines:
        number = next(group for group in (lines[2], lines[3], lines[5]) if group)
        about = " ".join(group for group in (lines[1], lines[4], lines[6]) if group).lower() or text.lower()
        yield Ask(Kind.LINE_LIMIT, number, {"unit": "function" if re.search(r"function|method", about) else "file"})
        return
    columns = _COLUMNS.search(text)
    number = next((group for group in columns.groups() if group), "") if columns else ""
    if number and 60 <= int(number) <= 250 and (_COLUMN_WORDS.search(text) or columns and columns[1]):
        yield Ask(Kind.LINE_LIMIT, number, {"unit": "columns"})


def _coverage(said: Said) -> Iterator[Ask]:
    match = _COVERAGE.search(said.text)
    if match and not _COVERAGE_DESCRIBED.search(said.text) and not re.search(r"[~≈]|\babout\b|\baround\b", said.text):
        yield Ask(Kind.COVERAGE, next(group for group in match.groups() if group))
