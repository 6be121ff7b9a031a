"""Checks side by side: commands take a core each, reviews wait for their agents, the quick checks share one thread."""

from __future__ import annotations

import os
import time
import traceback
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from agent_gate.findings import Outcome
from agent_gate.gate.verdict import Decision, cannot_tell, decide
from agent_gate.policy.model import Kind
from agent_gate.repository import RepositoryError
from agent_gate.running.disk import no_space
from agent_gate.running.process import stop_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agent_gate.gate.registry import Registered
    from agent_gate.hookspecs import GateContext
    from agent_gate.policy.model import Rule


REVIEWS = 4  # at once: they wait for a service, not for a core


class Schedule:
    """Starts checks and hands out their decisions; every decision is made once."""

    def __init__(self, context: GateContext, checks: Mapping[str, Registered]) -> None:
        """Nothing runs before `start` or `result`."""
        workers = context.settings.workers or os.cpu_count() or 1
        self._context = context
        self._checks = checks
        self._commands = ThreadPoolExecutor(workers, thread_name_prefix="agent-gate-command")
        self._quick = ThreadPoolExecutor(1, thread_name_prefix="agent-gate-check")
        self._reviews = ThreadPoolExecutor(REVIEWS, thread_name_prefix="agent-gate-review")
        self._running: dict[str, Future[Decision]] = {}

    def start(self, rules: Iterable[Rule]) -> None:
        """Begin with these rules; commands first come, first served."""
        for rule in rules:
            self._running[rule.id] = self._pool(rule).submit(run_check, rule, self._context, self._checks)

    def result(self, rule: Rule) -> Decision:
        """Wait for a rule's decision (starting it, if nobody did)."""
        if rule.id not in self._running:
            self.start([rule])
        try:
            return self._running[rule.id].result()
        except CancelledError:
            return _undecided(rule, "the run was stopped before it was this rule's turn", 0.0)

    def stop(self) -> None:
        """End what runs and drop what waits; returns when every process is gone."""
        pools = (self._commands, self._reviews, self._quick)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        stop_all()
        for pool in pools:
            pool.shutdown(wait=True)

    def _pool(self, rule: Rule) -> ThreadPoolExecutor:
        if rule.kind.is_command:
            return self._commands
        return self._reviews if rule.kind is Kind.REVIEW else self._quick


def run_check(rule: Rule, context: GateContext, checks: Mapping[str, Registered]) -> Decision:
    """Decide one rule; whatever goes wrong in a check is a blocking finding under the plugin's name."""
    started = time.perf_counter()
    registered = checks.get(rule.kind)
    if registered is None:
        return _undecided(rule, f"no installed check decides rules of the kind {rule.kind}", 0.0)
    try:
        result = registered.check(rule, context)
    except RepositoryError as problem:  # its sentence says all
        return _undecided(rule, str(problem), time.perf_counter() - started)
    except Exception as problem:  # noqa: BLE001 - a plugin may raise anything, and none of it is a pass
        if full := no_space(problem):
            return _undecided(rule, full, time.perf_counter() - started)
        why = f"the check {registered.plugin} failed with {type(problem).__name__}: {problem}"
        return _undecided(rule, why, time.perf_counter() - started, traceback.format_exc())
    decision = decide(rule, result, registered.plugin, time.perf_counter() - started)
    # What the check of a plugin reads, and its version, are not known here.
    return replace(decision, lasting=False) if rule.kind.is_plugins else decision


def _undecided(rule: Rule, why: str, seconds: float, evidence: str = "") -> Decision:
    finding = replace(cannot_tell(rule, why), evidence=evidence)
    return Decision(rule, Outcome.ERROR, (finding,), why, seconds)
