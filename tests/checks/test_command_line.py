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
        ("cargo test \\\n  --all", [("cargo", "test", "--all")]),
    ],
)
def test_plain_commands_need_no_shell(command, expected):
    assert argvs(command) == expected


@pytest.mark.parametrize(
    "command", ["mypy src/*.py", "make test | tee log", "a; b", "echo $HOME", "x > y", "a || b", "npm test &"]
)
def test_what_needs_a_shell_is_given_to_one_whole(command):
    assert argvs(command) == [("bash", "-euo", "pipefail", "-c", command)]


def test_directories_and_variables_belong_to_the_steps_after_them():
    one, two = steps_of("cd web && CI=1 npm test && npm run lint", "abc", ())
    assert (one.argv, one.directory, dict(one.variables)) == (("npm", "test"), "./web", {"CI": "1"})
    assert (two.argv, two.directory, dict(two.variables)) == (("npm", "run", "lint"), "./web", {})


def test_a_changed_file_is_never_an_option():
    assert argvs("ruff check <changed-files>", changed=("--fix", "a.py")) == [
        ("ruff", "check", "./--fix", "a.py")
    ]


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
