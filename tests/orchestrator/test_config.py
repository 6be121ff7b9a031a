import pytest

from agent_gate.orchestrator.config import read_configured
from agent_gate.policy.model import PolicyError


def test_a_table_is_read_and_the_rest_is_as_it_was(tmp_path):
    (tmp_path / "agent-gate.toml").write_text(
        'agent = "claude"\n[run]\nworkers = 3\n[run.night-budget]\nmoney = 5.0\n'
    )
    read = read_configured(tmp_path)
    assert (read.run.workers, read.run.attempts, read.run.night_budget.money) == (3, 3, 5.0)
    assert [agent.name for agent in read.agents] == ["claude"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[run]\nworkerz = 1\n", 'did you mean "workers"'),
        ("[run]\nattempts = 0\n", "attempts is at least 1"),
        ("[run]\nrun-budget = 1\n", "is no table"),
        ("[run.task-budget]\neuro = 1\n", "euro"),
        ("run = 1\n", "is no table"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, text, said):
    (tmp_path / "agent-gate.toml").write_text(text)
    with pytest.raises(PolicyError, match=said):
        read_configured(tmp_path)
