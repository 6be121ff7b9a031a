from dataclasses import replace

import pytest

from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.site import POLICIES
from agent_gate.repository import RepositoryError


def test_an_attempts_files_lie_under_its_task_and_number(site):
    directory = site.attempt_directory(Task("t-1", attempt=3))
    assert directory == site.repository.common_dir / "agent-gate" / "attempts" / "t-1" / "3"


def test_the_tip_is_that_of_the_base_whatever_is_checked_out(site):
    tip = site.tip()
    site.repository.git("checkout", "-q", "--detach")
    site.repository.git("commit", "-q", "--allow-empty", "-m", "x")
    assert site.tip() == tip
    with pytest.raises(RepositoryError):
        replace(site, base="nowhere").tip()


def test_a_policy_is_that_of_the_commit_and_not_of_the_working_files(site):
    (site.repository.root / "AGENTS.md").write_text("# Rules\n\n- Be kind.\n")
    assert [rule.value for rule in site.policy_at(site.tip()).enforced] == ["ruff check ."]


def test_a_policy_is_derived_once_a_commit_and_few_are_kept(site):
    tip = site.tip()
    first = site.policy_at(tip)
    assert site.policy_at(tip) is first
    for _ in range(POLICIES):
        site.repository.git("commit", "-q", "--allow-empty", "-m", "x")
        site.policy_at(site.tip())
    assert len(site.policies) <= POLICIES


def test_live_is_what_has_not_come_to_an_end(site):
    for name in ("t-1", "t-2"):
        site.journal.begin(Task(name), site.owner.id)
    site.journal.advance(site.journal.task("t-2"), State.HELD)
    assert site.live_tasks() == {"t-1"}
