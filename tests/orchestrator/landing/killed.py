"""Run as a program: lands what waits, and dies like `kill -9` right before its n-th effect: `killed.py REPO JOURNAL N`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import Journal, State
from agent_gate.orchestrator.landing.lander import Lander
from agent_gate.orchestrator.landing.model import GateResult, Landed
from agent_gate.orchestrator.landing.state import Passed
from agent_gate.repository import Repository, open_repository

_EFFECTS = {"fetch", "push", "update-ref", "read-tree", "commit-tree"}


def main(repo: str, file: str, last: str) -> None:
    left = int(last)
    run, transaction = Repository.git, Journal._transaction

    def before_an_effect() -> None:
        nonlocal left
        left -= 1
        if not left:
            os._exit(9)

    def git(self, *args, **options):
        if _EFFECTS & set(args):
            before_an_effect()
        return run(self, *args, **options)

    def try_git(self, *args, **options):
        if _EFFECTS & set(args):
            before_an_effect()
        return try_run(self, *args, **options)

    def written(self):
        before_an_effect()
        return transaction(self)

    try_run = Repository.try_git
    repository, journal = open_repository(Path(repo)), Journal(Path(file))

    def gate(_base: str, head: str) -> GateResult:
        return GateResult(Judgement.PASS, run(repository, "rev-parse", f"{head}^{{tree}}").decode().strip())

    Repository.git, Repository.try_git, Journal._transaction = git, try_git, written
    for told in Lander(repository, journal, "main", "run-1", lambda _: False, gate, Passed()).round():
        if isinstance(told, Landed):
            journal.advance(told.task, State.CLOSED)


if __name__ == "__main__":
    main(*sys.argv[1:])
