import json

import pytest

from agent_gate.tracker.verdict_issues import (
    is_filed,
    issue_id,
    prefix_of,
    task_of_branch,
    to_entry,
    write_jsonl,
)

from .verdicts import BLOCK, failing, kept, origin, rule, verdict


@pytest.mark.parametrize(
    ("branch", "task"),
    [
        ("agent/bd-a1b2", "bd-a1b2"),
        ("feature/my-proj-12", "my-proj-12"),
        ("bdx-0ve.1", "bdx-0ve.1"),
        ("main", ""),
        ("Fix_It", ""),
        (None, ""),
    ],
)
def test_the_task_is_read_from_the_branch_name(branch, task):
    assert task_of_branch(branch) == task


def test_an_id_is_the_same_everywhere_and_known_for_what_it_is():
    made = issue_id("bd", "bd-a1b2", "lint/ruff")
    assert made == issue_id("bd", "bd-a1b2", "lint/ruff") != issue_id("bd", "bd-a1b2", "lint/mypy")
    assert is_filed(made)
    assert not is_filed("bd-a1b2")


def test_the_prefix_is_the_first_word_of_the_task():
    assert prefix_of("my-proj-12") == "my"
    assert prefix_of("") == ""


def test_a_rule_that_nobody_decided_is_neither_failing_nor_kept():
    entry = to_entry(verdict(kept("ruff"), kept("mypy")), origin(), left_out=[rule("mypy").id])
    assert entry["failing"] == []
    assert {kept.partition("\0")[0] for kept in entry["kept"]} == {rule("ruff").id}


def test_a_file_for_bd_import_has_only_edges_of_issues_that_are_in_it(tmp_path):
    entry = to_entry(verdict(failing("ruff", BLOCK)), origin("t-1"))
    write_jsonl(entry, tmp_path / "issues.jsonl")
    (row,) = [json.loads(line) for line in (tmp_path / "issues.jsonl").read_text().splitlines()]
    assert row["id"] == issue_id("t", "t-1", rule("ruff").id)
    assert {edge["issue_id"] for edge in row["dependencies"]} == {row["id"]}
