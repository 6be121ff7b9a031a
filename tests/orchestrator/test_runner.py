"""The runner as it is: real processes, started by `attempts`."""

import os
import select
import signal
from pathlib import Path

import pytest

from agent_gate.agents.model import End
from agent_gate.orchestrator import attempts
from agent_gate.orchestrator.leftovers import end_leftovers


def lives(pid: int) -> bool:
    """Whether a process with this number runs (and is no zombie)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def ended(pid: int) -> None:
    """Wait for the end of a process that is not our child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([handle], [], [], 20)[0], f"{pid} does not end"
    os.close(handle)


def test_an_agent_gets_its_prompt_and_its_environment(attempt_of, monkeypatch):
    monkeypatch.setenv("LOGIN_OF_THE_CALLER", "yes")
    attempt = attempt_of(
        'cat; echo; echo "$LOGIN_OF_THE_CALLER $AGENT_GATE_TASK $AGENT_GATE_ATTEMPT $AGENT_GATE_BASE $MORE"; pwd',
        base="abc",
        environment={"MORE": "more"},
        prompt="fix it\nnow",
    )
    assert attempt.run().end is End.FINISHED
    assert attempt.log.splitlines() == ["fix it", "now", "yes t-1 1 abc more", str(attempt.worktree)]


def test_git_settings_of_the_caller_are_extended(attempt_of, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "one.a")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "1")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    attempt = attempt_of(
        "unset GIT_CONFIG_GLOBAL; git config one.a; git config two.b", git_config=(("two.b", "2"),)
    )
    attempt.run()
    assert attempt.log == "1\n2\n"


def test_an_exit_code_is_not_success(attempt_of):
    done = attempt_of("echo oops >&2; exit 3").run()
    assert (done.end, done.exit_code) == (End.CRASHED, 3)
    assert "oops" in done.reason


def test_a_missing_program_is_named(attempt_of):
    done = attempt_of("", command="no-such-agent --now").run()
    assert done.end is End.CRASHED
    assert done.reason == "`no-such-agent` is not installed, or not on PATH."


def test_an_unknown_agent_is_named(attempt_of, tmp_path):
    attempt = attempt_of("")
    file = attempt.directory / "attempt.json"
    file.write_text(file.read_text().replace('"command"', '"comand"', 1))
    assert "comand" in attempt.run().reason


def test_a_prompt_of_a_megabyte_fits(attempt_of):
    attempt = attempt_of("", command="printf %.99s {prompt}", prompt="x" * 1_000_000)
    attempt.run()
    assert attempt.log.startswith(f"Your task is in the file {attempt.directory}/prompt.md"[:99])


def test_a_prompt_may_hold_anything(attempt_of):
    attempt = attempt_of("", command="printf %s {prompt}", prompt="-n $(id) `id` '\"\\ \0 \ud800 \N{SNOWMAN}")
    attempt.run()
    assert attempt.log == "-n $(id) `id` '\"\\ \N{REPLACEMENT CHARACTER} ? \N{SNOWMAN}\n"


def test_output_need_not_be_text(attempt_of):
    attempt = attempt_of(r"printf 'a\377\033[31mb\n'; printf 'no end'")
    attempt.run()
    assert attempt.log == "a\N{REPLACEMENT CHARACTER}b\nno end\n"
    assert (attempt.directory / "raw").read_bytes() == b"a\xff\x1b[31mb\nno end"


def test_a_flood_of_output_stays_small(attempt_of):
    attempt = attempt_of("echo first; seq -f '%.0f xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' 500000; echo last")
    attempt.run()
    raw = (attempt.directory / "raw").read_bytes()
    assert raw.startswith(b"first\n")
    assert raw.endswith(b"500000 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nlast\n")
    assert len(raw) < 10 * 1024 * 1024


def test_wall_time_is_limited(attempt_of):
    done = attempt_of("sleep 60", limits={"seconds": 0.3}).run()
    assert (done.end, done.exit_code) == (End.OVER_BUDGET, -signal.SIGTERM)


def test_silence_is_limited_and_output_is_no_silence(attempt_of):
    attempt = attempt_of("for i in 1 2 3 4 5; do echo $i; sleep 0.2; done; sleep 60", limits={"silence": 0.6})
    done = attempt.run()
    assert done.end is End.SILENT
    assert attempt.log.split() == ["1", "2", "3", "4", "5"]


def test_the_same_output_over_and_over_is_a_loop(attempt_of):
    script = "while :; do echo try; echo fail; sleep 0.01; done"
    done = attempt_of(script, limits={"output_repeats": 5, "repeat_seconds": 0.1}).run()
    assert done.end is End.LOOPING


def test_an_agent_that_ignores_term_is_killed(attempt_of):
    done = attempt_of(
        "trap '' TERM; echo up; while :; do sleep 1; done", limits={"seconds": 0.3, "grace": 0.2}
    ).run()
    assert done.exit_code == -signal.SIGKILL


def test_a_daemon_that_an_agent_leaves_is_ended_and_told(attempt_of):
    script = "mkfifo said; (setsid sh -c 'echo $$ > pid; echo up > said; exec sleep 1000' &) & read x < said"
    script += "; until grep -q sleep /proc/$(cat pid)/comm; do :; done"
    attempt = attempt_of(script)
    done = attempt.run()
    assert done.end is End.FINISHED
    assert [left.rpartition(" (")[0] for left in done.left_behind] == ["sleep 1000"]
    assert not lives(int((attempt.worktree / "pid").read_text()))


def test_a_daemon_without_our_mark_is_ended_too(attempt_of):
    script = "mkfifo said; (setsid env -i sh -c 'echo up > said; exec /bin/sleep 1000' &) & read x < said"
    assert len(attempt_of(script).run().left_behind) == 1


def test_an_agent_dies_with_its_runner_and_the_next_start_ends_the_rest(attempt_of):
    attempt = attempt_of(
        "[ -e child ] && exit 0; sleep 1000 & echo $! > child; echo up > said; wait",
    )
    os.mkfifo(attempt.worktree / "said")
    attempt.start()
    attempt.says("up")
    child = int((attempt.worktree / "child").read_text())
    os.kill(attempt.state.pid, signal.SIGKILL)
    ended(attempt.state.agent_pid)
    assert lives(child)
    assert attempts.wait(attempt.worktree, attempt.directory) is attempts.Unfinished.NOT_STARTED
    assert attempt.run().end is End.FINISHED
    assert not lives(child)


@pytest.mark.parametrize(
    "script",
    [
        "kill -9 $PPID; sleep 1000",  # as soon as it runs
        # while what was left behind is being ended
        "(runner=$PPID; trap 'kill -9 $runner' TERM; echo up > said; while :; do sleep 0.05; done) & read up < said",
    ],
)
def test_a_runner_can_be_killed_at_any_step(attempt_of, script):
    attempt = attempt_of(f"[ -e again ] && exit 0; {script}")
    os.mkfifo(attempt.worktree / "said")
    attempt.start()
    assert attempts.wait(attempt.worktree, attempt.directory) is attempts.Unfinished.NOT_STARTED
    (attempt.worktree / "again").touch()
    assert attempt.run().end is End.FINISHED
    assert end_leftovers(attempt.worktree) == ()
