"""Rules about what files may hold and which may change: paths, secrets, tests kept, dependencies, headers, limits."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.limit_rules import coverage_asks, line_limits
from agent_gate.policy.asks.patterns import forbidden_patterns
from agent_gate.policy.asks.protected import protected_paths
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import SOFT, Ask
from agent_gate.policy.text.sentences import without_phrases
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_NO = r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|shouldn'?t|cannot|can'?t|may not|no|not be|avoid)\b"
_HARD = Pattern(r"\b(?:do not|don'?t|don\u2019t|never|must not|no)\b", _I)
_HARD_CLAUSE = Pattern(
    r"[,:;\u2013\u2014-]\s+(?:and |but |so )?((?:do not|don'?t|don\u2019t|never|must not)\b)",
    _I,
    "do not|don|never|must not",
)
_CONFIDENTIAL = r"\b(?:secrets?|credentials?|api[- ]?keys?|passwords?|(?:access |auth |api |private )tokens?|tokens\b(?! (?:used|per|left|in the prompt))|(?:private|leaked) keys?|sensitive (?:data|information|values?)|PII|service account keys?)\b|`?\.env(?:\.\w+)?\b"
_SECRETS = Pattern(
    rf"(?:\b(?:do not|does not|doesn't|don'?t|don\u2019t|never|no|must not|avoid)\b[^.;]{{0,50}}?\b(?:commit\w*|contain|hard-?cod\w*|check(?:ing)? in|push\w*|stor\w+|embed\w*|includ\w+|add\w*|put\w*|plac\w+|leak\w*|paste|writ\w+|introduc\w+|track|expose|generate)\b(?:(?!\bwithout\b)[^.;]){{0,160}}?(?:{_CONFIDENTIAL}))|(?:\bno (?:(?:hard-?coded|real|actual|live|production|plain-?text) )*(?:{_CONFIDENTIAL})[^.;]{{0,30}}\b(?:in|committed|hard)\b)|\bno hard-?coded (?:{_CONFIDENTIAL})|(?:(?:{_CONFIDENTIAL})[^.;]{{0,40}}\b(?:must never|must not|never|should never|should not|not)\b[^.;]{{0,20}}\b(?:committed|checked in|hard-?coded|in (?:the )?(?:repo|code|source|git)))|(?:{_CONFIDENTIAL})[^.;]{{0,60}}\b(?:never|not) (?:from |in )?(?:the )?(?:source|code|repo|files)|\bkeep (?:all )?(?:{_CONFIDENTIAL})[^.;]{{0,30}}\bout of\b|\b(?:diff|changes?|commits?|branch|pr|patch)\b[^.;]{{0,20}}\b(?:(?:contains?|ha(?:s|ve)|includes?) no|(?:is|are) free of)\b[^.;]{{0,60}}?(?:{_CONFIDENTIAL})|\b(?:check|scan|inspect|search|verify)\b[^.;]{{0,40}}\b(?:for|no)\b (?:\w+ ){{0,2}}?(?:{_CONFIDENTIAL})[^.;]{{0,30}}\b(?:commit|push|stag)",
    _I,
    "secret|credential|key|password|token|sensitive|pii|.env",
    "no|don|doesn't|never|avoid|free of|out of|check|scan|inspect|search|verify",
)
_TAMPER = (
    Pattern(
        r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|no)\b(?:(?!\bwithout\b)[^.;,\u2013\u2014]|,(?= (?:or |and )?\w+(?:,| or| and| any| the| existing| failing| tests?)\b)){0,40}?\b(?<!a )(?<!the )(?:delet\w+|remov\w+|skip\w*|disabl\w+|weaken\w*|comment(?:ing)? out|xfail|mut(?:e|ing)|loosen\w*|bypass\w*|alter\w*|gut|modif\w+|chang\w+|edit\w*|mark\w*|rewrit\w+|relax)\b(?:(?!\bin\b)[^.;,\u2013\u2014]){0,40}?\b(?:tests?|assertions?|specs|test (?:cases|expectations))\b(?![/-]| (?:data|database|db|server|accounts?|users?|runner|scripts?|fixtures?|helpers?|runs?|utilit\w+|environments?|output|plans?|commands?|suite (?:run|time))\b)",
        _I,
        "test|assertion|specs",
        "no|don|never",
        "delet|remov|skip|disabl|weaken|comment|xfail|mut|loosen|bypass|alter|gut|modif|chang|edit|mark|rewrit|relax",
    ),
    Pattern(
        r"\b(?:alter|chang|edit|updat|modif|weaken|adjust|regenerat)\w*\b[^.;]{0,20}\b(?:expect\w*|snapshots?|golden\w*)\b[^.;]{0,20}\b(?:just|merely|only|simply) to (?:make|get|pass|silence|hide)",
        _I,
        "expect|snapshot|golden",
        "to make|to get|to pass|to silence|to hide",
    ),
    Pattern(
        r"\bleave\b[^.;]{0,20}\btests?\b[^.;]{0,10}\b(?:unchanged|untouched|alone|as (?:they are|is))"
        r"|\btests?\b[^;]{0,60}, (?:and |but )?never (?:be )?(?:deleted|removed|skipped|disabled|weakened)\b"
        r"|\btests?\b[^.;]{0,20}\b(?:must|should) be fixed,? (?:and )?(?:not|never|rather than|instead of)\b"
        r"|\bfix (?:the )?(?:failing |broken )tests?,? (?:rather than|instead of|don'?t|do not|never) (?:just )?(?:delet|skip|disabl|remov)"
        r"|\bfix the (?:code|implementation|bug|root cause)[^.;]{0,20}\b(?:not|instead of|rather than)\b[^.;]{0,20}\btests?\b"
        r"|\btests?\b[^.;]{0,40}\bmust\b[^.;]{0,30}\b(?:unmodified|unchanged|untouched)\b"
        r"|\btests?\b[^.;]{0,40}\b(?:must|may|should) (?:not|never) be\b[^.;]{0,20}\b(?:delet|remov|skip|disabl|weaken|comment|modif)",
        _I,
        "test",
        "leave|fix |must|may|should|never",
    ),
)
_NO_TAMPERING = Pattern(r"\bunrelated\b|\brunning\b|:\W*skip\b|\bupdating specs\b", _I)
_DEPENDENCY = (
    Pattern(
        r"\b(?:do not|don'?t|don\u2019t|never|avoid|must not|no|without|ask\w*|discuss\w*|approv\w+|confirm|check|should not|justif\w+|minimi[sz]e|keep|zero)\b[^.;]{0,60}?\b(?:add\w*|introduc\w*|install\w*(?=[^.;]*\b(?:new|extra|additional|third|unnecessary|approv\w+|permission|asking)\b)|new|includ\w+|bring\w*|tak\w+ on|pull\w*|extra|third[- ]party|external|runtime|additional|unnecessary|upgrad\w*|bump\w*|heavy)\b[^.;]{0,50}?\b(?:dependenc(?:y|ies)|third[- ]party (?:librar\w+|packages?|modules?|crates?|code|dep\w*)|(?:new|external|additional|npm|extra|heavy) (?:\w+ )?(?:librar\w+|packages?|crates?|modules?|gems?|deps))\b",
        _I,
        "dependenc|third|librar|package|crate|module|gem|deps",
        "add|introduc|install|new|includ|bring|tak|pull|extra|external|runtime|third|unnecessary|upgrad|bump|heavy",
        "no|don|never|avoid|ask|discuss|approv|confirm|check|justif|minimi|keep|zero|without",
    ),
    Pattern(
        r"\b(?:new|adding|additional|any) (?:\w+ ){0,2}?(?:dependenc(?:y|ies)|deps|packages?|librar\w+|crates?)\b[^.;]{0,50}?\b(?:must|requires?|needs?|should|only|require)\b[^.;]{0,50}?\b(?:approv\w+|discuss\w*|justif\w+|permission|review\w*|ask\w*|confirm\w*|consent|sign-?off)",
        _I,
        "dependenc|deps|package|librar|crate",
        "approv|discuss|justif|permission|review|ask|confirm|consent|sign",
    ),
    Pattern(
        r"\b(?:do not|don'?t|never|without|ask\w*|discuss|check with|consult)\b[^.;]{0,40}?\b(?:add|introduc|install)\w*\b (?:new |any |npm |pip |extra |other |third-party )*(?:gems?|packages?|crates?|librar(?:y|ies)|deps|modules)\b(?! (?:names?|versions?|in|to)\b)",
        _I,
        "gem|package|crate|librar|deps|modules",
        "add|introduc|install",
        "no|don|never|without|ask|discuss|check with|consult",
    ),
    Pattern(
        r"\b(?:maintain|keep|preserve|stick (?:to|with)|leave)\b[^.;]{0,20}\b(?:existing|current|present)\b[^.;]{0,40}\bdependenc(?:y|ies)\b(?![^.;]*\b(?:up[- ]to[- ]date|updated|current)\b)"
        r"|\b(?:do not|don'?t|never|must not)\b (?:updat|upgrad|chang|modif|add|remov|bump)\w* (?:(?!to\b|of\b|in\b)[\w'\u2019`./-]+ ){0,4}?dependenc(?:y|ies)\b(?! (?:injection|order|graph))"
        r"|^\W*dependencies\W+(?:do not|don't|never|ask (?:first|before)) (?:add|introduc)"
        r"|\bdependenc(?:y|ies) (?:is|are) (?:limited|restricted|confined) to\b"
        r"|\bdependenc(?:y|ies) (?:are|is|stay|remain)\b[^.;]{0,10}\b(?:frozen|locked)\b"
        r"|\b(?:must|should|keep\w*|stays?|remains?)\b[^.;]{0,30}\bdependency[- ]free\b|\b(?:must|should) (?:have|keep) (?:no|zero) (?:\w+ )?dependenc(?:y|ies)\b"
        r"|\bzero[- ](?:runtime |external |third-party |production )*dependenc(?:y|ies)\b"
        r"|^\W*no dependencies\b(?! (?:need|are|is)\b)",
        _I,
        "dependenc",
    ),
    Pattern(
        r"\bonly (?:use|rely on|import) (?:\w+ ){0,2}?(?:librar\w+|dependenc\w+|packages|deps)\b[^.;]{0,20}\b(?:already|existing|present|listed)\b"
        r"|\b(?:use|rely on) only (?:\w+ ){0,2}?(?:librar\w+|dependenc\w+|packages)\b[^.;]{0,20}\b(?:already|present|listed)\b",
        _I,
        "only",
        "already|existing|present|listed",
    ),
    Pattern(
        r"\b(?:only (?:use )?(?:the )?(?:standard library|stdlib)|(?:standard library|stdlib)[- ]only|use only (?:the )?(?:standard library|stdlib))\b"
        r"|\b(?:stick to|use|rely on) the standard library\W*$",
        _I,
        "standard library|stdlib",
    ),
    Pattern(
        r"^\W*no third[- ]party (?:code|librar\w+|libs|packages|dep\w*)\b"
        r"|(?:^|[,;:(\u2013\u2014] ?)\W*no (?:(?:new|external|additional|runtime|third-party|extra|unnecessary|more|npm|heavy|undeclared|other) ){1,3}(?:dependencies|packages|libraries|crates|gems)\b(?! (?:are|is) (?:needed|required|necessary)\b)",
        _I,
        "no ",
        "dep|lib|package|crate|gem|code",
    ),
    Pattern(
        r"\b(?:add\w*|new) (?:\w+ )?dependenc(?:y|ies)\W{1,4}(?:always )?(?:ask|get approval|requires? approval|discuss|forbidden|never|not allowed|prohibited)\b",
        _I,
        "dependenc",
        "add|new",
        "ask|approval|discuss|forbidden|never|not allowed|prohibited",
    ),
    Pattern(
        r"\b(?:do not|don'?t|never|no|without)\b[^.;]{0,40}\b(?:major |minor )?(?:version|package|dependency|library|framework|sdk) (?:upgrades?|bumps?|updates?)\b(?! (?:is|are) (?:needed|required|necessary))",
        _I,
        "upgrade|bump|update",
        "do not|don|never|no|without",
    ),
)
_CONDITIONS = Pattern(  # what a person has to look at
    r"\b(?:new|added|all|any) (?:\w+ )?dependenc\w+ must (?:be|have|come)\b[^;]{0,40}\b(?:compatible|licen[cs]e\w*|listed|vetted|audited|maintained)\b"
    r"|\bonly add (?:new |external |third-party )*(?:dependenc\w+|packages?|librar\w+|crates?)\b|\bkeep (?:the |our )?(?:number of )?dependenc\w+ (?:minimal|to a minimum|low|lean|few)\b|\b(?:limit|restrict|minimi[sz]e|reduce|think twice before)\b[^.;]{0,40}\b(?:new|additional|third-party|external|extra|adding|number of)\b[^.;]{0,40}\b(?:dependenc\w+|packages?|librar\w+|crates?)\b",
    _I,
    "depend|librar|package|crate",
    "must be|must have|must come|only add|keep|limit|restrict|minimi|reduce|think twice",
)
_FEW = Pattern(
    r"\bkeep (?:the |our )?(?:\w+ ){0,3}?dependenc\w+ (?:minimal|to a minimum|low|lean|few|small)\b",
    _I,
    "keep",
)
_NOT_DEPENDENCY = Pattern(
    r"\b(?:verifies|checks|ensures|validates|mock\w*|live)\b|\b(?:circular|cyclic|service dependenc\w+|dependency injection|outdated|between|internal dependenc|unit tests?|dependency'?s|import cycles?|peer)\b|\bdependenc(?:y|ies) on `|\bdependency trees?\b|\b(?:run|runs|running)\b[^.;]{0,60}\bwithout\b|\bwithout (?:updat|add|declar|record|document|pinn|regenerat)\w*|\bwith no\b|\bno \w+ or external\b|\bdependency-heavy\b|\bexternal (?:tool|service|api|system)s? dependenc|^\W*(?:uses|this is|it(?:'s| is))\b|\bby hand\b|\bmanually\b",
    _I,
)
_LICENSE = Pattern(
    r"\b(?:licen[cs]e|copyright|spdx|apache(?:-2\.0| 2\.0)?|mit|bsd|mpl)\b[^.;]{0,30}?\b(?:headers?|notice|preamble|identifier|banner|comment)\b|\bfiles?\b[^.;]{0,30}\b(?:starts?|begins?) with\b[^.;]{0,20}\b(?:copyright|licen[cs]e|spdx)|^\W*(?:copyright|licen[cs]e)\b[^.;]{0,20}:[^;]{0,80}\bheader\b|\bSPDX-License-Identifier\b|\bcopyright\b[^;]{0,60}\b(?:at the top|at the (?:start|beginning)|on the first line)\b|\bcopyright header\b|\bfile headers?\b[^.;]{0,20}\blicen[cs]e|\bfiles?\b[^.;]{0,30}\b(?:this|the following|the (?:standard|usual|project)) (?:file |source )?header\b",
    _I,
    "licen|copyright|spdx|apache|mit|bsd|mpl|file",
    "header|notice|preamble|identifier|banner|comment|start|begin|top|first line",
)
_LICENSE_ASKED = Pattern(
    r"\b(?:all|every|each|new|must|add|include|required?|needs?|start|begin|source files|preserve|files?|should)\b",
    _I,
)
_HEADER = Pattern(
    r"\bheaders?\b|\blicen[cs]e[ds]?\b|\bcopyright\b|\bspdx\b", _I
)  # in a section on license headers
_HEADER_WORDS = Pattern(r"\blicen[cs]|\bcopyright\b|\bspdx\b", _I)


def content_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks of the files' contents and of which files may change."""
    if said.statement.form in {Form.SHELL, Form.CODE, Form.HEADING}:
        return
    text = said.text
    found = _SECRETS.search(re.sub(r"\([^()`]*\)", " ", text))
    # "never log tokens" is about what the program does, which no look at the change decides
    secret = bool(
        found
        and not re.search(r"\b(?:stored|encrypted|kept) (?:using|in|with|by)\b", text, _I)
        and not re.search(r"\b(?:log|logs|logging|print)\b[^.;]{0,30}$", found[0], _I)
        and not re.search(
            r"\b(?:stor|includ|add|put|plac|expos|writ)\w*\b[^.;]*\b(?:sensitive|PII)\b[\w ]*$", found[0], _I
        )
        and not re.search(
            r"\bin (?:the |any |api |error |http )*(?:logs?|output|responses?|quer(?:y|ies)|messages?|urls?|ui|client|browser)\b",
            text,
            _I,
        )
    )
    if secret:
        yield Ask(Kind.NO_SECRETS)
    plain = without_phrases(text)
    if any(form.search(plain) for form in _TAMPER) and not _NO_TAMPERING.search(text):
        yield Ask(Kind.NO_TEST_TAMPERING)
    yield from protected_paths(said, secret=secret)
    needed = any(form.search(text) for form in _DEPENDENCY) and not _NOT_DEPENDENCY.search(text)
    if needed and not _merely_soft(said) and not _FEW.search(text):
        yield Ask(Kind.DEPENDENCY_POLICY, params={"mode": "no-new"})
    elif _FEW.search(text) or _CONDITIONS.search(text):
        yield Ask(Kind.DEPENDENCY_POLICY, params={"mode": "no-new"}, severity=Severity.FOLLOW_UP)
    if _is_license(said):
        told = _HEADER_WORDS.search(said.text)  # else a block shows the header, which need not hold the word
        yield Ask(Kind.LICENSE_HEADER, params=_license(said), severity=None if told else Severity.FOLLOW_UP)
    softened = said.soft
    said = _hard_part(said)
    if not said.soft:
        yield from line_limits(said)
        yield from coverage_asks(said)
        for ask in forbidden_patterns(said):
            yield ask if ask.severity or not softened else replace(ask, severity=said.severity)


def _hard_part(said: Said) -> Said:
    """What a statement forbids beside what it only prefers: "no `any`, prefer generics", "avoid x: do not use `y`"."""
    soft = SOFT.search(said.text)
    if not said.soft or not soft:
        return said
    hard = _HARD.search(said.text)
    if hard and hard.start() < soft.start():
        return replace(said, text=said.text[: soft.start()], soft=False)
    clause = _HARD_CLAUSE.search(said.text, soft.end())
    rest = said.text[clause.start(1) :] if clause else ""
    return replace(said, text=rest, soft=False) if rest and not SOFT.search(rest.split(";")[0]) else said


def _merely_soft(said: Said) -> bool:
    return said.soft and not said.follow_up


def _is_license(said: Said) -> bool:
    text = said.text
    section = _LICENSE.search(said.statement.headings[-1]) if said.statement.headings else None
    shown = text.rstrip().endswith(":") and re.search(r"\bfiles\b", text, _I)
    added = re.match(r"\W*(?:add|include|put)\b[^.;]*\bfiles\b", text, _I)
    named = _LICENSE.search(text) or (section and (shown or added or _HEADER.search(text)))
    return (
        bool(
            named
            and (_LICENSE_ASKED.search(text) or section or re.match(r"\W*licen[cs]e headers?\W*:", text, _I))
        )
        and not re.search(
            rf"{_NO}[^.;]{{0,30}}\b(?:add|need|require|remove)|\b(?:excluded|exempt)\b|^\W*run\b", text, _I
        )
        and not re.search(r"\bwhen (?:you )?add\w*[^.;]{0,30}\(", text, _I)
    )


def _license(said: Said) -> dict[str, object]:
    globs = [f"*{span}" for span in said.spans() if re.fullmatch(r"\.\w{1,4}", span)]
    place = re.search(
        r"\b(outside|except|under|in|inside|within)(?: of)? (?:the )?`([\w./-]+)`", said.text, _I
    )
    if place and not globs and not re.search(r"\.\w{1,4}$", place[2]):
        globs = [f"{'!' if re.match('outside|except', place[1], _I) else ''}{place[2].strip('/')}/**"]
    must: list[object] = [span for span in said.spans() if re.search(r"copyright|licen[cs]e|spdx", span, _I)]
    must = [re.sub(r"\b(?:19|20)\d\d\b.*", "", str(text)).strip() for text in must]
    if not must:
        must = (
            ["SPDX-License-Identifier"]
            if re.search(r"spdx", said.text, _I)
            else ["Copyright"]
            if re.search(r"copyright", said.text, _I)
            else ["License"]
        )
    return {"must_contain": must} | ({"globs": globs} if globs else {})
