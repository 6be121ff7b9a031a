"""What headings and lead-ins say about the commands below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.asked import ASIDE
from agent_gate.policy.commands.tools import TASK_RUNNERS, TOOLS, Use
from agent_gate.policy.text.optional import is_optional, needs_services, on_request
from agent_gate.policy.text.sentences import plain
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from agent_gate.policy.commands.mentions import Mention

_I = ANY_CASE
_KNOWN = TASK_RUNNERS | frozenset(TOOLS)
_SECTIONS: tuple[tuple[Pattern, str], ...] = (
    (
        Pattern(
            r"\b(?:releas(?:e|es|ing)|publish(?:ing)?|deploy(?:ment|ing|s)?|rollback|shipping|versioning)\b",
            _I,
            "releas|publish|deploy|rollback|shipping|versioning",
        ),
        "it stands in a release section",
    ),
    (
        Pattern(
            r"\b(?:troubleshoot\w*|faq|common (?:issues|problems|errors|failures?|pitfalls|ci failure)|known issues|gotchas|debugging|recovery|if (?:something|it) fails)\b|^\W*debug\W*$",
            _I,
            "troubleshoot|faq|common|known issues|gotchas|debug|recovery|fails",
        ),
        "it stands in a troubleshooting section",
    ),
    (
        Pattern(
            r"\b(?:accept|updat|regenerat|refresh)ing\b(?! (?:a|the|your|any)? ?(?:PR|pull request|branch|MR))|^filtering\b",
            _I,
            "accepting|updating|regenerating|refreshing|filtering",
        ),
        "it stands in a section on updating files",
    ),
    (
        Pattern(
            r"\b(?:benchmark\w*|profiling|performance test\w*)\b|^\W*performance\b",
            _I,
            "benchmark|profiling|performance",
        ),
        "it stands in a section on measuring",
    ),
    (
        Pattern(
            r"\b(?:anti-?patterns?|bad examples?|what not to do|don['\u2019]?ts?\b(?! forget)|never do|do not|forbidden|prohibited)\b",
            _I,
            "anti|bad example|not|don|never|forbidden|prohibited",
        ),
        "example of what not to do",
    ),
    (
        Pattern(
            r"\b(?:usage\b(?! notes)|cli reference|example usage|cookbook|demo)\b|^\W*examples?\W*$",
            _I,
            "usage|cli reference|cookbook|demo|example",
        ),
        "it stands in a section on using the software",
    ),
    (
        Pattern(
            r"\b(?:environment|env) (?:variables?|vars)\b|^\W*(?:variables|flags|options|settings)\W*$",
            _I,
            "vars|variable|flags|options|settings",
        ),
        "it stands in a section on settings",
    ),
)
_GENERATING = Pattern(r"\bcode ?-?gen(?:eration)?\b|\bgenerated (?:files?|code|sources?|artifacts?)\b", _I)
_CONTENTS = Pattern(  # what a script does, not what to run
    r"(?:\b(?:script|target|command|recipe|task|alias|wrapper)\b|`[^`]*`)(?: (?:must|will|should|also))*"
    r" (?:covers?|includes?|comprises|consists of|wraps|bundles|expands to|runs?|executes?|performs?)\b[^.:]{0,40}:$"
    r"|(?:脚本|命令|目标|任务)[^。:\uff1a]*(?:覆盖|包含|包括|执行|运行)[^。]{0,20}[:\uff1a]$",
    _I,
    ":|\uff1a",
)
_LAYOUT = Pattern(
    r"\b(?:structure|layout|directories|folders|files|architecture|overview|where (?:things|to)|modules|map|organi[sz]ation|key paths|locations?|components|stack|technolog\w+|dependencies|libraries)\b",
    _I,
    "structure|layout|directories|folders|files|architecture|overview|where|modules|map|organi|key paths|location|components|stack|technolog|dependencies|libraries",
)
_PLACE_FIRST = Pattern(r"\W*`[\w.-]*/[^`\s]*`", 0, "/")  # "`tests/e2e`: …"
_SETUP_SECTION = Pattern(
    r"\b(?:install(?:ation|ing)?|prerequisites?|bootstrap(?:ping)?|requirements|first[- ]time|environment set-?up|initial set-?up)\b",
    _I,
    "install|prerequisite|bootstrap|requirements|first|setup|set-up",
)
SINGLE = Pattern(
    r"\b(?:single|specific|individual|particular|targeted|(?<!than )(?<!least )one) (?:\w+ ){0,3}?(?:test|file|spec|case|package|module|workspace|suite|function|crate|class|component|project|method|target|scenario|example|service|subproject|pkg|hook|rule|linter|director(?:y|ies)|folder|path|feature)\w*|\bonly (?:one|the|a|some)\b[^.]*\btests?\b|\w\.(?:py|[jt]sx?|rb|go|rs|php|sh|java|kt) only\b|\btests? (?:by|matching)\b|\bsubset of\b|\bin an? (?:workspace|package|module|crate)\b"
    r"|\b(?:specific|particular|given) (?:[\w.]+ )?(?:versions?|seeds?|platforms?|browsers?|devices?|architectures?|backends?|databases?|environments?|frameworks?|runtimes?)\b|-scoped\b|\baffected\b[^.]*\bonly\b|\b(?:focused|targeted|narrow(?:er)?|filtered)\b|\bfilters? (?:by|to)\b|\bfilter(?:ing)? tests?\b|\bjust (?:one|a|the)\b[^.]*\btests?\b|\bto (?:pass|debug)\b",
    _I,
    "single|specific|individual|particular|targeted|one|only|test by|tests by|matching|subset|in a|given|scoped|affected|focused|narrow|filter|just|to pass|to debug",
)
ANOTHER_AIM = Pattern(
    r"^\W*(?:to (?:select|preview|explore|compare)|(?:to )?(?:force|enable|disable|switch|override|pin|opt (?:in|out)|customi[sz]e|bypass|turn (?:on|off)))\b",
    _I,
    "to |force|enable|disable|switch|override|pin|opt|custom|bypass|turn",
)
PERMITS = Pattern(
    r"\bwithout (?:asking|approval|permission|prompt\w*|confirmation)\b|^\W*(?:always )?allowed\b|\b(?:needs?|requires?) (?:\w+ )?(?:approval|permission|confirmation)\b|^\W*permissions\b|\bask first\b",
    _I,
    "without|allowed|approval|permission|confirmation|ask first",
)
_WITH_SERVICES = Pattern(
    r"\b(?:integration|e2e|end-to-end|acceptance|system|functional|contract|browser)\b|playwright|cypress",
    _I,
    "integration|e2e|end-to-end|acceptance|system|functional|contract|browser|playwright|cypress",
)
_NO_GATE = Pattern(
    r"\bpre-?existing (?:\w+ )?(?:errors?|failures?|violations?|warnings|issues|problems)\b|\b(?:not (?:yet )?(?:a|part of the|in the) (?:\w+ )?gate|(?:is|are) (?:not (?:yet )?(?:enforced|blocking|gating|run in CI)|informational|advisory|allowed to fail|non-blocking|known to fail|currently (?:broken|failing|red)|broken|flaky)|(?:currently|still) (?:fails|broken|red)|may fail\b[^.;]*\bexpected)\b|\bavoid unless (?:\w+ )?(?:necessary|needed)\b|\bbecomes? a (?:\w+ )?(?:gate|check)\b[^.;]*\b(?:once|when|after)\b",
    _I,
    "existing|avoid|gate|gating|becom|enforced|blocking|informational|fail|broken|advisory|flaky|red|run in ci",
)  # a command of which the text says that it may fail
INNER_LOOP = Pattern(
    r"\bwhile (?:iterating|developing|debugging|editing|working|coding)\b|\bfast tier\b|\b(?:quick|fast)(?:er)? (?:feedback|iterations?|inner loop)\b|\binner loop\b",
    _I,
    "while|fast tier|feedback|iteration|inner loop",
)
_RUNS_MORE = Pattern(
    r"\W*(?:it|this|that) (?:also |may |might |can |could |will |would )*(?:deploys?|publish(?:es)?|push(?:es)?|deletes?|resets?|drops?|migrates?|wipes?|overwrites?|uploads?"
    r"|(?:runs?|appl(?:y|ies)|triggers?|executes?|performs?|starts?)\b[^.;]{0,40}\b(?:database|migrations?|deploy\w*|releas\w*|publish\w*|production|destructive|remote))\b",
    _I,
    "it|this|that",
    "deploy|publish|push|delet|reset|drop|migrat|wipe|overwrit|upload|run|appl|trigger|does|start|execut|perform|modif|touch|need|requir",
)
NEGATED = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|must not|mustn'?t|should not|shouldn'?t|cannot|can'?t|avoid|forbidden|prohibited|no need to|not necessary to|refrain from|stop)\b",
    _I,
    "do not|don|never|no|avoid|stop|forbidden|prohibited|refrain|mustn|shouldn|can",
)


_ALTERNATIVE = Pattern(r"\balternatives?\b", _I)
_NAMES = Pattern(r"\b(?:targets|sessions|recipes|jobs)\b", _I, "targets|sessions|recipes|jobs")
_EQUIVALENT = Pattern(  # for another platform
    r"\b(?:windows|powershell|pwsh|cmd|wsl)\b[^.]*\b(?:equivalents?|alternatives?|variants?|versions?|users)\b|^\W*(?:on|for|in) (?:windows|powershell)\b(?! and\b| or\b|, )",
    _I,
    "windows|powershell|pwsh|cmd|wsl",
)
_EXAMPLES = Pattern(r"\W*examples?\W*", _I)


def by_section(mention: Mention, use: Use) -> str:
    """Why a command under these headings is no rule; "" where they do not say."""
    statement = mention.statement
    headings = [plain(heading) for heading in statement.headings]
    of_a_place = mention.start > 0 and _PLACE_FIRST.match(statement.text)
    if _LAYOUT.search(headings[-1] if headings else "") and (mention.command.bare or of_a_place):
        return "a path in a description of the repository"
    for heading in headings[statement.titled and len(headings) > 1 :][-2:]:
        if use is Use.TEST and re.search(r"\btest", heading, _I):
            continue
        if use in {Use.BUILD, Use.OTHER} and _GENERATING.search(heading):
            return "it stands in a section on what is generated"
        for pattern, reason in _SECTIONS:
            if pattern.search(heading):
                return reason
    if (
        headings
        and use is Use.BUILD
        and _SETUP_SECTION.search(headings[-1])
        and not re.search(r"\bbuild|\btest|\bdev", headings[-1], _I)
    ):
        return "set-up section"
    if headings and INNER_LOOP.search(headings[-1]):
        return "for quick feedback"
    if headings and SINGLE.search(headings[-1]):
        return "hint for single tests"
    if headings and PERMITS.search(headings[-1]):
        return "permitted, not asked for"
    if headings and _ALTERNATIVE.search(headings[-1]):
        return "alternative"
    if (
        mention.command.bare
        and mention.command.family not in _KNOWN
        and headings
        and _NAMES.search(headings[-1])
    ):
        return "the name of a target"
    if headings and is_optional(headings[-1]):
        return "the section is optional"
    return ""


def by_services(mention: Mention, use: Use) -> str:
    """Why tests are no rule whose section or lead-in wants services to be started before; "" where it does not."""
    statement = mention.statement
    around = " ".join((*statement.headings[-2:], statement.comment, mention.command.text))
    if use is Use.TEST and (
        (statement.needs and _WITH_SERVICES.search(around))
        or (statement.form is Form.SHELL and needs_services(statement.lead))
    ):
        return "it needs services that must be started before"
    return ""


def no_gate(statement: Statement) -> str:
    """Why a command that a text calls no gate is no rule; "" where it does not."""
    around = f"{statement.before} {statement.text} {statement.after}"
    if _NO_GATE.search(around):
        return "the text says that it may fail"
    return "what it runs besides may change something" if _RUNS_MORE.match(plain(statement.after)) else ""


def by_lead(statement: Statement, *, rewrites: bool) -> str:
    """Why what introduces a command makes it no rule; "" where it does not."""
    for lead in (
        last_sentence(statement.lead),
        *(last_sentence(parent) for parent in statement.parents[-1:]),
    ):
        if (
            not lead
            or lead == plain(statement.text)
            or (statement.form is Form.PROSE and not lead.endswith(":"))
        ):
            continue
        if SINGLE.search(lead):
            return "hint for single tests"
        if rewrites and re.search(
            r"\b(?:auto-?fix\w*|be fixed|to fix|fix (?:it|them|issues|problems|errors))\b", lead, _I
        ):
            return "how to repair what a check finds"
        if re.search(
            r"^(?:alternatively|optionally)\b|\byou (?:can|may) also\b|\boptional\b|\bor(?:,)? (?:manually|directly|individually)\b",
            lead,
            _I,
        ):
            return "alternative or optional"
        if (
            NEGATED.search(lead)
            and lead.rstrip().endswith(":")
            and not re.search(r"\b(?:until|unless|without|before)\b", lead, _I)
        ):
            return "example of what not to do"
        if INNER_LOOP.search(lead):
            return "for quick feedback"
        if _EQUIVALENT.search(lead):
            return "alternative for another platform"
        if _EXAMPLES.fullmatch(lead):
            return "example"
        if _CONTENTS.search(ASIDE.sub("", lead)):
            return "description of what another command runs"
        if ANOTHER_AIM.match(lead):
            return "a way to something else"
        if re.search(r"\b(?:for example|example|e\.g\.)(?!s)[^.]*:$", lead, _I) and not re.search(
            r"\brun\b|\bcommands?\b", lead, _I
        ):
            return "example"
        if (
            statement.form is Form.SHELL
            and re.match(r"\W*(?:to )?(?:install|set ?up|initiali[sz]e|bootstrap|configure)\b", lead, _I)
            and not re.search(r"\b(?:run|tests?|build|lint|check|verify)\b", lead, _I)
        ):
            return "set-up"
        if PERMITS.search(lead):
            return "permitted, not asked for"
        if on_request(lead) or re.search(
            r"\bonly (?:if|when)\b(?! (?:all|every|each|both|these|the following)\b)|\bif you(?:'re)? (?:need|want|are)\b|\btroubleshoot|\bif .{0,40}\bfails?\b",
            lead,
            _I,
        ):
            return "asked for in some cases only"
    return ""


def last_sentence(text: str) -> str:
    """The sentence that stands right before what it introduces."""
    return plain(" ".join(text.split())).split(". ")[-1]
