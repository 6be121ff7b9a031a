"""`forbidden-pattern`: kinds of files that a project does not have: "no JavaScript files", "plain CSS files are not allowed".

"Do not create new pages" leaves those that there are to be edited, which no look at lines tells apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.findings import Severity
from agent_gate.policy.asks.prohibitions import NO
from agent_gate.policy.commands.languages import files_of
from agent_gate.policy.model import Kind
from agent_gate.policy.text.said import Ask
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent_gate.policy.text.said import Said

_FORBIDDEN = Pattern(
    rf"{NO} (?:(?:use|commit)\b )?(?:(?:any|plain) )*(?P<kind>`?\.[a-z]{{1,5}}`?|[A-Za-z+#]+)(?: \(`?(?P<extension>\.[a-z]{{1,5}})`?\))? files?\b(?=\W*$|[^\w`]*\s[\u2013\u2014-]\s|[.;,:]|\s+(?:unless|without)\b)",
    ANY_CASE,
    "file",
)


def file_types(said: Said) -> Iterator[Ask]:
    """What finds each line that is written to such a file; a person has to look, for a file of old may have to change."""
    found = _FORBIDDEN.search(said.text)
    if not found:
        return
    extension = found["extension"] or found["kind"].strip("`")
    globs = [f"*{extension}"] if extension.startswith(".") else list(files_of(extension))
    if globs:
        params: dict[str, object] = {"pattern": r"\S", "globs": globs, "literal": globs[0]}
        yield Ask(Kind.FORBIDDEN_PATTERN, globs[0], params, severity=Severity.FOLLOW_UP)
