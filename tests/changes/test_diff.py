from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_gate.changes.diff import parse_patch
from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from agent_gate.changes.model import Hunk

NAME = st.binary(min_size=1, max_size=12).filter(
    lambda name: not set(name) & {0, 0x2F} and name.lower() not in (b".", b"..", b".git")
)
LINE = st.one_of(
    st.sampled_from(
        [
            b"@@ -1 +1 @@",
            b"diff --git a/x b/x",
            b"--- a/x",
            b"+++ b/x",
            b"\\ No newline at end of file",
            b"-",
            b"+",
            b"",
        ]
    ),
    st.binary(max_size=8).filter(lambda line: b"\n" not in line),
)
CONTENT = st.builds(
    lambda lines, end: b"\n".join(lines) + end, st.lists(LINE, max_size=6), st.sampled_from([b"", b"\n"])
)
FILES = st.dictionaries(NAME, CONTENT, max_size=4)


def lines_of(content: bytes) -> list[str]:
    lines = content.split(b"\n")
    return [
        line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        for line in (lines if lines[-1] else lines[:-1])
    ]


def patched(old: list[str], hunks: tuple[Hunk, ...]) -> list[str]:
    """What the hunks make of the old lines; each must say truly what it removes and where its lines stand."""
    result, at = [], 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.removed else hunk.old_start
        result += old[at:start]
        assert tuple(old[start : start + len(hunk.removed)]) == hunk.removed
        assert len(result) == (hunk.new_start - 1 if hunk.added else hunk.new_start)
        result += hunk.added
        at = start + len(hunk.removed)
    return result + old[at:]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(old=FILES, new=FILES)
def test_names_and_lines_come_back_whatever_they_are(repo, old, new):
    replace_files(repo, old)
    repo.commit()
    replace_files(repo, new)
    changes = repo.changes("HEAD")
    assert changes.before.paths() == set(map(os.fsdecode, old))
    assert changes.after.paths() == set(map(os.fsdecode, new))
    same = {os.fsdecode(name) for name in old if old[name] == new.get(name)}
    touched = {
        path for change in changes.files for path in (change.path, change.old_path) if path is not None
    }
    assert touched == (changes.before.paths() | changes.after.paths()) - same
    for change in changes.files:
        before = b"" if change.old_path is None else old[os.fsencode(change.old_path)]
        after = new[os.fsencode(change.path)] if change.new_blob else b""
        assert change.binary is (b"\0" in before + after and before != after)
        if not change.binary:
            assert patched(lines_of(before), change.hunks) == lines_of(after)


def replace_files(repo, files: dict[bytes, bytes]) -> None:
    for path in repo.path.iterdir():
        if path.name != ".git":
            path.unlink()
    for name, content in files.items():
        (repo.path / os.fsdecode(name)).write_bytes(content)


@given(st.binary(max_size=200))
def test_a_patch_that_does_not_add_up_is_never_half_read(noise):
    patch = b"diff --git a/x b/x\n@@ -0,0 +1,3 @@\n+a\n" + noise
    try:
        sections = list(parse_patch(patch))
    except RepositoryError:
        return
    assert len(sections[0].hunks[0].added) == 3
