"""What may be left behind: nothing uncommitted, and no gap without an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.sentences import without_phrases
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_I = ANY_CASE
_NO = r"(?:do not|don'?t|don\u2019t|never|must not|no|not|cannot|without)"
_CLEAN = (
    Pattern(
        r"\bcommit (?:all|every|everything)\b(?! (?:lock|generated|files to))(?:[^.;]{0,30}\b(?:work|changes?|files?|modifications?)\b)?|\balways commit (?:your|all|the|any)?\s*(?:work|changes?)\b|\bno uncommitted\b|\bnothing uncommitted\b|\bno (?:untracked|unstaged)\b|\b(?:don'?t|do not|never) (?:end|finish|stop|hand over|hand off|exit)\b[^.;]{0,40}\b(?:uncommitted|dirty|untracked|unstaged)|\b(?:don'?t|do not|never) leave (?:\w+ ){0,3}?(?:uncommitted|untracked|unstaged|dirty)",
        _I,
        "commit all|commit every|always commit|uncommitted|untracked|unstaged|dirty",
    ),
    Pattern(
        r"\b(?:working[- ](?:tree|copy|directory)|work-?tree|git status|git tree|tree|repo(?:sitory)?)\b[^.;]{0,40}\b(?:must|should|be|is|stays?|remains?|shows?|reports?|left)\b[^.;]{0,25}\b(?:clean|nothing to commit|no changes)\b|\b(?:end|finish|stop)\b with (?:a )?clean\b|\bleave (?:the |a |your )?(?:\w+ )?(?:tree|worktree|working (?:tree|copy|directory)|repo(?:sitory)?)\b[^.;]{0,20}\bclean\b|\bclean (?:working tree|worktree|git status)\b[^.;]{0,30}\b(?:before|at the end|when|required|after)\b|\bensure (?:a )?clean (?:working tree|worktree|git status)",
        _I,
        "clean|nothing to commit|no changes",
        "tree|copy|directory|git status|repo|with",
    ),
    Pattern(
        r"\beverything (?:(?:must|should|has to|needs to) be|is|has been) committed\b|\b(?:all|every|any) (?:of )?(?:(?:the|your|actual|code|source|other) ){0,3}(?:changes?|work|files?|modifications?|edits?)\b[^.;]{0,30}?\b(?:must|should|are|is|needs?|has|have)(?: to| been| be| all)* (?:committed|tracked)\b",
        _I,
        "committed|tracked",
    ),
)
_NOT_CLEAN = Pattern(
    r"\b(?:before (?:starting|you start|beginning|switching|any|branching|bumping|releas\w+)|start (?:with|from)|clean start|commit messages?|only commit|commit hash)\b|\bif (?:the )?(?:working|git|tree)\b|^\W*if (?:you|your)\b|\bcommit (?:and|,|then) push\b|\bonly if\b",
    _I,
)
_GAPS: tuple[tuple[Pattern, dict[str, object]], ...] = (
    (
        Pattern(
            rf"\b(?:{_NO}|No|Never|Do not|Don't)\b[^.;]{{0,90}}, (?:or|and|nor) (?:\w+ )?(?:TODO|FIXME)s?\b",
            0,
            "todo|fixme|xxx|hack",
        ),
        {"forbid_todo": True},
    ),
    (
        Pattern(
            rf"\b(?:{_NO}|No|Never|Do not|Don't|avoid)\b[^.;,]{{0,40}}?\b(?:TODO|FIXME|XXX|HACK)s?\b(?![^.;]*\b(?:without|unless)\b)",
            0,
            "todo|fixme|xxx|hack",
        ),
        {"forbid_todo": True},
    ),
    (
        Pattern(
            r"\b(?:TODO|FIXME)s?\b[^.;]{0,30}\b(?:must|should|need to|have to) (?:always )?(?:reference|link|include|mention|name|have|carry|point)\b[^.;]{0,30}\b(?:issues?|tickets?|beads?)\b|\b(?:no|never)\b[^.;]{0,20}\b(?:TODO|FIXME)s?\b[^.;]{0,20}\bwithout\b[^.;]{0,30}\b(?:issues?|tickets?|beads?)\b",
            _I,
            "todo|fixme|xxx|hack",
        ),
        {"forbid_todo": True, "allow_issue": True},
    ),
    (
        Pattern(
            r"\b(?:TODO|FIXME)s?\b[^.;]{0,50}\b(?:not allowed|forbidden|prohibited|must not|must be (?:resolved|removed|tracked|filed))\b",
            0,
            "todo|fixme|xxx|hack",
        ),
        {"forbid_todo": True},
    ),
    (Pattern(r"\bGAPS\.md\b", 0, "gaps.md"), {"file": "GAPS.md"}),
    (
        Pattern(
            r"\bmust be (?:filed|recorded|tracked|logged|captured) (?:as|in)\b[^.;]{0,15}\b(?:issues?|tickets?|beads?)\b",
            _I,
            "issue|ticket|bead|tracker",
            "must be",
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:record|log|track|capture|file|note|report)\w*\b[^.;]{0,30}\b(?:follow[- ]?ups?|remaining|discovered|leftovers?|deferred|unfinished|out[- ]of[- ]scope)\b[^.;]{0,30}\b(?:as|in|to)\b[^.;]{0,20}\b(?:issues?|tickets?|beads?|tracker)\b",
            _I,
            "issue|ticket|bead|tracker",
            "follow|remaining|discovered|leftover|deferred|unfinished|of",
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:file|creat|open|log|record|track|add|rais)\w*\b[^.;]{0,40}?\b(?:issues?|tickets?|beads?)\b[^.;]{0,60}?\b(?:remaining|follow[- ]?ups?|discovered|gaps?|left|leftover|unfinished|out[- ]of[- ]scope|deferred|TODOs?|incomplete|found|new work|anything)\b",
            _I,
            "issue|ticket|bead|tracker",
            "remaining|follow|discovered|gap|left|unfinished|of|deferred|todo|incomplete|found|new work|anything",
        ),
        {},
    ),
    (
        Pattern(
            r"\b(?:gaps?|follow[- ]?ups?|leftovers?|discovered (?:work|issues)|unfinished work|remaining work|deferred work|out-of-scope \w+)\b[^.;]{0,60}?\b(?:file|filed|becomes?|creat\w+|open|track\w*|record\w*|log|logged)\b[^.;]{0,40}\b(?:issues?|tickets?|beads?)\b",
            _I,
            "issue|ticket|bead|tracker",
            "gap|follow|leftover|discovered|work|scope",
        ),
        {},
    ),
)


def leftover_asks(said: Said) -> Iterator[Ask]:
    """What a statement asks to be committed, and to be filed as an issue."""
    text = said.text
    if any(rule.search(text) for rule in _CLEAN) and not _NOT_CLEAN.search(text) and not said.forbids:
        yield Ask(Kind.CLEAN_WORKTREE)
    words = without_phrases(text)  # `// TODO: later` is no word of the text
    gap = next((params for rule, params in _GAPS if rule.search(words)), None)
    if gap is not None:
        yield Ask(Kind.GAPS_TO_ISSUES, params=dict(gap))
