import json
import sys

import pytest

from agent_gate.checks.command_run import reproduce, run_command
from agent_gate.policy.model import Kind


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"web/a.js": "a\n", "README.md": "# A\n"})
    repo.branch("work")
    repo.commit("feat: b", {"b.py": "B\n"})
    return repo


@pytest.fixture
def ran(repo, context_of, rule_of):
    def on(command, kind=Kind.LINT, directory="", variables=None, **settings):
        context = context_of(repo, **settings)
        return run_command(rule_of(kind, command, directory=directory), context, context.place, variables)

    return on


def sh(script):
    return f"sh -c '{script}'"


def test_steps_run_until_one_fails(ran):
    done = ran("echo one && false && echo two")
    assert (done.ok, done.output, done.exit_code, done.undecided) == (False, "one\n", 1, "")


def test_a_step_has_its_own_directory_and_variables(ran):
    assert ran("cd web && A=1 sh -c 'echo $A; ls' && sh -c 'echo ${A-none}'").output == "1\na.js\nnone\n"


def test_variables_are_added(ran):
    assert ran(sh("echo $MORE"), variables={"MORE": "m"}).output == "m\n"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("no-such-tool", "no-such-tool is not installed"),
        (sh("no-such-tool"), "no-such-tool is not installed"),
        (sh("exit 127"), "a program is missing (exit code 127)"),
        (sh("kill -9 $$"), "killed by signal 9"),
        ("echo '", "is no command line"),
        ("./README.md", "is not installed"),
        ("cd nowhere && ls", "could not be started"),
        ("ruff check <changed paths in quotes> '<changed files>' | cat", "cannot be filled"),
        ("eslint <changed files>", "none of the changed files"),
    ],
)
def test_what_says_nothing_of_the_change_is_undecided(ran, command, why):
    done = ran(command)
    assert (why in done.undecided, done.comparable) == (True, False), done.undecided


def test_the_time_limit_holds_for_all_steps_together(ran):
    done = ran("sleep 0.4 && sleep 60", timeout=0.8)
    assert "time limit of 0.8 s" in done.undecided


@pytest.mark.parametrize("directory", ["nowhere", "..", "README.md", "/", "web/../.."])
def test_a_directory_that_is_not_there_or_outside_is_undecided(ran, directory):
    assert "is not there" in ran("ls", directory=directory).undecided


def test_a_link_that_leads_out_is_no_directory_to_run_in(ran, repo, tmp_path):
    (repo.path / "out").symlink_to(tmp_path)
    assert "is not there" in ran("ls", directory="out").undecided


def test_a_set_up_that_failed_is_why(repo, context_of, rule_of):
    from dataclasses import replace

    context = replace(context_of(repo), unready="the set-up failed\nits words")
    done = run_command(rule_of(Kind.LINT, "ls"), context, context.place)
    assert (done.undecided, done.output) == ("the set-up failed", "its words")


def test_paths_are_told_from_the_top(ran):
    (failure,) = ran(sh("echo a.js:3: bad; exit 1"), directory="web").failures
    assert (failure.path, failure.line) == ("web/a.js", 3)


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "nowhere.py", "x" * 5000])
def test_a_path_outside_of_the_place_is_no_place_of_a_failure(ran, path):
    assert ran(sh(f"echo {path}:3: bad; exit 1"), directory="web").failures == ()


@pytest.mark.parametrize("classname", [".etc.passwd", "..a", "", "web.a", "x" * 5000])
def test_a_report_cannot_name_a_path_outside(ran, repo, classname):
    failure = "<failure message='m'>/etc/hosts.py:1: x\n../README.md:1: x</failure>"
    repo.write(
        "x.xml", f"<testsuite><testcase classname='{classname}' name='t'>{failure}</testcase></testsuite>"
    )
    done = ran(sh("cp ../x.xml $AGENT_GATE_PROBE/junit-1.xml; exit 1"), directory="web")
    assert [failure.path for failure in done.failures] == [None], done


@pytest.mark.parametrize(
    "report",
    [
        "[]",
        "{}",
        "1",
        '{"modules": 1, "worker": false}',
        "not json",
        '{"modules": {}, "worker": 0, "counts": []}',
    ],
)
def test_a_count_that_something_wrote_is_no_evidence(ran, report, repo):
    repo.write("report", report)
    done = ran("sh -c 'cp report $AGENT_GATE_PROBE/probe-1.json'", Kind.TEST)
    assert (done.ok, "cannot be read" in done.undecided) == (True, True)


def test_pytest_without_a_word_of_its_own_is_undecided(ran, repo):
    (repo.path / "pytest").write_text("#!/bin/sh\nexit 0\n")
    (repo.path / "pytest").chmod(0o755)
    assert "left no evidence" in ran("./pytest", Kind.TEST).undecided


def test_what_tests_counted_is_evidence(ran, repo):
    repo.write("test_a.py", "def test_a(): pass\n")
    done = ran(f"{sys.executable} -m pytest -q", Kind.TEST)
    assert (done.evidence.summary, done.comparable) == ("1 passed", True), done.output
    assert json.dumps(sorted(done.evidence.modules)).count("test_a") == 1


def test_how_a_person_runs_it_again(rule_of):
    assert reproduce(rule_of(Kind.LINT, "make lint", directory="my dir")) == "cd 'my dir' && make lint"
    assert reproduce(rule_of(Kind.LINT, "make lint")) == "make lint"
