"""Rules about what comes with a change: tests, docs, changelog, specs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.demands import demanded, is_name_of, ordered
from agent_gate.policy.asks.things import CHANGELOG, DOCS, PAGES, SPECS, TESTS
from agent_gate.policy.commands.command import read_command
from agent_gate.policy.commands.conditions import condition
from agent_gate.policy.commands.paths import glob_of, is_path, plain_paths
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.sentences import plain, without_phrases
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_NEVER = r"(?:do not|don'?t|don\u2019t|never|must not|no|not|cannot)"
_NO = rf"(?:{_NEVER}|without)"
_TESTED = Pattern(
    r"\bcover (?:every|all|each|any) (?:new |changed |added )*(?:lines?|branch(?:es)?|code ?paths?|code|behaviou?rs?|functions?)\b|\b(?:new|every|each|all|any)\b[^.;]{0,50}\bmust be (?!manually)(?:\w+ )?tested\b(?! (?:manually|by hand|on a)\b)|\buntested (?:code|changes?|features?|fixes)\b[^.;]{0,30}\b(?:not|never|reject\w*)\b|\bno untested (?:code|changes?|features?|fixes)\b",
    _I,
    "cover |tested",
)
_TESTS_FIRST = Pattern(
    r"\b(?:follow|practi[cs]e|apply|do|use) (?:strict )?(?:TDD|test-driven development)\b(?![^.;]*\b(?:where|when|if)\b)|\b(?:TDD|test-driven development) is (?:mandatory|required)\b|\b(?:write|add|create) (?:the |a |an |failing |unit )*tests? (?:first|before (?:implement|writ|cod|the (?:code|implementation|fix))\w*)|\b(?:work|go|develop|start) tests?[- ]first\b|\b(?:reproduc\w*|(?:demonstrate|show|prove|capture) (?:it|them|the (?:bug|problem|failure|issue))) [^.;]{0,30}?\b(?:with|in|by|as) (?:an? |the )?(?:\w+ ){0,2}?tests?\b|\b(?:bug ?)?fix(?:es)? (?:always )?(?:start|begin)s? with [^.;]{0,20}\btests?\b|\bregression tests?\b[^.;]{0,60}\b(?:bug|fix)|\b(?:bug|fix)\w*\b[^.;]{0,60}\bregression tests?\b",
    _I,
    "tdd|test",
    "tdd|test-driven|first|before|reproduc|demonstrat|show|prove|capture|start|begin|regression",
)
_WITH_DOCS = Pattern(  # "update docs and specs" means no tests
    r"(?<=\bdocs)[^.;]{0,20}?\bspecs\b(?:/\w+ \w+)?|\bspecs\b(?=(?:/\w+ \w+)?,? (?:and |or )?(?:docs|documentation)\b)",
    _I,
    "specs",
)
_SPEC_FILES = Pattern(r"\bspec files?\b", _I, "spec file")  # what specs are where there are no tests
_NEW_TESTS = Pattern(
    r"\b(?:add|writ|creat)ing (?:an? |new )+tests?\b(?! for)", _I, "test"
)  # heads how it is done
_MADE_TO_PASS = Pattern(r"\b(?:to|and) make (?:the |these |all )*tests? pass\b", _I, "pass")
_HOW_TESTS = Pattern(  # how or where they are written; other specs; not each change needs one
    r"\bnot (?:every|all|each)\b[^.;]{0,40}\btests?\b|^\W*(?:all )?tests extend\b|\bwhen (?:troubleshoot|debugg|investigat|diagnos)\w*|\b(?:always|then|also|please|must) test (?:with|by|using|via|against)\b|\b(?:in|with) their comments\b"
    r"|\b(?:detailed|technical|feature|product) specs\b|\bspecs up-?\s?front\b|\b(?:proposals?|design|plans?),? (?:and )?specs\b"
    r"|\bwrite (?:\w+ and )?(?:clear|readable|maintainable|clean|deterministic|independent|isolated|descriptive|reliable|simple)\b[^.;]{0,30}\btests?\b(?![^.;]*\b(?:for|when)\b)"
    r"|\bkeep (?:[\w-]+ ){0,3}tests?(?: classes| files| code)? (?:\w+ )?(?:organi[sz]ed|grouped|structured|next to|close to|beside|in)\b",
    _I,
    "test|specs|comments|when",
)
_NOT_TESTS = Pattern(
    rf"\b{_NO} (?:\w+ ){{0,2}}?(?:add|write|creat|includ|need|requir)\w* (?:\w+ ){{0,3}}?tests?\b|(?:\bnot|n['\u2019]t) (?:need|require)|\bno (?:\w+ ){{0,2}}?tests? (?:are |is )?(?:needed|required|necessary)\b|\bonly (?:add|write|when|if|for)\b|\b(?:run|running|execute)\b(?:(?!\b(?:add|adding|writ\w+|includ\w+|cover\w*)\b)[^.;`]){{0,30}}\btests?\b(?![^.]*\b(?:add|writ|includ|cover)\w* )|\ball tests\b|^\W*in tests\b|\bwrite (?:[\w-]+ ){{0,4}}tests? (?:using|by|with|in|as|like|via)\b|\btests? (?:must|should|are|is|need to) (?:be |go |live )?(?:added |placed |written |put |kept |created |named )?(?:in|under|inside|using|with|as)\b|\btests? (?:pass|must pass|should pass|are passing|to pass|live|go|belong|are located|are in)\b|\bautomatically\b|\b(?:is|are) covered by `?[\w/.-]*tests?/|^\W*(?:this|it|that) will\b|^\W*when(?:ever)? (?:you(?:'re)? )?(?:creat|writ|add|modif)\w* (?:[\w-]+ ){{0,3}}?tests?\b|^\W*(?:most|some|many|much|several)\b|\b(?:whether|reconsider)\b|\b(?:in|to) (?:a |an )?(?:passing|working|green) state\b|\bexisting tests?\b(?! cases? )(?<!updating existing tests)(?<!updating existing test)",
    _I,
)

_DOCUMENTED = Pattern(
    r"\bdocument\b (?:\w+ ){0,2}?(?:new|all|any|every|each|user[- ](?:facing|visible)|public|breaking|changed)[^;]{0,40}\b(?:features?|flags?|options?|settings?|commands?|endpoints?|env(?:ironment)? var\w*|changes|behaviou?r|config\w*|api changes)\b"
    r"|\b(?:new|every|each|all|any|changed|user-facing)\b[^;]{0,80}(?<!that )\b(?:must|should|needs?|requires?|have to|has to)\b[^;]{0,30}\bdocumented\b",
    _I,
    "document",
    "new|all|any|every|each|user|public|breaking|changed",
)
_NOT_DOCS = Pattern(
    rf"\b{_NEVER} (?:\w+ ){{0,2}}?(?:updat|add|writ|creat|edit|chang|modif|touch|includ)\w* (?:(?!\bwithout\b)(?:[^.;]|\.(?=\w))){{0,40}}{DOCS.noun}|\bdocstrings?\b|\b(?:verifies|validates|checks that)\b|\b(?:see|refer to|read|consult|review|follow|per|according to|described in|(?<!be )(?<!ly )documented in) (?:(?!\bmust\b|\bshould\b)[^;,]){{0,50}}{DOCS.noun}|(?:\bnot|n['\u2019]t) (?:need|require)|\bsuggest\b|\bdocumentation (?:is|lives|are) (?:located|in)\b|\bno docs?\b|\bdoc tests?\b|\bskip\b|^\W*read\b(?!.*\band (?:also )?update\b)|^\W*(?:this|it|the \w+) (?:ensures?|keeps?|means)\b|\bonly (?:create|add|write)\b|\b(?:needs?|requires?|must have) (?:an? )?doc comments?\b|\bdocs? PRs?\b|\b(?:functions?|methods?|class(?:es)?|helpers?|modules?|members|structs?|types?)\b[^;]{{0,30}}\b(?:requires?|needs?|(?:must|should) have)\b (?:\w+ )?doc|\brun the following\b|\bconflicts? with\b|\b(?:update only|only update)\b|^\W*(?:run|use|execute) `[^`]*`(?: \([^()]*\))? to\b|^\W*(?:every|each|all)\b(?:(?!\b(?:new|changes?|features?|commands?|flags?|apis?)\b)[^.;]){{0,60}}\b(?:files?|pages?|documents?|docs|PRDs|ADRs)\W{{0,3}}[^.;]{{0,20}}\b(?:must|should|(?:is|are) expected to|needs? to|ha(?:s|ve) to) (?:be )?(?:placed|stored|named|written|contain|have|include|follow|use|live|kept in|put|go)\b|\bafter (?:[\w-]+ ){{0,3}}sessions?\b|\bbefore (?:start|work|begin)\w*\b[^;]*\b(?:list|check|look|browse|search|scan)\b|\binclude (?:\w+ ){{0,3}}?examples? in\b|\bshows? (?:just |only )?the\b|\b(?:users?|humans?) correct\w*\b|\b(?:corrections?|feedback|session)\b[^;,]{{0,20}}\buser\b",
    _I,
)
_CHANGELOG_PATH = Pattern(
    r"change-?log|changesets?|(?:^|/)\.?changes?(?:/|\.|$)|news|history|release|(?:^|/)unreleased/", _I
)
_PAGES = Pattern(r"\bdocs\b|\breadme|\bdocumentation\b|\.mdx?\b", _I)
_NO_DOCS = Pattern(  # changelogs and specs
    r"`?[\w./-]*(?:(?<![\w-])(?:specs?|adrs?|design)/|change-?log|changesets?/|(?<![\w-])changes[/.]|(?<![\w-])news[/.]|(?<![\w-])history\.|release-?notes?[/.])[\w./<>{}*-]*`?",
    _I,
    "change|news|history|release|spec|adr|design",
)
_FOLDERS = {"changie": ".changes/**", "changeset": ".changeset/**", "newsfragments": "newsfragments/**"}
_FROM_COMMITS = Pattern(r"\bcommit messages?\b|\bconventional commits?\b", _I)  # of which changelogs are made
_ENTRY = Pattern(
    r"\b(?:add|write|include|create)\w* (?:\w+ ){0,4}?(?:entry|entries|fragment|file|changeset)\b", _I
)
_NOT_CHANGELOG = Pattern(
    rf"\bcommit (?:messages?|prefix\w*|types?)\b|\bcode block\b|\b(?:in|to) (?:the |your )?(?:PR |pull request )?(?:description|body)\b|\bwhether\b|\bread\b|^\W*follow\b|\bif (?:the user|you are|you're) ask|\b(?:do not|don'?t|don\u2019t|never|no|not|must not|cannot)\b(?! forget)[^.;,]{{0,60}}?{CHANGELOG.noun}|{CHANGELOG.noun}[^.;]{{0,40}}\b(?:automatic\w*|auto-?generated|generated by|is generated|are generated|not (?:required|needed)|managed by)\b|\bgenerat\w+ (?:the |a )?(?:changelog|release notes) (?:with|from|using)|\bbecomes? (?:a |the )?(?:release|changelog)",
    _I,
)
_NOT_SPECS = Pattern(
    rf"\b{_NO} [^.;]{{0,20}}{SPECS.noun}|\bread\b|\btest specs?\b|\bwelcome\b|\bcorrections?\b|\bwrite (?:the |a |your )?plan\b",
    _I,
)


_INSTRUCTIONS = frozenset({"AGENTS.md", "CLAUDE.md", "GEMINI.md"})
_DOCS_PATH = Pattern(r"doc|readme|\.mdx?|guide", _I)
_SPECS_PATH = Pattern(r"spec|adr|design|architecture", _I)
_DIRECTIVE = Pattern(
    r"\b(?:must|always|required?|should|needs?)\b|^\W*(?:add|update|write|include|create|keep|document|record|file|commit|run)\b",
    _I,
)

_TYPE_OF_COMMIT = Pattern(
    r"(?:`(?:feat|fix|docs|tests?|chore|refactor|perf|ci|build|style|revert)!?:?`:?\s*[-\u2013\u2014:|(]|(?:feat|fix|docs|test|chore|refactor|perf|ci|build|style|revert)(?:\([\w./-]+\))?!?: )\s*",
)
_OF_A_CHANGE = Pattern(  # what introduces the steps of a change: "when you implement features:"
    r"\b(?:when(?:ever)?|if|after|for|to)\b[^:]{0,40}?\b(?:implement|add|chang|modif|fix|creat|develop|build|mak|introduc|refactor)\w*\b(?![^:]*\b(?:tests?|docs|documentation|specs?)\b)[^:]*:\W*$",
    _I,
    ":",
    "implement|add|chang|modif|fix|creat|develop|build|mak|introduc|refactor",
)
_CHANGING = Pattern(  # heads the steps of any change: "Adding new features"
    r"\W*(?:\d+\W+)?(?:add|implement|mak|develop|build|creat|fix)ing (?:an? |new |code )*(?:features?|functionality|changes|bugs)\W*$",
    _I,
    "feature|functionality|changes|bugs",
)
_STEP = Pattern(r"\W*(?:write|add|create|update|extend|include)\w* (?:[\w-]+ ){0,3}?tests?\b", _I)
_KEPT = Pattern(
    r"\bkeep (?:this|that) (?:file|document|page|guide)\b[^;]{0,40}?\b(?:up[- ]to[- ]date|current|in sync|accurate)\b",
    _I,
    "keep this|keep that",
)
_LABELLED = Pattern(
    r"[\w /&()-]{1,40}:\s*`([^`]+)`\W*(?:\([^()]*\)\W*)?"
)  # "Update the docs: `make toc`" is about a command
_BRANCHES = Pattern(r"\bbranch(?:es|ing)?\b", _I)  # "`docs/*`: documentation updates" names one
_RELEASING = Pattern(
    r"(?:^|/)\W*(?:\d+\W+)?(?:releas(?:e|es|ing)\W*(?:$|/)|releas(?:e|ing) (?:process|steps|checklist|workflow|procedure)|(?:making|cutting|creating|tagged|tagging) (?:an? )?(?:\w+ )?releases?)",
    _I,
    "releas",
)
_PAGE = Pattern(r"\W*\[[^\]]*\]\([^)]*\)\W*[\u2013\u2014:|-]")  # what stands behind a link describes its page
_SKILLS = Pattern(r"\b(?:skills|subagents)\b", _I)
_OTHER_SECTION = Pattern(  # on requests to an agent, on a change of one kind
    r"\bprompt(?:s|ing)\b|^\W*(?:chang|upgrad|bump|migrat|deprecat|renam|retir)ing (?!(?:any|some|every|public|existing|the )?(?:code|thing|files?|behaviou?rs?|apis?)\b)",
    _I,
)
_IS_PAGE = Pattern(r"\W*(?:see |read )?[\w./-]+\.mdx?\W*(?:\([^()]*\)\W*)?", _I)  # what a table routes to
_DESCRIBED = Pattern(r"\b(?:will|automatically)\b[^.]*:\s*$", _I)  # "the workflow will:"
_AT_RELEASE = Pattern(
    r"\b(?:before|when|after|once|for|at|during)\b[^,;:`]{0,50}\b(?:releas(?:e|es|ing)\b(?! notes?)|tagging|publishing|cutting (?:an? |the )?(?:release|version|tag|new))",
    _I,
    "releas|tagging|publishing|cutting",
)
_NO_PAGE = Pattern(r"<|YYYY|template\.md$", _I)
_FIRST_CLAUSE = Pattern(
    r"\W*(?:if|when(?:ever)?|after|for|once|any ?time|changes to)\b(?:`[^`]*`|[^,`]|,(?=\s*(?:and |or )?`))*",
    _I,
)
_UPDATE_IT = Pattern(
    r"(\W*(?:please |always |and )?(?:update|revise|extend|sync|keep)) (?:it|them|both|that (?:page|file))\b",
    _I,
    "update|revise|extend|sync|keep",
    " it|them|both|that ",
)
_IN_CODE = Pattern(r"\b(?:doc ?strings?|\w*doc comments?|jsdoc|javadoc|kdoc|rustdoc)\b", _I)


def process_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks to come with a change, or with a change of the files that it names."""
    if _is_no_demand(said):
        return
    text = without_phrases(re.sub(r"\([^()`]*\)", " ", _named(said)))
    for ask in (
        *_tests(said, text),
        *_docs(said, text),
        *_changelog(said, _named(said)),
        *_specs(said, text),
    ):
        yield replace(ask, scope=_changed_files(said, ask))


def _is_no_demand(said: Said) -> bool:
    """Whether a statement describes: a row without an order, a type of commit, a skill, what a workflow does."""
    if said.statement.form is Form.ROW and not any(
        _DIRECTIVE.search(plain(cell)) for cell in said.statement.cells
    ):
        return True
    return bool(
        _TYPE_OF_COMMIT.match(said.text)
        or _PAGE.match(said.statement.text)
        or _RELEASING.search(said.heading)
        or (_SKILLS.search(said.heading) and said.text.startswith("`"))
        or _DESCRIBED.search(said.statement.lead)
        or (_BRANCHES.search(said.heading) and said.text.startswith("`"))
        or any(map(_OTHER_SECTION.search, said.statement.headings[-1:]))
        or (said.statement.form is Form.ROW and any(map(_IS_PAGE.fullmatch, said.statement.cells)))
    )


def _changed_files(said: Said, ask: Ask) -> tuple[str, ...]:
    """The files whose change the demand is about: "when you change `a/`, update `b.md`"; () for all."""
    wanted = ask.params.get("paths")
    named = wanted if isinstance(wanted, list) else []
    text = re.sub(r"\([^()]*\)", " ", said.text)
    first = _FIRST_CLAUSE.match(text)
    text = first[0] if first else text
    _, globs = condition(text, re.findall(r"`([^`]+)`", text))
    return tuple(glob for glob in globs if glob not in named)


def _tests(said: Said, text: str) -> Iterator[Ask]:
    bare = _WITH_DOCS.sub(" ", re.sub(r"\([^()]*\)", " ", text))
    if any(map(_NEW_TESTS.search, said.statement.headings[-1:])):
        return
    of_a_change = _OF_A_CHANGE.search(said.statement.lead) or any(
        map(_CHANGING.match, said.statement.headings[-1:])
    )
    if of_a_change and said.statement.form is Form.ITEM and (step := _STEP.match(bare)):
        bare = f"{step[0]} for every change"  # whatever the step says of how
    named = _is_boxed(said) and is_name_of(bare, TESTS)
    asked = named or demanded(bare, TESTS) or _TESTED.search(bare) or _TESTS_FIRST.search(bare)
    if _HOW_TESTS.search(bare) or (_SPEC_FILES.search(bare) and not re.search(r"\btest", bare, _I)):
        return
    if asked and not _NOT_TESTS.search(_MADE_TO_PASS.sub(" ", bare)):
        yield Ask(Kind.TEST_PER_CHANGE, params={"when": _when(text)})


def _docs(said: Said, text: str) -> Iterator[Ask]:
    without = _NO_DOCS.sub(" ", text)
    named = _is_boxed(said) and is_name_of(without, DOCS)
    page = ordered(without, PAGES) and not demanded(text, SPECS)  # "the page in specs/" is a spec
    asked = (
        named
        or demanded(without, DOCS)
        or page
        or (_DOCUMENTED.search(without) and (without == text or _PAGES.search(without)))
    )
    kept = _KEPT.search(without)
    about_command = (labelled := _LABELLED.fullmatch(said.text)) and read_command(labelled[1])
    if (
        (asked or kept)
        and not (about_command or _AT_RELEASE.search(text))
        and not (_NOT_DOCS.search(text) or _IN_CODE.search(said.heading))
    ):
        paths = [path for path in _paths(said, _DOCS_PATH) if not _NO_DOCS.fullmatch(path)]
        # nothing says which change it needs; an instruction file changes with what it says, not with the code
        told = asked and not (paths and set(paths) <= _INSTRUCTIONS)
        severity = None if told else Severity.FOLLOW_UP
        yield Ask(Kind.DOCS_UPDATED, ", ".join(paths) or None, {"paths": paths}, severity=severity)


def _specs(said: Said, text: str) -> Iterator[Ask]:
    if demanded(text, SPECS) and not _NOT_SPECS.search(text):
        paths = _paths(said, _SPECS_PATH)
        yield Ask(Kind.SPEC_UPDATED, ", ".join(paths) or None, {"paths": paths})


def _is_boxed(said: Said) -> bool:
    """Whether it is an entry of a checklist, which may be no more than a name."""
    return said.statement.text.startswith("[ ]")


def _named(said: Said) -> str:
    """The text with "update it" naming what the text before it is about: the last page, or documentation."""
    it = _UPDATE_IT.match(said.text)
    pages = [path for path in re.findall(r"`([^`\s]+)`", said.statement.before) if is_path(path)]
    about = pages[-1:] or re.findall(r"\b(?:docs|documentation|readme)\b", said.statement.before, _I)[-1:]
    return f"{it[1]} `{about[0]}`{said.text[it.end() :]}" if it and about else said.text


def _changelog(said: Said, named: str) -> Iterator[Ask]:
    text = re.sub(r"`?#?\b(?:skip|no|non)-changelog\b`?", " ", named, flags=_I)
    text = re.sub(r"[\"\u201c](unreleased)[\"\u201d]", r"\1", text, flags=_I)
    entry = re.search(r"change ?log|changeset|news", said.heading, _I) and _ENTRY.search(text)
    boxed = _is_boxed(said) and is_name_of(text, CHANGELOG)
    if _FROM_COMMITS.search(f"{said.heading} {said.statement.lead}") and not _paths(said, _CHANGELOG_PATH):
        return
    if (
        not (entry or boxed or demanded(text, CHANGELOG))
        or _NOT_CHANGELOG.search(re.sub(r"\([^()`]*\)", " ", text))
        or _AT_RELEASE.search(text)
    ):
        return
    paths = _paths(said, _CHANGELOG_PATH)
    if not paths:
        file = re.search(r"\b(?:CHANGELOG|CHANGES|HISTORY)\.\w+", text)
        tool = next((name for name in _FOLDERS if name in text.lower()), "")
        paths = [file[0]] if file else [_FOLDERS[tool]] if tool else []  # else the usual places
    yield Ask(Kind.CHANGELOG_UPDATED, paths[0] if paths else None, {"paths": paths})


def _paths(said: Said, wanted: Pattern) -> list[str]:
    # of `changelog/<category>/` the directory is known
    named = [re.sub(r"(?<=/)[^/]*<.*", "", span) for span in [*said.spans(), *plain_paths(said.text)]]
    return list(
        dict.fromkeys(
            glob_of(path)
            for path in named
            if is_path(path) and wanted.search(path) and not _NO_PAGE.search(path) and not read_command(path)
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
