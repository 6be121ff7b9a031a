import os
import sys

import pytest

from agent_gate.whole_file import write_whole


def test_the_content_replaces_what_was_there(tmp_path):
    (tmp_path / "file").write_text("old")
    write_whole(tmp_path / "file", b"new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "new"}


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "target").write_text("precious")
    (tmp_path / "file").symlink_to("target")
    write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "target").read_text() == "precious"
    assert (tmp_path / "file").read_text() == "new"


def test_it_may_be_read_by_whom_the_umask_lets(tmp_path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "file", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_where_it_cannot_be_written_nothing_changes(tmp_path):
    import subprocess

    (tmp_path / "file").write_text("old")
    code = "import pathlib, resource, sys; from agent_gate.whole_file import write_whole\nresource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\nwrite_whole(pathlib.Path(sys.argv[1]), b'x' * 10)"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "file"], capture_output=True, text=True, check=False
    )
    assert "File too large" in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old"}


def test_a_directory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "file", b"x")


def test_its_mode_is_the_one_asked_for_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "hook", b"#!/bin/sh\n", mode=0o755, lasting=True)
    finally:
        os.umask(before)
    assert (tmp_path / "hook").stat().st_mode & 0o777 == 0o755
