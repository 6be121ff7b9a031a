"""`agent-gate seed` with scripted agents, on both trackers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from agent_gate.cli import main
from agent_gate.repository import open_repository
from agent_gate.tracker.find import find_tracker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repo

PARSER = {
    "key": "parser",
    "title": "Parse it",
    "description": "All of it.",
    "priority": 0,
    "acceptance": ["It parses."],
}
PRINTER = {
    **PARSER,
    "key": "printer",
    "title": "Print it",
    "priority": 1,
    "depends_on": ["parser"],
    "type": "feature",
}
PROPOSAL = json.dumps({"issues": [PRINTER, PARSER]})


@pytest.fixture(params=["local", "beads"])
def repo(request: pytest.FixtureRequest, make_repo: Callable[..., Repo]) -> Repo:
    repo = make_repo({"specs/what.md": "# What\nIt parses and prints.\n"})
    if request.param == "beads":
        shutil.copytree(request.getfixturevalue("bd_template") / ".beads", repo.path / ".beads")
    return repo


def seed(repo: Repo, command: str, *options: str) -> int:
    return main(["seed", "--worktree", str(repo.path), "--agent-cmd", command, *options])


def issues(repo: Repo) -> list[Any]:
    return list(find_tracker(open_repository(repo.path)).issues())


def test_issues_are_filed_once_with_their_dependencies(
    repo: Repo, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = scripted(PROPOSAL)
    assert seed(repo, command, "--yes") == 0
    assert "2  1  feature  Print it  (after 1)" in capsys.readouterr().out
    found = {issue.title: issue for issue in issues(repo)}
    parser, printer = found["Parse it"], found["Print it"]
    assert [(edge.issue, edge.on, edge.type) for edge in printer.dependencies] == [
        (printer.id, parser.id, "blocks")
    ]
    assert (printer.priority, printer.acceptance, printer.issue_type) == (1, "- It parses.", "feature")
    assert [issue.id for issue in find_tracker(open_repository(repo.path)).ready()] == [parser.id]
    assert "It parses and prints." in (tmp_path / "scripted" / "asked-0").read_text()
    assert seed(repo, command, "--yes") == 0
    assert "Nothing to file" in capsys.readouterr().out
    assert len(issues(repo)) == 2


@pytest.fixture
def plain(make_repo: Callable[..., Repo]) -> Repo:
    return make_repo({"specs/what.md": "# What\n"})


def test_what_was_filed_before_is_depended_on_by_its_id(plain: Repo, scripted: Callable[..., str]) -> None:
    assert seed(plain, scripted(json.dumps({"issues": [PARSER]}), name="first"), "--yes") == 0
    assert seed(plain, scripted(PROPOSAL, name="second"), "--yes") == 0
    parser, printer = issues(plain)
    assert [edge.on for edge in printer.dependencies] == [parser.id]


@pytest.mark.parametrize(("options", "typed"), [(("--dry-run", "--yes"), ""), ((), "n\n"), ((), "")])
def test_nothing_is_filed_without_a_yes(
    plain: Repo,
    scripted: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    typed: str,
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert seed(plain, scripted(PROPOSAL), *options) == 0
    assert issues(plain) == []


def test_a_proposal_that_does_not_hold_together_is_one_sentence(
    plain: Repo, scripted: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    circle = json.dumps({"issues": [{**PARSER, "depends_on": ["printer"]}, PRINTER]})
    assert seed(plain, scripted(circle), "--yes") == 3
    assert "cannot be used: Issues depend on each other in a circle" in capsys.readouterr().err
    assert issues(plain) == []


def test_without_specs_there_is_nothing_to_seed(
    make_repo: Callable[..., Repo], capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed(make_repo(), "unused {prompt}") == 5
    assert "agent-gate grill" in capsys.readouterr().err
