from agent_gate.policy.model import Kind


def test_an_added_line_that_is_too_long_is_found_and_an_old_one_is_not(places):
    long = "x = '" + "y" * 100 + "'\n"
    assert places(
        Kind.LINE_LIMIT, {"a.py": long}, {"a.py": f"{long}z = 1\n{long}"}, "100", unit="columns"
    ) == [("a.py", 3)]


def test_a_link_cannot_be_broken(places):
    assert places(Kind.LINE_LIMIT, {}, {"a.py": "# https://example.com/" + "y" * 100 + "\n"}, "100") == []


def test_a_file_that_was_too_long_and_shrinks_is_no_fault(places):
    base = {"a.py": "x = 1\n" * 20}
    assert places(Kind.LINE_LIMIT, base, {"a.py": "x = 1\n" * 15}, "10", unit="file") == []


def test_a_file_that_grows_over_the_limit(places):
    assert places(Kind.LINE_LIMIT, {"a.py": "x = 1\n"}, {"a.py": "x = 1\n" * 15}, "10", unit="file") == [
        ("a.py", 1)
    ]


def test_a_last_line_without_an_end_counts(places):
    assert places(Kind.LINE_LIMIT, {}, {"a.py": "x = 1\n" * 10 + "y = 1"}, "10", unit="file") == [("a.py", 1)]


def test_a_function_that_grows_over_the_limit(places):
    function = "def f():\n" + "    x = 1\n" * 12
    assert places(Kind.LINE_LIMIT, {}, {"a.py": f"A = 1\n{function}"}, "10", unit="function") == [("a.py", 2)]


def test_a_rule_without_a_number_is_undecided(judge):
    assert judge(Kind.LINE_LIMIT, {}, {"a.py": "1\n"}, "short").undecided
