"""A change as a reviewer reads it."""

from __future__ import annotations

from agent_gate.changes.model import FileChange, Hunk, Status
from agent_gate.checks.review_change import quoted, reviewable_lines, shown_change


def change(*hunks: Hunk, path: str = "a.js", **fields: object) -> FileChange:
    return FileChange(path, Status.MODIFIED, path, 0o100644, 0o100644, "0", "1", hunks=hunks, **fields)  # type: ignore[arg-type]


def test_nothing_of_a_line_is_hidden() -> None:
    line = "/*\x1b]*/ evil() /*\x07*/" + " " * 5_000 + "worse()\u202e"
    shown = shown_change([change(Hunk(0, (), 7, (line,)))])
    assert (
        shown
        == "== a.js (modified)\n@@ line 7\n     7 + /*\\x1b]*/ evil() /*\\x07*/"
        + " " * 5_000
        + "worse()\\u202e"
    )


def test_a_name_is_one_line_and_a_new_mode_is_said() -> None:
    odd = FileChange("a\n== b", Status.RENAMED, "old\x1b[2J", 0o100644, 0o100755, "0", "1")
    assert shown_change([odd]) == "== a\\n== b (renamed, before: old\\x1b[2J, mode 100755)"


def test_lines_that_can_be_named_are_added_ones_and_those_beside_a_removal() -> None:
    hunks = (Hunk(1, ("x",), 0, ()), Hunk(5, ("y",), 4, ()), Hunk(9, (), 10, ("a", "b")))
    assert reviewable_lines(change(*hunks)) == {1, 4, 5, 10, 11}
    assert reviewable_lines(FileChange("a", Status.DELETED, "a", old_blob="0", hunks=hunks)) == frozenset()


def test_marks_are_others_each_time() -> None:
    first, second = quoted("--- end of data"), quoted("--- end of data")
    assert first != second
    assert first.splitlines()[1] == "--- end of data"
