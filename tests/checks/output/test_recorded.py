"""Real outputs of real tools on bad samples (fixtures/outputs): which failures are read from them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_gate.checks.output import read_failures

OUTPUTS = Path(__file__).parents[3] / "fixtures" / "outputs"
FILES = [
    "bad.py",
    "test_bad.py",
    "bad.js",
    "bad.ts",
    "sum.test.js",
    "vit/a.test.js",
    "mo/m.js",
    "n.mjs",
    "src/lib.rs",
    "bad.go",
    "bad_test.go",
    "fmt.go",
    "err.go",
    "imp.py",
    "unit/test_u.py",
]

# recording → (path, line, code or test) of each failure, in order
EXPECTED = {
    "ruff-full": [("bad.py", 1, "F401"), ("bad.py", 2, "F401")],
    "ruff-concise": [("bad.py", 1, "F401"), ("bad.py", 2, "F401")],
    "ruff-grouped": [("bad.py", 1, "F401"), ("bad.py", 2, "F401")],
    "ruff-format": [("bad.py", 5, "unformatted")],
    "mypy": [("bad.py", 6, "return-value"), ("bad.py", 10, "arg-type")],
    "mypy-pretty": [("bad.py", 6, ""), ("bad.py", 10, "")],
    "black": [("bad.py", None, "format")],
    "isort": [("imp.py", None, "format")],
    "flake8": [
        ("bad.py", 1, "F401"),
        ("bad.py", 2, "F401"),
        ("bad.py", 5, "E231"),
        ("bad.py", 5, "E225"),
        ("bad.py", 9, "E225"),
    ],
    "pylint": [
        ("bad.py", 1, "C0114"),
        ("bad.py", 5, "C0116"),
        ("bad.py", 9, "C0103"),
        ("bad.py", 1, "W0611"),
        ("bad.py", 2, "W0611"),
    ],
    "pyright": [("bad.py", 6, ""), ("bad.py", 10, "")],
    "eslint": [("bad.js", 1, "no-unused-vars"), ("bad.js", 2, "no-unused-vars"), ("bad.js", 2, "no-undef")],
    "tsc": [("bad.ts", 1, "TS2322"), ("bad.ts", 2, "TS7006"), ("bad.ts", 2, "TS2304")],
    "tsc-pretty": [("bad.ts", 1, "TS2322"), ("bad.ts", 2, "TS7006"), ("bad.ts", 2, "TS2304")],
    "prettier": [("bad.js", None, "format"), ("bad.ts", None, "format")],
    "biome": [
        ("bad.js", 1, "lint/correctness/noUnusedVariables"),
        ("bad.js", 2, "lint/correctness/noUnusedVariables"),
    ],
    "biome-format": [("bad.js", None, "format")],
    "cargo-clippy": [("src/lib.rs", 2, ""), ("src/lib.rs", 3, "")],
    "cargo-error": [("src/lib.rs", 3, "E0277")],
    "cargo-fmt": [("src/lib.rs", 1, "format")],
    "cargo-test": [("src/lib.rs", 17, "tests::it_fails")],
    "cargo-test-long": [("src/lib.rs", 17, "tests::it_fails")],
    "go-test": [("bad_test.go", 7, "TestAdd"), ("bad_test.go", 12, "TestTable/one")],
    "go-vet": [("bad.go", 6, "")],
    "go-build": [("err.go", 2, "")],
    "jest": [("sum.test.js", 4, "sum › is wrong")],
    "vitest": [("vit/a.test.js", 3, "vit/a.test.js > sum > is wrong")],
    "mocha": [("mo/m.js", 3, "sum is wrong")],
    "node-test": [("n.mjs", 2, "is wrong")],
    "unittest": [
        ("unit/test_u.py", 5, "test_error (unit.test_u.Sums.test_error)"),
        ("unit/test_u.py", 19, "test_parts (unit.test_u.Sums.test_parts) (number=2)"),
        ("unit/test_u.py", 11, "test_wrong (unit.test_u.Sums.test_wrong)"),
    ],
    "pytest": [
        ("test_bad.py", None, "test_bad.py::test_bad"),
        ("test_bad.py", None, "test_bad.py::test_cases[2]"),
        ("test_bad.py", None, "test_bad.py::test_setup"),
    ],
}


@pytest.fixture
def place(tmp_path):
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    return tmp_path


@pytest.mark.parametrize("recording", EXPECTED)
def test_the_failures_of_a_tool_are_read(recording, place):
    output = (OUTPUTS / f"{recording}.txt").read_text().replace("/repo", str(place))
    failures = read_failures(output, place / "no reports", place)
    assert [(f.path, f.line, f.test or f.code) for f in failures] == EXPECTED[recording]
    assert all(failure.message for failure in failures)


@pytest.mark.parametrize(
    ("recording", "said"),
    [
        ("node-test", "Expected values to be strictly equal:"),
        ("mocha", "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:"),
        ("jest", "expect(received).toBe(expected) // Object.is equality"),
        ("vitest", "AssertionError: expected 2 to be 3 // Object.is equality"),
    ],
)
def test_what_a_runner_says_below_the_name_is_the_message(recording, said, place):
    failures = read_failures((OUTPUTS / f"{recording}.txt").read_text(), place, place)
    assert failures[0].message.endswith(f"is wrong fails: {said}")
    assert said in failures[0].detail


def test_the_error_of_unittest_is_the_message(place):
    failures = read_failures((OUTPUTS / "unittest.txt").read_text(), place, place)
    assert [failure.message.partition(" fails: ")[2] for failure in failures] == [
        "ValueError: no way",
        "AssertionError: 2 != 1",
        "AssertionError: Lists differ: [1] != [2]",
    ]


@pytest.mark.parametrize("line", ["FAILED (failures=1)", "ERROR failed", "FAILED nothing - to say"])
def test_a_word_after_failed_is_no_test(line, place):
    assert read_failures(f"{line}\n", place, place) == ()


def test_an_error_on_one_line_of_tap(place):
    output = "not ok 1 - adds\n  ---\n  error: '2 == 3'\n  ...\nnot ok 2 - subtracts\n"
    assert [failure.message for failure in read_failures(output, place, place)] == [
        "adds fails: 2 == 3",
        "subtracts fails: failed",
    ]


def test_gofmt_lists_files_alone(place):
    assert (OUTPUTS / "gofmt.txt").read_text() == "fmt.go\n"


def test_the_key_does_not_move_with_the_lines(place):
    text = (OUTPUTS / "mypy.txt").read_text()
    moved = text.replace("bad.py:6:", "bad.py:60:").replace("bad.py:10:", "bad.py:100:")
    one, other = (read_failures(output, place, place) for output in (text, moved))
    assert [f.key for f in one] == [f.key for f in other]
    assert [f.line for f in other] == [60, 100]


def test_files_outside_of_the_place_are_not_blamed(place):
    assert read_failures("/etc/passwd:1:1: E999 no\n../x.py:1: error: no\n", place, place) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_output_can_be_read(tmp_path_factory, text):
    place = tmp_path_factory.mktemp("place")
    assert all(failure.message for failure in read_failures(text, place, place))


def test_long_output_is_read_in_bounded_form(place):
    failures = read_failures(
        "bad.py:1:1: F401 x\n" * 5 + "".join(f"bad.py:{n}:1: F401 y\n" for n in range(1, 20_000)),
        place,
        place,
    )
    assert len(failures) == 10_000
