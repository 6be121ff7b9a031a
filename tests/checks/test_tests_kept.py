import pytest

from agent_gate.policy.model import Kind

TEST = "import pytest\n\n\ndef test_a():\n    assert f() == 1\n"
BASE = {"tests/test_a.py": TEST, "pytest.ini": "[pytest]\n"}


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ("import pytest\n", "was deleted"),
        (TEST.replace("def test_a", "@pytest.mark.skip\ndef test_a"), "was switched off"),
        (TEST.replace("def test_a", "@pytest.mark.xfail(strict=False)\ndef test_a"), "was switched off"),
        (TEST.replace("    assert", "    pytest.skip('later')\n    assert"), "was switched off"),
        (TEST.replace("    assert", "    return\n    assert"), "was switched off"),
        (TEST.replace("def test_a", "pytestmark = pytest.mark.skip\n\n\ndef test_a"), "was switched off"),
        (TEST.replace("assert f() == 1", "f()"), "checks nothing any more"),
        (TEST.replace("assert f() == 1", "assert True"), "checks nothing any more"),
        (TEST.replace("    assert", "    if False:\n        assert"), "checks nothing any more"),
        (TEST + "\n\ndel test_a\n", "was switched off (del test_a)"),
        (TEST + "\n\ntest_a = None\n", "was switched off (test_a = None)"),
        (TEST + "\n\ntest_a.__test__ = False\n", "was switched off (test_a.__test__ = False)"),
        (
            TEST.replace("def test_a", "@pytest.mark.skipif(True, reason='x')\ndef test_a"),
            "runs only on a condition now",
        ),
        ("if X:\n    def test_a():\n        assert f() == 1\n", "runs only on a condition now"),
        ("def test_a(:\n", "cannot be parsed"),
    ],
)
def test_a_python_test_that_is_worse_off(judge, after, what):
    (finding,) = judge(Kind.NO_TEST_TAMPERING, BASE, {"tests/test_a.py": after}).findings
    assert what in finding.message


@pytest.mark.parametrize(
    "new",
    [
        {"tests/test_a.py": TEST.replace("test_a()", "test_renamed()")},
        {"tests/test_a.py": None, "tests/unit/test_b.py": TEST},
        {"tests/test_a.py": TEST + "\n\ndef test_b():\n    assert f() == 2\n"},
        {"tests/test_a.py": TEST.replace("== 1", "== 3")},
    ],
    ids=["renamed", "moved", "added", "changed"],
)
def test_a_test_that_was_kept(judge, new):
    assert judge(Kind.NO_TEST_TAMPERING, BASE, new).findings == ()


@pytest.mark.parametrize("there", ["tests/helper_a.py", "tests/unit/a.py"])
def test_a_test_that_moved_to_where_nothing_collects_it_was_lost(judge, there):
    (finding,) = judge(Kind.NO_TEST_TAMPERING, BASE, {"tests/test_a.py": None, there: TEST}).findings
    assert finding.message == "test_a was deleted"


def test_the_base_says_which_files_are_collected(judge):
    base = {"tests/check_a.py": TEST, "pytest.ini": "[pytest]\npython_files = check_*.py\n"}
    new = {"tests/check_a.py": None, "tests/check_b.py": TEST}
    assert judge(Kind.NO_TEST_TAMPERING, base, new).findings == ()
    (finding,) = judge(Kind.NO_TEST_TAMPERING, base, {"tests/check_a.py": None, "tests/x.py": TEST}).findings
    assert "was deleted" in finding.message


def test_a_test_that_says_the_same_as_a_lost_one_does_not_stand_for_it(judge):
    twin = TEST + "\n\ndef test_twin():\n    assert f() == 1\n"
    (finding,) = judge(Kind.NO_TEST_TAMPERING, {"test_a.py": twin}, {"test_a.py": TEST}).findings
    assert finding.message == "test_twin was deleted"


SUITE = "it('one', () => { x(1); });\nit('two', () => { x(2); });\n"


@pytest.mark.parametrize(
    ("after", "messages"),
    [
        (
            SUITE.replace("it('one'", "it.skip('one'"),
            ["one was switched off (it.skip('one', () => { x(1); });)"],
        ),
        (SUITE.replace("it('two'", "it.only('two'"), ["two switches all others off"]),
        ("it.skip('new', () => {});\n" + SUITE, []),
        (SUITE.replace("'one'", "'the first one'"), []),
        (SUITE.replace("'one', () => { x(1)", "'other', () => { y(1)"), ["one was deleted"]),
    ],
)
def test_each_test_of_a_suite_is_judged_by_its_own_lines(judge, after, messages):
    findings = judge(Kind.NO_TEST_TAMPERING, {"a.test.js": SUITE}, {"a.test.js": after}).findings
    assert [finding.message for finding in findings] == messages


@pytest.mark.parametrize(
    "guard", ["if not TOOL: pytest.skip('no tool')", "np = pytest.importorskip('numpy')"]
)
def test_a_test_that_has_a_condition_at_the_base_is_kept_too(judge, guard):
    base = {"tests/test_a.py": TEST.replace("    assert", f"    {guard}\n    assert")}
    moved = {"tests/test_a.py": None, "tests/unit/test_b.py": base["tests/test_a.py"]}
    assert judge(Kind.NO_TEST_TAMPERING, base, moved).findings == ()
    (finding,) = judge(Kind.NO_TEST_TAMPERING, base, {"tests/test_a.py": "import pytest\n"}).findings
    assert "was deleted" in finding.message


def test_a_test_that_moves_under_a_condition_is_lost(judge):
    moved = "if False:\n    def test_b():\n        assert f() == 1\n"
    (finding,) = judge(Kind.NO_TEST_TAMPERING, BASE, {"tests/test_a.py": moved}).findings
    assert "was deleted" in finding.message


def test_an_emptied_list_of_cases_is_a_loss(judge):
    test = TEST.replace("def test_a()", "@pytest.mark.parametrize('x', [1, 2])\ndef test_a(x)")
    new = {"tests/test_a.py": test.replace("[1, 2]", "[]")}
    (finding,) = judge(Kind.NO_TEST_TAMPERING, {"tests/test_a.py": test}, new).findings
    assert "lost 2 of its 2 cases" in finding.message


@pytest.mark.parametrize(
    ("path", "before", "after", "name"),
    [
        ("a.test.js", "it('adds', () => {\n  x();\n});\n", "it.skip('adds', () => {\n  x();\n});\n", "adds"),
        (
            "a_test.go",
            "func TestA(t *testing.T) {\n\tx()\n}\n",
            "func TestA(t *testing.T) {\n\tt.Skip()\n}\n",
            "TestA",
        ),
        ("src/a.rs", "#[test]\nfn adds() {\n}\n", "#[test]\n#[ignore]\nfn adds() {\n}\n", "adds"),
        ("a_test.go", "func TestA(t *testing.T) {\n}\n", "package a\n", "TestA"),
    ],
)
def test_tests_of_other_languages_by_their_names(judge, path, before, after, name):
    (finding,) = judge(Kind.NO_TEST_TAMPERING, {path: before}, {path: after}).findings
    assert finding.message.startswith(f"{name} was ")


@pytest.mark.parametrize(
    ("path", "content", "name"),
    [
        (
            "conftest.py",
            "def pytest_runtest_makereport(item, call):\n    pass\n",
            "pytest_runtest_makereport",
        ),
        ("conftest.py", "collect_ignore_glob = ['*']\n", "collect_ignore_glob"),
        ("conftest.py", "def pytest_runtest_setup(item):\n    item.obj = print\n", "pytest_runtest_setup"),
        ("pytest.ini", "[pytest]\naddopts = --deselect tests\n", "addopts"),
        ("pytest.toml", '[pytest]\naddopts = ["--deselect", "tests"]\n', "addopts"),
        ("pytest.ini", "[pytest]\ntestpaths = docs\n", "testpaths"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_files = ['check_*.py']\n", "python_files"),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-k nothing"\n', "addopts"),
    ],
)
def test_what_decides_which_tests_run_and_how_they_end(judge, path, content, name):
    (finding,) = judge(Kind.NO_TEST_TAMPERING, BASE, {path: content}).findings
    assert (finding.path, finding.message.startswith(name)) == (path, True)


@pytest.mark.parametrize(
    "options", ["testpaths = tests docs", "testpaths = .", "testpaths = ./tests/", "python_files = test_*.py"]
)
def test_options_that_name_every_test_of_the_base_leave_none_out(judge, options):
    base = {**BASE, "tests/helper.py": "H = 1\n"}
    assert judge(Kind.NO_TEST_TAMPERING, base, {"pytest.ini": f"[pytest]\n{options}\n"}).findings == ()
