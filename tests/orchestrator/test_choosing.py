import time

from agent_gate.agents.model import End
from agent_gate.orchestrator.attempt_files import Exit
from agent_gate.orchestrator.choosing import LONGEST_LIMIT, all_limited_until, choose, note_limit
from agent_gate.orchestrator.journal import Task


def test_the_second_agent_stands_in_while_the_first_is_at_its_limit(site):
    agents = site.configured().agents
    assert choose(site, agents, Task("t-1")).name == "one"
    note_limit(site, "one", Exit(End.RATE_LIMITED))
    assert choose(site, agents, Task("t-1")).name == "two"
    note_limit(site, "two", Exit(End.NOT_LOGGED_IN))
    assert choose(site, agents, Task("t-1")) is None
    assert all_limited_until(site, agents)[1]


def test_a_limit_without_an_end_gets_longer_each_time(site):
    first = note_limit(site, "one", Exit(End.RATE_LIMITED)) - time.time()
    second = note_limit(site, "one", Exit(End.RATE_LIMITED)) - time.time()
    assert 1.9 < second / first < 2.1


def test_what_an_agent_says_of_its_limit_is_bounded(site):
    until = note_limit(site, "one", Exit(End.RATE_LIMITED, until=1e300))
    assert until <= time.time() + LONGEST_LIMIT
    time.localtime(all_limited_until(site, site.configured().agents)[0])
