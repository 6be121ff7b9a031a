"""Limits as a fold over output and clock; nothing here waits."""

from agent_gate.agents.model import End, Usage
from agent_gate.orchestrator.attempt_files import Limits
from agent_gate.orchestrator.limits import Watch


def verdict_after(lines, step=1.0, **limits):
    """What the watch says after these lines, one every `step` seconds."""
    watch = Watch(Limits(**limits), 0.0)
    now = 0.0
    for line in lines:
        now += step
        watch.heard(now)
        watch.read(line, now)
        if ending := watch.verdict(Usage(), now):
            return ending.end
    return None


def test_no_limit_means_no_end():
    assert verdict_after(["same"] * 1000) is None
    assert Watch(Limits(), 0.0).next_look(5.0) is None


def test_tokens_and_money_are_limited():
    watch = Watch(Limits(tokens=10, money=0.5), 0.0)
    assert watch.verdict(Usage(5, 5, 0.5), 1.0) is None
    assert watch.verdict(Usage(5, 6), 1.0).end is End.OVER_BUDGET
    assert watch.verdict(Usage(0, 0, 0.6), 1.0).end is End.OVER_BUDGET


def test_a_repeated_line_is_a_loop():
    assert verdict_after(["same"] * 40, output_repeats=10) is End.LOOPING


def test_a_repeated_block_is_a_loop_whatever_lines_it_shares_with_itself():
    block = ["run", "fail", "run", "", "trace", "fail"]
    assert verdict_after(["start", *block * 20], output_repeats=10) is End.LOOPING


def test_a_long_block_is_a_loop():
    block = [f"line {number}" for number in range(150)]
    assert verdict_after(block * 6, output_repeats=5) is End.LOOPING


def test_progress_is_no_loop():
    assert verdict_after([f"test {number} passed" for number in range(500)], output_repeats=3) is None
    steps = [line for number in range(100) for line in ("run", f"fixed {number}", "run", "fail")]
    assert verdict_after(steps, output_repeats=3) is None


def test_many_equal_lines_at_once_are_no_loop():
    assert verdict_after(["warning: unused"] * 5000, step=0.001, output_repeats=10) is None


def test_many_equal_lines_and_then_a_long_wait_are_no_loop():
    watch = Watch(Limits(output_repeats=10), 0.0)
    for _ in range(50):
        watch.read("warning: unused", 1.0)
    assert watch.verdict(Usage(), 500.0) is None


def test_the_next_look_is_at_the_first_limit():
    watch = Watch(Limits(seconds=100, silence=10), 0.0)
    assert watch.next_look(4.0) == 6.0
    watch.heard(95.0)
    assert watch.next_look(96.0) == 4.0
