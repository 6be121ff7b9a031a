"""Tests of other languages than Python, by the lines that declare them and switch them off."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice, takewhile
from pathlib import PurePosixPath
from typing import NamedTuple

from agent_gate.checks.python_tests import Test


class _Language(NamedTuple):
    """`declares`: its first group is the test's name; `off`: what switches it off, on the line or just above or below."""

    declares: re.Pattern[str]
    off: re.Pattern[str]


_JS = _Language(
    re.compile(
        r"^\s*(?:(?:it|test|describe|context|specify|Deno\.test|x?it|x?test|f?it|xdescribe)(?:\.\w+)*(?:\([\w.]+\))?|\]\s*\))\s*\(\s*[\"'`](.+?)[\"'`]\s*[,)]"
    ),
    re.compile(
        r"^\s*(?:xit|xtest|xdescribe|(?:it|test|describe)\.(?:skip|todo|failing|fails)|(?:it|test|describe)\.only)\b"
    ),
)
_ANNOTATED = _Language(
    re.compile(
        r"^\s*(?:public |private |internal |protected |static |final |suspend |async |override )*(?:fun |void |Task |func )\s*`?(\w[\w ]*)`?\s*\("
    ),
    re.compile(
        r"^\s*(?:@(?:Disabled|Ignore)\b|\[(?:Ignore|Fact\(Skip|Theory\(Skip)|throw XCTSkip|try XCTSkip)"
    ),
)
_LANGUAGES = {
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), _JS),
    ".go": _Language(re.compile(r"^func ((?:Test|Benchmark|Fuzz|Example)\w*)\s*\("), re.compile(r"^\s*t\.Skip(?:Now|f)?\(")),
    ".rs": _Language(re.compile(r"^\s*(?:pub )?(?:async )?fn (\w+)\s*\(\s*\)"), re.compile(r"^\s*#\[ignore\b")),
    **dict.fromkeys((".java", ".kt", ".cs", ".swift", ".scala", ".groovy"), _ANNOTATED),
    ".rb": _Language(re.compile(r"^\s*(?:x?it|x?describe|context|specify|test|scenario)[ (]+[\"'](.+?)[\"']\)?(?:,.*)?(?: do| \{|$)|^\s*def (test_\w+[?!]?)"), re.compile(r"^\s*(?:xit|xdescribe|skip|pending)\b")),
    ".php": _Language(re.compile(r"^\s*(?:public )?function (test\w*)|^\s*(?:it|test)\([\"'](.+?)[\"']"), re.compile(r"^\s*(?:\$this->markTestSkipped|\$this->markTestIncomplete)|->skip\(")),
    **dict.fromkeys((".ex", ".exs"), _Language(re.compile(r"^\s*test \"(.+?)\""), re.compile(r"^\s*@tag :skip"))),
}  # fmt: skip
_MARKS = {".rs": re.compile(r"^\s*#\[(?:\w+::)?test\b"), ".java": re.compile(r"^\s*@(?:Test|ParameterizedTest|RepeatedTest)\b"), ".kt": re.compile(r"^\s*@(?:Test|ParameterizedTest)\b"),
          ".cs": re.compile(r"^\s*\[(?:Fact|Theory|Test|TestMethod|TestCase)\b")}  # fmt: skip
_SKIPS_INSIDE = frozenset({".go", ".rb", ".php", ".swift"})  # a call in the body switches it off
_ENDS = frozenset({"}", "});", "end"})
_NEAR = 4  # lines between a test's declaration and what belongs to it


def named_tests(path: str, content: bytes) -> dict[str, Test]:
    """Tests by name; empty for a language that is not known. A body reaches to the next declaration."""
    suffix = PurePosixPath(path).suffix
    language = _LANGUAGES.get(suffix)
    if language is None:
        return {}
    lines = [line[:500] for line in content.decode("utf-8", "replace").splitlines()]
    declared = {index: match for index, line in enumerate(lines) if (match := language.declares.match(line))}
    mark = _MARKS.get(suffix)
    found: dict[str, Test] = {}
    seen: Counter[str] = Counter()
    for (index, match), end in zip(declared.items(), [*islice(declared, 1, None), len(lines)], strict=False):
        name = next((group for group in match.groups() if group), None)
        above = lines[max(0, index - _NEAR) : index]
        if name is None or (mark and not any(mark.match(text) for text in above)):
            continue
        below = _first_lines(lines[index + 1 : index + 20]) if suffix in _SKIPS_INSIDE else []
        near = [match.string, *_attached(above, language), *below]
        off = next((text.strip() for text in near if language.off.search(text)), "")
        body = [match.string.replace(name, "", 1), *lines[index + 1 : end]]
        seen[name] += 1
        if seen[name] > 1:  # many a `describe` has a "returns null"
            name = f"{name} #{seen[name]}"
        found[name] = Test(name, index + 1, off, "", 0, None, " ".join(" ".join(body).split()))
    return found


def _first_lines(below: list[str]) -> list[str]:
    """The first lines of a body that say something, up to its end."""
    body = takewhile(lambda line: line.strip() not in _ENDS, below)
    return list(islice((line for line in body if line.strip()), _NEAR))


def _attached(above: list[str], language: _Language) -> list[str]:
    """The lines just above a declaration, back to the first that is blank, ends a block, or declares another test."""
    attached = []
    for line in reversed(above):
        if not line.strip() or line.strip() in _ENDS or language.declares.match(line):
            break
        attached.append(line)
    return attached
