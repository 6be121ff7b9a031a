"""Rules about what comes with a change: tests, docs, changelog, specs, a clean tree, issues for what is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands import read_command
from agent_gate.policy.model import Kind
from agent_gate.policy.paths import glob_of, is_path, plain_paths
from agent_gate.policy.said import Ask
from agent_gate.policy.sentences import plain
from agent_gate.policy.statements import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = re.IGNORECASE
_NO = r"(?:do not|don'?t|don\u2019t|never|must not|no|not|cannot|without)"
_ADD = (
    r"(?:add|includ|writ|updat|creat|provid|extend|cover|accompan|ship|adjust|pair|implement|submit|bring)\w*"
)
_TESTS = r"(?<![-_/`.])\b(?:test(?: case| coverage)?s?|unit tests?|test coverage|specs)\b(?!(?:-\w| (?:output|results?|plan|evidence|commands?|runs?|data|names?|doubles?|fixtures?|helpers?|scripts?|utilit\w+|suites?|passes|passing|must|should|names?|dir\w*|folders?|mirror\w*|live)\b|[-_/](?!docs|documentation|specs)\w))"
_WORK = r"\b(?:new|every|each|any|all|chang\w+|modif\w+|features?|bugs?|fix\w*|behaviou?rs?|functionality|logic|endpoints?|code|components?|functions?|modules?|regressions?|refactor\w*|contributions?|work|you (?:add|change|write|touch|modify|fix)|PRs?|pull requests?|commands?|api|tools?|methods?|class(?:es)?|services?|edge cases)\b"
_NEEDS = r"\b(?:must|should|needs?|requires?|have to|has to|comes?|ships?|accompanied|covered|include[sd]?|always|gets?|(?:are|is) (?:accompanied|covered|tested|backed))\b"
_TEST_RULES = (
    re.compile(rf"\b{_ADD} [^.;]{{0,70}}?{_TESTS}[^.;]{{0,90}}?{_WORK}", _I),
    re.compile(rf"{_WORK}[^.;]{{0,70}}?{_NEEDS}[^.;]{{0,60}}?{_TESTS}", _I),
    re.compile(
        rf"\b(?:when|if|for|after|whenever|any time|once)\b[^.;]{{0,80}}?{_WORK}[^.;]{{0,80}}?\b{_ADD} [^.;]{{0,50}}?{_TESTS}",
        _I,
    ),
    re.compile(rf"\b(?:mandatory|required)\b[^.;]{{0,40}}{_TESTS}[^.;]{{0,60}}{_WORK}", _I),
    re.compile(
        rf"\b(?:start|begin)\w* (?:by|with) (?:\w+ )?(?:defin|writ|add|creat|extend)\w* [^.;]{{0,30}}?{_TESTS}|\b(?:write|add|create) (?:the |a |an |failing |unit )*{_TESTS} (?:first|before (?:implement|writ|cod|the (?:code|implementation|fix))\w*)",
        _I,
    ),
    re.compile(rf"{_TESTS} (?:are|is) (?:required|mandatory|expected|needed)\b", _I),
    re.compile(rf"\b(?:no|never|not|without)\b[^.;]{{0,60}}\bwithout\b[^.;]{{0,40}}{_TESTS}", _I),
    re.compile(
        rf"^\W*(?:please |always )?(?:add|write|include|update|create|provide)(?:(?: or |/| and |, | any | new | relevant | the | unit | integration | corresponding | appropriate | matching )+(?:add|update|extend|write|modify)?)*\s*(?:\w+ ){{0,3}}{_TESTS}(?:\W*$| (?:for|when|with|that cover|covering|to cover|alongside|along with|first|before|as needed|where|if|in the same))",
        _I,
    ),
    re.compile(
        rf"^\W*{_TESTS} (?:added|updated|written|included|accompany|covering (?:new|behaviou?r|the|all)|for (?:new|all|every|changed|any))",
        _I,
    ),
    re.compile(
        r"\bregression tests?\b[^.;]{0,60}\b(?:bug|fix)|\b(?:bug|fix)\w*\b[^.;]{0,60}\bregression tests?\b",
        _I,
    ),
    re.compile(
        r"\bnew (?:features?|code|functionality|behaviou?r)\b[^.;]{0,20}(?:→|->|=>|:|=|\|)[^.;]{0,40}\btests?\b",
        _I,
    ),
)
_TESTED = re.compile(r"\b(?:new|every|each|all|any)\b[^.;]{0,50}\bmust be (?:\w+ )?tested\b", _I)
_NOT_TESTS = re.compile(
    rf"\b{_NO} (?:\w+ ){{0,2}}?(?:add|write|creat|includ|need|requir)\w* (?:\w+ ){{0,3}}?tests?\b|\bnot (?:need|require)|\bonly (?:when|if)\b|\b(?:run|running|execute)\b[^.;`]{{0,30}}\btests?\b(?![^.]*\b(?:add|write|include|cover)\w* )|\ball tests\b|\btests? (?:pass|must pass|should pass|are passing|to pass|live|go|belong|are located|are in)\b|\bexisting tests?\b|^\W*(?:when )?adding (?:a |new )?(?:\w+ )?tests?\b|\bwhen (?:you )?(?:writ|add|creat)\w* (?:\w+ )?tests\b",
    _I,
)

_DOCS = r"(?:\bdocs?\b(?!-only)|\bdocumentation\b|\breadme\b(?:\.\w+)?|\bdoc comments?\b|\buser guides?\b|\bapi reference\b|`?\bdocs?/[\w./-]*`?|`?[\w./-]*(?:guide|usage|manual|reference|docs|architecture|overview)[\w./-]*\.(?:md|rst)\b`?|\bman(?:ual)? pages?\b|\bopenapi\b)"
_REFRESH = r"(?:updat|amend|revis|adjust|refresh|sync|maintain|add|reflect|keep|extend|ensur|includ|chang|writ|creat|provid|modif)(?!elog)\w*"
_COND = r"(?:\b(?:when|if|whenever|for|after|as|with|alongside|along with|in the same|to reflect|accordingly|in sync|current|any|any time|every|relevant|affected|related|must|should|where|needed|necessary|together)\b|up[- ]to[- ]date|\bchang\w+)"
_DOC_RULES = (
    re.compile(rf"\b{_REFRESH}\b[^.;:]{{0,70}}?{_DOCS}[^;]{{0,100}}?{_COND}", _I),
    re.compile(
        rf"\b(?:when|if|whenever|after|for|any time|every|each|on)\b[^.;]{{0,110}}?\b(?:{_REFRESH}|document) [^.;]{{0,60}}?{_DOCS}",
        _I,
    ),
    re.compile(
        rf"{_DOCS}[^.;]{{0,40}}?\b(?:must|should|is|are|need|needs|has to|have to|gets?|stays?|remains?|kept)\b[^.;]{{0,30}}?\b(?:updated|kept|current|in sync|up[- ]to[- ]date|documented|revised|update|reflect|match|stay|updates)\b",
        _I,
    ),
    re.compile(
        r"\bdocument\b (?:\w+ ){0,2}?(?:new|all|any|every|each|user[- ](?:facing|visible)|public|breaking|changed)[^.;]{0,40}\b(?:features?|flags?|options?|settings?|commands?|endpoints?|env(?:ironment)? var\w*|changes|behaviou?r|config\w*|api changes)\b",
        _I,
    ),
    re.compile(
        rf"\b(?:new|every|each|all|any|changed|user-facing)\b[^.;]{{0,60}}\b(?:must|should|needs?|requires?|have to|comes? with|include)\b[^.;]{{0,50}}(?:{_DOCS}|\bdocumented\b)",
        _I,
    ),
    re.compile(
        rf"^\W*(?:please |always |also )?update (?:the |any |all |relevant |related |affected |corresponding |public |user |api |necessary )*(?:\w+/)?{_DOCS}",
        _I,
    ),
    re.compile(rf"^\W*{_DOCS}(?: (?:and|or|/) \w+)? (?:updated|updates? (?:when|for|if))\b", _I),
)
_NEVER_WITHOUT_DOCS = re.compile(rf"\bwithout (?:also )?updating\b[^.;]{{0,60}}?{_DOCS}", _I)
_NOT_DOCS = re.compile(
    rf"\b{_NO} (?:\w+ ){{0,2}}?(?:updat|add|writ|creat|edit|chang|modif|touch)\w* [^.;]{{0,40}}{_DOCS}|\bdocstrings?\b|\b(?:verifies|validates|checks that)\b|\b(?:see|refer to|read|consult|check|review|follow|per|according to|described in|documented in) [^.;,]{{0,50}}{_DOCS}|\bnot (?:need|require)|\bsuggest\b|\bdocumentation (?:is|lives|are) (?:located|in)\b|\bno docs?\b|\bdoc tests?\b|\bskip\b|^\W*read\b|^\W*(?:this|it|the \w+) (?:ensures?|keeps?|means)\b|\bonly (?:create|add|write)\b|\b(?:needs?|requires?|must have) (?:an? )?doc comments?\b",
    _I,
)
_CHANGELOG = r"(?:\bchange ?logs?\b(?:\.\w+)?|(?-i:\bCHANGES(?:\.(?:md|rst|txt))?\b|\bNEWS(?:\.\w+)?\b)|\bHISTORY\.(?:md|rst)\b|\bchangesets?\b|\bnews ?fragments?\b|\bnews (?:entry|entries|items?|file)\b|\brelease[- ]?notes?\b|\btowncrier\b|`?\.changeset\b|`?\bchangelog\.d\b|\bunreleased\b|\bchange ?files?\b|\bchangie\b)"
_CHANGELOG_RULES = (
    re.compile(
        rf"\b(?:add|updat|includ|creat|writ|document|record|run|log|provid|not(?:e|ing)|append|put|generate|list|mention|maintain)\w*\b[^.;]{{0,80}}?{_CHANGELOG}",
        _I,
    ),
    re.compile(
        rf"{_CHANGELOG}[^.;]{{0,40}}?\b(?:required|mandatory|needed|(?:must|should) be (?:updated|added|included)|entr(?:y|ies) (?:for|must|added|required)|updated)\b",
        _I,
    ),
    re.compile(rf"\b(?:must|should|needs?|requires?|comes? with|have|gets?)\b[^.;]{{0,60}}?{_CHANGELOG}", _I),
)
_NOT_CHANGELOG = re.compile(
    rf"\bcommit messages?\b|\bcode block\b|\bin (?:the|your) (?:PR )?(?:description|body)\b|\bwhether\b|\bread\b|^\W*follow\b|\bif (?:the user|you are|you're) ask|\b{_NO}\b[^.;,]{{0,40}}?(?:\b(?:edit|touch|updat|modif|chang|add|writ|need|requir|creat|includ)\w*\b)?[^.;,]{{0,40}}?{_CHANGELOG}|{_CHANGELOG}[^.;]{{0,40}}\b(?:automatic\w*|auto-?generated|generated by|is generated|are generated|not (?:required|needed)|managed by)\b|\bgenerat\w+ (?:the |a )?(?:changelog|release notes) (?:with|from|using)",
    _I,
)
_SPECS = r"(?:(?<![`/])\bspecs?/[\w./-]*|`specs?/[\w./-]*`|\bspec(?:ification)?s? (?:files?|docs?|documents?|pages?)\b|\bthe (?:\w+ )?specs?\b|\bspecifications?\b|\bdesign docs?\b|\bADRs?\b|\barchitecture decision records?\b|\b(?:SPEC|DESIGN)\.md\b)"
_SPEC_RULES = (
    re.compile(
        rf"\b(?:updat|amend|revis|keep|sync|add|writ|creat|adjust|record|maintain)\w*\b[^.;]{{0,50}}?{_SPECS}[^.;]{{0,80}}?{_COND}",
        _I,
    ),
    re.compile(
        rf"\b(?:when|if|whenever|after|every|any)\b[^.;]{{0,90}}?\b(?:updat|amend|revis|adjust|add|writ|creat)\w* [^.;]{{0,40}}?{_SPECS}",
        _I,
    ),
    re.compile(
        rf"{_SPECS}[^.;]{{0,40}}?\b(?:must|should|need|is|are|stays?)\b[^.;]{{0,30}}?\b(?:updated|kept|current|in sync|up[- ]to[- ]date|match|reflect)\b",
        _I,
    ),
)
_CLEAN = (
    re.compile(
        r"\bcommit (?:all|every|everything)\b(?! (?:lock|generated|files to))(?:[^.;]{0,30}\b(?:work|changes?|files?|modifications?)\b)?|\balways commit (?:your|all|the|any)?\s*(?:work|changes?)\b|\bno uncommitted\b|\bnothing uncommitted\b|\bno (?:untracked|unstaged)\b|\b(?:don'?t|do not|never) leave (?:\w+ ){0,3}?(?:uncommitted|untracked|unstaged|dirty)",
        _I,
    ),
    re.compile(
        r"\b(?:working[- ](?:tree|copy|directory)|work-?tree|git status|git tree|tree|repo(?:sitory)?)\b[^.;]{0,40}\b(?:must|should|be|is|stays?|remains?|shows?|reports?|left)\b[^.;]{0,25}\b(?:clean|nothing to commit|no changes)\b|\bleave (?:the |a |your )?(?:\w+ )?(?:tree|worktree|working (?:tree|copy|directory)|repo(?:sitory)?)\b[^.;]{0,20}\bclean\b|\bclean (?:working tree|worktree|git status)\b[^.;]{0,30}\b(?:before|at the end|when|required|after)\b|\bensure (?:a )?clean (?:working tree|worktree|git status)",
        _I,
    ),
    re.compile(
        r"\b(?:all|every) (?:changes?|work|files?) (?:must|should|are|is|need to|has to|have to)(?: be)? (?:all )?(?:committed|tracked)\b",
        _I,
    ),
)
_NOT_CLEAN = re.compile(
    r"\b(?:before (?:starting|you start|beginning|switching|any|branching|bumping|releas\w+)|start (?:with|from)|clean start|commit messages?|only commit|commit hash)\b|\bif (?:the )?(?:working|git|tree)\b|\bcommit (?:and|,|then) push\b|\bonly if\b",
    _I,
)
_GAPS: tuple[tuple[re.Pattern[str], dict[str, object]], ...] = (
    (
        re.compile(
            rf"\b(?:{_NO}|No|Never|Do not|Don't|avoid)\b[^.;,]{{0,40}}?\b(?:TODO|FIXME|XXX|HACK)s?\b(?![^.;]*\b(?:without|unless)\b)"
        ),
        {"forbid_todo": True},
    ),
    (
        re.compile(
            r"\b(?:TODO|FIXME)s?\b[^.;]{0,50}\b(?:not allowed|forbidden|prohibited|must not|must be (?:resolved|removed|tracked|filed))\b"
        ),
        {"forbid_todo": True},
    ),
    (re.compile(r"\bGAPS\.md\b"), {"file": "GAPS.md"}),
    (
        re.compile(
            r"\b(?:file|creat|open|log|record|track|add|rais)\w*\b[^.;]{0,40}?\b(?:issues?|tickets?|beads?)\b[^.;]{0,60}?\b(?:remaining|follow[- ]?ups?|discovered|gaps?|left|leftover|unfinished|out[- ]of[- ]scope|deferred|TODOs?|incomplete|found|new work|anything)\b",
            _I,
        ),
        {},
    ),
    (
        re.compile(
            r"\b(?:gaps?|follow[- ]?ups?|leftovers?|discovered (?:work|issues)|unfinished work|remaining work|deferred work|out-of-scope \w+)\b[^.;]{0,60}?\b(?:file|filed|becomes?|creat\w+|open|track\w*|record\w*|log|logged)\b[^.;]{0,40}\b(?:issues?|tickets?|beads?)\b",
            _I,
        ),
        {},
    ),
)


_DIRECTIVE = re.compile(
    r"\b(?:must|always|required?|should|needs?)\b|^\W*(?:add|update|write|include|create|keep|document|record|file|commit|run)\b",
    _I,
)


def process_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks to come with a change."""
    text = re.sub(r"\([^()`]*\)", " ", said.text)
    if said.statement.form is Form.ROW and not any(
        _DIRECTIVE.search(plain(cell)) for cell in said.statement.cells
    ):
        return
    if any(rule.search(text) for rule in (*_TEST_RULES, _TESTED)) and not _NOT_TESTS.search(text):
        yield Ask(Kind.TEST_PER_CHANGE, params={"when": _when(text)})
    without = re.sub(r"`?[\w./-]*change-?log[\w./-]*`?", " ", text, flags=_I)
    documented = any(rule.search(without) for rule in _DOC_RULES) and not _NOT_DOCS.search(text)
    if documented or _NEVER_WITHOUT_DOCS.search(without):
        paths = _paths(said, re.compile(r"doc|readme|\.md|guide", _I))
        yield Ask(Kind.DOCS_UPDATED, ", ".join(paths) or None, {"paths": paths})
    yield from _changelog(said)
    if any(rule.search(text) for rule in _SPEC_RULES) and not re.search(
        rf"\b{_NO} [^.;]{{0,20}}{_SPECS}|\bread\b|\btest specs?\b|\bwelcome\b", text, _I
    ):
        paths = _paths(said, re.compile(r"spec|adr|design|architecture", _I))
        yield Ask(Kind.SPEC_UPDATED, ", ".join(paths) or None, {"paths": paths})
    if any(rule.search(text) for rule in _CLEAN) and not _NOT_CLEAN.search(text) and not said.forbids:
        yield Ask(Kind.CLEAN_WORKTREE)
    gap = next((params for rule, params in _GAPS if rule.search(text)), None)
    if gap is not None:
        yield Ask(Kind.GAPS_TO_ISSUES, params=dict(gap))


def _changelog(said: Said) -> Iterator[Ask]:
    text = re.sub(r"`?#?\b(?:skip|no|non)-changelog\b`?", " ", said.text, flags=_I)
    entry = bool(
        re.search(r"change ?log|changeset|news", said.heading, _I)
        and re.search(
            r"\b(?:add|write|include|create)\w* (?:\w+ ){0,4}?(?:entry|entries|fragment|file|changeset)\b",
            text,
            _I,
        )
    )
    if not (entry or any(rule.search(text) for rule in _CHANGELOG_RULES)) or _NOT_CHANGELOG.search(text):
        return
    paths = _paths(said, re.compile(r"change|news|history|release", _I))
    if not paths:
        named = re.search(r"\bCHANGELOG(?:\.\w+)?|\bCHANGES\.\w+|\bHISTORY\.\w+", text)
        paths = [named[0] if "." in named[0] else "CHANGELOG.md"] if named else []
    if not paths:
        paths = (
            [".changes/**"]
            if re.search(r"changie", text, _I)
            else [".changeset/**"]
            if re.search(r"changeset", text, _I)
            else ["newsfragments/**"]
            if re.search(r"news ?fragment|towncrier", text, _I)
            else ["CHANGELOG.md"]
        )
    yield Ask(Kind.CHANGELOG_UPDATED, paths[0], {"paths": paths})


def _paths(said: Said, wanted: re.Pattern[str]) -> list[str]:
    named = [*said.spans(), *plain_paths(said.text)]
    return list(
        dict.fromkeys(
            glob_of(path)
            for path in named
            if is_path(path) and wanted.search(path) and "<" not in path and not read_command(path)
        )
    )


def _when(text: str) -> str:
    feature, fix = (
        re.search(r"\bfeatures?\b|\bfunctionality\b", text, _I),
        re.search(r"\bbugs?\b|\bfix(?:es)?\b", text, _I),
    )
    if feature and fix:
        return "any"
    if re.search(r"behaviou?r", text, _I):
        return "behaviour"
    return "feature" if feature else "fix" if fix else "any"
