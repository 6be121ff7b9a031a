"""Markdown → statements: every sentence, list item, table row and command line, with its line and what surrounds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from agent_gate.policy.text.fences import is_shell, shell_lines
from agent_gate.policy.text.optional import needs_services
from agent_gate.policy.text.sentences import blank_html, split_sentences, table_cells
from agent_gate.policy.text.words import ANY_CASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_PLACE = re.compile(
    r"\b(?:run|execute|commands?|work)\b[^`.]{0,60}\b(?:in|from|inside|within) (?:the )?`[\w./-]+`",
    ANY_CASE,
)
_LEVELS = 6  # of headings; a bold line is one below them
_BLOCKS = frozenset({"fence", "code_block"})
BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_`]+?)(?:\*\*|__):?")


class Form(StrEnum):
    """What a statement is made of."""

    PROSE = "prose"
    ITEM = "item"
    ROW = "row"
    SHELL = "shell"  # one command line of a fenced or indented block
    CODE = "code"  # a whole block in another language
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a file says.

    Attributes:
        line: 1-based line on which it begins.
        text: as written, white space collapsed.
        form: what it is made of.
        headings: chain of headings above it, outermost first.
        lead: the paragraph that introduces its list, table or block; "" without one.
        parents: texts of the list items around it, outermost first.
        cells: of a table row.
        header: of a table row's table.
        comment: of a command line: its trailing comment, or those above it.
        language: of a block.
        directory: of a command line: where an earlier `cd` of its block went.
        before: what its own paragraph or item says before it.
        after: what its own paragraph or item says after it.
        place: the paragraph of its section that says where commands run; "" without one.
        needs: its section says before it that services must be up.
        titled: the outermost heading is the title of the file, no section.
    """

    line: int
    text: str
    form: Form
    headings: tuple[str, ...] = ()
    lead: str = ""
    parents: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    comment: str = ""
    language: str = ""
    directory: str = ""
    before: str = ""
    after: str = ""
    place: str = ""
    needs: bool = False
    titled: bool = False


@dataclass(slots=True)
class _Frame:
    """A container being read: the document, a list, an item, a quote."""

    kind: str
    lead: str = ""  # what introduced it
    last: str = ""  # its last paragraph
    own: str = ""  # of an item: its first paragraph


@dataclass(slots=True)
class _Reader:
    """Where the walk over the tokens stands."""

    frames: list[_Frame] = field(default_factory=lambda: [_Frame("document")])
    headings: list[tuple[int, str]] = field(default_factory=list)
    header: tuple[str, ...] = ()
    place: str = ""
    needs: bool = False
    titled: bool | None = None

    def base(self, line: int) -> Statement:
        parents = tuple(frame.own for frame in self.frames if frame.own)
        headings = tuple(text for _, text in self.headings)
        return Statement(
            line,
            "",
            Form.PROSE,
            headings,
            self.frames[-1].last,
            parents,
            place=self.place,
            needs=self.needs,
            titled=bool(self.titled),
        )

    def enter_section(self, level: int, text: str) -> None:
        if self.titled is None or level == 1:
            self.titled = self.titled is None and level == 1  # a second one makes the first a section
        self.headings = [*(h for h in self.headings if h[0] < level), (level, text)]
        self.place = ""
        self.needs = self.needs and level > _LEVELS


def _parser() -> MarkdownIt:
    # Blocks are what is needed of the parser; spans are read from the raw text, which keeps their lines exact.
    parser = MarkdownIt("commonmark").enable("table").disable(["html_block", "reference"])
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def read_statements(text: str) -> tuple[Statement, ...]:
    """Every statement of a Markdown file, in order; never raises, whatever the text is."""
    tokens = _parser().parse(blank_html(text))
    reader = _Reader()
    return tuple(
        statement for index in range(len(tokens)) for statement in _statements(reader, tokens, index)
    )


def _statements(reader: _Reader, tokens: Sequence[Token], index: int) -> Iterator[Statement]:
    token = tokens[index]
    kind = token.type
    if index and tokens[index - 1].type in _BLOCKS and kind not in _BLOCKS:
        reader.frames[-1].last = ""  # what introduced a block says nothing of what follows it
    if kind == "heading_open":
        yield from _heading(reader, tokens[index + 1], int(token.tag[1]))
    elif kind in {"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"}:
        inherited = reader.frames[-1].last or (reader.frames[-1].lead if kind == "list_item_open" else "")
        reader.frames.append(_Frame(kind, lead=inherited))
    elif kind in {"bullet_list_close", "ordered_list_close", "list_item_close", "blockquote_close"}:
        reader.frames.pop()
    elif kind == "tr_open":
        yield from _row(reader, tokens, index)
    elif kind == "inline" and tokens[index - 1].type == "paragraph_open":
        yield from _paragraph(reader, token)
    elif kind in _BLOCKS:
        yield from _block(reader, token)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _heading(reader: _Reader, inline: Token, level: int) -> Iterator[Statement]:
    reader.enter_section(level, inline.content)
    reader.frames[-1].last = ""
    yield replace(reader.base(_line(inline)), text=" ".join(inline.content.split()), form=Form.HEADING)


def _paragraph(reader: _Reader, token: Token) -> Iterator[Statement]:
    frame, content, line = reader.frames[-1], token.content, _line(token)
    bold = BOLD_LINE.fullmatch(content.strip())
    if bold and frame.kind == "document":
        reader.enter_section(_LEVELS + 1, bold[1])
    reader.needs = reader.needs or needs_services(content)
    base = reader.base(line)
    if frame.kind == "list_item_open" and not frame.own:
        base = replace(base, form=Form.ITEM, lead=frame.lead)
        frame.own = content
    frame.last = content
    if frame.kind == "document" and _PLACE.search(content):
        reader.place = " ".join(content.split())
    parts = split_sentences(content)
    for number, (offset, sentence) in enumerate(parts):
        yield replace(
            base,
            line=line + content.count("\n", 0, offset),
            text=" ".join(sentence.split()),
            before=" ".join(" ".join(s for _, s in parts[:number]).split()),
            after=" ".join(" ".join(s for _, s in parts[number + 1 :]).split()),
        )


def _row(reader: _Reader, tokens: Sequence[Token], index: int) -> Iterator[Statement]:
    cells = table_cells(tokens, index)
    if tokens[index - 1].type == "thead_open":
        reader.header = cells
        return
    if any(cells):
        base = reader.base(_line(tokens[index]))
        text = " | ".join(cell for cell in cells if cell)
        yield replace(base, text=text, form=Form.ROW, cells=cells, header=reader.header)


def _block(reader: _Reader, token: Token) -> Iterator[Statement]:
    info = token.info.strip().split(" ")[0].strip("{}.").lower() if token.info.strip() else ""
    fenced = token.type == "fence"
    start = _line(token) + (1 if fenced else 0)
    base = reader.base(start)
    base = replace(base, lead=base.lead or (base.parents[-1] if base.parents else ""), language=info)
    if is_shell(info, token.content):
        reader.needs = reader.needs or needs_services(token.content)
        base = replace(base, needs=reader.needs)
        for found in shell_lines(token.content, info):
            text = " ".join(found.command.split())
            yield replace(
                base,
                line=start + found.line,
                text=text,
                form=Form.SHELL,
                comment=found.comment,
                directory=found.directory,
            )
        return
    lines = token.content.split("\n")
    first = next((number for number, text in enumerate(lines) if text.strip()), None)
    if first is not None:
        yield replace(base, line=start + first, text=" ".join(lines[first].split()), form=Form.CODE)
