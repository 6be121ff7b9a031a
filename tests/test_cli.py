"""The commands beside `check`, as processes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent_gate.orchestrator.journal import Journal, Task

AGENT_GATE = Path(sys.executable).with_name("agent-gate")
AGENTS = (
    "# Rules\n\n- Run `just lint` before you commit.\n- Commits follow Conventional Commits.\n- Be kind.\n"
)


def agent_gate(cwd, *args, **environment):
    return subprocess.run(
        [AGENT_GATE, *args],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repo(make_repo):
    return make_repo({"AGENTS.md": AGENTS})


def test_what_the_terminal_cannot_show_is_escaped_and_no_traceback(repo):
    assert agent_gate(repo.path, "q", "ünïcode").returncode == 0
    done = agent_gate(repo.path, "issues", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xfcn\\xefcode" in done.stdout


def test_output_that_nobody_reads_any_more_is_no_traceback(repo):
    command = [AGENT_GATE, "policy"]
    with subprocess.Popen(command, cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 2


def test_an_interrupt_ends_a_log_that_is_followed(repo):
    journal = Journal(repo.path / ".git/agent-gate/journal.db")
    journal.begin(Task("t-1"), "somebody")
    journal.close()
    command = [AGENT_GATE, "log", "-f", "t-1"]
    with subprocess.Popen(
        command, cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert b"claiming" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
    assert process.returncode == 2


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("command", ["policy", "check --json=../v.json"])
def test_standard_streams_that_are_closed_are_no_fault(make_repo, closed, command):
    repo = make_repo({"AGENTS.md": "- Do not edit `vendor/`.\n"})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    script = f'exec "$0" {command} {closed}'
    done = subprocess.run(["sh", "-c", script, AGENT_GATE], cwd=repo.path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_policy_shows_every_statement(repo):
    done = agent_gate(repo.path, "policy")
    assert done.returncode == 0
    for expected in (
        "command.lint  just lint",
        "commit-format",
        "Be kind.",
        "2 rules are enforced, of 4 statements.",
    ):
        assert expected in done.stdout


def test_policy_of_a_file_needs_no_repository(tmp_path):
    (tmp_path / "x.md").write_text(AGENTS)
    done = agent_gate(tmp_path, "policy", "--file", "x.md", "--json")
    rows = json.loads(done.stdout)
    assert list(rows[0])[:9] == [
        "id",
        "kind",
        "path",
        "line",
        "text",
        "value",
        "severity",
        "enforced",
        "reason",
    ]
    assert [row["value"] for row in rows if row["enforced"]] == ["just lint", None]


def test_policy_of_a_file_imports_neither_git_nor_pytest(tmp_path):
    (tmp_path / "x.md").write_text(AGENTS)
    code = "import sys; from agent_gate.cli import main; main(['policy', '--file', 'x.md']); print({'git', 'pytest', '_pytest'} & set(sys.modules))"
    assert subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.endswith("set()\n")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("policy", "--file", "nowhere.md"), 4, "nowhere.md cannot be read"),
        (("policy", "--at", "nowhere"), 4, "nowhere"),
        (("policy", "--bogus"), 4, "unrecognized arguments: --bogus"),
        (("issues", "show", "t-404"), 4, "There is no issue t-404 (tracker: local)"),
        (("issues",), 0, "There is no such issue (tracker: local; --all shows closed ones, too)"),
        (("q", " "), 4, "an issue needs a title"),
        (("run", "--config", "none.toml"), 4, "none.toml cannot be read: No such file or directory."),
        (("gaps",), 4, "GAPS.md cannot be read"),
        (("issues", "adopt"), 3, "There is no Beads database to move to"),
        (("run", "--workers", "0"), 4, "--workers: '0' is no number from 1 on"),
        (("run", "--attempts", "-1"), 4, "--attempts: '-1' is no number from 1 on"),
        (("history", "-n", "many"), 4, "'many' is no number from 1 on"),
        ((), 4, "required: COMMAND"),
    ],
)
def test_a_users_mistake_is_one_sentence(repo, args, code, said):
    done = agent_gate(repo.path, *args)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), (
        done.stderr
    )


def test_no_instruction_file_is_nothing_to_enforce(tmp_path):
    assert agent_gate(tmp_path, "policy").returncode == 5


def test_issues_are_captured_listed_and_exported(repo):
    issue = agent_gate(repo.path, "q", "make", "it", "faster", "-p", "1").stdout.strip()
    assert agent_gate(repo.path, "issues").stdout == f"{issue}  P1  open         make it faster\n"
    assert agent_gate(repo.path, "issues", "ready").stdout.startswith(issue)
    assert "make it faster" in agent_gate(repo.path, "issues", "show", issue).stdout
    assert json.loads(agent_gate(repo.path, "issues", "export").stdout)["id"] == issue


def test_gaps_are_filed_once(repo):
    repo.write(
        "GAPS.md",
        "# Gaps\n\n- no Windows\n  - nor its paths\n- [x] done\n\n## Slow start\n\nIt takes a second.\n",
    )
    first, again = (agent_gate(repo.path, "gaps").stdout for _ in range(2))
    assert first == again
    assert len(first.split()) == 2
    assert len(agent_gate(repo.path, "issues").stdout.splitlines()) == 2


def test_worktrees_of_a_repository_share_the_issues(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "other"), "-b", "other")
    agent_gate(repo.path, "q", "seen", "from", "both")
    assert "seen from both" in agent_gate(tmp_path / "other", "issues").stdout


def test_the_embedded_tracker_is_adopted_by_beads_once(repo, bd_template):
    issue = agent_gate(repo.path, "q", "move me").stdout.strip()
    env = {**os.environ, "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
    subprocess.run(
        ["bd", "init", "--stealth", "--non-interactive", "--prefix", "t"],
        cwd=repo.path,
        env=env,
        check=True,
        capture_output=True,
    )
    assert "1 issues are in Beads now" in agent_gate(repo.path, "issues", "adopt").stdout
    assert "nothing to move" in agent_gate(repo.path, "issues", "adopt").stdout
    assert issue in agent_gate(repo.path, "issues").stdout


class TestFiling:
    @pytest.fixture
    def bad(self, repo):
        repo.branch("agent/t-1")
        repo.commit("added b", {"b.py": "B = 1\n"})
        return repo

    def check(self, repo, *args):
        return agent_gate(repo.path, "check", *args, "--", "-k", "commit-format")

    def test_a_failure_becomes_one_issue_and_is_closed_when_it_is_gone(self, bad):
        assert self.check(bad, "--file").returncode == 1
        self.check(bad, "--file")
        (line,) = agent_gate(bad.path, "issues").stdout.splitlines()
        assert "commit-format: Commit" in line
        bad.git("commit", "-q", "--amend", "-m", "feat: add b")
        assert self.check(bad, "--file").returncode == 0
        assert agent_gate(bad.path, "issues").stdout.strip() == ""
        assert "closed" in agent_gate(bad.path, "issues", "--all").stdout

    def test_without_a_tracker_the_issues_are_written_as_jsonl(self, bad, tmp_path):
        self.check(bad, "--file", str(tmp_path / "issues.jsonl"))
        (row,) = map(json.loads, (tmp_path / "issues.jsonl").read_text().splitlines())
        assert row["id"].startswith("t-ag")
        assert row["dependencies"] == [
            {"issue_id": row["id"], "depends_on_id": "t-1", "type": "discovered-from"}
        ]

    def test_what_cannot_be_filed_is_kept_and_said(self, bad):
        (bad.path / ".beads").mkdir()
        done = self.check(bad, "--file")
        assert done.returncode == 3
        assert "not filed: " in done.stdout
        (bad.path / ".beads").rmdir()
        assert "1 entries of the outbox were sent to local." in agent_gate(bad.path, "issues", "flush").stdout
