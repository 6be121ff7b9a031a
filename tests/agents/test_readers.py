"""What each reader makes of recorded runs of the real CLI, one for each outcome (fixtures/agents/NAME/OUTCOME.txt)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent_gate.agents.model import End, Job, Usage
from agent_gate.agents.registry import BUILTIN, find_adapter

RECORDED = Path(__file__).parents[2] / "fixtures" / "agents"
CLIS = sorted({*BUILTIN} - {"command"})
ENDED = None  # by us
ENDS = {
    "claude": [
        ("good", 0, End.FINISHED),
        ("nothing", 0, End.FINISHED),
        ("429", ENDED, End.RATE_LIMITED),
        ("401", ENDED, End.NOT_LOGGED_IN),
        ("500", ENDED, End.CRASHED),
        ("refusal", 1, End.REFUSED),
        ("overflow", 1, End.CONTEXT_OVERFLOW),
        ("good.noapprove", 0, End.REFUSED),
    ],
    "codex": [
        ("good", 0, End.FINISHED),
        ("nothing", 0, End.FINISHED),
        ("429", 1, End.RATE_LIMITED),
        ("401", 1, End.NOT_LOGGED_IN),
        ("500", ENDED, End.CRASHED),
        ("refusal", 1, End.REFUSED),
        ("overflow", 1, End.CONTEXT_OVERFLOW),
    ],
    "gemini": [
        ("good", 0, End.FINISHED),
        ("nothing", 0, End.FINISHED),
        ("429", ENDED, End.RATE_LIMITED),
        ("401", 145, End.NOT_LOGGED_IN),
        ("500", ENDED, End.STOPPED),
        ("refusal", 0, End.CRASHED),
        ("overflow", 144, End.CONTEXT_OVERFLOW),
    ],
    "opencode": [
        ("good", 0, End.FINISHED),
        ("nothing", 0, End.FINISHED),
        ("429", ENDED, End.RATE_LIMITED),
        ("401", 1, End.NOT_LOGGED_IN),
        ("500", ENDED, End.CRASHED),
        ("refusal", 1, End.REFUSED),
        ("overflow", 1, End.CONTEXT_OVERFLOW),
    ],
    "qwen": [
        ("good", 0, End.FINISHED),
        ("nothing", 0, End.FINISHED),
        ("429", ENDED, End.RATE_LIMITED),
        ("401", 0, End.NOT_LOGGED_IN),
        ("500", ENDED, End.STOPPED),
        ("refusal", 0, End.FINISHED),
        ("overflow", 0, End.CONTEXT_OVERFLOW),
    ],
    "mini": [("good", 0, End.FINISHED), ("nothing", 0, End.FINISHED), ("401", 1, End.NOT_LOGGED_IN)],
    "aider": [
        ("nothing", 0, End.FINISHED),
        ("429", ENDED, End.RATE_LIMITED),
        ("401", 0, End.NOT_LOGGED_IN),
        ("500", 0, End.CRASHED),
    ],
}
CASES = [(name, *case) for name, cases in ENDS.items() for case in cases]


def read(name: str, outcome: str, directory: Path):
    """The reader after a recorded run, and what it showed."""
    trajectory = RECORDED / name / f"{outcome}.trajectory.json"
    if trajectory.exists():
        shutil.copy(trajectory, directory / "trajectory.json")
    options = {"env": {"QWEN_RUNTIME_DIR": str(directory)}}
    reader = find_adapter(name).reader(Job("p", directory, directory, directory, "t-1", options=options))
    shown = [reader.read(line) for line in (RECORDED / name / f"{outcome}.txt").read_text().splitlines()]
    debug = RECORDED / name / f"{outcome}.debug.txt"
    if debug.exists():
        (directory / "debug").mkdir()
        shutil.copy(debug, directory / "debug" / f"{reader.session}.txt")
    return reader, "\n".join(filter(None, shown))


@pytest.mark.parametrize(("name", "outcome", "exit_code", "end"), CASES)
def test_every_recorded_outcome_is_told(name, outcome, exit_code, end, tmp_path) -> None:
    reader, _ = read(name, outcome, tmp_path)
    assert reader.ending(exit_code).end is end


@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "opencode", "qwen", "mini"])
def test_a_good_run_is_readable_and_counted(name, tmp_path) -> None:
    reader, shown = read(name, "good", tmp_path)
    reader.ending(0)
    assert "git add made.txt" in shown
    assert '{"type"' not in shown
    assert (reader.usage.input_tokens, reader.usage.output_tokens) == (300, 30)
    assert bool(reader.session) == (name != "mini")
    assert reader.answer == ("" if name == "mini" else "Done.")


def test_money_is_told_where_the_agent_says_it(tmp_path) -> None:
    reader, _ = read("claude", "good", tmp_path)
    assert reader.usage == Usage(300, 30, 0.00135)


@pytest.mark.parametrize("name", CLIS)
@pytest.mark.parametrize(
    "line",
    ['{"type": "assistant"}', '{"type": "result", "usage": [], "is_error": true}', "[1]", '{"type": "item.started", "item": 3}',
     '{"type":"tool_use","part":"x"}', '{"type":"error","error":[[]]}', '{"type":"tool_call","tool_call":{}}', "\x00", "[" * 100_000,
     '{"type":"message","role":"assistant","content":7}', '{"type":"result","usage":{"input_tokens":"many"},"total_cost_usd":"x"}'],
)  # fmt: skip
def test_no_line_stops_a_reader(name, line, tmp_path) -> None:
    reader = find_adapter(name).reader(Job("p", tmp_path, tmp_path, tmp_path, "t-1"))
    reader.read(line)
    assert isinstance(reader.ending(1).end, End)
    assert isinstance(reader.usage.tokens, int)


@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "opencode", "qwen", "cursor"])
def test_exit_0_without_a_last_word_has_not_finished(name, tmp_path) -> None:
    reader = find_adapter(name).reader(Job("p", tmp_path, tmp_path, tmp_path, "t-1"))
    assert reader.ending(0).end is End.CRASHED


@pytest.mark.parametrize("name", ["claude", "qwen", "codex", "opencode", "gemini"])
def test_a_failure_that_passed_is_forgotten(name, tmp_path) -> None:
    reader, _ = read(name, "429", tmp_path)
    for line in (RECORDED / name / "good.txt").read_text().splitlines():
        reader.read(line)
    assert reader.ending(0).end is End.FINISHED


def test_mini_with_a_forged_trajectory_has_not_finished(tmp_path) -> None:
    (tmp_path / "trajectory.json").write_text(json.dumps({"info": [], "messages": 3}))
    reader = find_adapter("mini").reader(Job("p", tmp_path, tmp_path, tmp_path, "t-1"))
    assert reader.ending(0).end is End.CRASHED


def test_cursor_is_read_by_its_documentation(tmp_path) -> None:
    reader = find_adapter("cursor").reader(Job("p", tmp_path, tmp_path, tmp_path, "t-1"))
    call = {"shellToolCall": {"args": {"command": "ls"}}}
    events = [
        {"type": "system", "subtype": "init", "session_id": "s-1"},
        {"type": "tool_call", "subtype": "started", "tool_call": call},
        {
            "type": "tool_call",
            "subtype": "completed",
            "tool_call": {"shellToolCall": {"result": {"success": {"stdout": "a"}}}},
        },
        {"type": "result", "subtype": "success", "is_error": False, "result": "Done.", "session_id": "s-1"},
    ]
    assert [reader.read(json.dumps(event)) for event in events] == ["", "→ shell ls", '  {"stdout": "a"}', ""]
    assert (reader.session, reader.answer, reader.ending(0).end) == ("s-1", "Done.", End.FINISHED)
