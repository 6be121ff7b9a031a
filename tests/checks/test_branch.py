from __future__ import annotations

import itertools

import pytest

from agent_gate.checks.branch import check_branch
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind


@pytest.fixture
def judge(make_repo, context_of, rule_of):
    """The check's result on a branch of that name."""

    numbers = itertools.count()

    def on(name, **params):
        repo = make_repo(name=f"repo{next(numbers)}")
        if name is None:
            repo.git("switch", "-q", "--detach")
        elif name != "main":
            repo.branch(name)
        repo.commit()
        return check_branch(rule_of(Kind.BRANCH, params=params), context_of(repo, "HEAD~1"))

    return on


def test_work_on_a_forbidden_branch_blocks(judge):
    (finding,) = judge("main", forbidden=["main", "release/*"]).findings
    assert finding.message == "The work is on the branch 'main', which is not to be worked on."
    assert finding.severity is Severity.BLOCK
    assert judge("feature/x", forbidden=["main"]).findings == ()


@pytest.mark.parametrize(("name", "count"), [("feature/x", 0), ("fix/a/b", 0), ("stuff", 1)])
def test_the_name_is_one_of_the_allowed(judge, name, count):
    assert len(judge(name, allowed=["feature/*", "fix/*"]).findings) == count


def test_the_name_fits_the_pattern(judge):
    assert judge("BD-12-x", pattern=r"^BD-\d+").findings == ()
    assert "not named as asked" in judge("x", pattern=r"^BD-\d+").findings[0].message
    assert judge("x", pattern="(").undecided


def test_a_detached_head_is_on_no_forbidden_branch_and_has_no_name(judge):
    result = judge(None, forbidden=["main"])
    assert (result.findings, result.evidence) == ((), "HEAD is detached, so on no branch")
    (finding,) = judge(None, allowed=["feature/*"]).findings
    assert finding.severity is Severity.FOLLOW_UP


def test_a_branch_leaves_the_one_that_it_should(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.git("branch", "dev")
    repo.commit("feat: only on main")
    repo.branch("feature/x")
    repo.commit("feat: work")
    rule = rule_of(Kind.BRANCH, params={"base": "dev"})
    (finding,) = check_branch(rule, context_of(repo)).findings
    assert "was not started from 'dev'" in finding.message
    assert check_branch(rule, context_of(repo, "dev")).findings == ()
    assert check_branch(rule_of(Kind.BRANCH, params={"base": "unknown"}), context_of(repo)).findings == ()
