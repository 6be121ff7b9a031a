"""What a statement says once its surroundings are heard: "Never:" above a list makes each item a prohibition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from agent_gate.findings import Severity
from agent_gate.policy.model import Kind
from agent_gate.policy.text.negations import as_never, row_as_never
from agent_gate.policy.text.sentences import SPAN, plain
from agent_gate.policy.text.statements import Form, Statement
from agent_gate.policy.text.words import ANY_CASE, Pattern

_I = ANY_CASE
_NEVER_LEAD = Pattern(
    r"(?:^|\W)(?:never|do not|don'?ts?|don\u2019ts?|must not|forbidden|prohibited|off[- ]limits|not allowed|disallowed|banned|what not to do|things to avoid|hard no)\b[^.]{0,60}$|🚫|⛔|❌",
    _I,
    "never|no|don|forbidden|prohibited|limits|allowed|banned|avoid|🚫|⛔|❌",
)
_SHOWS_LEAD = Pattern(
    r".*\((?:do not|don'?t|never)[^()]*\)\W*$|\W*(?:re-?use|use|follow|prefer|keep)\b[^.]*(?:\s[\u2013\u2014-]|[,;])\s",
    _I,
)  # "use these, never new ones:"
_SAYS_BOTH = Pattern(
    r"\W*use\b[^.;]*\b(?:instead of|rather than|not|if available)\b", _I
)  # below "Banned APIs"
_KEEP_LEAD = Pattern(
    r"\b(?:do not|don'?t|don\u2019t|never|must not|not be)\b (?:\w+ ){0,3}?(?:edit|modif|touch|chang|alter|hand-edit)\w*|\b(?:protected|read-?only|generated) (?:files|paths|code|director\w+)\b|\boff[- ]limits\b",
    _I,
    "edit|modif|touch|chang|alter|files|paths|code|director|limits",
    "do not|don|never|no|protected|read-only|readonly|generated|limits",
)
_SPANS_ONLY = Pattern(r"(?:`[^`]+`(?:, | and |,? or )?)+\W*")
_ASK_LEAD = Pattern(
    r"\bask (?:first|before)\b|\bask for (?:approval|permission|confirmation)\b|\brequires? (?:approval|discussion|confirmation)\b|\bcheck (?:with|in) .*(?:first|before)\b|⚠️ *ask",
    _I,
    "ask|approval|discussion|confirmation|check with|check in",
)
_AVOID_LEAD = Pattern(
    r"^\W*(?:avoid|what to avoid|prefer|consider|recommended|nice to have|guidelines?|suggestions?|tips?)\b\W*$",
    _I,
    "avoid|prefer|consider|recommended|nice to have|guideline|suggestion|tip",
)
_ALLOWED_LEAD = Pattern(
    r"^\W*(?:allowed|permitted)\b[\w ]{0,30}:?\W*$|^\W*(?:you |agents? )?(?:may|can)\b(?! not)[^.:]{0,60}:\W*$|\b(?:allowed|permitted|fine|ok(?:ay)?|safe) (?:to \w+ )?(?:without|by default)\b[^.:]{0,40}:?\W*$",
    _I,
    "allowed|permitted|may|can|fine|ok|safe",
)
_NEGATED = Pattern(r"^\W*(?:never|do not|don'?t|don\u2019t|no|must not|avoid|not)\b", _I)
SOFT = Pattern(
    r"^\W*(?:[\w ]+: *)?(?:please )?(?:prefer(?:ably|red)?|avoid|try|consider|ideally|aim|strive|feel free|generally|optional(?:ly)?\b|where practical|you (?:may|can|might)\b(?! (?:not|never|only)\b)|it(?:'s| is) (?:recommended|good|fine|ok)|favou?r|encourage)\b|\b(?:prefer (?:to )?|try to|try not to|consider |ideally|feel free|aim (?:for|to)|strive|where practical|when practical|is encouraged|are encouraged|is optional|are optional|is recommended|nice to have|should be avoided|is preferred|are preferred|may also|not required)\b",
    _I,
)
_FOLLOW_UP = Pattern(
    r"\b(?:if|where|when(?:ever)?) (?:possible|feasible|appropriate|applicable|relevant|necessary|needed|it makes sense|reasonable|practical)\b|\bas (?:needed|appropriate|applicable|necessary)\b|\bask(?:ing)? (?:\w+ ){0,2}?(?:first|before|for (?:approval|permission|confirmation))\b|\b(?:without|needs?|requires?|with|get|unless|until|prior|explicit(?:ly)?|user|maintainer) (?:\w+ ){0,4}?(?:asking|discuss\w*|approv\w+|permission|confirm\w*|consult\w*|justif\w+|consent|sign-?off|instruct\w+|(?:good |strong |clear |very )reasons?)\b|\bdiscuss\w* (?:\w+ ){0,3}?(?:first|before)\b|\bunless (?:absolutely |strictly |really )?(?:necessary|needed|required|unavoidable|essential|justified)\b|\bwithout (?:a )?(?:very |good |strong |clear )?(?:reason|need|necessity|justification)\b",
    _I,
)
_UNLESS_TASK = Pattern(
    r"\bunless (?:\w+ ){0,3}?(?:asked|requested|instructed|told|directed|specified|stated|required by|called for)\b|\bunless (?:the|an?|your|this)? ?(?:\w+ )?(?:issue|task|prompt|user|ticket|request|change|pr|feature)\b|\b(?:without|except (?:with|on)) (?:an? )?explicit(?:ly)? (?:\w+ )?(?:request|instruction|permission|approval|need|direction|consent|ask)\w*|\bas (?:the|an) (?:issue|task) (?:asks|says|requires)\b|\bwithout being (?:explicitly )?(?:asked|told|instructed)\b|\bif (?:explicitly )?(?:asked|requested|instructed)\b",
    _I,
    "unless|without|except|as the|as an|if ",
)
_MODAL = Pattern(
    r"\b(?:must|always|never|should|shall|do not|don'?t|don\u2019t|required?|ensure|make sure|need(?:s)? to|has to|have to|cannot|only|mandatory|forbidden|not allowed)\b",
    _I,
)
_IMPERATIVE = Pattern(
    r"^\W*(?:[\w /&-]{1,40}: *)?(?:please |then |also |always |never )?(?:use|keep|follow|write|make|do|add|run|ensure|check|create|update|put|place|set|call|return|include|document|name|handle|avoid|prefer|try|consider|read|test|verify|treat|respect|leave|start|work|commit|open|push|follow|match|mirror|reuse|import|define|extend|implement|stick|limit|split|group|store|wrap|throw|catch|log|report|ask|stop|fix|remove|delete|replace|review|see|look|refer|mock|assert|validate|maintain|preserve|note|provide|favou?r|no|don'?t|never|apply|be|choose|annotate|declare|format|explain|describe|bump|rebase|squash|link|reference|register|regenerate|install|expose|configure|pass|move|find|search|do not)\b",
    _I,
)
_LISTED = Pattern(
    r"\W*(always|you must|must|never|do not|don'?t|don\u2019t|must not|ask first|ask before)\s*:\s*(?=\S)",
    _I,
    ":",
    "always|must|never|do not|don|ask",
)
_COMMA = Pattern(r"[,;]\s+(?![^(]*\))(?:or |and )?(?![^`]*`(?:[^`]*`[^`]*`)*[^`]*$)|\s\|\s")
_PR = Pattern(
    r"\b(?:pull[- ]requests?|PRs?|MRs?|merge requests?|review(?:s|er|ers|ed)?|rebas\w+|squash\w*|force[- ]?push\w*|amend\w*|git push|push(?:ing)? (?:to|your|the|changes|directly|unless)|cherry-pick|milestone|assignee|changelog label)\b|^\W*(?:never|do not|don'?t) push\b"
)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a statement asks for, of one kind."""

    kind: Kind
    value: str | None = None
    params: dict[str, object] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    severity: Severity | None = None  # None: as the statement's wording says


@dataclass(frozen=True, slots=True)
class Said:
    """A statement made ready for the phrase families.

    Attributes:
        statement: as read.
        text: its words without emphasis, with the modal of its lead-in before them ("Never edit `x`").
        heading: the nearest headings, joined.
        forbids: whether it is a prohibition by its lead-in.
        soft: whether it only prefers, avoids or suggests.
        follow_up: whether it leaves a way out that a person must judge.
        unless_task: whether the task may declare an exception.
    """

    statement: Statement
    text: str
    heading: str
    forbids: bool
    soft: bool
    follow_up: bool
    unless_task: bool

    @property
    def severity(self) -> Severity:
        """What a finding means for the merge, as the wording says."""
        return Severity.FOLLOW_UP if self.follow_up else Severity.BLOCK

    def spans(self) -> list[str]:
        """The code spans, in order."""
        return [match[2].strip() for match in SPAN.finditer(self.statement.text)]


def hear(statement: Statement) -> list[Said]:
    """A statement with what its lead-in, parents and headings add; "Never: a, b" is heard as one thing for each of a and b."""
    row = plain(row_as_never(statement.header, statement.cells)) if statement.cells else ""
    if row:
        return [replace(_hear(statement, row), forbids=True)]
    text = as_never(re.sub(r"^\[[ xX]\]\s*", "", plain(statement.text)))
    listed = _LISTED.match(text)
    if not listed or statement.form not in {Form.ITEM, Form.PROSE}:
        return [_hear(statement, text)]
    modal = "Always" if re.search("always|must$", listed[1], _I) else "Never"
    asks = bool(_ASK_LEAD.search(listed[1]))
    parts = [part.strip() for part in _COMMA.split(text[listed.end() :]) if part.strip()]
    heard = [_hear(statement, f"{modal} {part[0].lower()}{part[1:]}") for part in parts]
    return [replace(said, follow_up=said.follow_up or asks) for said in heard] or [_hear(statement, text)]


def _hear(statement: Statement, text: str) -> Said:
    heading = " / ".join(plain(h) for h in statement.headings[-2:])
    leads = [
        plain(" ".join(lead.split()))
        for lead in (*statement.parents, statement.lead, statement.headings[-1] if statement.headings else "")
    ]
    leads = [re.split(r"[.!] ", lead)[-1] for lead in leads if lead and plain(lead) != text]
    # what follows the first sentence of an item says what to do instead
    lead_forbids = (
        statement.form is not Form.PROSE
        and not statement.before
        and not _SAYS_BOTH.match(text)
        and any(_NEVER_LEAD.search(lead.rstrip(" :*")) and not _SHOWS_LEAD.match(lead) for lead in leads)
    )
    lead_asks = any(_ASK_LEAD.search(lead) for lead in leads) and statement.form is not Form.PROSE
    if (
        any(_KEEP_LEAD.search(lead) for lead in leads)
        and (statement.form in {Form.ITEM, Form.ROW} or _SPANS_ONLY.fullmatch(text))
        and re.match(r"\W*`", text)
    ):
        text = "Never edit " + re.split(r"\s[\u2013—-]{1,2}\s|:\s|\s\(|\s\|", text)[0]
    elif (
        (lead_forbids or lead_asks)
        and not _NEGATED.match(text)
        and not re.search(r"\binstead\b", text[:12], _I)
    ):
        text = f"Never {text[0].lower()}{text[1:]}" if text else text
    marked = re.match(r"\W*(?:🚫|⛔|❌)", statement.text)
    if marked and not _NEGATED.match(text):
        text = text.lstrip(" 🚫⛔❌")
        text = f"Never {'edit ' if re.match(r'`[^`]+/`', text) else ''}{text}"
    suggested = any(_AVOID_LEAD.search(lead.rstrip(" :*")) for lead in leads[-2:])
    allowed = any(_ALLOWED_LEAD.search(lead) for lead in leads[-3:]) and not lead_forbids
    soft = bool(SOFT.search(text)) or allowed or (suggested and not _MODAL.search(text))
    follow_up = bool(_FOLLOW_UP.search(text)) or lead_asks or bool(_ASK_LEAD.search(text))
    return Said(statement, text, heading, lead_forbids, soft, follow_up, bool(_UNLESS_TASK.search(text)))


def unenforced(said: Said) -> tuple[Kind, str]:
    """What a statement is that no family made a rule: its kind and the reason."""
    text = said.text
    if said.statement.form in {Form.HEADING, Form.CODE}:
        return (
            Kind.NOT_A_RULE,
            "heading" if said.statement.form is Form.HEADING else "code, not an instruction",
        )
    if _PR.search(text) and (
        _MODAL.search(text)
        or _IMPERATIVE.search(text)
        or re.search(r"\b(?:PR|pull request)", f"{said.heading} {text[:40]}", _I)
    ):
        return Kind.PR_PROCESS, "part of the review process, which the gate cannot see"
    if said.statement.form is Form.SHELL:
        return Kind.NOT_A_RULE, "a command line that is no known check"
    if said.soft:
        return Kind.ADVISORY, "a preference, not a requirement"
    if _MODAL.search(text) or _IMPERATIVE.search(text):
        return Kind.ADVISORY, "guidance that no check can decide"
    return Kind.NOT_A_RULE, "description"
