"""What a command in bubblewrap can do, and what the gate does where there is none."""

import fcntl
import os
import shutil
import sys

import pytest

from agent_gate.checks.commands import check_command
from agent_gate.directories import state_directory
from agent_gate.policy.model import Kind
from agent_gate.policy.settings import Settings
from agent_gate.running.sandbox import run_confined, sandbox_problem

needs_bwrap = pytest.mark.skipif(bool(sandbox_problem()), reason=f"no sandbox here: {sandbox_problem()}")
ENV = {"PATH": os.environ["PATH"]}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "place" / ".git").mkdir(parents=True)
    (tmp_path / "outside").write_text("as it was")
    return tmp_path / "place"


@pytest.fixture
def without_bwrap(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    sandbox_problem.cache_clear()
    yield
    sandbox_problem.cache_clear()


def python(place, code, **options):
    settings = Settings(sandbox="bwrap", **options)
    return run_confined(
        [sys.executable, "-c", code], place=place, cwd=place, env=ENV, timeout=30, settings=settings
    )


@needs_bwrap
class TestInTheSandbox:
    def test_the_tree_is_writable_and_the_rest_is_not(self, place):
        assert python(place, "open('new', 'w').write('x')").ok
        assert (place / "new").read_text() == "x"
        python(place, f"open({str(place.parent / 'outside')!r}, 'w')")
        assert "Read-only" in python(place, "import sys; open(sys.prefix + '/x', 'w')").output
        assert (place.parent / "outside").read_text() == "as it was"
        assert "Read-only" in python(place, "open('.git/config', 'w')").output

    def test_the_key_is_hidden(self, place):
        key = state_directory() / "verdict.key"
        key.parent.mkdir(parents=True)
        key.write_text("secret")
        done = python(place, f"print(open({str(key)!r}).read())")
        assert (done.ok, "secret" in done.output) == (False, False)
        assert key.read_text() == "secret"

    def test_what_set_up_made_is_read_only(self, place):
        (place / "node_modules").mkdir()
        (place / ".git" / "made").write_bytes(b"node_modules/\0")
        assert not python(place, "open('node_modules/evil.js', 'w')").ok
        assert python(place, "open('node_modules/.cache/x', 'w')").ok

    @pytest.mark.parametrize("network", [True, False])
    def test_the_network_is_there_only_where_it_is_allowed(self, place, network):
        done = python(place, "import os; print(sorted(os.listdir('/sys/class/net')))", network=network)
        interfaces = "import socket; print(len(socket.if_nameindex()))"
        alone = python(place, interfaces, network=network).output.strip() == "1"
        assert done.ok
        assert alone is not network

    def test_a_daemon_ends_with_the_command(self, place):
        daemon = "import fcntl, os, time; os.setsid(); f = open('lock', 'w'); fcntl.flock(f, 2); print('held', flush=True); time.sleep(60)"
        start = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {daemon!r}], stdout=-1); print(p.stdout.readline())"
        done = python(place, start)
        assert "held" in done.output
        with (place / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # waits for the kernel to have ended the namespace


@needs_bwrap
def test_the_judged_tree_cannot_bring_its_own_sandbox(place):
    own = place / "bin" / "bwrap"
    own.parent.mkdir()
    own.write_text(f"#!/bin/sh\ntouch {place}/fooled\n")
    own.chmod(0o755)
    env = {"PATH": f"{own.parent}:{os.environ['PATH']}"}
    settings = Settings(sandbox="bwrap")
    assert run_confined(["true"], place=place, cwd=place, env=env, timeout=30, settings=settings).ok
    assert not (place / "fooled").exists()


@needs_bwrap
def test_a_rule_is_decided_in_it(make_repo, context_of, rule_of):
    repo = make_repo({"test_a.py": "def test_a(): pass\n"})
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    result = check_command(rule_of(Kind.TEST, "pytest -q"), context_of(repo, "HEAD~1", sandbox="bwrap"))
    assert (result.findings, "1 passed" in result.evidence) == ((), True), result


@pytest.mark.usefixtures("without_bwrap")
class TestWithoutBubblewrap:
    def test_a_rule_that_asks_for_it_is_undecided(self, place):
        done = python(place, "open('new', 'w')")
        assert (done.exit_code, done.missing) == (None, "bwrap")
        assert not (place / "new").exists()

    def test_auto_runs_the_command_all_the_same(self, place):
        settings = Settings(sandbox="auto")
        argv = [sys.executable, "-c", "print(1)"]
        assert run_confined(argv, place=place, cwd=place, env=ENV, timeout=30, settings=settings).ok
