"""Which agents the configuration names, and how strictly it is read."""

from __future__ import annotations

import tomllib

import pytest

from agent_gate.agents.config import AgentConfig, configured_agents, one_off
from agent_gate.policy.config import Table
from agent_gate.policy.model import PolicyError


def read(toml: str, chosen: str = "") -> tuple[AgentConfig, ...]:
    return configured_agents(Table(tomllib.loads(toml), "agent-gate.toml", "agent-gate.toml"), chosen)


def test_the_list_is_the_order() -> None:
    agents = read(
        'agent = ["slow", "command"]\n[agents.slow]\ncommand = "a"\n[agents.command]\ncommand = "b"'
    )
    assert [(agent.name, agent.adapter, agent.command) for agent in agents] == [
        ("slow", "command", "a"),
        ("command", "command", "b"),
    ]


def test_nothing_configured_is_no_agent() -> None:
    assert configured_agents(None) == ()


def test_a_table_says_how_its_agent_is_started() -> None:
    (agent,) = read("""
agent = "mine"
model = "m-1"
[agents.mine]
adapter = "command"
command = "agent {prompt}"
args = ["-x"]
env = { LEVEL = "3" }
limits = { seconds = 60, silence = 5.5, money = 2, output-repeats = 9, workers = 1 }
""")
    assert agent.options == {"command": "agent {prompt}", "args": ["-x"], "env": {"LEVEL": "3"}}
    assert (agent.model, agent.limits.silence, agent.limits.output_repeats) == ("m-1", 5.5, 9)


def test_a_chosen_agent_does_not_get_the_model_of_another() -> None:
    tables = '[agents.a]\ncommand = "a"\n[agents.b]\ncommand = "b"'
    (agent,) = read(f'agent = "a"\nmodel = "of a"\n{tables}', chosen="b")
    assert (agent.name, agent.model) == ("b", "")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('agent = "comand"', 'there is no agent "comand"; did you mean "command"'),
        ('agent = "wrapper"\n[agents.wraper]\ncommand = "x"', 'did you mean "wraper"'),
        ("agent = 3", "neither a name nor a list"),
        ('agent = ["command", "command"]', "names one twice"),
        ('agent = "command"', "The agent's command is empty"),
        ('[agents.x]\ncomand = "x"', 'unknown key "comand"; did you mean "command"'),
        (
            '[agents.x]\ncommand = "x"\nlimits = { silense = 3 }',
            'unknown key "silense"; did you mean "silence"',
        ),
        ('[agents.x]\ncommand = "x"\nlimits = { silence = 0 }', "a limit is more than 0"),
        ('[agents.x]\ncommand = ["x"]', "Expected `str`"),
        ('[agents.x]\nadapter = "gemeni"', 'There is no agent "gemeni"'),
        ('[agents.x]\ncommand = "run {promt}"', "unknown placeholder {promt}"),
        ("agents = 1", "agents is no table"),
        ('agent = "command"\nmodel = 3\n[agents.command]\ncommand = "x"', "model is no text"),
        (
            'agent = ["command", "b"]\nmodel = "m"\n[agents.command]\ncommand = "x"\n[agents.b]\ncommand = "x"',
            "model is of one agent",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_place(toml: str, message: str) -> None:
    with pytest.raises(PolicyError, match=r"^agent-gate\.toml") as caught:
        read(toml)
    assert message in str(caught.value)


def test_a_one_off_command_needs_no_configuration() -> None:
    assert one_off("agent {prompt}").options["command"] == "agent {prompt}"
    with pytest.raises(PolicyError, match="--agent-cmd: "):
        one_off("agent {promt}")
