"""Beads over a real `dolt sql-server` on this machine: the same calls, the same answers."""

import os
import shutil
import socket
import subprocess
import time

import pytest

from agent_gate.tracker import filing, verdict_issues
from agent_gate.tracker.beads import Beads
from agent_gate.tracker.model import CLOSED, Close, Create, Issue, Landed, Note, SetStatus
from agent_gate.tracker.outbox import Entry

from .verdicts import BLOCK, failing, kept, origin, verdict

AT = "2026-01-01T00:00:00Z"


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def server(bd_template, tmp_path):
    """A server with a database of its own; it is ended with the test."""
    del bd_template  # skips where there is no bd
    if shutil.which("dolt") is None:
        pytest.skip("dolt is not on PATH (`make bd` builds it)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "data").mkdir()
    (tmp_path / "repo").mkdir()
    env = {**os.environ, "HOME": str(tmp_path), "DO_NOT_TRACK": "1", "BD_NON_INTERACTIVE": "1"}
    command = ["dolt", "sql-server", "--host", "127.0.0.1", "--port", str(port), "--data-dir", "."]
    dolt = subprocess.Popen(
        command, cwd=tmp_path / "data", env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while not answers(port):
            assert dolt.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=tmp_path / "repo", check=True)
        where = ["--server", "--external", "--server-host", "127.0.0.1", "--server-port", str(port)]
        init = ["bd", "init", "--stealth", "--non-interactive", "--prefix", "t", *where]
        subprocess.run(init, cwd=tmp_path / "repo", env=env, check=True, capture_output=True)
        yield Beads(tmp_path / "repo")
    finally:
        dolt.terminate()
        dolt.wait()


def test_a_tasks_life_over_a_server(server):
    server.apply([Create(Issue("t-1", "one", priority=0)), Create(Issue("t-2", "two"))])
    assert [issue.id for issue in server.ready()] == ["t-1", "t-2"]
    assert (server.claim("t-1", "me"), server.claim("t-1", "you"), server.heartbeat("t-1", "me")) == (
        True,
        False,
        True,
    )
    server.apply([Note("t-1", "k", "half done", AT), SetStatus("t-2", "blocked")])
    server.apply([Landed("t-1", "c" * 40, "landed"), Close("t-2", "done")])
    assert {issue.id: issue.status for issue in server.issues()} == {"t-1": CLOSED, "t-2": CLOSED}
    assert server.ready() == ()


def test_filing_twice_over_a_server_is_filing_once(server, outbox):
    entry = Entry(1, filing.ENTRY_KIND, verdict_issues.to_entry(verdict(failing("ruff", BLOCK)), origin()))
    filing.send(entry, server, outbox)
    filing.send(entry, server, outbox)
    (issue,) = server.issues()
    assert issue.status == "open"
    filing.send(
        Entry(2, filing.ENTRY_KIND, verdict_issues.to_entry(verdict(kept("ruff")), origin())), server, outbox
    )
    assert server.issues()[0].status == CLOSED
