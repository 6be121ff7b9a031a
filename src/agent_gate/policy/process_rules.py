"""Rules about what comes with a change: tests, docs, changelog, specs, a clean tree, issues for what is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.commands import read_command
from agent_gate.policy.demands import Thing, demanded, is_name_of, ordered
from agent_gate.policy.model import Kind
from agent_gate.policy.paths import glob_of, is_path, plain_paths
from agent_gate.policy.said import Ask
from agent_gate.policy.sentences import plain
from agent_gate.policy.statements import Form
from agent_gate.policy.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.said import Said

_I = ANY_CASE
_NEVER = r"(?:do not|don'?t|don\u2019t|never|must not|no|not|cannot)"
_NO = rf"(?:{_NEVER}|without)"
_TESTS = Thing(
    hints=("test", "spec", "regression", "coverage"),
    noun=r"[\w*./-]*(?:\.(?:test|spec)|_test|\btest_[\w*]*|\btests?/[\w./*-]*)\.(?:py|[jt]sx?|go|rs|rb|java|kt|cs|php|exs|swift)\b|(?<![-_/`.\w])(?:(?:XC|PHPUnit |JUnit |unit |e2e )?(?:tests|test ?cases|test classes|(?<!and )(?<!or )(?<!to )(?<!we )test(?: ?case| coverage| class)?)|specs(?! (?:in|must|should|are|stay|files?|pages?)\b)|regression (?:\w+ )?(?:files?|cases?|suites?)|(?:snapshot|unit|regression|behaviou?ral|integration|functional|e2e) coverage)\b(?!['\u2019]s|(?:-\w| (?:output|results?|plan|evidence|commands?|runs?|data|names?|paths?|filters?|ids?|doubles?|fixtures?|helpers?|scripts?|utilit\w+|suites?|environments?|account|framework|executed|execution|policy|policies|strateg\w+|guidelines|conventions|methods?|passes|passing|dir\w*|folders?|mirror\w*|live|files? (?:in|to|under|live))\b|[-_/](?!docs|documentation|specs|updat|add|extend)\w))",
    verbs=r"add|include|write|extend|provide|augment|implement|create|update|adjust|supply|cover",
    verbs_for=r"add|include|write|extend|provide|augment|implement|create|update|adjust|supply|ship|submit|bring|pair|accompany|back|cover|define|commit",
    between=r"\b(?:in|to|of|that|which|when|before|after|for|so|if|until|while|as|how|existing|run|pass|checklist|plan|where|why|what)\b",
)
_TESTED = Pattern(
    r"\bcover (?:every|all|each|any) (?:new |changed |added )*(?:lines?|branch(?:es)?|code ?paths?|code|behaviou?rs?|functions?)\b|\b(?:new|every|each|all|any)\b[^.;]{0,50}\bmust be (?:\w+ )?tested\b",
    _I,
)
_TESTS_FIRST = Pattern(
    r"\b(?:write|add|create) (?:the |a |an |failing |unit )*tests? (?:first|before (?:implement|writ|cod|the (?:code|implementation|fix))\w*)|\bregression tests?\b[^.;]{0,60}\b(?:bug|fix)|\b(?:bug|fix)\w*\b[^.;]{0,60}\bregression tests?\b",
    _I,
)
_NOT_TESTS = Pattern(
    rf"\b{_NO} (?:\w+ ){{0,2}}?(?:add|write|creat|includ|need|requir)\w* (?:\w+ ){{0,3}}?tests?\b|(?:\bnot|n['\u2019]t) (?:need|require)|\bno (?:\w+ ){{0,2}}?tests? (?:are |is )?(?:needed|required|necessary)\b|\bonly (?:add|write|when|if|for)\b|\b(?:run|running|execute)\b(?:(?!\b(?:add|adding|writ\w+|includ\w+|cover\w*)\b)[^.;`]){{0,30}}\btests?\b(?![^.]*\b(?:add|writ|includ|cover)\w* )|\ball tests\b|^\W*in tests\b|\bwrite (?:[\w-]+ ){{0,4}}tests? (?:using|by|with|in|as|like|via)\b|\btests? (?:must|should|are|is|need to) (?:be |go |live )?(?:added |placed |written |put |kept |created |named )?(?:in|under|inside|using|with|as)\b|\btests? (?:pass|must pass|should pass|are passing|to pass|live|go|belong|are located|are in)\b|\bautomatically\b|\bexisting tests?\b(?! cases? )(?<!updating existing tests)(?<!updating existing test)",
    _I,
)

_DOCS = Thing(
    hints=(
        "doc",
        "readme",
        "guide",
        "reference",
        "manual",
        "overview",
        "usage",
        "architecture",
        "note",
        "man page",
        "openapi",
    ),
    noun=r"(?:(?:(?<![\w./-])|(?<=tests/)|(?<=code/))(?:docs|(?<=\ba )doc|(?<=the )doc|doc (?:pages?|files?|updates?|entr(?:y|ies)))\b(?!-only|-\w)|\bdocumentation\b|\breadmes?\b(?:\.\w+)?|\bdoc comments?\b|\b(?:migration|upgrade) (?:notes?|guides?)\b|\bheaderdocs?\b|\buser guides?\b|\bapi reference\b|(?<![\w./-])docs?/[\w./*-]*|[\w./-]*(?:guide|usage|manual|reference|docs|architecture|overview)[\w./-]*\.(?:mdx?|rst)\b|\bman(?:ual)? pages?\b|\bopenapi\b)",
    verbs=r"update|revise|refresh|sync|amend|adapt|alter",
    verbs_for=r"update|revise|refresh|sync|amend|adapt|alter|adjust|extend|reflect|add|include|write|provide|create|change|modify|improve|maintain|document|describe|mention|list|fix|correct",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|suggest|read|run)\b",
)
_PAGES = Thing(  # any other page
    hints=("this ", "page", ".md", ".rst", ".adoc"),
    noun=r"\b(?:this (?:file|document|guide)|(?:this|the|that) page)\b|(?<![\w/.-])(?![\w./-]*(?:spec|design|adr|skill|change|history|news)[\w./-]*\.md)[\w./-]+\.(?:mdx?|rst|adoc)\b",
    verbs="",
    verbs_for=r"update|revise|sync",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|in|to|of|read|run|with)\b",
)
_DOCUMENTED = Pattern(
    r"\bdocument\b (?:\w+ ){0,2}?(?:new|all|any|every|each|user[- ](?:facing|visible)|public|breaking|changed)[^;]{0,40}\b(?:features?|flags?|options?|settings?|commands?|endpoints?|env(?:ironment)? var\w*|changes|behaviou?r|config\w*|api changes)\b"
    r"|\b(?:new|every|each|all|any|changed|user-facing)\b[^;]{0,80}\b(?:must|should|needs?|requires?|have to|has to)\b[^;]{0,30}\bdocumented\b",
    _I,
)
_NOT_DOCS = Pattern(
    rf"\b{_NEVER} (?:\w+ ){{0,2}}?(?:updat|add|writ|creat|edit|chang|modif|touch|includ)\w* (?:(?!\bwithout\b)[^.;]){{0,40}}{_DOCS.noun}|\bdocstrings?\b|\b(?:verifies|validates|checks that)\b|\b(?:see|refer to|read|consult|review|follow|per|according to|described in|(?<!be )documented in) (?:(?!\bmust\b|\bshould\b)[^;,]){{0,50}}{_DOCS.noun}|(?:\bnot|n['\u2019]t) (?:need|require)|\bsuggest\b|\bdocumentation (?:is|lives|are) (?:located|in)\b|\bno docs?\b|\bdoc tests?\b|\bskip\b|^\W*read\b(?!.*\band (?:also )?update\b)|^\W*(?:this|it|the \w+) (?:ensures?|keeps?|means)\b|\bonly (?:create|add|write)\b|\b(?:needs?|requires?|must have) (?:an? )?doc comments?\b|\bdocs? PRs?\b|\b(?:functions?|methods?|class(?:es)?|helpers?|modules?|members|structs?|types?)\b[^;]{{0,30}}\b(?:requires?|needs?|(?:must|should) have)\b (?:\w+ )?doc|\brun the following\b",
    _I,
)
_CHANGELOG = Thing(
    hints=("change", "news", "history.", "release", "towncrier", "unreleased", "changie", "chronus"),
    noun=r"(?:(?<![\w-])(?<!docs )(?<!auto-generated )(?:change ?logs?\b(?:\.\w+|_\w+\.\w+| entry| entries)?|(?-i:CHANGES(?:\.(?:md|rst|txt))?\b|NEWS(?:\.\w+)?\b)|HISTORY\.(?:md|rst)\b|changesets?\b|news ?fragments?\b|news (?:entry|entries|items?|file)\b|release[- ]?notes? (?:entry|entries|file|fragment)\b|release[- ]?notes?\b|towncrier\b|\.changeset\b|changelog\.d\b|change ?files?\b|changie\b|chronus add\b)|\[unreleased\]|\bunreleased section\b)",
    verbs=r"add|update|create|write|append|maintain|provide|generate|include",
    verbs_for=r"add|update|include|create|write|document|record|run|log|provide|note|append|put|generate|list|mention|maintain|describe|summari[sz]e",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|see|read|whether|with|so)\b|[\"\u201c]|`[^`\s.]*`\s",
)
_CHANGELOG_PATH = Pattern(r"change-?log|changesets?|(?:^|/)\.?changes?(?:/|\.|$)|news|history|release", _I)
_FROM_COMMITS = Pattern(r"\bcommit messages?\b|\bconventional commits?\b", _I)  # of which changelogs are made
_ENTRY = Pattern(
    r"\b(?:add|write|include|create)\w* (?:\w+ ){0,4}?(?:entry|entries|fragment|file|changeset)\b", _I
)
_NOT_CHANGELOG = Pattern(
    rf"\bcommit (?:messages?|prefix\w*|types?)\b|\bcode block\b|\bin (?:the|your) (?:PR )?(?:description|body)\b|\bwhether\b|\bread\b|^\W*follow\b|\bif (?:the user|you are|you're) ask|\b(?:do not|don'?t|don\u2019t|never|no|not|must not|cannot)\b(?! forget)[^.;,]{{0,60}}?{_CHANGELOG.noun}|{_CHANGELOG.noun}[^.;]{{0,40}}\b(?:automatic\w*|auto-?generated|generated by|is generated|are generated|not (?:required|needed)|managed by)\b|\bgenerat\w+ (?:the |a )?(?:changelog|release notes) (?:with|from|using)|\bbecomes? (?:a |the )?(?:release|changelog)",
    _I,
)
_SPECS = Thing(
    hints=("spec", "design", "adr", "decision record"),
    noun=r"(?:[\w./-]*\bspecs?[-_][\w.-]+\.(?:json|ya?ml|md)\b|(?<![`/\w])`?specs?/[\w./*-]*`?|\bspec(?:ification)?s? (?:files?|docs?|documents?|pages?)\b|\bspecs\b(?= (?:in|must|should|are|stay)\b)|\b(?:the|an?|product|technical|our) (?:\w+ )?spec(?:ification)?s?\b|\bdesign docs?\b|\bADRs?\b|\barchitecture decision records?\b|\b(?:SPEC|DESIGN)\.md\b)",
    verbs="",
    verbs_for=r"update|amend|revise|keep|sync|add|write|create|adjust|record|maintain",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|read|run|from|test)\b",
)
_NOT_SPECS = Pattern(rf"\b{_NO} [^.;]{{0,20}}{_SPECS.noun}|\bread\b|\btest specs?\b|\bwelcome\b", _I)
_CLEAN = (
    Pattern(
        r"\bcommit (?:all|every|everything)\b(?! (?:lock|generated|files to))(?:[^.;]{0,30}\b(?:work|changes?|files?|modifications?)\b)?|\balways commit (?:your|all|the|any)?\s*(?:work|changes?)\b|\bno uncommitted\b|\bnothing uncommitted\b|\bno (?:untracked|unstaged)\b|\b(?:don'?t|do not|never) (?:end|finish|stop|hand over|hand off|exit)\b[^.;]{0,40}\b(?:uncommitted|dirty|untracked|unstaged)|\b(?:don'?t|do not|never) leave (?:\w+ ){0,3}?(?:uncommitted|untracked|unstaged|dirty)",
        _I,
    ),
    Pattern(
        r"\b(?:working[- ](?:tree|copy|directory)|work-?tree|git status|git tree|tree|repo(?:sitory)?)\b[^.;]{0,40}\b(?:must|should|be|is|stays?|remains?|shows?|reports?|left)\b[^.;]{0,25}\b(?:clean|nothing to commit|no changes)\b|\b(?:end|finish|stop)\b with (?:a )?clean\b|\bleave (?:the |a |your )?(?:\w+ )?(?:tree|worktree|working (?:tree|copy|directory)|repo(?:sitory)?)\b[^.;]{0,20}\bclean\b|\bclean (?:working tree|worktree|git status)\b[^.;]{0,30}\b(?:before|at the end|when|required|after)\b|\bensure (?:a )?clean (?:working tree|worktree|git status)",
        _I,
    ),
    Pattern(
        r"\beverything (?:must|should|has to|needs to) be committed\b|\b(?:all|every|any) (?:of )?(?:(?:the|your|actual|code|source|other) ){0,3}(?:changes?|work|files?|modifications?|edits?)\b[^.;]{0,30}?\b(?:must|should|are|is|needs?|has|have)(?: to| been| be| all)* (?:committed|tracked)\b",
        _I,
    ),
)
_NOT_CLEAN = Pattern(
    r"\b(?:before (?:starting|you start|beginning|switching|any|branching|bumping|releas\w+)|start (?:with|from)|clean start|commit messages?|only commit|commit hash)\b|\bif (?:the )?(?:working|git|tree)\b|\bcommit (?:and|,|then) push\b|\bonly if\b",
    _I,
)
_GAPS: tuple[tuple[Pattern, dict[str, object]], ...] = (
    (
        Pattern(
            rf"\b(?:{_NO}|No|Never|Do not|Don't|avoid)\b[^.;,]{{0,40}}?\b(?:TODO|FIXME|XXX|HACK)s?\b(?![^.;]*\b(?:without|unless)\b)"
        ),
        {"forbid_todo": True},
    ),
    (
        Pattern(
            r"\b(?:TODO|FIXME)s?\b[^.;]{0,30}\b(?:must|should|need to|have to) (?:always )?(?:reference|link|include|mention|name|have|carry|point)\b[^.;]{0,30}\b(?:issues?|tickets?|beads?)\b|\b(?:no|never)\b[^.;]{0,20}\b(?:TODO|FIXME)s?\b[^.;]{0,20}\bwithout\b[^.;]{0,30}\b(?:issues?|tickets?|beads?)\b",
            _I,
        ),
        {"forbid_todo": True, "allow_issue": True},
    ),
    (
        Pattern(
            r"\b(?:TODO|FIXME)s?\b[^.;]{0,50}\b(?:not allowed|forbidden|prohibited|must not|must be (?:resolved|removed|tracked|filed))\b"
        ),
        {"forbid_todo": True},
    ),
    (Pattern(r"\bGAPS\.md\b"), {"file": "GAPS.md"}),
    (
        Pattern(
            r"\bmust be (?:filed|recorded|tracked|logged|captured) (?:as|in)\b[^.;]{0,15}\b(?:issues?|tickets?|beads?)\b",
            _I,
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:record|log|track|capture|file|note|report)\w*\b[^.;]{0,30}\b(?:follow[- ]?ups?|remaining|discovered|leftovers?|deferred|unfinished|out[- ]of[- ]scope)\b[^.;]{0,30}\b(?:as|in|to)\b[^.;]{0,20}\b(?:issues?|tickets?|beads?|tracker)\b",
            _I,
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:file|creat|open|log|record|track|add|rais)\w*\b[^.;]{0,40}?\b(?:issues?|tickets?|beads?)\b[^.;]{0,60}?\b(?:remaining|follow[- ]?ups?|discovered|gaps?|left|leftover|unfinished|out[- ]of[- ]scope|deferred|TODOs?|incomplete|found|new work|anything)\b",
            _I,
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:gaps?|follow[- ]?ups?|leftovers?|discovered (?:work|issues)|unfinished work|remaining work|deferred work|out-of-scope \w+)\b[^.;]{0,60}?\b(?:file|filed|becomes?|creat\w+|open|track\w*|record\w*|log|logged)\b[^.;]{0,40}\b(?:issues?|tickets?|beads?)\b",
            _I,
        ),
        {},
    ),
)


_DIRECTIVE = Pattern(
    r"\b(?:must|always|required?|should|needs?)\b|^\W*(?:add|update|write|include|create|keep|document|record|file|commit|run)\b",
    _I,
)

_TYPE_OF_COMMIT = Pattern(
    r"(?:`(?:feat|fix|docs|tests?|chore|refactor|perf|ci|build|style|revert)!?:?`:?\s*[-\u2013\u2014:|(]|(?:feat|fix|docs|test|chore|refactor|perf|ci|build|style|revert): )\s*"
)
_OF_A_CHANGE = Pattern(  # what introduces the steps of a change: "when you implement features:"
    r"\b(?:when(?:ever)?|if|after|for|to)\b[^:]{0,40}?\b(?:implement|add|chang|modif|fix|creat|develop|build|mak|introduc|refactor)\w*\b(?![^:]*\b(?:tests?|docs|documentation|specs?)\b)[^:]*:\W*$",
    _I,
)
_STEP = Pattern(r"\W*(?:write|add|create|update|extend|include)\w* (?:[\w-]+ ){0,3}?tests?\b", _I)
_KEPT = Pattern(
    r"\bkeep (?:this|that) (?:file|document|page|guide)\b[^.;]{0,20}\b(?:up[- ]to[- ]date|current|in sync|accurate)\b",
    _I,
)
_SKILLS = Pattern(r"\b(?:skills|subagents)\b", _I)
_DESCRIBED = Pattern(r"\b(?:will|automatically)\b[^.]*:\s*$", _I)  # "the workflow will:"
_AT_RELEASE = Pattern(
    r"\b(?:before|when|after|once|for|at|during)\b[^,;:]{0,50}\b(?:releas(?:e|es|ing)\b(?! notes?)|tagging|publishing|cutting)",
    _I,
)
_UPDATE_IT = Pattern(
    r"(\W*(?:please |always |and )?(?:update|revise|extend|sync|keep)) (?:it|them|that (?:page|file))\b", _I
)
_IN_CODE = Pattern(r"\b(?:doc ?strings?|\w*doc comments?|jsdoc|javadoc|kdoc|rustdoc)\b", _I)


def process_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks to come with a change."""
    text = _without_commands(re.sub(r"\([^()`]*\)", " ", _named(said)))
    if said.statement.form is Form.ROW and not any(
        _DIRECTIVE.search(plain(cell)) for cell in said.statement.cells
    ):
        return
    if (
        _TYPE_OF_COMMIT.match(text)
        or (_SKILLS.search(said.heading) and text.startswith("`"))
        or _DESCRIBED.search(said.statement.lead)
    ):
        return
    boxed = said.statement.text.startswith("[ ]")
    bare = re.sub(r"\([^()]*\)", " ", text)
    if _OF_A_CHANGE.search(said.statement.lead) and (step := _STEP.match(bare)):
        bare = f"{step[0]} for every change"  # whatever the step says of how
    tests = demanded(bare, _TESTS) or (boxed and is_name_of(bare, _TESTS))
    if (tests or _TESTED.search(bare) or _TESTS_FIRST.search(bare)) and not _NOT_TESTS.search(bare):
        yield Ask(Kind.TEST_PER_CHANGE, params={"when": _when(text)})
    without = re.sub(r"`?[\w./-]*change-?log[\w./-]*`?", " ", text, flags=_I)
    documented = (
        demanded(without, _DOCS)
        or (boxed and is_name_of(without, _DOCS))
        or ordered(without, _PAGES)
        or _DOCUMENTED.search(without)
    )
    kept = _KEPT.search(without)
    if (
        (documented or kept)
        and not _AT_RELEASE.search(text)
        and not _NOT_DOCS.search(text)
        and not _IN_CODE.search(said.heading)
    ):
        paths = _paths(said, Pattern(r"doc|readme|\.mdx?|guide", _I))
        severity = None if documented else Severity.FOLLOW_UP  # nothing says which change it needs
        yield Ask(Kind.DOCS_UPDATED, ", ".join(paths) or None, {"paths": paths}, severity=severity)
    yield from _changelog(said)
    if demanded(text, _SPECS) and not _NOT_SPECS.search(text):
        paths = _paths(said, Pattern(r"spec|adr|design|architecture", _I))
        yield Ask(Kind.SPEC_UPDATED, ", ".join(paths) or None, {"paths": paths})
    if (
        any(rule.search(said.text) for rule in _CLEAN)
        and not _NOT_CLEAN.search(said.text)
        and not said.forbids
    ):
        yield Ask(Kind.CLEAN_WORKTREE)
    gap = next((params for rule, params in _GAPS if rule.search(text)), None)
    if gap is not None:
        yield Ask(Kind.GAPS_TO_ISSUES, params=dict(gap))


def _named(said: Said) -> str:
    """The text with "update it" naming what the text before it is about: the last page, or documentation."""
    it = _UPDATE_IT.match(said.text)
    pages = [path for path in re.findall(r"`([^`\s]+)`", said.statement.before) if is_path(path)]
    about = pages[-1:] or re.findall(r"\b(?:docs|documentation|readme)\b", said.statement.before, _I)[-1:]
    return f"{it[1]} `{about[0]}`{said.text[it.end() :]}" if it and about else said.text


def _without_commands(text: str) -> str:
    """The text without the code spans that hold blanks, which name no file."""
    return re.sub(r"`[^`]*`", lambda span: "`-`" if " " in span[0] else span[0], text)


def _changelog(said: Said) -> Iterator[Ask]:
    text = re.sub(r"`?#?\b(?:skip|no|non)-changelog\b`?", " ", said.text, flags=_I)
    entry = re.search(r"change ?log|changeset|news", said.heading, _I) and _ENTRY.search(text)
    boxed = said.statement.text.startswith("[ ]") and is_name_of(text, _CHANGELOG)
    if _FROM_COMMITS.search(f"{said.heading} {said.statement.lead}") and not _paths(said, _CHANGELOG_PATH):
        return
    if (
        not (entry or boxed or demanded(text, _CHANGELOG))
        or _NOT_CHANGELOG.search(text)
        or _AT_RELEASE.search(text)
    ):
        return
    paths = _paths(said, _CHANGELOG_PATH)
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


def _paths(said: Said, wanted: Pattern) -> list[str]:
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
