from agent_gate.policy.model import Kind

HEADER = "# SPDX-License-Identifier: MIT\n"


def test_new_source_files_need_the_header_and_old_ones_do_not(places):
    new = {"old.py": "B = 1\n", "new.py": "A = 1\n", "good.py": f"{HEADER}A = 1\n", "notes.md": "x\n"}
    assert places(
        Kind.LICENSE_HEADER, {"old.py": "A = 1\n"}, new, must_contain=["SPDX-License-Identifier"]
    ) == [("new.py", 1)]


def test_a_header_far_below_is_none(places):
    new = {"a.py": "A = 1\n" * 30 + HEADER}
    assert places(Kind.LICENSE_HEADER, {}, new, must_contain=["SPDX"]) == [("a.py", 1)]


def test_an_empty_file_needs_none(places):
    assert places(Kind.LICENSE_HEADER, {}, {"p/__init__.py": ""}, must_contain=["SPDX"]) == []


def test_a_rule_without_words_is_undecided(judge):
    assert "must_contain" in judge(Kind.LICENSE_HEADER, {}, {"a.py": "A = 1\n"}).undecided


def test_a_header_that_was_taken_out_is_missed(judge):
    new = {"a.py": "A = 1\n", "b.py": f"# more\n{HEADER}A = 2\n"}
    base = {"a.py": f"{HEADER}A = 1\n", "b.py": f"{HEADER}A = 1\n"}
    (finding,) = judge(Kind.LICENSE_HEADER, base, new, must_contain=["SPDX-License-Identifier"]).findings
    assert (finding.path, "lost its licence header" in finding.message) == ("a.py", True)
