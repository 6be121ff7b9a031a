"""Read a change set of 1,000 changed files in a repository of 10,000, beside `git` doing the least that it can.

Prints ratios: what counts is how much more than git itself the change set costs, not how fast this machine is.
Run: python benchmarks/change_set.py [FILES] [CHANGED]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
IDENTITY = ("-c", "user.name=Bench", "-c", "user.email=bench@example.invalid")


def main(files: int = 10_000, changed: int = 1_000) -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        make_repository(root, files, changed)
        least = best_of(lambda: git(root, "status", "--porcelain", "-z") + git(root, "diff", "-U0", "main"))
        report = subprocess.run(
            [sys.executable, __file__, "--measure", directory], check=True, capture_output=True, text=True
        ).stdout
        first, repeated, memory, found = map(float, report.split())
    print(f"{changed} changed of {files} files ({int(found)} found), 40 lines each, 4 edited")
    print(f"git status + git diff   {least:6.3f} s   1.00 x")
    print(f"change set, first       {first:6.3f} s   {first / least:.2f} x   limit 1.5 s: {first / 1.5:.0%}")
    print(
        f"change set, repeated    {repeated:6.3f} s   {repeated / least:.2f} x   limit 1.5 s: {repeated / 1.5:.0%}"
    )
    print(f"memory, whole process   {memory:6.1f} MB          limit 150 MB: {memory / 150:.0%}")


def make_repository(root: Path, files: int, changed: int) -> None:
    """Commit `files` files; change every so many: half committed, a quarter not, a quarter new."""
    git(root, "init", "-q", "-b", "main")
    for number in range(files):
        path = place(root, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"value_{line} = {number * line}\n" for line in range(40)))
    commit(root)
    git(root, "switch", "-q", "-c", "work")
    step = files // changed
    edited = [place(root, number * step) for number in range(changed * 3 // 4)]
    for path in edited[: changed // 2]:
        edit(path)
    commit(root)
    for path in edited[changed // 2 :]:
        edit(path)
    for number in range(changed - len(edited)):
        (root / f"new_{number}.py").write_text("".join(f"new = {line}\n" for line in range(40)))


def place(root: Path, number: int) -> Path:
    return root / f"package_{number % 100}" / f"module_{number}.py"


def edit(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join("edited = True\n" if at % 10 == 0 else line for at, line in enumerate(lines)))


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, *IDENTITY, "commit", "-q", "-m", "chore: files")


def git(root: Path, *args: str) -> bytes:
    return subprocess.run(["git", *args], cwd=root, check=True, capture_output=True).stdout


def best_of(action: Callable[[], object]) -> float:
    """Seconds of the quickest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(root: Path) -> None:
    """In a process of its own: seconds (imports and first reading; repeated), its peak in MB, files found."""
    start = time.perf_counter()
    from agent_gate.changes import read_changes  # noqa: PLC0415 - the import is part of what is measured
    from agent_gate.repository import open_repository  # noqa: PLC0415 - as above

    found = len(read_changes(open_repository(root), "main").files)
    first = time.perf_counter() - start
    repeated = best_of(lambda: read_changes(open_repository(root), "main"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(first, repeated, peak + children, found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(os.fspath(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
