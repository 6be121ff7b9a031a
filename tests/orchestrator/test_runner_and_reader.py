"""What the runner makes of what an adapter's reader says; the adapter is a plugin, as anybody could install it."""

import pytest

from agent_gate.agents.model import End

ADAPTER = """
import json, sys
from agent_gate.agents.model import End, Ending, Launch, Usage
from agent_gate.hookspecs import hookimpl

name, program, version = "talker", "sh", ()

def launch(job):
    return Launch(("sh", job.options["command"].split()[1]), {"FROM_ADAPTER": "yes"})

class reader:
    def __init__(self, job):
        self.session, self.usage, self.answer, self.said = job.session, Usage(), "", End.FINISHED
    def read(self, line):
        event = json.loads(line)
        self.session = event.get("session", self.session)
        self.usage += Usage(event.get("in", 0), event.get("out", 0), event.get("money", 0.0))
        self.said = End(event.get("end", self.said))
        return event.get("text", "")
    def ending(self, exit_code):
        return Ending(self.said, "as it says", float("inf"))

@hookimpl
def agent_gate_agents():
    return [sys.modules[__name__]]
"""


@pytest.fixture
def talker(tmp_path, monkeypatch, attempt_of):
    """An attempt whose agent prints these events, and then waits."""
    (tmp_path / "talker_agent.py").write_text(ADAPTER)
    info = tmp_path / "talker-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: talker\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[agent_gate]\ntalker = talker_agent\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(*events, then="exec sleep 1000", **fields):
        lines = "\n".join(f"echo '{event}'" for event in events)
        return attempt_of(f"{lines}\n{then}", agent="talker", **fields)

    return make


def test_readable_lines_the_session_and_the_usage_are_kept(talker):
    attempt = talker(
        '{"session": "s-1", "in": 5, "text": "hello"}', '{"out": 2, "money": 0.5}', then="exit 1"
    )
    done = attempt.run()
    assert (done.end, done.reason, done.until, done.session) == (End.FINISHED, "as it says", None, "s-1")
    assert (done.usage.tokens, done.usage.money) == (7, 0.5)
    assert attempt.log == "hello\n"


def test_a_run_that_uses_too_many_tokens_is_ended(talker):
    done = talker('{"in": 5}', '{"out": 6}', limits={"tokens": 10}).run()
    assert (done.end, done.reason) == (End.OVER_BUDGET, "It used 11 tokens of 10.")


def test_a_run_that_costs_too_much_is_ended(talker):
    assert talker('{"money": 0.3}', limits={"money": 0.2}).run().end is End.OVER_BUDGET


def test_silence_that_the_agent_explains_is_called_that(talker):
    assert talker('{"end": "rate-limited"}', limits={"silence": 0.2}).run().end is End.RATE_LIMITED
    assert talker('{"end": "refused"}', limits={"silence": 0.2}).run().end is End.SILENT


def test_nonsense_is_no_usage(talker):
    done = talker('{"in": -3, "out": 1e300, "money": 1e999}', then="exit 0").run()
    assert (done.usage.input_tokens, done.usage.output_tokens, done.usage.money) == (0, 10**12, 0.0)


def test_a_reader_that_fails_is_a_crash_that_leaves_nothing(talker):
    done = talker("no event").run()
    assert done.end is End.CRASHED
    assert "JSONDecodeError" in done.reason
