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
    }
    assert isolated_environment(hostile) == {
        "HOME": "/h",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
