import pytest

from agent_gate.policy.model import Kind

TEST = "def test_f():\n    assert 1\n"
BASE = {"src/a.py": "def f():\n    return 1\n", "tests/test_a.py": TEST}
CHANGED = {"src/a.py": "def f():\n    return 2\n"}


@pytest.mark.parametrize(
    ("new", "count"),
    [
        (CHANGED, 1),
        ({**CHANGED, "tests/test_a.py": "def test_f():\n    assert 2\n"}, 0),
        ({**CHANGED, "tests/test_a.py": "def test_f():\n    # why\n    assert 1\n"}, 1),
        ({**CHANGED, "tests/test_b.py": "def test_g():\n    assert 1\n"}, 0),
        ({**CHANGED, "tests/test_a.py": None}, 1),
        ({**CHANGED, "tests/test_a.py": f"import pytest\n\n\n@pytest.mark.skip\n{TEST}"}, 1),
        ({**CHANGED, "tests/test_a.py": f"{TEST}\n\ntest_f.__test__ = False\nX = 1\n"}, 1),
    ],
    ids=["none", "changed", "comment", "added", "deleted", "skipped", "switched off"],
)
def test_other_behaviour_comes_with_a_test(judge, new, count):
    assert len(judge(Kind.TEST_PER_CHANGE, BASE, new).findings) == count


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    # one\n    return 1\n",
        'def f():\n    """One."""\n    return 1\n',
        "def f(): return 1\n",
    ],
)
def test_words_and_form_are_no_behaviour(judge, source):
    assert judge(Kind.TEST_PER_CHANGE, BASE, {"src/a.py": source}).skipped


def test_a_test_inside_a_rust_file_counts(judge):
    rust = "fn f() -> u8 { 2 }\n#[cfg(test)]\nmod t {\n    #[test]\n    fn f2() { assert_eq!(super::f(), 2); }\n}\n"
    assert (
        judge(Kind.TEST_PER_CHANGE, {"src/a.rs": "fn f() -> u8 { 1 }\n"}, {"src/a.rs": rust}).findings == ()
    )
