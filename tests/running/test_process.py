import os
import sys
import threading
import time
from pathlib import Path

import pytest

from agent_gate.running import process
from agent_gate.running.process import run, stop_all

ENV = {"PATH": os.environ["PATH"]}


def python(code, tmp_path, timeout=30.0, **options):
    return run([sys.executable, "-c", code], cwd=tmp_path, env=ENV, timeout=timeout, **options)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited for ten seconds"
        time.sleep(0.02)


def test_output_and_exit_code(tmp_path):
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (done.exit_code, sorted(done.output.split())) == (3, ["err", "out"])


def test_a_missing_program_is_a_value(tmp_path):
    assert run(["no-such-tool"], cwd=tmp_path, env=ENV, timeout=5).missing == "no-such-tool"
    assert run(["./script"], cwd=tmp_path, env=ENV, timeout=5).missing == "./script"
    assert "nowhere" not in run(["true"], cwd=tmp_path / "nowhere", env=ENV, timeout=5).output


def test_a_script_beside_it_is_run_by_its_relative_name(tmp_path):
    script = tmp_path / "s.sh"
    script.write_text("#!/bin/sh\necho here\n")
    script.chmod(0o755)
    assert run(["./s.sh"], cwd=tmp_path, env=ENV, timeout=5).output == "here\n"


def test_the_time_limit_ends_the_whole_group(tmp_path):
    code = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
    done = python(code, tmp_path, timeout=1.0)
    assert (done.exit_code, done.timed_out) == (None, True)
    wait_for(lambda: not alive(int(done.output)))


def test_what_is_left_behind_is_ended(tmp_path):
    done = python("import subprocess; print(subprocess.Popen(['sleep', '60']).pid)", tmp_path)
    assert done.exit_code == 0
    wait_for(lambda: not alive(int(done.output)))


def test_a_program_that_ignores_term_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.2)
    done = python(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        tmp_path,
        timeout=0.5,
    )
    assert done.timed_out


def test_much_output_is_bounded_and_its_end_is_kept(tmp_path):
    done = python("print('first'); print('x' * 10_000_000); print('last')", tmp_path)
    assert done.output.startswith("first")
    assert done.output.endswith("last\n")
    assert "bytes left out" in done.output
    assert len(done.output) < 1_200_000


def test_there_is_no_standard_input_unless_given(tmp_path):
    assert python("print(repr(input()))", tmp_path).exit_code == 1
    assert python("print(input())", tmp_path, stdin=b"hello\n").output == "hello\n"


def test_bytes_that_are_no_text_are_replaced(tmp_path):
    assert "�" in python("import os; os.write(1, b'\\xff\\n')", tmp_path).output


def test_stop_all_ends_what_runs(tmp_path):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(python("import time; time.sleep(60)", tmp_path)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(process._running) == 2)
    stop_all()
    for thread in threads:
        thread.join(10)
    assert [done.exit_code for done in results] == [-15, -15]


def test_a_command_gets_the_callers_path_without_what_depends_on_where_it_runs(monkeypatch):
    from agent_gate.policy.settings import Settings
    from agent_gate.running.environment import CALLERS_PATH, command_environment

    monkeypatch.setenv("PATH", "bin::/usr/bin:.")
    assert command_environment(Settings())["PATH"] == "/usr/bin"
    monkeypatch.setenv(CALLERS_PATH, "/w/.venv/bin:/usr/bin")
    environment = command_environment(Settings())
    assert (environment["PATH"], CALLERS_PATH in environment) == ("/w/.venv/bin:/usr/bin", False)


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN",
        "NPM_TOKEN",
        "UV_PUBLISH_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "CARGO_REGISTRY_TOKEN",
        "ANTHROPIC_API_KEY",
    ],
)
def test_no_credential_reaches_a_command_unless_named(monkeypatch, name):
    from agent_gate.policy.settings import Settings
    from agent_gate.running.environment import command_environment

    monkeypatch.setenv(name, "hush")
    assert name not in command_environment(Settings())
    assert command_environment(Settings(env=(name,)))[name] == "hush"
