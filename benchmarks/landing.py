"""The merge queue: gate runs for what issue reports and rivals count, and its own time for each branch that lands.

The first part plays the queue against gates that are functions; the second lands 200 real branches in a real repository, whose checkout follows.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import Journal, State, Task
from agent_gate.orchestrator.landing.lander import Lander
from agent_gate.orchestrator.landing.model import GateResult, Landed
from agent_gate.orchestrator.landing.queue import Blamed, History, Landable, Probe, settle
from agent_gate.orchestrator.landing.state import Passed
from agent_gate.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Callable

BRANCHES = 200
FLAKE = 0.05  # chance that a probe is red for no reason
ENV = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def play(count: int, is_red: Callable[[list[int]], bool]) -> tuple[int, list[int]]:
    """Gate runs, and who was returned."""
    runs, landed, returned = 0, [], []

    def probe(prefix: list[int]) -> Probe:
        nonlocal runs
        runs += 1
        return Probe.RED if is_red([*landed, *prefix]) else Probe.GREEN

    for step in settle(range(count), lambda batch: batch, probe, History()):
        if isinstance(step, Landable):
            landed += step.candidates
        elif isinstance(step, Blamed):
            returned.append(step.candidate)
    return runs, returned


def runs_with_bad(count: int, sets: list[set[int]]) -> list[int]:
    """Gate runs for each set of bad ones; exactly those must be returned."""
    result = []
    for bad in sets:
        runs, returned = play(count, lambda tree, bad=bad: not bad.isdisjoint(tree))
        assert set(returned) == bad, (returned, bad)
        result.append(runs)
    return result


def tell(what: str, runs: list[int], allowed: int, rival: str = "") -> None:
    """One line; the share is of the places where the bad ones can stand."""
    within = sum(count <= allowed for count in runs) / len(runs)
    average = sum(runs) / len(runs)
    print(
        f"{what:38} {average:5.1f} on average, {max(runs):2} at most; allowed {allowed:2}: kept in {within:.1%}{rival}"
    )


def queue_figures() -> None:
    """Gate runs."""
    chance = random.Random(1)

    def flakes(_tree: list[int]) -> bool:
        return chance.random() < FLAKE

    tell("200 good", [play(BRANCHES, lambda _tree: False)[0]], 5)
    tell("200, 4 that break others", breaking_runs(chance), 35)
    pairs = [set(pair) for pair in itertools.combinations(range(20), 2)]
    tell("20, 2 bad, all places", runs_with_bad(20, pairs), 12, " (mergetrain: 20)")
    tell("4, 1 bad, all places", runs_with_bad(4, [{bad} for bad in range(4)]), 4, " (mergetrain: 6)")
    plays = [play(BRANCHES, flakes) for _ in range(1000)]
    blamed = sum(bool(returned) for _, returned in plays)
    average = sum(runs for runs, _ in plays) / len(plays)
    print(
        f"{'200 good, a gate that flakes at 5 %':38} {average:5.1f} on average; somebody blamed in {blamed} of 1000 queues; allowed 0"
    )


def breaking_runs(chance: random.Random) -> list[int]:
    """Four branches, each of which breaks with one before it, in many places."""
    result = []
    for _ in range(1000):
        late = chance.sample(range(BRANCHES // 2, BRANCHES), 4)
        early = chance.sample(range(BRANCHES // 2), 4)
        pairs = [set(pair) for pair in zip(early, late, strict=True)]
        runs, returned = play(BRANCHES, lambda tree, pairs=pairs: any(pair <= {*tree} for pair in pairs))
        assert sorted(returned) == sorted(late)
        result.append(runs)
    return result


def make_repository(home: Path, journal: Journal) -> Path:
    """A repository of 500 files with 200 branches that passed alone."""
    repo = home / "repo"

    def git(*args: str, **options: object) -> str:
        command = ["git", "-c", "user.name=b", "-c", "user.email=b@example.invalid", *args]
        done = subprocess.run(command, cwd=repo, check=True, capture_output=True, text=True, **options)
        return done.stdout.strip()

    repo.mkdir()
    git("init", "-q", "-b", "main")
    for number in range(500):
        file = repo / f"package_{number % 20}" / f"module_{number}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"VALUE = {number}\n")
    git("add", "-A")
    git("commit", "-qm", "feat: start")
    base = git("rev-parse", "HEAD")
    for number in range(BRANCHES):
        tree_input = (
            f"100644 blob {git('hash-object', '-w', '--stdin', input=f'NEW = {number}')}\tnew_{number}.py\n"
        )
        tree = git("mktree", input=git("ls-tree", base) + "\n" + tree_input)
        head = git("commit-tree", tree, "-p", base, "-m", f"feat: add {number}")
        git("update-ref", f"refs/heads/agent/t-{number}", head)
        task = journal.begin(
            Task(f"t-{number}", f"Add {number}", branch=f"agent/t-{number}", base=base, head=head), "bench"
        )
        assert task
        journal.advance(task, State.QUEUED)
    return repo


def own_time() -> None:
    """Land 200 branches with a gate that takes no time."""
    with tempfile.TemporaryDirectory() as name:
        journal = Journal(Path(name) / "journal.db")
        repository = open_repository(make_repository(Path(name), journal))
        gate_seconds = 0.0
        runs = 0

        def gate(_base: str, head: str) -> GateResult:
            nonlocal gate_seconds, runs
            started = time.perf_counter()
            tree = repository.git("rev-parse", f"{head}^{{tree}}").decode().strip()
            runs += 1
            gate_seconds += time.perf_counter() - started
            return GateResult(Judgement.PASS, tree)

        lander = Lander(repository, journal, "main", "bench", lambda _: False, gate, Passed())
        started = time.perf_counter()
        landed = 0
        for told in lander.round():
            assert isinstance(told, Landed), told
            journal.advance(told.task, State.CLOSED)
            landed += 1
        spent = time.perf_counter() - started - gate_seconds
        assert landed == BRANCHES
        assert len(list((repository.root).glob("new_*.py"))) == BRANCHES
        one = time.perf_counter()
        for _ in range(50):
            repository.git("version")
        one = (time.perf_counter() - one) / 50
        each = spent / BRANCHES
        print(
            f"{'own time, a landed branch':38} {each * 1000:5.1f} ms = {each / one:.1f} starts of git, in {runs} gate runs; allowed 30 ms"
        )


def main() -> None:
    """Print the figures."""
    os.environ.update(ENV)
    queue_figures()
    own_time()


if __name__ == "__main__":
    main()
