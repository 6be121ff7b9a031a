"""Tests by their syntax: everything that keeps one from running is seen, whatever the file looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_gate.checks.python_tests import outcome_hooks, python_tests

ON = "import pytest, unittest\n\n\ndef test_a():\n    assert f() == 1\n"


def one(source, name="test_a"):
    return python_tests(source.encode())[name]


def test_a_plain_test_is_on():
    test = one(ON)
    assert (test.line, test.off, test.condition, test.checks, test.cases) == (4, "", "", 1, 1)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("class TestX:\n    def test_a(self): pass\n", "TestX.test_a"),
        ("class ParserCase(unittest.TestCase):\n    def test_a(self): pass\n", "ParserCase.test_a"),
        ("class Api(base.ApiTests):\n    async def test_a(self): pass\n", "Api.test_a"),
        ("class TestX:\n    class TestY:\n        def test_a(self): pass\n", "TestX.TestY.test_a"),
        ("try:\n    import x\nexcept ImportError:\n    def test_a(): pass\n", "test_a"),
        ("with x:\n    def test_a(): pass\n", "test_a"),
        ("if x:\n    pass\nelse:\n    def test_a(): pass\n", "test_a"),
    ],
)
def test_where_tests_are_found(source, name):
    assert list(python_tests(source.encode())) == [name]


@pytest.mark.parametrize(
    "source",
    ["def helper(): pass\n", "class X:\n    def test_a(self): pass\n", "def f():\n    def test_a(): pass\n"],
)
def test_what_is_no_test(source):
    assert python_tests(source.encode()) == {}


@pytest.mark.parametrize(
    "source",
    [
        ON.replace("def test_a", "@pytest.mark.skip\ndef test_a"),
        ON.replace("def test_a", "@mark.xfail(reason='x')\ndef test_a"),
        ON.replace("def test_a", "@unittest.expectedFailure\ndef test_a"),
        ON.replace("    assert", "    pytest.skip('x')\n    assert"),
        ON.replace("    assert", "    x = 1\n    return\n    assert"),
        ON.replace("    assert", "    raise unittest.SkipTest('x')\n    assert"),
        ON + "pytestmark = [pytest.mark.slow, pytest.mark.skip]\n",
        ON + "pytestmark: object = pytest.mark.skip\n",
        ON + "pytest.skip('x', allow_module_level=True)\n",
        ON + "raise unittest.SkipTest('x')\n",
        ON + "__test__ = 0\n",
        "if False:\n    def test_a(): pass\n",
        ON + "del test_a\n",
        ON + "test_a = None\n",
        ON + "test_a.__test__ = False\n",
    ],
)
def test_what_switches_a_test_off(source):
    assert one(source).off


@pytest.mark.parametrize(
    "source",
    [
        ON.replace("def test_a", "@pytest.mark.skipif(True, reason='x')\ndef test_a"),
        ON.replace("def test_a", "@unittest.skipUnless(x, 'x')\ndef test_a"),
        ON.replace("    assert", "    if True:\n        pytest.skip('x')\n    assert"),
        ON.replace("    assert", "    if x:\n        return\n    assert"),
        "if True:\n    def test_a(): pass\n",
        "if x:\n    pass\nelse:\n    def test_a(): pass\n",
        ON + "np = pytest.importorskip('numpy')\n",
        ON + "if x:\n    pytest.skip('x', allow_module_level=True)\n",
        ON + "pytestmark = pytest.mark.skipif(x, reason='x')\n",
    ],
)
def test_what_makes_a_test_run_on_a_condition_alone(source):
    test = one(source)
    assert (bool(test.condition), test.off) == (True, "")


@pytest.mark.parametrize(
    "source",
    [
        ON.replace("    assert", "    if x:\n        y()\n    assert"),
        ON + "    return\n",
        ON + "    pytest.skip('after it was checked')\n",
        ON + "\n\ndef helper():\n    pytest.skip('x')\n",
        ON + "x = skip\n",
    ],
)
def test_what_leaves_a_test_on(source):
    test = one(source)
    assert (test.off, test.condition) == ("", "")


def test_the_last_definition_counts_as_it_does_for_python():
    assert one(f"{ON}\n\ndef test_a():\n    pass\n").checks == 0


@pytest.mark.parametrize(
    ("body", "checks"),
    [
        ("assert True", 0),
        ("assert 'always'", 0),
        ("assert x", 1),
        ("self.assertEqual(1, 2)", 1),
        ("mock.assert_called()", 1),
        ("with pytest.raises(X):\n        f()", 1),
        ("f()", 0),
    ],
)
def test_what_checks_something(body, checks):
    assert one(f"def test_a(self):\n    '''Say.'''\n    {body}\n").checks == checks


@pytest.mark.parametrize(
    ("marks", "cases"),
    [
        ("@pytest.mark.parametrize('x', [1, 2])\n@pytest.mark.parametrize('y', (1, 2, 3))", 6),
        ("@pytest.mark.parametrize('x', argvalues=[1, 2])", 2),
        ("@pytest.mark.parametrize('x', [])", 0),
        ("@pytest.mark.parametrize('x', [1, pytest.param(2, marks=pytest.mark.skip)])", 1),
        ("@pytest.mark.parametrize('x', [1, *MORE])", None),
        ("@pytest.mark.parametrize('x', CASES)", None),
    ],
)
def test_how_many_cases_a_test_has(marks, cases):
    assert one(f"{marks}\ndef test_a(x): pass\n").cases == cases


def test_a_body_is_the_same_wherever_it_stands():
    moved = "class TestX:\n    def test_b(self):\n        '''Words.'''\n        assert f() == 1  # one\n"
    assert python_tests(moved.encode())["TestX.test_b"].body == one(ON).body


def test_hooks_that_change_outcomes():
    source = "collect_ignore = ['a']\n\n\ndef pytest_runtest_makereport():\n    os._exit(0)\n\n\ndef pytest_configure(): pass\n"
    assert outcome_hooks(source.encode()) == {
        "collect_ignore": 1,
        "pytest_runtest_makereport": 4,
        "os._exit": 5,
    }


@pytest.mark.parametrize("content", [b"def (", b"\0", b"x = (" + b"(" * 5000, b"#" * (4 * 1024 * 1024 + 1)])
def test_what_cannot_be_read_is_one_of_the_named_errors(content):
    with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
        python_tests(content)


@given(st.binary(max_size=80))
def test_any_bytes_are_tests_or_one_of_the_named_errors(content):
    try:
        python_tests(content)
        outcome_hooks(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
