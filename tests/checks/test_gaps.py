from dataclasses import replace

import pytest

from agent_gate.checks.gaps import check_gaps
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind, Source


def test_each_open_entry_is_a_follow_up_and_a_done_one_is_not(judge):
    gaps = "# Gaps\n\n- [x] done\n- [ ] open\n- also open\n"
    findings = judge(Kind.GAPS_TO_ISSUES, {"GAPS.md": gaps}, {"a.py": "A = 1\n"}).findings
    assert [(finding.path, finding.line) for finding in findings] == [("GAPS.md", 4), ("GAPS.md", 5)]
    assert {finding.severity for finding in findings} == {Severity.FOLLOW_UP}


def test_an_entry_that_says_nothing_is_none(judge):
    gaps = "# Gaps\n\n- [ ]\n- \n- [ ] open\n-\n"
    findings = judge(Kind.GAPS_TO_ISSUES, {"GAPS.md": gaps}, {"a.py": "A = 1\n"}).findings
    assert [(finding.line, finding.message) for finding in findings] == [(5, "open gap: open")]


@pytest.mark.parametrize(
    ("files", "path"), [(("GAPS.md", "sub/GAPS.md"), "sub/GAPS.md"), (("GAPS.md",), "GAPS.md")]
)
def test_a_nested_agents_md_means_the_list_beside_it(make_repo, context_of, rule_of, files, path):
    repo = make_repo(dict.fromkeys(files, "- open\n"))
    repo.branch("work")
    repo.commit("feat: a", {"sub/a.py": "A = 1\n"})
    rule = replace(rule_of(Kind.GAPS_TO_ISSUES), source=Source("sub/AGENTS.md", 1, "List gaps."))
    assert [finding.path for finding in check_gaps(rule, context_of(repo)).findings] == [path]


def test_no_file_no_gaps(judge):
    assert judge(Kind.GAPS_TO_ISSUES, {}, {"a.py": "A = 1\n"}).findings == ()


def test_a_todo_may_name_its_issue_where_the_rule_says_so(places):
    new = {"a.py": "# TODO(#12): later\n# TODO: never\n"}
    assert places(Kind.GAPS_TO_ISSUES, {}, new, forbid_todo=True, allow_issue=True) == [("a.py", 2)]
    assert places(Kind.GAPS_TO_ISSUES, {}, new, forbid_todo=True) == [("a.py", 1), ("a.py", 2)]


def test_a_rule_about_todos_is_a_follow_up_each_and_says_nothing_of_other_gaps(judge):
    base, new = {"GAPS.md": "# Gaps\n\n- open\n"}, {"a.py": "# TODO: later\n# FIXME: never\n"}
    findings = judge(Kind.GAPS_TO_ISSUES, base, new, forbid_todo=True).findings
    assert [(finding.path, finding.line, finding.severity) for finding in findings] == [
        ("a.py", 1, Severity.FOLLOW_UP),
        ("a.py", 2, Severity.FOLLOW_UP),
    ]
