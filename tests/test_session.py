"""The gate as a user starts it: real processes on real repositories."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from agent_gate.isolation import OWN_CONFIG
from tests.conftest import with_signals

AGENTS = """\
# Rules

- Use the conventional commit format for commit messages.
- Run `{lint}` before you commit.
- Do not edit `vendor/`.
"""
PYTHON = Path(sys.executable)


def agents(lint="ruff check ."):
    return AGENTS.format(lint=lint)


def run(repo, *args, command=("pytest", "--agent-gate"), **environment):
    env = {**os.environ, "PATH": f"{PYTHON.parent}:{os.environ['PATH']}", **environment}
    argv = [str(PYTHON.with_name(command[0])), *command[1:], *args]
    return subprocess.run(argv, cwd=repo.path, env=env, capture_output=True, text=True, check=False)


def check(repo, *args, **environment):
    return run(repo, *args, command=("agent-gate", "check"), **environment)


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"AGENTS.md": agents(), "a.py": "A = 1\n", "vendor/v.py": "V = 1\n"})
    repo.branch("work")
    return repo


def test_a_good_change_passes(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    done = run(repo, "--agent-gate-json=verdict.json")
    verdict = json.loads((repo.path / "verdict.json").read_text())
    assert (done.returncode, verdict["verdict"]) == (0, "pass"), done.stdout + done.stderr
    assert {rule["outcome"] for rule in verdict["rules"]} <= {"pass", "skipped"}


def test_a_bad_change_is_blocked_with_what_to_do(repo):
    repo.commit("added b", {"b.py": "import os\n", "vendor/v.py": "V = 2\n"})
    done = run(repo)
    assert done.returncode == 1
    assert "AGENTS.md::L4::lint[ruff check .]" in done.stdout
    assert "AGENTS.md:4 says: " in done.stdout
    assert "b.py:1: " in done.stdout
    assert "reproduce: " in done.stdout
    assert "vendor/v.py" in done.stdout


def test_check_and_the_plugin_agree(repo):
    repo.commit("added b", {"b.py": "import os\n"})
    run(repo, "--agent-gate-json=../plugin.json")
    check(repo, "--json=../check.json", "--no-cache")
    plugin, own = (
        json.loads((repo.path.parent / name).read_text()) for name in ("plugin.json", "check.json")
    )
    assert [finding["id"] for finding in plugin["findings"]] == [finding["id"] for finding in own["findings"]]


def test_one_rule_can_be_selected_and_the_verdict_is_then_no_pass(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    done = check(repo, "--json=../v.json", "--", "AGENTS.md::L4::lint[ruff check .]")
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    assert json.loads((repo.path.parent / "v.json").read_text())["verdict"] == "error"


@pytest.mark.parametrize("args", [("-k", "lint"), ("--deselect", "AGENTS.md::L3")])
def test_pytests_own_selection_works(repo, args):
    repo.commit("added b", {"b.py": "B = 1\n"})
    assert run(repo, *args).returncode == 0


def test_what_is_advised_decides_a_rule_again_from_anywhere(repo, tmp_path, make_repo):
    repo.commit("added b", {"b.py": "B = 1\n"})
    task = repo.write("../task.txt", "add b")
    elsewhere = make_repo(name="elsewhere")
    done = run(elsewhere, f"--agent-gate-worktree={repo.path}", f"--agent-gate-task-file={task}")
    (again,) = [line for line in done.stdout.splitlines() if line.startswith("again: ")]
    assert f"--task-file {task}" in again
    done = run(elsewhere, command=shlex.split(again.removeprefix("again: ")))
    assert (done.returncode, "1 failed" in done.stdout) == (1, True), done.stdout


def test_the_last_failures_alone_run_again(repo):
    repo.commit("added b", {"b.py": "import os\n"})
    first, again = (run(repo, *args).stdout for args in ((), ("--lf",)))
    assert "2 failed" in first
    assert "2 failed" in again
    assert "passed" not in again


def test_xdist_decides_the_same(repo):
    repo.commit("added b", {"b.py": "import os\n"})
    done = check(repo, "--json=../v.json", "--", "-p", "xdist", "-n", "2")
    verdict = json.loads((repo.path.parent / "v.json").read_text())
    assert done.returncode == 1
    assert [rule["outcome"] for rule in verdict["rules"] if rule["kind"] != "policy-change"].count(
        "fail"
    ) == 2


def test_an_unchanged_tree_is_answered_from_the_cache(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    check(repo)
    check(repo, "--json=../v.json")
    assert all(rule["cached"] for rule in json.loads((repo.path.parent / "v.json").read_text())["rules"])


def test_the_gate_leaves_the_repository_as_it_was(repo):
    repo.commit("feat: add b", {"b.py": "import os\n"})
    repo.write("untracked.py", "x=1\n")
    before = repo.git("status", "--porcelain"), repo.git("for-each-ref"), repo.git("stash", "list")
    config = (repo.path / ".git/config").read_bytes()
    run(repo)
    assert (repo.git("status", "--porcelain"), repo.git("for-each-ref"), repo.git("stash", "list")) == before
    assert (repo.path / ".git/config").read_bytes() == config


def test_the_policy_is_the_bases(repo):
    repo.commit("feat: weaker rules", {"AGENTS.md": "# Rules\n", "b.py": "import os\n"})
    done = run(repo)
    assert done.returncode == 1
    assert "policy-change" in done.stdout
    assert "b.py:1: " in done.stdout


@pytest.mark.parametrize(
    "attack",
    [
        {"conftest.py": "import os; os._exit(0)\n"},
        {"pytest.ini": "[pytest]\naddopts = --collect-only -p evil\n", "evil.py": "import os; os._exit(0)\n"},
        {"pytest.py": "import os; os._exit(0)\n"},
        {"agent_gate.py": "import os; os._exit(0)\n"},
        {"sitecustomize.py": "import os; os._exit(0)\n"},
        {"setup.cfg": "[tool:pytest]\naddopts = --deselect AGENTS.md\n"},
    ],
    ids=["conftest", "addopts", "shadowed pytest", "shadowed gate", "sitecustomize", "setup.cfg"],
)
def test_what_the_worktree_brings_does_not_reach_the_gate(repo, attack):
    repo.commit("added an attack", attack)
    done = check(repo, PYTEST_ADDOPTS="--collect-only", PYTEST_PLUGINS="conftest")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "added an attack" in done.stdout


@pytest.mark.parametrize("command", [("agent-gate", "check"), ("pytest", "--agent-gate")])
def test_programs_of_the_worktree_do_not_run_in_the_gate(repo, tmp_path, command):
    for name in ("git", "env", "ps", "bwrap", "bash", "python3"):
        repo.write(f"bin/{name}", f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\n").chmod(0o755)
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    path = f"bin:.:{repo.path}/bin:{PYTHON.parent}:{os.environ['PATH']}"
    done = run(
        repo,
        "--no-cache" if command[0] == "agent-gate" else "--agent-gate-no-cache",
        command=command,
        PATH=path,
    )
    assert (done.returncode, sorted(tmp_path.glob("ran-*"))) == (0, []), done.stdout + done.stderr


def test_collect_only_lists_the_rules_and_runs_nothing(repo):
    repo.commit("added b", {"b.py": "import os\n"})
    done = run(repo, "--collect-only", "-q")
    assert done.returncode == 0
    assert "AGENTS.md::L4::lint[ruff check .]" in done.stdout


def verdict_of(repo, *args):
    """Exit code and verdict of `agent-gate check`, with the outcome of each rule by its kind."""
    done = check(repo, "--json=../v.json", *args)
    verdict = json.loads((repo.path.parent / "v.json").read_text())
    return done.returncode, verdict, {rule["kind"]: rule["outcome"] for rule in verdict["rules"]}


class TestANamedCommit:
    def test_is_judged_in_a_room_whatever_is_checked_out(self, repo):
        wanted = repo.commit("feat: add b", {"b.py": "B = 1\n"})
        repo.git("switch", "-q", "main")
        repo.write("c.py", "import os\n")
        code, verdict, outcomes = verdict_of(repo, "--base=main", "--head=work")
        assert (code, verdict["head"], outcomes["command.lint"]) == (0, wanted, "pass")

    def test_has_no_branch_and_no_worktree(self, make_repo):
        rules = "- Never commit to `main`.\n- Leave nothing uncommitted.\n"
        repo = make_repo({"AGENTS.md": agents() + rules})
        repo.branch("work")
        repo.commit("feat: add b", {"b.py": "import os\n"})
        done = check(repo, "--head=work", "--json=../v.json")
        outcomes = {
            rule["kind"]: rule["outcome"]
            for rule in json.loads((repo.path.parent / "v.json").read_text())["rules"]
        }
        assert (outcomes["branch"], outcomes["clean-worktree"]) == ("skipped", "skipped")
        assert "--head " in next(line for line in done.stdout.splitlines() if line.startswith("again: "))


def test_a_set_up_that_fails_leaves_commands_undecided_and_the_rest_decided(make_repo):
    config = "[tool.agent-gate]\nsetup = \"sh -c 'echo no such lock; exit 3'\"\n"
    repo = make_repo({"AGENTS.md": agents(), "pyproject.toml": config})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    code, verdict, outcomes = verdict_of(repo, "--clean")
    assert (code, outcomes["command.lint"], outcomes["commit-format"]) == (1, "error", "pass")
    (finding,) = verdict["findings"]
    assert ("failed with 3" in finding["message"], "no such lock" in finding["evidence"]) == (True, True)


class TestABaseItself:
    ARGS = ("--base=main", "--head=main", "--allow-unchanged")

    def test_that_is_green_passes(self, repo):
        code, verdict, outcomes = verdict_of(repo, *self.ARGS)
        assert (code, verdict["verdict"], outcomes["command.lint"]) == (0, "pass", "pass")

    def test_that_is_red_is_told_in_follow_ups(self, make_repo):
        repo = make_repo({"AGENTS.md": agents(), "a.py": "import os\n"})
        code, verdict, outcomes = verdict_of(repo, *self.ARGS)
        assert (code, outcomes["command.lint"]) == (0, "follow-up")
        assert "already at the base" in verdict["findings"][0]["message"]

    def test_that_cannot_be_checked_is_blocked(self, make_repo):
        repo = make_repo({"AGENTS.md": '<!-- agent-gate: lint = "no-such-tool ." -->\n'})
        assert verdict_of(repo, *self.ARGS)[0] == 1


class TestNothingToJudge:
    def outcome(self, repo, *args):
        done = check(repo, "--json=../v.json", *args)
        verdict = json.loads((repo.path.parent / "v.json").read_text())
        assert verdict["verdict"] == "error"
        assert len(verdict["findings"]) == 1
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, verdict["findings"][0]["message"]

    def test_nothing_changed(self, repo):
        code, message = self.outcome(repo)
        assert (code, message.startswith("Nothing changed")) == (5, True)

    def test_no_agents_md(self, make_repo):
        repo = make_repo({"a.py": "A = 1\n"})
        repo.branch("work")
        repo.commit("feat: x", {"AGENTS.md": agents()})
        code, message = self.outcome(repo)
        assert (code, "There is no AGENTS.md" in message) == (5, True)

    def test_an_unknown_base(self, repo):
        repo.commit("feat: x", {"b.py": "B = 1\n"})
        code, message = self.outcome(repo, "--base", "nowhere")
        assert (code, "nowhere" in message) == (4, True)

    def test_no_repository(self, tmp_path):
        from types import SimpleNamespace

        (tmp_path / "empty").mkdir()
        code, message = self.outcome(SimpleNamespace(path=tmp_path / "empty"))
        assert (code, "not" in message) == (4, True)


def test_a_report_that_cannot_be_written_is_no_pass(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    done = check(repo, "--json=/nowhere/v.json")
    assert (done.returncode, "cannot be written" in done.stderr) == (4, True)


@pytest.mark.parametrize("option", ["json", "sarif", "junit"])
def test_a_directory_is_no_report(repo, option):
    done = check(repo, f"--{option}=vendor")
    assert (done.returncode, done.stderr.strip()) == (4, "ERROR: vendor cannot be written: Is a directory.")


def test_a_link_that_a_command_puts_in_the_place_of_a_report_is_not_followed(make_repo, tmp_path):
    (tmp_path / "precious").write_text("as it was")
    names = ("v.json", "s.sarif", "j.xml")
    script = "".join(f"ln -sf {tmp_path}/precious {name}\n" for name in names)
    repo = make_repo(
        {"AGENTS.md": '<!-- agent-gate: lint = "sh lint.sh" -->\n', ".gitignore": "*.json\n*.sarif\n*.xml\n"}
    )
    repo.branch("work")
    repo.commit("feat: add a lint", {"lint.sh": script})
    done = check(repo, "--json=v.json", "--sarif=s.sarif", "--junit=j.xml")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "precious").read_text() == "as it was"
    assert not any((repo.path / name).is_symlink() for name in names)


def test_both_names_of_the_junit_report_are_written(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    run(repo, "--agent-gate-junit=../gate.xml", "--junitxml=../pytest.xml")
    gate, pytests = ((repo.path.parent / name).read_text() for name in ("gate.xml", "pytest.xml"))
    assert gate == pytests
    assert "AGENTS.md" in gate


def test_a_junit_report_that_cannot_be_written_is_said_and_no_pass(make_repo):
    repo = make_repo({"AGENTS.md": '<!-- agent-gate: lint = "mkdir ../gate.xml" -->\n'})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    done = check(repo, "--junit=../gate.xml")
    assert (done.returncode, "INTERNALERROR" in done.stdout) == (3, False)
    assert "gate.xml is not written: Is a directory" in done.stdout


def test_a_json_report_that_cannot_be_written_is_said_and_no_pass(repo):
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    done = check(repo, "--json=/proc/v.json")  # a directory that takes no files, root's neither
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (3, False)
    assert "/proc/v.json is not written: No such file or directory" in done.stdout


def test_a_worktree_that_is_not_there_is_an_error_in_the_report_too(repo):
    repo.write("../v.json", '{"verdict": "pass"}')
    done = check(repo, "--worktree=nowhere", "--json=../v.json")
    assert (done.returncode, "nowhere is not a directory" in done.stderr) == (4, True)
    assert json.loads((repo.path.parent / "v.json").read_text())["verdict"] == "error"


@pytest.mark.parametrize("wrong", [("--", "--no-such-option"), ("--no-such-option",), ("--annotations=x",)])
def test_a_wrong_option_is_an_error_in_the_report_too(repo, wrong):
    verdict = repo.write("../v.json", '{"verdict": "pass"}')
    assert check(repo, "--json=../v.json", *wrong).returncode == 4
    report = json.loads(verdict.read_text())
    assert (report["verdict"], "option" in report["findings"][0]["message"]) == ("error", True)


def test_an_earlier_verdict_does_not_outlive_a_gate_that_is_killed(repo):
    repo.write(".gitignore", "v.json\n")
    repo.write("v.json", "old")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    gate = subprocess.Popen(
        [PYTHON.with_name("agent-gate"), "check", "--json=v.json"], cwd=repo.path, stdout=subprocess.DEVNULL
    )
    wait_for(lambda: not (repo.path / "v.json").exists())
    gate.kill()
    gate.wait(20)
    assert not (repo.path / "v.json").exists()


class TestEnding:
    """However the gate was started: these run with each signal as a script's `&`, `nohup` and a terminal leave it."""

    NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    @pytest.fixture
    def start(self):
        """Start `agent-gate check` in a repository, with the signals `ignored` and the other ones not."""
        started = []

        def begin(repo, *args, ignored=()):
            heard = [number for number in self.NUMBERS if number not in ignored]
            before = [*with_signals(signal.SIG_IGN, *ignored), *with_signals(signal.SIG_DFL, *heard)]
            command = [*before, PYTHON.with_name("agent-gate"), "check", *args]
            quiet = subprocess.DEVNULL
            started.append(subprocess.Popen(command, cwd=repo.path, stdout=quiet, stderr=quiet))
            return started[-1]

        yield begin
        for gate in started:
            gate.kill()
            gate.wait(20)

    @pytest.fixture
    def slow(self, make_repo, tmp_path):
        """A branch whose lint tells its process id and which of the signals it has ignored, and never ends."""
        mark = tmp_path / "running"
        script = (
            f"echo $$ $(grep SigIgn /proc/$$/status) > {mark}.new; mv {mark}.new {mark}; exec sleep 600\n"
        )
        repo = make_repo({"AGENTS.md": '<!-- agent-gate: lint = "sh slow.sh" -->\n', "slow.sh": script})
        repo.branch("work")
        repo.commit("feat: add b", {"b.py": "B = 1\n"})
        return repo, mark

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_gate_that_waits_for_git_can_be_ended(self, repo, start, number):
        os.mkfifo(repo.path / ".gitignore")  # git reads it for ever
        gate = start(repo, "--json=../v.json", ignored={signal.SIGINT} - {number})
        children = Path(f"/proc/{gate.pid}/task/{gate.pid}/children")
        wait_for(lambda: any(b"ls-files" in _words(child) for child in children.read_text().split()))
        gate.send_signal(number)
        assert gate.wait(20) == 2

    @pytest.mark.parametrize(
        ("number", "ignored"),
        [
            (signal.SIGINT, ()),
            (signal.SIGHUP, ()),
            (signal.SIGTERM, ()),
            (signal.SIGTERM, NUMBERS),
        ],
        ids=["Ctrl-C", "a terminal that is closed", "TERM", "TERM where all are ignored"],
    )
    def test_a_gate_that_is_ended_leaves_no_process_behind(self, slow, start, number, ignored):
        repo, mark = slow
        gate = start(repo, ignored=ignored)
        wait_for(mark.exists)
        gate.send_signal(number)
        gate.send_signal(number)  # a second one does not break into the ending
        assert gate.wait(20) == 2
        wait_for(lambda: not Path(f"/proc/{mark.read_text().split()[0]}").exists())

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
    def test_a_gate_ends_with_the_program_that_called_pytests_main(self, slow):
        repo, mark = slow
        call = "import pytest; raise SystemExit(pytest.main(['--agent-gate']))"
        with subprocess.Popen([PYTHON, "-c", call], cwd=repo.path, stdout=subprocess.DEVNULL) as program:
            wait_for(mark.exists)
            program.terminate()
        wait_for(lambda: not Path(f"/proc/{mark.read_text().split()[0]}").exists())

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to us")
    def test_what_a_command_leaves_in_a_session_of_its_own_ends_with_the_gate(self, make_repo, tmp_path):
        sleeping = "[sys.executable, '-c', 'import time; time.sleep(600)']"
        leave = f"import subprocess, sys; print(subprocess.Popen({sleeping}, start_new_session=True, stdout=-3).pid)"
        script = f'python3 -c "{leave}" > {tmp_path}/pid\n'
        repo = make_repo({"AGENTS.md": '<!-- agent-gate: lint = "sh lint.sh" -->\n', "lint.sh": script})
        repo.branch("work")
        repo.commit("feat: add b", {"b.py": "B = 1\n"})
        done = check(repo)
        assert (done.returncode, "left processes behind, which were ended: python" in done.stdout) == (
            0,
            True,
        )
        assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()

    def test_what_is_ignored_stays_so_in_the_gate_and_reaches_no_command(self, slow, start):
        repo, mark = slow
        gate = start(repo, ignored=(signal.SIGINT, signal.SIGHUP))
        wait_for(mark.exists)
        gate.send_signal(signal.SIGINT)
        gate.send_signal(signal.SIGHUP)
        pid, _, ignored = mark.read_text().split()
        assert int(ignored, 16) & 0b11 == 0
        os.kill(int(pid), signal.SIGKILL)  # the gate lives, and judges the command's end
        assert gate.wait(20) == 1

    def test_what_a_killed_gate_left_is_removed_by_the_next(self, slow, start, tmp_path, monkeypatch):
        repo, mark = slow
        place = tmp_path / "tmp"
        place.mkdir()
        monkeypatch.setenv("TMPDIR", str(place))
        killed = start(repo)
        wait_for(mark.exists)
        killed.kill()
        killed.wait(20)
        os.kill(int(mark.read_text().split()[0]), signal.SIGKILL)
        assert len(list(place.iterdir())) == 1
        assert start(repo, "--", "-k", "policy-change").wait(60) == 0
        assert list(place.iterdir()) == []

    def test_a_failure_is_heard_where_the_end_of_children_is_ignored(self, make_repo, start):
        repo = make_repo({"AGENTS.md": '<!-- agent-gate: lint = "sh lint.sh" -->\n', "lint.sh": "exit 0\n"})
        repo.branch("work")
        repo.commit("feat: break it", {"lint.sh": "exit 1\n"})
        assert start(repo, ignored=(signal.SIGCHLD,)).wait(60) == 1


def _words(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_wrong_options_are_pytests_usage_error(repo):
    assert check(repo, "--bas", "x").returncode == 4
    assert run(repo, "--agent-gate-annotations=gitlab").returncode == 4


def test_a_plain_run_is_not_touched(pytester):
    pytester.makepyfile("def test_x(): pass")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    code = "import sys, agent_gate.pytest_plugin; print(sorted(m for m in sys.modules if m.startswith(('agent_gate.', 'git', 'markdown_it', 'msgspec'))))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['agent_gate.options', 'agent_gate.pytest_plugin']"


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.05)


def test_a_reviewer_is_an_item_asked_once_about_a_tree(make_repo, scripted, tmp_path):
    remark = {"path": "b.py", "line": 1, "severity": "high", "message": "B is a secret"}
    agent = scripted(json.dumps({"summary": "read", "findings": [remark]}))
    config = (
        f"[tool.agent-gate]\nagent = 'r'\nagents.r.command = '''{agent}'''\n"
        "[tool.agent-gate.reviewers.security]\nblock-from = 'high'\n"
    )
    repo = make_repo({"AGENTS.md": "- Do not edit `vendor/`.\n", "pyproject.toml": config})
    repo.branch("work")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    for run_number in (1, 2):
        done = check(repo)
        assert done.returncode == 1, f"run {run_number}: {done.stdout}{done.stderr}"
        assert "pyproject.toml::L4::review[security] FAILED" in done.stdout
        assert "b.py:1: high: B is a secret" in done.stdout
    assert len(list((tmp_path / "scripted").glob("asked-*"))) == 1


def test_a_check_of_another_package_decides_the_rule_that_the_configuration_adds(make_repo, tmp_path):
    """As docs/checks.md shows it: its code, its entry point, its rule."""
    docs = (Path(__file__).parents[1] / "docs" / "checks.md").read_text()
    code, entry, config = re.findall(r"```(?:python|toml)\n(.*?)```", docs, re.DOTALL)
    site = tmp_path / "site"
    info = site / "my_checks-1.dist-info"
    info.mkdir(parents=True)
    (site / "my_checks.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-checks\nVersion: 1\n")
    name, module = tomllib.loads(entry)["project"]["entry-points"]["agent_gate"].popitem()
    (info / "entry_points.txt").write_text(f"[agent_gate]\n{name} = {module}\n")
    repo = make_repo({"AGENTS.md": "# Rules\n", "agent-gate.toml": config.replace("tool.agent-gate.", "")})
    repo.branch("work")
    repo.commit("feat: it is Friday")
    repo.commit("feat: add b", {"b.py": "B = 1\n"})
    start = f"import sys; sys.path.insert(0, {str(site)!r}); import pytest; raise SystemExit(pytest.main())"
    options = ["--agent-gate", "-p", "agent_gate.session", "-c", str(OWN_CONFIG), "--rootdir=."]
    for argv, outcome, said in (
        ([PYTHON, "-c", start], "fail", "is a Friday merge"),
        ([PYTHON, "-m", "pytest"], "error", "no installed check"),
    ):
        subprocess.run(
            [*argv, *options, "--agent-gate-json=../v.json"],
            cwd=repo.path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            check=False,
            capture_output=True,
        )
        verdict = json.loads((tmp_path / "v.json").read_text())
        assert [
            (rule["outcome"], rule["cached"])
            for rule in verdict["rules"]
            if rule["kind"] == "plugin.no-fridays"
        ] == [(outcome, False)]
        assert said in verdict["findings"][0]["message"]
