"""`branch`: where work must happen, and how its branch is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_MAIN = r"`?\b(?:(?:main|master|develop|dev|trunk)\b|(?:production|staging|protected|default|release|base) branch(?:es)?\b)`?"
_BRANCH_RULES = (
    Pattern(
        rf"\b(?:never|do not|don'?t|don\u2019t|must not|no|avoid|not|nothing|rather than|instead of)\b[^.;]{{0,40}}?\b(?:commit\w*|push\w*|merge(?= (?:directly |straight )?(?:to|into)\b)|work\w*|develop|mak\w+ changes|implement|edit\w*|land)\b[^.;]{{0,30}}?\b(?:to|on|into|onto|against|in)\b (?:the |your |any )?(?:\w+ )?{_MAIN}|\bwork\w*\b[^.;]{{0,20}}\bbranch\b[^.;]{{0,10}}\b(?:not|never) (?:on|in) {_MAIN}",
        _I,
        "main|master|develop|dev|trunk|branch",
        "never|no|don|avoid|rather than|instead of",
        "commit|push|merge|work|develop|changes|implement|edit|land",
    ),
    Pattern(
        r"\b(?:work(?:ing)?|develop(?:ing)?|commit(?:ting|ted)?|creat(?:e|ing)|us(?:e|ing)|mak(?:e|ing)|start(?:ing)?|do|done|open|check(?:ing)? out|switch(?:ing)? to|implement(?:ed)?|cut|push(?:ed)?|put|go(?:es)?|happens?|occurs?|takes? place|made|belongs?|lands?|lives?)\b[^.;]{0,50}?\b(?:feature|topic|dedicated|separate|own|short-lived|new|working|task|issue)[- ](?:\w+ )?branch(?:es)?\b",
        _I,
        "branch",
        "feature|topic|dedicated|separate|own|short-lived|new|working|task|issue",
    ),
    Pattern(
        r"\b(?:branch|branching|branches)\b (?:off|from|out)\b[^.;]{0,20}`?\b(?:main|master|develop|dev|trunk|origin)\b",
        _I,
        "branch off|branch from|branch out|branching off|branching from|branching out|branches off|branches from|branches out",
    ),
    Pattern(
        r"\bbranch(?:es)?[- ](?:nam(?:e|es|ing)|prefix\w*|format|pattern|convention)\b|\b(?:use|create|work on) [^.;`]{0,20}`[a-z]+/[^`]*`(?: \w+)? branch|\bnam(?:e|ing) (?:your |the |all |feature )*branch(?:es)?\b|\bbranch(?:es)? (?:must|should)(?: be)? (?:named|prefixed|follow|start|use)\b|\bprefix (?:your |the |all )*branch|\bbranch(?:es)? (?:(?:are |is )?(?:named|called|prefixed)|start(?:s|ing)?(?= with))\b|^\W*(?:feature|fix|bug ?fix|hotfix|topic|working|work|task|release|agent|all)? ?branch(?:es|ing)?(?: names?)?\W*[:\u2013\u2014]\W*`",
        _I,
        "branch",
    ),
    Pattern(
        rf"\b(?:direct|direct pushes or) (?:commits?|push(?:es)?|changes)\b[^.;]{{0,20}}\b(?:to|on|into) (?:the )?{_MAIN}[^.;]{{0,20}}\b(?:forbidden|prohibited|not allowed|disallowed|blocked|banned)\b|{_MAIN} (?:branch )?is (?:protected|off[- ]limits)\b",
        _I,
        "main|master|develop|dev|trunk|branch",
        "direct|protected|limits",
    ),
)
_FROM = 2  # the rule on what a branch starts from
_NAMING = 3  # the rule on names, which needs a pattern
_FORCE = Pattern(
    r"^\W*release branches\b|\b(?:never|do not|don't) merge\b(?!.*\b(?:directly|straight)\b)|\bforce[- ]?push|--force",
    _I,
)
_NOT_BRANCH = Pattern(
    r"\b(?:PRs?|pull requests?|force[- ]push\w*|rebase|merge (?:branch|into)|delete|default branch|git checkout)\b",
    _I,
)
_BRANCH_NAMES = Pattern(r"\b(?:main|master|develop|dev|trunk|production|staging)\b")
_BRANCH_PATTERN = Pattern(
    r"`?((?:feature|feat|fix|bugfix|hotfix|chore|docs|refactor|release|test|users?|issue|agent|claude|codex|task)/)(?:[<{\[(*]?[\w.-]*[>}\])*]?)*`?|`([\w<>{}-]+[/-][<{][\w -]+[>}][\w<>{}-]*)`"
)

_SHAPE = Pattern(r"`([\w<>{}\[\]-]+/[\w<>{}\[\]-]+)`")
_ANY_PREFIX = frozenset({"type", "user", "username", "name", "author", "prefix", "your-name", "owner"})


def branch_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks of the branch."""
    if said.statement.form in {Form.SHELL, Form.CODE, Form.HEADING}:
        return
    text = said.text
    matched = next((number for number, rule in enumerate(_BRANCH_RULES) if rule.search(text)), None)
    if (
        matched is None
        or said.soft
        or _FORCE.search(text)
        or (matched in {1, 2} and _NOT_BRANCH.search(text) and not re.search(r"\bfeature branch", text, _I))
    ):
        return
    if matched == _FROM and re.search(r"\b(?:no|never|do not|don'?t)\b[^.;]{0,40}\bbranch", text, _I):
        return
    if matched == 1 and re.search(  # a step of something, or left to the user
        r"\bthe new branch\b|\bbefore (?:you )?creat|^\W*if (?:the |your )?(?:user|maintainer|approved|asked)\b|\b(?:do not|don'?t|never)\b[^.;]{0,30}\b(?:creat|switch|chang|mak)",
        text,
        _I,
    ):
        return
    forbidden = (
        [
            name
            for name in _BRANCH_NAMES.findall(text)
            if not re.search(rf"\b(?:from|off|of) (?:the )?(?:latest )?`?(?:origin/)?{name}", text)
        ]
        if matched in {0, 4}
        else []
    )
    allowed = [
        re.sub(r"[<{\[(][^>}\])]*[>}\])]", "*", f"{found[1]}*" if found[1] else found[2])
        for found in _BRANCH_PATTERN.finditer(text)
    ]
    base = re.search(
        r"\b(?:from|off|off of) (?:the )?(?:latest )?`?(?:origin/)?(main|master|develop|dev|trunk)\b",
        text,
        _I,
    )
    if matched == _NAMING and not allowed:
        allowed = [_shape(span) for span in _SHAPE.findall(text)]
    if matched == _NAMING and not allowed:
        return
    params: dict[str, object] = {"forbidden": list(dict.fromkeys(forbidden)) or ["main", "master"]}
    if allowed:
        params = {"allowed": list(dict.fromkeys(allowed))}
    if base:
        params["base"] = base[1]
    # "for fixes: `fix-<number>`" says nothing of other branches
    some = re.search(r"\bfor (?:\w+ ){0,2}?(?:fixes|bug ?fixes|bugs|features|releases|hotfixes)\b", text, _I)
    example = re.search(r"\b(?:e\.g|such as|for example|like|for instance)\b", text, _I)
    yield Ask(
        Kind.BRANCH, params=params, severity=Severity.FOLLOW_UP if allowed and (some or example) else None
    )


def _shape(written: str) -> str:
    """The pattern of names like an example: `<username>/topic`, `fix/topic`."""
    prefix = written.partition("/")[0]
    return "*/*" if prefix.strip("<>{}[]") in _ANY_PREFIX or not prefix.isalpha() else f"{prefix}/*"
