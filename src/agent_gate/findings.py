"""What a check reports, and how bad it is. Imports nothing of ours."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """What a finding means for the merge."""

    BLOCK = "block"  # may not merge
    FOLLOW_UP = "follow-up"  # may merge; an issue is filed
    ADVISE = "advise"  # shown only

    @property
    def excused(self) -> Severity:
        """What it is where the finding is not this branch's fault, or a person has to judge: it never blocks."""
        return Severity.FOLLOW_UP if self is Severity.BLOCK else self


class Outcome(StrEnum):
    """What became of one rule."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"  # at least one blocking finding
    FOLLOW_UP = "follow-up"  # findings, none of which blocks
    ERROR = "error"  # the rule could not be decided: never a pass
    SKIPPED = "skipped"  # not applicable to this change set, with a reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, complete enough to be repaired without another question.

    Attributes:
        rule: id of the rule that asked for it.
        kind: the rule's kind.
        severity: what it means for the merge.
        message: one sentence, without the path.
        path: relative to the repository, "/"-separated, as `os.fsdecode` gives it; None for the whole change.
        line: 1-based, in the judged tree; None where there is none.
        evidence: text that proves it (bounded by who makes it).
        fix: one sentence: what to do.
        reproduce: one command line.
        anchor: what does not move when lines do (the text of the line, a test's id); default: the message.
        id: the fingerprint; set by `identified`.
    """

    rule: str
    kind: str
    severity: Severity
    message: str
    path: str | None = None
    line: int | None = None
    evidence: str = ""
    fix: str = ""
    reproduce: str = ""
    anchor: str = ""
    id: str = ""

    def fingerprint(self) -> str:
        """16 hex digits of rule, path and anchor: never of a line number, so that it survives edits above it."""
        anchor = self.anchor or re.sub(r"\d+", "#", self.message)
        parts = (self.rule, self.path or "", " ".join(anchor.split()))
        data = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hashlib.sha256(data).hexdigest()[:16]


def identified(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with ids; the second and later of equal fingerprints get `-2`, `-3`, … in order of line."""
    seen: Counter[str] = Counter()
    result = []
    for finding in sorted(findings, key=lambda f: (f.path or "", f.line or 0)):
        fingerprint = finding.fingerprint()
        seen[fingerprint] += 1
        count = seen[fingerprint]
        result.append(replace(finding, id=fingerprint if count == 1 else f"{fingerprint}-{count}"))
    return tuple(result)
