from agent_gate.policy.model import Kind


def test_added_lines_that_fit_are_found_and_old_ones_are_not(places):
    base = {"a.py": "print(1)\n"}
    assert places(
        Kind.FORBIDDEN_PATTERN, base, {"a.py": "print(1)\nx = 2\nprint(3)\n"}, pattern=r"print\("
    ) == [("a.py", 3)]


def test_globs_choose_the_files(places):
    new = {"a.py": "print(1)\n", "b.sh": "print(1)\n"}
    assert places(Kind.FORBIDDEN_PATTERN, {}, new, pattern=r"print\(", globs=["*.py"]) == [("a.py", 1)]


def test_instructions_may_quote_what_they_forbid(places):
    assert places(Kind.FORBIDDEN_PATTERN, {}, {"AGENTS.md": "Never print(1).\n"}, pattern=r"print\(") == []


def test_a_pattern_that_is_none_leaves_the_rule_undecided(judge):
    assert (
        "no regular expression" in judge(Kind.FORBIDDEN_PATTERN, {}, {"a.py": "1\n"}, pattern="(").undecided
    )
    assert "no pattern" in judge(Kind.FORBIDDEN_PATTERN, {}, {"a.py": "1\n"}).undecided


def test_binary_files_are_found_where_they_are_forbidden(places):
    new = {"logo.png": "\x89PNG\x00\x00", "a.py": "x = 1\n"}
    assert places(Kind.FORBIDDEN_PATTERN, {}, new, binary=True) == [("logo.png", None)]
