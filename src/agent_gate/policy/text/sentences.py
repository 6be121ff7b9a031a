"""Raw Markdown text → sentences and cells, with offsets kept: code spans and links are never split."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKDOWN_COMMENT = re.compile(r"\[(?://|comment|#)\]: *(?:#|<>) ")  # "[//]: # (words)"
_TAG_LINE = re.compile(r"\s*(?:</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>\s*)+")
_INLINE_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|kbd|summary|details|br|p|div|span|sub|sup)\b[^<>]*>", ANY_CASE
)
_FENCE = re.compile(r"\s*(?:(?:[-*+>]|\d+[.)])\s+)*(`{3,}|~{3,})")
_END = re.compile(
    r"(?<=[.!?])[\"')\]*_]*\s+(?=[\"'(\[*_`#A-Z0-9]|[^\x00-\u218f])|(?<=;)\s+(?=\S)|(?<=:\*\*)\s*\n|(?<=  )\n(?=\S)|\n *(?:o|[•·▪◦]) +(?=\S)|\n(?=\*\*[^*\n]+(?::\*\*|\*\*:))"
    r"|\n(?=(?:npm|pnpm|yarn|bun|make|cargo|go|uv|poetry|just|task|dotnet|mvn|npx|bundle|mix|composer|\./\w+) [^\n`]{1,60}(?: [-\u2013\u2014#] |: ))"
    r"|(?:\s+[|·•]|,)\s+(?=(?:\*\*)?[A-Z][\w/&-]*(?: [\w/&-]+){0,3}(?::\*\*|\*\*:|:)\s*`)"
)
_BULLET = Pattern(
    r"(?:\n *(?:o|[•·▪◦])|\s[|·•]|,)\s*$"
)  # of the next item, of a list that Markdown does not know
_ABBREVIATION = Pattern(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|no|resp|min|max)|\b[A-Z])\.[\"')\]*_]*$", ANY_CASE
)


def blank_html(text: str) -> str:
    """The text with front matter, HTML comments and lines of bare tags emptied, line numbers kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(
        r"\A---\n.*?\n---(?=\n|\Z)", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL
    )
    return "\n".join(_outside_fences(text))


def _outside_fences(text: str) -> Iterator[str]:
    fence, in_comment, column = "", False, 0
    for raw in text.split("\n"):
        # a list item's fence goes on where its lines lose the indentation, as everybody but a parser reads it
        line = " " * (column - len(raw) + len(raw.lstrip())) + raw if fence and raw.strip() else raw
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            yield line
            continue
        if mark and not in_comment:
            fence, column = mark[1], 0 if ">" in mark[0] else mark.start(1)
            yield line
            continue
        kept, in_comment = _without_comments(line, inside=in_comment)
        yield "" if _TAG_LINE.fullmatch(kept) or _MARKDOWN_COMMENT.match(kept) else _without_tags(kept)


def _without_tags(line: str) -> str:
    """The line without inline tags; those in code spans stay."""
    pieces, last = [], 0
    for match in _INLINE_TAG.finditer(masked(line)):
        pieces.append(line[last : match.start()])
        last = match.end()
    return "".join([*pieces, line[last:]])


def _without_comments(line: str, *, inside: bool) -> tuple[str, bool]:
    kept = ""
    while line:
        if inside:
            _, closed, line = line.partition("-->")
            inside = not closed
        else:
            start = masked(line).find("<!--")
            if start < 0:
                return kept + line, False
            kept, line, inside = kept + line[:start], line[start + 4 :], True
    return kept, inside


def masked(text: str) -> str:
    """The text with code spans, and the addresses of links, replaced by as many `x`; a span keeps its first mark."""
    text = SPAN.sub(lambda match: "`" + "x" * (len(match[0]) - 1), text)
    return LINK.sub(
        lambda match: match[0][: match[0].rindex("](")] + "x" * (len(match[0]) - match[0].rindex("](")), text
    )


def opaque(text: str) -> str:
    """The text, as long, with the marks that end sentences and clauses taken out of code spans: `./...`."""
    return SPAN.sub(lambda match: re.sub(r"[.;:,]", "_", match[0]), text)


def without_phrases(text: str) -> str:
    """The text with nothing in code spans that hold blanks: commands and messages name no file and are no words of it."""
    return re.sub(r"`[^`]*`", lambda span: "`-`" if " " in span[0] else span[0], text)


def split_sentences(content: str) -> list[tuple[int, str]]:
    """The sentences of a paragraph with their offsets; a parenthesis is never split."""
    hidden = masked(content)
    starts = [0]
    for match in _END.finditer(hidden):
        head = hidden[starts[-1] : match.start()]
        if (
            _ABBREVIATION.search(head)
            or head.count("(") > head.count(")")
            or re.fullmatch(r"\s*\W*\d+\.\W*", head)
        ):
            continue
        starts.append(match.end())
    ends = [*starts[1:], len(content)]
    parts = ((start, _BULLET.sub("", content[start:end])) for start, end in zip(starts, ends, strict=True))
    return [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in parts if part.strip()]


def table_cells(tokens: Sequence[Token], index: int) -> tuple[str, ...]:
    """The cells of the table row that opens at `index`."""
    cells = []
    for token in tokens[index + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            cells.append(" ".join(token.content.split()))
    return tuple(cells)


@lru_cache(maxsize=4096)  # asked for the same heading or lead-in at every statement below it
def plain(text: str) -> str:
    """The text without emphasis marks and link addresses; code spans stay as written."""
    pieces, last = [], 0
    for match in SPAN.finditer(text):
        pieces += [_bare(text[last : match.start()]), match[0]]
        last = match.end()
    return "".join([*pieces, _bare(text[last:])])


def _bare(text: str) -> str:
    text = LINK.sub(r"\1", text)
    return re.sub(r"\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|~~", "", text)
