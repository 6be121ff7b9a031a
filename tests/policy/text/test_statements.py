"""Markdown → statements: lines, surroundings, sentences, tables and command blocks."""

from __future__ import annotations

from agent_gate.policy.text.fences import shell_lines
from agent_gate.policy.text.statements import Form, Statement, read_statements


def said(text: str) -> list[Statement]:
    return [statement for statement in read_statements(text) if statement.form is not Form.HEADING]


def test_a_sentence_keeps_the_line_on_which_it_begins() -> None:
    text = "First one\ngoes on. Second\nhere (e.g. this). Third."
    assert [(s.line, s.text) for s in said(text)] == [
        (1, "First one goes on."),
        (2, "Second here (e.g. this)."),
        (3, "Third."),
    ]


def test_code_spans_and_parentheses_are_never_split() -> None:
    text = "Run `a. B` now (first. Second). `x; y` stays."
    assert [s.text for s in said(text)] == ["Run `a. B` now (first. Second).", "`x; y` stays."]


def test_an_item_knows_its_lead_in_its_parents_and_its_headings() -> None:
    text = "# A\n## B\nNever do:\n\n- outer\n  - inner\n"
    inner = said(text)[-1]
    assert (inner.text, inner.form, inner.headings) == ("inner", Form.ITEM, ("A", "B"))
    assert (inner.parents, said(text)[1].lead) == (("outer",), "Never do:")


def test_a_bold_line_is_a_heading() -> None:
    assert said("**Checks**\n\nRun it.")[-1].headings == ("Checks",)


def test_a_table_row_keeps_its_cells_and_the_header() -> None:
    (row,) = said("| Task | Command |\n|---|---|\n| Test | `make test` |\n")
    assert (row.line, row.cells, row.header) == (3, ("Test", "`make test`"), ("Task", "Command"))


def test_front_matter_comments_and_tags_are_no_statements() -> None:
    text = "---\nname: x\n---\n<!-- one\ntwo -->\n<rules>\nDo it.\n</rules>\n`<!-- code -->` stays.\n"
    assert [(s.line, s.text) for s in said(text)] == [(7, "Do it."), (9, "`<!-- code -->` stays.")]


def test_command_lines_keep_their_line_comment_and_directory() -> None:
    text = "```bash\n# Run tests\ncd web\nnpm test \\\n  --silent\n\nmake x  # lint\n```\n"
    rows = [(s.line, s.text, s.comment, s.directory) for s in said(text)]
    assert rows == [
        (3, "cd web", "Run tests", ""),
        (4, "npm test --silent", "Run tests", "web"),
        (7, "make x", "lint", "web"),
    ]


def test_output_here_documents_and_drawings_are_no_commands() -> None:
    assert [s.text for s in said("```console\n$ make lint\nall good\n```\n")] == ["make lint"]
    assert [s.command for s in shell_lines("cat <<'EOF'\nmake lint\nEOF\nmake test", "sh")][1:] == [
        "make test"
    ]
    (tree,) = said("```\nsrc\n└── main.py\n```\n")
    assert tree.form is Form.CODE


def test_a_comment_that_names_another_spelling_does_not_make_an_alternative() -> None:
    (line,) = shell_lines("make test  # or: pytest", "sh")
    assert line.comment == ""


def test_a_fence_of_an_item_goes_on_where_its_lines_lose_their_indentation() -> None:
    text = "* Build\n\n  ```bash\n  make a\nmake b\n```\n\n* Test\n"
    assert [s.text for s in read_statements(text)] == ["Build", "make a", "make b", "Test"]


def test_a_block_without_a_language_keeps_its_commands_below_comments() -> None:
    said = read_statements("```\n# To run all tests\nmake test\n\nroot@box# make lint\n```\n")
    assert [s.text for s in said] == ["make lint"]  # a prompt marks the commands among output

    said = read_statements("```\n# To run all tests\nmake test\n```\n")
    assert [(s.text, s.comment) for s in said] == [("make test", "To run all tests")]


def test_items_of_a_list_that_markdown_does_not_know_are_statements() -> None:
    said = read_statements("Use these:\n   o `a`: first\n   o `b`: second\n")
    assert [(s.line, s.text) for s in said] == [(1, "Use these:"), (2, "`a`: first"), (3, "`b`: second")]
