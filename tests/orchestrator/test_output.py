import os

import pytest

from agent_gate.agents.model import Ending, Usage
from agent_gate.orchestrator import output as module
from agent_gate.orchestrator.attempt_files import read_state
from agent_gate.orchestrator.output import Output


class Plain:
    """Every line is for a person; what it reports is the test's."""

    session = "s\n" + "x" * 500
    usage = Usage(-5, 10**30, float("nan"))
    answer = ""

    def read(self, line: str) -> str:
        return line

    def ending(self, exit_code: int | None) -> Ending:
        raise NotImplementedError


@pytest.fixture
def heard(tmp_path):
    """The output of an agent that writes to a pipe: the function takes what it says, and gives the readable lines."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with Output(tmp_path, Plain()) as output:

        def say(data: bytes):
            os.write(writing, data)
            return output.take(reading)

        yield output, say
    os.close(reading)
    os.close(writing)


def test_lines_are_whole_whatever_the_pieces_they_come_in(heard, tmp_path):
    output, say = heard
    assert [say(piece) for piece in (b"on", b"e\r\ntw", "ü".encode()[:1], "ü".encode()[1:] + b"o\n")] == [
        [], ["one"], [], ["twüo"],
    ]  # fmt: skip
    say(b"three, without an end")
    output.finish()
    assert (tmp_path / "log").read_text() == "one\ntwüo\nthree, without an end\n"
    assert (tmp_path / "raw").read_bytes().startswith(b"one\r\n")


def test_a_line_loses_what_no_memory_is_enough_for(heard, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_LINE", 10)
    _, say = heard
    assert say(b"0123456789abc\nnext\n") == ["0123456789", "next"]


def test_what_a_terminal_would_obey_is_not_in_the_log(heard, tmp_path):
    _, say = heard
    say(b"a\x1b[2Jb\x07\xff\n")
    assert (tmp_path / "log").read_text() == "ab\\x07\N{REPLACEMENT CHARACTER}\n"


def test_what_an_agent_reports_of_itself_is_bounded(heard):
    output, _ = heard
    assert output.usage == Usage(0, 10**12, 0.0)
    assert len(output.session) <= 200
    assert "\n" not in output.session


def test_the_state_is_written_at_once_and_then_now_and_then(heard, tmp_path, monkeypatch):
    output, say = heard
    output.write_state(1)
    say(b"x\n")
    output.write_state(1)
    assert read_state(tmp_path).output_at == 0.0
    assert 0 < output.unwritten() <= 1
    monkeypatch.setattr(module, "STATE_SECONDS", 0.0)
    output.write_state(1)
    assert read_state(tmp_path).output_at > 0
    assert output.unwritten() is None
