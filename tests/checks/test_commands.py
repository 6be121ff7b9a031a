"""The command check with real tools: pytest and ruff of this environment, and small scripts."""

import os
import sys
from pathlib import Path

import pytest

from agent_gate.checks.commands import check_command
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind

PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"
BLOCK, FOLLOW_UP = Severity.BLOCK, Severity.FOLLOW_UP


@pytest.fixture(autouse=True)
def tools(monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"test_a.py": "def test_a():\n    assert True\n", ".gitignore": "__pycache__/\n*.log\n"})
    repo.branch("work")
    return repo


def found(result):
    return [(finding.severity, finding.path, finding.line) for finding in result.findings]


def test_a_command_that_succeeds_passes_with_evidence(repo, rule_of, context_of):
    repo.commit("feat: b", {"test_b.py": "def test_b():\n    assert True\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert result.findings == ()
    assert "2 passed" in result.evidence


def test_a_finding_for_each_failing_test(repo, rule_of, context_of):
    repo.commit(
        "feat: b",
        {"test_b.py": "def test_b():\n    x = 1\n    assert x == 2\n\n\ndef test_c():\n    assert 0\n"},
    )
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert found(result) == [(BLOCK, "test_b.py", 3), (BLOCK, "test_b.py", 7)]
    assert "test_b fails: assert 1 == 2" in result.findings[0].message
    assert result.findings[0].reproduce == PYTEST


def test_a_missing_tool_is_named(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    for command in ("no-such-tool --all", "sh -c 'no-such-tool'", "no-such-tool | cat"):
        result = check_command(rule_of(Kind.LINT, command), context_of(repo))
        assert "no-such-tool is not installed" in result.undecided
        assert not result.cacheable


@pytest.mark.parametrize("directory", [".venv/bin", "node_modules/.bin"])
def test_a_program_that_the_branch_commits_is_not_run(repo, rule_of, context_of, directory):
    repo.write(f"{directory}/ruff", "#!/bin/sh\n")
    (repo.path / directory / "ruff").chmod(0o755)
    repo.commit("feat: b", {"b.py": "import os\n"})
    result = check_command(rule_of(Kind.LINT, "ruff check ."), context_of(repo))
    assert f"the branch commits {directory}/ruff" in result.undecided


def test_the_time_limit_is_no_pass(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    result = check_command(rule_of(Kind.TEST, "sleep 30"), context_of(repo, timeout=0.5))
    assert "time limit of 0.5 s" in result.undecided


def test_a_command_whose_output_says_nothing_is_one_finding_with_its_tail(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.sh": "echo all is lost\nexit 3\n"})
    (finding,) = check_command(rule_of(Kind.LINT, "sh b.sh"), context_of(repo)).findings
    assert (finding.message, finding.evidence) == ("`sh b.sh` failed with exit code 3", "all is lost")


def test_what_fails_at_the_base_in_the_same_way_is_not_blamed_on_the_branch(make_repo, rule_of, context_of):
    repo = make_repo({"test_old.py": "def test_old():\n    assert 1 == 2\n"})
    repo.branch("work")
    repo.commit("feat: b", {"test_new.py": "def test_new():\n    assert 3 == 4\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert found(result) == [(BLOCK, "test_new.py", 2), (FOLLOW_UP, "test_old.py", 2)]
    assert "already at the base" in result.findings[1].message
    assert result.findings[1].evidence.count("assert 1 == 2") >= 2, "evidence from both sides"


def test_what_blocks_comes_first_whatever_order_the_tool_has(make_repo, rule_of, context_of):
    repo = make_repo({"test_a_old.py": "def test_old():\n    assert 1 == 2\n"})
    repo.branch("work")
    repo.commit("feat: b", {"test_b_new.py": "def test_new():\n    assert 3 == 4\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert found(result) == [(BLOCK, "test_b_new.py", 2), (FOLLOW_UP, "test_a_old.py", 2)]


def test_a_test_that_fails_in_another_way_is_blamed(make_repo, rule_of, context_of):
    repo = make_repo({"test_old.py": "def test_old():\n    assert [] == {}\n"})
    repo.branch("work")
    repo.commit("feat: b", {"test_old.py": "def test_old():\n    assert nothing\n"})
    assert found(check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))) == [(BLOCK, "test_old.py", 2)]


def test_a_command_that_fails_everywhere_without_naming_anything_is_never_excused(
    make_repo, rule_of, context_of
):
    repo = make_repo({"lint.sh": "echo broken; exit 1\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    assert [
        f.severity for f in check_command(rule_of(Kind.LINT, "sh lint.sh"), context_of(repo)).findings
    ] == [BLOCK]


@pytest.mark.parametrize("broken", ["conftest.py", "test_broken.py"])
def test_a_suite_that_cannot_start_at_either_side_is_never_excused(make_repo, rule_of, context_of, broken):
    repo = make_repo({broken: "import nowhere\n", "test_a.py": "def test_a():\n    assert True\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert result.undecided or [finding.severity for finding in result.findings] == [BLOCK]


def test_a_failure_says_that_the_base_could_not_be_asked(make_repo, rule_of, context_of):
    repo = make_repo({"a.py": "A = 1\n"})
    repo.branch("work")
    repo.commit("feat: b", {"test_b.py": "def test_b():\n    assert 0\n"})
    (finding,) = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).findings
    assert (
        "at the base, too, is not known: it ended with exit code 5 before it judged anything." in finding.fix
    )


def test_a_test_that_passes_on_the_second_run_is_flaky(repo, rule_of, context_of):
    flaky = "from pathlib import Path\n\n\ndef test_flaky():\n    mark = Path('ran.log')\n    first = not mark.exists()\n    mark.touch()\n    assert not first\n"
    repo.commit("feat: b", {"test_b.py": flaky})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert found(result) == [(FOLLOW_UP, "test_b.py", 8)]
    assert result.findings[0].message.startswith("flaky: ")
    assert not result.cacheable


def test_a_run_that_says_it_passed_while_tests_failed_is_no_pass(repo, rule_of, context_of):
    liar = "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n\n\ndef pytest_unconfigure():\n    pass\n"
    repo.commit("feat: b", {"conftest.py": liar, "test_b.py": "def test_b():\n    assert 0\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert "1 tests failed, and the command exited 0" in result.undecided


def test_a_pytest_that_leaves_no_evidence_is_no_pass(repo, rule_of, context_of):
    repo.commit("feat: b", {"conftest.py": "import os\nos._exit(0)\n"})
    assert (
        "something ended its process" in check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).undecided
    )


def test_a_pytest_that_the_branch_ends_with_0_is_no_pass_however_it_was_reached(repo, rule_of, context_of):
    repo.commit("feat: b", {"check.sh": f"{PYTEST}\n", "conftest.py": "import os\n\nos._exit(0)\n"})
    result = check_command(rule_of(Kind.TEST, "sh check.sh"), context_of(repo))
    assert "something ended its process before its session" in result.undecided


def test_a_runner_whose_process_ends_before_it_says_anything_is_no_pass(repo, rule_of, context_of):
    test = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_b(self):\n        {}\n"
    repo.commit("feat: b", {"test_b.py": test.format("pass")})
    rule = rule_of(Kind.TEST, f"{sys.executable} -m unittest")
    assert check_command(rule, context_of(repo)).evidence
    repo.commit("feat: c", {"test_b.py": f"import os\n{test.format('os._exit(0)')}"})
    assert "unittest exited 0 and left no evidence" in check_command(rule, context_of(repo)).undecided
    late = "import atexit\nimport os\n\natexit.register(os._exit, 0)\n"
    repo.commit("feat: d", {"test_b.py": f"{late}{test.format('self.fail()')}"})
    assert "unittest exited 0 and left no evidence" in check_command(rule, context_of(repo)).undecided


def test_a_scoped_rule_is_skipped_where_nothing_in_its_scope_changed(repo, rule_of, context_of):
    repo.commit("docs: x", {"README.md": "x\n"})
    result = check_command(rule_of(Kind.TEST, "false", scope=("web/**",)), context_of(repo))
    assert result.skipped


def test_a_rule_runs_in_its_directory_and_its_paths_are_the_repositorys(repo, rule_of, context_of):
    repo.commit("feat: b", {"web/test_w.py": "def test_w():\n    assert 0\n"})
    result = check_command(rule_of(Kind.TEST, PYTEST, directory="web"), context_of(repo))
    assert found(result) == [(BLOCK, "web/test_w.py", 2)]


def test_a_formatter_runs_in_a_copy_and_its_diff_is_the_finding(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.py": "x=1\n", "ok.py": "x = 1\n"})
    repo.write("uncommitted file.py", "y=2\n")
    result = check_command(rule_of(Kind.FORMAT, "ruff format ."), context_of(repo))
    assert found(result) == [(BLOCK, "b.py", 1), (BLOCK, "uncommitted file.py", 1)]
    assert "+x = 1" in result.findings[0].evidence
    assert (repo.path / "b.py").read_text() == "x=1\n"
    assert repo.git("status", "--porcelain") == '?? "uncommitted file.py"'


def test_a_file_that_the_branch_did_not_touch_is_not_its_fault(make_repo, rule_of, context_of):
    repo = make_repo({"old.py": "x=1\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "y=2\n"})
    result = check_command(rule_of(Kind.FORMAT, "ruff format ."), context_of(repo))
    assert found(result) == [(BLOCK, "b.py", 1), (FOLLOW_UP, "old.py", 1)]


def test_a_checking_formatter_runs_in_place(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.py": "x=1\n"})
    result = check_command(rule_of(Kind.FORMAT, "ruff format --check ."), context_of(repo))
    assert [(finding.path, finding.line) for finding in result.findings] == [("b.py", 1)]


def test_a_command_that_changes_what_is_judged_is_an_error(repo, rule_of, context_of):
    repo.commit("feat: b", {"b.py": "x=1\n"})
    result = check_command(rule_of(Kind.LINT, "ruff format ."), context_of(repo))
    assert "changed b.py, which is being judged" in result.undecided


def test_tests_that_import_another_checkout_block_and_name_both_copies(
    make_repo, rule_of, context_of, monkeypatch, tmp_path
):
    sibling = tmp_path / "sibling"
    (sibling / "src" / "thing").mkdir(parents=True)
    (sibling / "src" / "thing" / "__init__.py").write_text("A = 1\n")
    repo = make_repo(
        {
            "src/thing/__init__.py": "A = 1\n",
            "test_t.py": "import thing\n\n\ndef test_t():\n    assert thing.A == 1\n",
        }
    )
    repo.branch("work")
    repo.commit("feat: break it", {"src/thing/__init__.py": "A = 2\n"})
    monkeypatch.setenv("PYTHONPATH", str(sibling / "src"))
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo, env=("PYTHONPATH",)))
    (finding,) = result.findings
    assert (finding.severity, finding.path) == (BLOCK, "src/thing/__init__.py")
    assert str(sibling / "src/thing/__init__.py") in finding.message
    assert str(repo.path / "src/thing/__init__.py") in finding.message


def test_nested_pytest_runs_are_not_touched_by_the_probe(repo, rule_of, context_of):
    test = "import os, subprocess, sys\n\n\ndef test_nested():\n    assert 'PYTEST_ADDOPTS' not in os.environ\n    assert 'AGENT_GATE_PROBE' not in os.environ\n"
    repo.commit("feat: b", {"test_b.py": test})
    assert check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).findings == ()


def test_workers_of_xdist_report_too(repo, rule_of, context_of):
    repo.commit("feat: b", {"test_b.py": "def test_b():\n    assert 0\n"})
    result = check_command(rule_of(Kind.TEST, f"{PYTEST} -p xdist -n 2"), context_of(repo))
    assert found(result) == [(BLOCK, "test_b.py", 2)]


@pytest.mark.parametrize(
    ("conftest", "why"),
    [
        (
            "import pytest\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
            "1 tests raised an error and were not reported as failed: test_b.py::test_b",
        ),
        (
            "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
            "1 tests failed, and the command exited 0",
        ),
        ("import os\nos._exit(0)\n", "something ended its process before its session"),
        (
            "import atexit, os\natexit.register(lambda: os._exit(0))\n",
            "1 tests failed, and the command exited 0",
        ),
        (
            "import pytest\n\ndef pytest_collection_modifyitems(items):\n    for i in items:\n        i.add_marker(pytest.mark.skip)\n",
            "all 2 tests were skipped",
        ),
    ],
    ids=["reports patched", "exit code patched", "exit", "late exit", "all skipped"],
)
def test_a_run_that_lies_about_itself_does_not_pass(repo, rule_of, context_of, conftest, why):
    repo.commit("feat: b", {"conftest.py": conftest, "test_b.py": "def test_b():\n    assert 0\n"})
    assert why in check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).undecided


def test_expected_failures_and_skips_are_no_lies(repo, rule_of, context_of):
    tests = (
        "import unittest\n\nimport pytest\n\n\ndef test_ok():\n    assert 1\n\n\n@pytest.mark.xfail\ndef test_x():\n    assert 0\n\n\n"
        "def test_s():\n    pytest.skip('no')\n\n\nclass T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test_u(self):\n        assert 0\n"
    )
    repo.commit("feat: b", {"test_b.py": tests})
    result = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo))
    assert (result.findings, result.undecided) == ((), "")


def test_a_report_that_something_wrote_into_is_no_evidence(repo, rule_of, context_of):
    test = "import os\n\n\ndef test_b(request):\n    d = request.config.pluginmanager.get_plugin('agent-gate-probe-run').directory\n    open(os.path.join(d, 'probe-1.json'), 'w').write('{[')\n"
    repo.commit("feat: b", {"test_b.py": test})
    assert "cannot be read" in check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).undecided


def test_a_conftest_that_cannot_be_imported_is_told_in_the_tools_words(repo, rule_of, context_of):
    repo.commit("feat: b", {"conftest.py": "import no_such_module_here\n"})
    (finding,) = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).findings
    assert "No module named 'no_such_module_here'" in finding.evidence


@pytest.fixture
def lint(rule_of, context_of):
    """(severity, path, line) of each finding of a linter that says "undefined" for each line with that word."""
    linter = "grep -rn undefined --include=*.py . | sed 's/:x/: error: x/'; exit 1\n"
    rule = rule_of(Kind.LINT, "sh lint.sh")

    def on(repo):
        return found(check_command(rule, context_of(repo)))

    on.files = {"lint.sh": linter}
    return on


def test_one_more_message_like_an_old_one_is_the_branchs(make_repo, lint):
    repo = make_repo({**lint.files, "a.py": "x = undefined\n"})
    repo.branch("work")
    repo.commit("feat: b", {"a.py": "x = undefined\nz = 1\nx = undefined\n"})
    assert lint(repo) == [(BLOCK, "a.py", 3), (FOLLOW_UP, "a.py", 1)]


def test_an_old_message_is_known_in_a_file_that_was_renamed(make_repo, lint):
    repo = make_repo({**lint.files, "old.py": "x = undefined\n" + "y = 1\n" * 9})
    repo.branch("work")
    repo.git("mv", "old.py", "new.py")
    repo.commit("refactor: rename it")
    assert lint(repo) == [(FOLLOW_UP, "new.py", 1)]


def test_an_old_failure_is_known_whatever_directory_it_names(make_repo, rule_of, context_of):
    test = "from pathlib import Path\n\n\ndef test_old():\n    raise ValueError(Path('no.txt').absolute())\n"
    repo = make_repo({"test_old.py": test})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    (finding,) = check_command(rule_of(Kind.TEST, PYTEST), context_of(repo)).findings
    assert finding.severity is FOLLOW_UP
    assert str(repo.path) not in finding.message


def test_a_new_message_behind_hundreds_of_old_ones_blocks_and_is_listed_first(make_repo, lint):
    repo = make_repo({**lint.files, "a.py": "".join(f"x = undefined_{'x' * n}\n" for n in range(300))})
    repo.branch("work")
    repo.commit("feat: b", {"z.py": "x = undefined\n"})
    findings = lint(repo)
    assert findings[0] == (BLOCK, "z.py", 1)
    assert len(findings) <= 201


def test_output_of_which_a_part_was_left_out_excuses_nothing(make_repo, rule_of, context_of):
    noise = "head -c 2000000 /dev/zero | tr '\\0' x\n"
    repo = make_repo({"lint.sh": f"{noise}echo\necho a.py:1: error: bad\nexit 1\n", "a.py": "x = 1\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    assert found(check_command(rule_of(Kind.LINT, "sh lint.sh"), context_of(repo))) == [(BLOCK, "a.py", 1)]


OLD = {"old.py": "import os\n", "test_a.py": "def test_a():\n    assert 0\n"}


def test_the_steps_behind_an_old_failure_are_run(make_repo, rule_of, context_of):
    repo = make_repo({"old.py": "import os\n", "test_a.py": "def test_a():\n    assert 1\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    rule = rule_of(Kind.OTHER, f"ruff check . && {PYTEST}")
    assert found(check_command(rule, context_of(repo))) == [(FOLLOW_UP, "old.py", 1)]
    repo.commit("feat: c", {"test_c.py": "def test_c():\n    assert 0\n"})
    assert found(check_command(rule, context_of(repo))) == [(BLOCK, "test_c.py", 2), (FOLLOW_UP, "old.py", 1)]


@pytest.mark.parametrize(
    ("kind", "command", "why"),
    [
        (Kind.TEST, f"{PYTEST} -x", "it ended before 1 tests had run"),
        (Kind.OTHER, "sh check.sh", "what it runs after that was not seen"),
        (Kind.LINT, "make lint", "what it runs after that was not seen"),
    ],
)
def test_what_an_old_failure_keeps_from_running_is_undecided(
    make_repo, rule_of, context_of, kind, command, why
):
    makefile = f"lint:\n\truff check .\n\t{PYTEST}\n"
    repo = make_repo({**OLD, "check.sh": f"set -e\nruff check .\n{PYTEST}\n", "Makefile": makefile})
    repo.branch("work")
    repo.commit("feat: c", {"test_c.py": "def test_c():\n    assert 0\n"})
    result = check_command(rule_of(kind, command), context_of(repo))
    assert [finding.severity for finding in result.findings] == [FOLLOW_UP]
    assert why in result.undecided


def test_a_name_for_one_command_hides_nothing_behind_an_old_failure(make_repo, rule_of, context_of):
    repo = make_repo({**OLD, "Makefile": "lint:\n\t@ruff check .\n"})
    repo.branch("work")
    repo.commit("feat: c", {"c.py": "C = 1\n"})
    result = check_command(rule_of(Kind.LINT, "make lint"), context_of(repo))
    assert (found(result), result.undecided) == ([(FOLLOW_UP, "old.py", 1)], "")
