import time

import pytest

from agent_gate.agents.config import AgentConfig
from agent_gate.agents.model import End
from agent_gate.orchestrator.attempt_files import Exit
from agent_gate.orchestrator.choosing import LONGEST_LIMIT, choose, note_limit, why_none
from agent_gate.orchestrator.journal import Task


def test_the_second_agent_stands_in_while_the_first_is_at_its_limit(site):
    agents = site.configured().agents
    assert choose(site, agents, Task("t-1")).name == "one"
    note_limit(site, "one", Exit(End.RATE_LIMITED))
    assert choose(site, agents, Task("t-1")).name == "two"
    note_limit(site, "two", Exit(End.NOT_LOGGED_IN))
    assert choose(site, agents, Task("t-1")) is None
    assert "at its limit" in why_none(site, agents)[1]


def test_the_second_agent_stands_in_for_one_that_is_not_installed(site):
    agents = (AgentConfig("one", "command", "/nowhere/one {prompt}"), AgentConfig("two", "claude", "sh"))
    assert choose(site, agents, Task("t-1")).name == "two"
    assert choose(site, agents[:1], Task("t-1")) is None
    assert "no `/nowhere/one`" in why_none(site, agents[:1])[1]


@pytest.mark.parametrize("command", ["./agent.sh", "{worktree}/agent.sh"])
def test_only_the_worktree_can_say_whether_a_program_in_it_is_there(command):
    assert AgentConfig("mine", "command", command).missing == ""


def test_a_limit_without_an_end_gets_longer_each_time(site):
    first = note_limit(site, "one", Exit(End.RATE_LIMITED)) - time.time()
    second = note_limit(site, "one", Exit(End.RATE_LIMITED)) - time.time()
    assert 1.9 < second / first < 2.1


def test_what_an_agent_says_of_its_limit_is_bounded(site):
    until = note_limit(site, "one", Exit(End.RATE_LIMITED, until=1e300))
    assert until <= time.time() + LONGEST_LIMIT
    time.localtime(why_none(site, site.configured().agents)[0])
