from __future__ import annotations

from types import SimpleNamespace

import pytest

from agent_gate.checks.declared import change_asked_for, names_in_task, severity_of
from agent_gate.findings import Severity
from agent_gate.hookspecs import Task
from agent_gate.policy.model import Kind


def context(text):
    return SimpleNamespace(task=None if text is None else Task("t-1", "A title", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bug is in db/migrations/1.sql.", True),
        ("Work in `db/migrations/` only", True),
        ("Add a column. Do not touch db/migrations/1.sql.", False),
        ("Fix old-db/migrations/1.sql", False),
        ("Fix db/migrations/1.sql.bak", False),
        (None, False),
    ],
)
def test_a_name_counts_as_a_whole_and_not_where_it_is_forbidden(text, expected):
    assert names_in_task(context(text), "db/migrations/1.sql", "db/migrations/**") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Update AGENTS.md to say …", True),
        ("Add a section on style to ./AGENTS.md.", True),
        ("AGENTS.md should name the new command", True),
        ("Follow AGENTS.md.", False),
        ("Update the parser as described in AGENTS.md", False),
        ("Fix the lint errors per AGENTS.md", False),
        ("AGENTS.md must be followed", False),
        ("Do not edit AGENTS.md", False),
        ("Update web/AGENTS.md.j2", False),
    ],
)
def test_a_change_is_asked_for_by_more_than_a_mention(text, expected):
    assert change_asked_for(context(text), "AGENTS.md") is expected


def test_only_a_blocking_rule_that_allows_exceptions_becomes_a_follow_up(rule_of):
    named = context("edit a.lock")
    assert severity_of(rule_of(Kind.PROTECTED_PATH, unless_task=True), named, "a.lock") is Severity.FOLLOW_UP
    assert severity_of(rule_of(Kind.PROTECTED_PATH), named, "a.lock") is Severity.BLOCK
    advise = rule_of(Kind.PROTECTED_PATH, unless_task=True, severity=Severity.ADVISE)
    assert severity_of(advise, named, "a.lock") is Severity.ADVISE
