"""`agent-gate grill` as a person uses it: a real process, a scripted interviewer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import with_signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repo

CTRL_C = with_signals(signal.SIG_DFL, signal.SIGINT)  # also where these tests run with it ignored
PAGE = {"path": "specs/what.md", "content": "# What\nFor sailors."}


def question(text: str) -> str:
    return json.dumps({"question": text})


def documents(*pages: dict[str, str]) -> str:
    return json.dumps({"documents": list(pages)})


def start(repo: Repo, command: str, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CTRL_C, Path(sys.executable).with_name("agent-gate"), "grill", "--agent-cmd", command, *options],
        cwd=repo.path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def grill(repo: Repo, command: str, typed: str, *options: str) -> tuple[int, str, str]:
    process = start(repo, command, *options)
    output, errors = process.communicate(typed, timeout=60)
    return process.returncode, output, errors


@pytest.fixture
def repo(make_repo: Callable[..., Repo]) -> Repo:
    return make_repo({"specs/old.md": "# Old\nKept.\n"})


def test_answers_become_pages_after_a_yes(repo: Repo, scripted: Callable[..., str], tmp_path: Path) -> None:
    command = scripted(question("For whom?"), question("How many?"), documents(PAGE))
    code, output, errors = grill(repo, command, "sailors\n\ny\n")
    assert code == 0, output + errors
    assert (repo.path / "specs/what.md").read_text() == "# What\nFor sailors.\n"
    assert "+For sailors." in output
    asked = (tmp_path / "scripted" / "asked-2").read_text()
    assert "You: For whom?\nThey: sailors\n\nYou: How many?\nThey: (no answer)" in asked
    assert "# Old\nKept." in asked
    assert not (repo.path / ".git/agent-gate/grill.json").exists()


def test_ctrl_c_keeps_the_answers_and_the_question(
    repo: Repo, scripted: Callable[..., str], tmp_path: Path
) -> None:
    command = scripted(question("For whom?"), question("How many?"), documents(PAGE))
    process = start(repo, command)
    assert process.stdin
    assert process.stdout
    process.stdin.write("sailors\n")
    process.stdin.flush()
    while "How many?" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, "run `agent-gate grill` again" in errors) == (2, True), errors
    code, output, _ = grill(repo, command, "seven\ny\n")
    assert (code, "Going on after 1 answers" in output, "How many?" in output) == (0, True, True)
    assert "They: sailors\n\nYou: How many?\nThey: seven" in (tmp_path / "scripted" / "asked-2").read_text()


def test_the_interviewed_can_end_it(repo: Repo, scripted: Callable[..., str], tmp_path: Path) -> None:
    code, _, _ = grill(repo, scripted(question("For whom?"), documents(PAGE)), "/done\ny\n")
    assert (code, (repo.path / "specs/what.md").exists()) == (0, True)
    assert (
        "The interview was ended: give the documents now." in (tmp_path / "scripted" / "asked-1").read_text()
    )


def test_what_is_there_is_shown_as_a_diff_and_kept_without_a_yes(
    repo: Repo, scripted: Callable[..., str]
) -> None:
    code, output, _ = grill(repo, scripted(documents({"path": "specs/old.md", "content": "# Old\nNew."})), "")
    assert code == 0
    assert "-Kept.\n+New." in output
    assert "Nothing was written" in output
    assert (repo.path / "specs/old.md").read_text() == "# Old\nKept.\n"


@pytest.mark.parametrize(
    "path", ["README.md", "specs/../AGENTS.md", "/etc/passwd.md", "specs/x.py", "specs//a.md"]
)
def test_a_document_elsewhere_is_refused(repo: Repo, scripted: Callable[..., str], path: str) -> None:
    code, _, errors = grill(repo, scripted(documents({"path": path, "content": "x"})), "y\n")
    assert (code, "its answer cannot be used" in errors) == (3, True), errors
    assert repo.git("status", "--porcelain") == ""


def test_a_link_out_of_specs_is_not_followed(
    repo: Repo, scripted: Callable[..., str], tmp_path: Path
) -> None:
    (repo.path / "src").mkdir()
    (repo.path / "specs/way").symlink_to("../src")
    code, _, errors = grill(repo, scripted(documents({"path": "specs/way/a.md", "content": "x"})), "y\n")
    assert (code, "leads out of specs/ by a link" in errors) == (4, True), errors
    assert list((repo.path / "src").iterdir()) == []


def test_a_step_is_a_question_or_documents(repo: Repo, scripted: Callable[..., str]) -> None:
    both = json.dumps({"question": "For whom?", "documents": [PAGE]})
    code, _, errors = grill(repo, scripted(both, "{}"), "")
    assert (code, "either a question or documents" in errors) == (3, True), errors


def test_a_new_interview_forgets_the_old_one(repo: Repo, scripted: Callable[..., str]) -> None:
    kept = repo.write(".git/agent-gate/grill.json", '[{"question": "Old?", "answer": "yes"}]')
    code, output, _ = grill(repo, scripted(documents(PAGE)), "n\n", "--new")
    assert (code, "Going on" in output, kept.exists()) == (0, False, False)
    kept.write_text("not JSON")
    code, _, errors = grill(repo, scripted(documents(PAGE), name="other"), "")
    assert (code, "remove it to start again" in errors) == (4, True)
