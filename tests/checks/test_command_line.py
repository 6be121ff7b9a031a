import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_gate.checks.command_line import CommandError, steps_of


def argvs(command, base="abc", changed=("a.py", "b c.py")):
    return [step.argv for step in steps_of(command, base, changed)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("just lint", [("just", "lint")]),
        ("$ npm test", [("npm", "test")]),
        ("ruff check --fix . && ruff format .", [("ruff", "check", "--fix", "."), ("ruff", "format", ".")]),
        ("pip install -e '.[test]'", [("pip", "install", "-e", ".[test]")]),
        ("go test ./...  # all of it", [("go", "test", "./...")]),
        ('cargo test --features "a b"', [("cargo", "test", "--features", "a b")]),
        ("ruff check <changed files>", [("ruff", "check", "a.py", "b c.py")]),
        ("diff-cover --compare-branch <base-branch>", [("diff-cover", "--compare-branch", "abc")]),
        ("git diff --check <base>...HEAD", [("git", "diff", "--check", "abc...HEAD")]),
        ("x --base={merge-base} [base branch]", [("x", "--base=abc", "abc")]),
        ("prek run --files <files changed>", [("prek", "run", "--files", "a.py", "b c.py")]),
        ("cargo test \\\n  --all", [("cargo", "test", "--all")]),
    ],
)
def test_plain_commands_need_no_shell(command, expected):
    assert argvs(command) == expected


@pytest.mark.parametrize(
    "command",
    [
        *("mypy src/*.py", "make test | tee log", "a; b", "echo $HOME", "x > y", "a || b", "npm test &"),
        *("echo ${BASE} ${CHANGED_FILES}",),
    ],
)
def test_what_needs_a_shell_is_given_to_one_whole(command):
    assert argvs(command) == [("bash", "-euo", "pipefail", "-c", command)]


def test_directories_and_variables_belong_to_the_steps_after_them():
    one, two = steps_of("cd web && CI=1 npm test && npm run lint", "abc", ())
    assert (one.argv, one.directory, dict(one.variables)) == (("npm", "test"), "./web", {"CI": "1"})
    assert (two.argv, two.directory, dict(two.variables)) == (("npm", "run", "lint"), "./web", {})


@pytest.mark.parametrize("name", ["--fix.py", "@options.py", "+x.py", "~.py"])
def test_a_changed_file_is_never_an_option(name):
    assert argvs("ruff check <changed-files>", changed=(name,)) == [("ruff", "check", f"./{name}")]


def test_a_shell_is_given_the_changed_files_as_arguments():
    hostile = "$(touch x);'.py"
    (argv,) = argvs("ruff check <changed files> 2>&1 | tail", changed=(hostile, "a.md"))
    assert argv == ("bash", "-euo", "pipefail", "-c", 'ruff check "$@" 2>&1 | tail', "bash", f"./{hostile}")


@pytest.mark.parametrize(
    "command",
    [
        "ruff check <changed files>",
        "ruff check <changed files> | cat",
        "cd src && ruff check <changed files>",
    ],
)
@pytest.mark.parametrize("changed", [(), ("README.md",)])
def test_a_command_about_changed_files_runs_not_at_all_without_any(command, changed):
    assert steps_of(command, "abc", changed) == ()


def test_only_the_step_that_is_about_them_is_left_out():
    assert argvs("make build && eslint <changed files>", changed=("a.py",)) == [("make", "build")]


def test_changed_files_are_named_from_the_directory_of_their_step():
    assert argvs(
        "ruff check <changed files> && cd web/src && eslint <changed files>",
        changed=("a.py", "web/src/b.ts", "web/c.ts"),
    ) == [
        ("ruff", "check", "a.py"),
        ("eslint", "b.ts"),
    ]


@pytest.mark.parametrize(
    "command", ["x --files=<changed files>", "x '<changed files>' | y", "x y<changed files>"]
)
def test_a_placeholder_that_cannot_be_filled_is_an_error(command):
    with pytest.raises(CommandError, match="cannot be filled"):
        argvs(command)


@pytest.mark.parametrize("command", ["", "  ", "cd x", "echo 'unclosed", "A=1"])
def test_what_cannot_be_run_is_an_error(command):
    with pytest.raises(CommandError):
        steps_of(command, "abc", ())


@given(st.text(max_size=60))
def test_any_text_is_steps_or_an_error(text):
    try:
        steps = steps_of(text, "abc", ("a",))
    except CommandError:
        return
    assert all(step.argv and all(isinstance(word, str) for word in step.argv) for step in steps)
