"""The gate's own time, as ratios to the tools that it runs, all in one run.

On a repository whose AGENTS.md asks for ruff check, ruff format and pytest: the gate beside the slowest tool alone; an unchanged tree answered
from the cache; and what the installed plugin costs a plain pytest run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
RUNS = 5
AGENTS = "# Rules\n\n- Run `ruff check .`.\n- Run `ruff format --check .`.\n- Run `pytest -q`.\n"
TESTS = "import time\n\n\ndef test_{n}():\n    time.sleep(0.1)\n    assert sum(range({n})) >= 0\n"


def seconds(command: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Median wall time of a few runs after one that does not count."""
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(
            command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def make_repository(home: Path) -> Path:
    """A repository with 20 tests and a change."""
    repo = home / "repo"
    (repo / "tests").mkdir(parents=True)
    (repo / "AGENTS.md").write_text(AGENTS)
    (repo / ".gitignore").write_text("__pycache__/\n.ruff_cache/\n.pytest_cache/\n")
    for number in range(20):
        (repo / f"module_{number}.py").write_text(f"VALUE = {number}\n")
        (repo / "tests" / f"test_{number}.py").write_text(TESTS.format(n=number))
    git = ["git", "-c", "user.name=b", "-c", "user.email=b@example.invalid"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["commit", "-qm", "feat: start"],
        ["switch", "-qc", "work"],
    ):
        subprocess.run([*git, *command], cwd=repo, check=True)
    (repo / "module_0.py").write_text("VALUE = 100\n")
    subprocess.run([*git, "commit", "-qam", "feat: change"], cwd=repo, check=True)
    return repo


def plain_runs(home: Path, env: dict[str, str]) -> tuple[float, float]:
    """Seconds of a plain pytest run of one empty test, with the plugin and without it; in turns, the best of each."""
    place = home / "plain"
    place.mkdir()
    (place / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    plain = ["pytest", "-q", "-p", "no:xdist", "-p", "no:hypothesispytest"]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(20):
        for found, command in zip(times, (plain, [*plain, "-p", "no:agent-gate"]), strict=True):
            started = time.perf_counter()
            subprocess.run(command, cwd=place, env=env, stdout=subprocess.DEVNULL, check=True)
            found.append(time.perf_counter() - started)
    return min(times[0]), min(times[1])


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        repo = make_repository(home)
        env = {
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(home / "c"),
            "XDG_STATE_HOME": str(home / "s"),
        }
        tools = {
            "ruff check .": seconds(["ruff", "check", "."], repo, env),
            "ruff format --check .": seconds(["ruff", "format", "--check", "."], repo, env),
            "pytest -q": seconds(["pytest", "-q"], repo, env),
        }
        slowest = max(tools.values())
        gate = seconds(["agent-gate", "check", "--no-cache"], repo, env)
        cached = seconds(["agent-gate", "check"], repo, env)
        with_plugin, without = plain_runs(home, env)
        print(f"slowest tool alone     {slowest:6.2f} s  {max(tools, key=tools.__getitem__)}")
        print(
            f"gate, nothing cached   {gate:6.2f} s  = {gate / slowest:.2f} x the slowest tool; allowed 1.10 x + 0.35 s = {(1.10 * slowest + 0.35) / slowest:.2f} x"
        )
        print(
            f"gate, tree unchanged   {cached:6.2f} s  = {cached / gate:.2f} x the whole gate; allowed 0.5 s"
        )
        print(
            f"plugin, not asked for  {(with_plugin - without) * 1000:6.1f} ms = {with_plugin / without:.3f} x a plain pytest run; allowed 10 ms"
        )


if __name__ == "__main__":
    main()
