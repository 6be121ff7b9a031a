from pathlib import Path

from agent_gate.isolation import isolated_arguments, isolated_environment


def test_our_options_come_after_the_callers_so_that_ours_win(tmp_path):
    args = isolated_arguments(["-c", "evil.ini", "--rootdir=/evil"], tmp_path)
    assert args.index("evil.ini") < len(args) - 1 - args[::-1].index("-c")
    assert args.index("--rootdir=/evil") < args.index(f"--rootdir={tmp_path}")
    assert "--noconftest" in args


def test_our_options_come_before_a_double_dash():
    args = isolated_arguments(["-q", "--", "AGENTS.md::L1"], Path("/w"))
    assert args.index("--noconftest") < args.index("--")


def test_what_would_load_foreign_code_is_dropped_from_the_environment():
    hostile = {
        "PYTEST_ADDOPTS": "-p evil",
        "PYTEST_PLUGINS": "evil",
        "PYTHONPATH": ".",
        "GIT_DIR": "x",
        "LD_PRELOAD": "x",
        "HOME": "/h",
        "PATH": "/usr/bin",
    }
    assert isolated_environment(hostile, Path("/w")) == {
        "HOME": "/h",
        "PATH": "/usr/bin",
        "AGENT_GATE_CALLERS_PATH": "/usr/bin",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def test_the_gates_own_programs_are_not_looked_for_in_the_worktree(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path.parent / "link").symlink_to(tmp_path / "sub")
    path = f".:bin::{tmp_path}/.venv/bin:{tmp_path.parent}/link:/usr/bin"
    first = isolated_environment({"PATH": path}, tmp_path / "sub")
    again = isolated_environment(first, tmp_path / "sub")
    assert (first["PATH"], again) == ("/usr/bin", first)
    assert first["AGENT_GATE_CALLERS_PATH"] == f"{tmp_path}/.venv/bin:{tmp_path.parent}/link:/usr/bin"
