import pytest

from agent_gate.findings import Severity
from agent_gate.policy.files import DirectorySnapshot
from agent_gate.policy.model import PolicyError
from agent_gate.tracker.config import read_tracker_config


def read(tmp_path, text):
    (tmp_path / "agent-gate.toml").write_text(text)
    return read_tracker_config(DirectorySnapshot(tmp_path)).by_severity()


def test_priorities_are_what_the_configuration_says(tmp_path):
    found = read(tmp_path, "[tracker.priorities]\nblock = 0\n")
    assert (found[Severity.BLOCK], found[Severity.FOLLOW_UP]) == (0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tracker]\nprioritys = 1\n", 'did you mean "priorities"'),
        ("[tracker.priorities]\nfollowup = 1\n", 'did you mean "follow-up"'),
        ("[tracker.priorities]\nblock = 9\n", "0 (first) to 4"),
        ("tracker = 3\n", "is no table"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, text, said):
    with pytest.raises(PolicyError, match=r".") as problem:
        read(tmp_path, text)
    assert said in str(problem.value)
