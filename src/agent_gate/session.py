"""The gate as pytest items, in the isolated process: each rule is one item, its decision is the item's outcome.

Who runs what: checks start side by side when collection ends; an item waits for its own decision. Under xdist a worker
decides only the items that it is given, and the controller puts the verdict together from their reports.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import shutil
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent_gate.directories import cache_directory, state_directory
from agent_gate.findings import Outcome
from agent_gate.gate.decision_cache import decision_key, keep_decision, kept_decision
from agent_gate.gate.policy_cache import keep_policy
from agent_gate.gate.prepare import (
    NothingToEnforceError,
    Plan,
    Request,
    UnusableRequestError,
    prepare,
    read_task,
)
from agent_gate.gate.registry import PluginError, load_checks
from agent_gate.gate.schedule import Schedule
from agent_gate.gate.store import Store, open_store
from agent_gate.gate.verdict import Decision, Verdict, decision_from_json, decision_to_json, verdict_of
from agent_gate.items import RuleItem, make_items, named_items
from agent_gate.options import add_pytest_options
from agent_gate.plain_text import one_line, printable
from agent_gate.policy.model import PolicyError
from agent_gate.reports import github, json_report, sarif, text
from agent_gate.repository import RepositoryError, end_running
from agent_gate.running.orphans import adopt_orphans, end_orphans
from agent_gate.running.sandbox import sandbox_problem
from agent_gate.running.signals import end_orderly, ending_has_begun
from agent_gate.tracker.model import TrackerError
from agent_gate.written import file_verdict, make_way

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from agent_gate.policy.model import Rule


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the gate's options; the entry point that does it elsewhere is not loaded here."""
    add_pytest_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Remove earlier reports, and leave a verdict for the case that a wrong option among the others ends this run."""
    options = early_config.known_args_namespace
    for path in (options.agent_gate_json, options.agent_gate_sarif, options.agent_gate_junit):
        if path:
            make_way(Path(path))
    if options.agent_gate_json:
        with suppress(OSError):  # of a full disk the end of the run tells
            json_report.write_wrong_option(Path(options.agent_gate_json))


def pytest_configure(config: pytest.Config) -> None:
    """Take over this run: its options are right."""
    if path := config.getoption("agent_gate_json"):
        Path(path).unlink(missing_ok=True)
    if junit := config.getoption("agent_gate_junit"):
        config.option.xmlpath = config.option.xmlpath or junit
    config.pluginmanager.register(GateRun(config), "agent-gate-run")
    atexit.register(gc.freeze)  # when this ends there is nothing left to look for, and looking takes 50 ms
    end_orderly()
    adopt_orphans()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Leave the JUnit XML under both names; pytest writes it, and a run whose report is not there has not passed."""
    junit, written = session.config.getoption("agent_gate_junit"), session.config.option.xmlpath
    try:
        yield
        if junit and junit != written and not hasattr(session.config, "workerinput"):
            shutil.copyfile(os.path.expandvars(Path(written).expanduser()), junit)
    except OSError as problem:  # a full disk
        run: Any = session.config.pluginmanager.get_plugin("agent-gate-run")
        run.warnings.append(f"{written} is not written: {problem.strerror}")
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Name a rule that is kept but for follow-ups."""
    data = getattr(report, "agent_gate", None)
    if report.when == "call" and data and json.loads(data)["outcome"] == Outcome.FOLLOW_UP:
        return "follow-up", "u", "FOLLOW-UP"
    return None


class GateRun:
    """One run of the gate: its plan, and the decisions as their reports arrive.

    Attributes:
        plan: None until the request was read, and where it could not be.
        problem: why the change cannot be judged; "" where it can.
        decisions: by rule id.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.started = time.perf_counter()
        self.open_rooms = ExitStack()
        self.plan: Plan | None = None
        self.problem = ""
        self.schedule: Schedule | None = None
        self.store: Store | None = None
        self.decisions: dict[str, Decision] = {}
        self.warnings: list[str] = []

    # ------------------------------------------------------------------ what is judged
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool | None:
        """Make the items from the policy instead of from test files."""
        session.items = []
        try:
            self._prepare()
        except NothingToEnforceError as nothing:
            self.problem = str(nothing)
            return True
        except (RepositoryError, PolicyError, PluginError, UnusableRequestError) as problem:
            self.problem = str(problem)
            raise pytest.UsageError(printable(self.problem)) from problem
        if self.config.pluginmanager.hasplugin("dsession"):  # xdist's controller collects nothing
            return None
        items = make_items(session, self._plan.rules, self._same_again())
        items = named_items(items, self.config.option.file_or_dir)
        self.config.hook.pytest_collectreport(report=pytest.CollectReport("", "passed", None, [*items]))
        session.testscollected = len(items)
        self.config.hook.pytest_collection_modifyitems(session=session, config=self.config, items=items)
        session.items = items
        session.testscollected = len(items)
        self.config.hook.pytest_collection_finish(session=session)
        return True

    def _prepare(self) -> None:
        worktree = Path(self.config.getoption("agent_gate_worktree") or self.config.invocation_params.dir)
        task_file = self.config.getoption("agent_gate_task_file")
        request = Request(
            worktree=worktree,
            base=self.config.getoption("agent_gate_base") or "",
            task=read_task(Path(task_file)) if task_file else None,
            clean=self.config.getoption("agent_gate_clean"),
            head=self.config.getoption("agent_gate_head") or "",
            allow_unchanged=self.config.getoption("agent_gate_allow_unchanged"),
        )
        if not self.config.getoption("agent_gate_no_cache"):
            try:
                self.store = open_store(cache_directory() / "kept", state_directory())
            except OSError as problem:
                self.warnings.append(f"nothing is kept for the next run: {problem}")
        self.plan = prepare(request, self.open_rooms, self.store)
        if self._plan.context.settings.sandbox == "auto" and (missing := sandbox_problem()):
            self.warnings.append(f"commands run without a sandbox: {missing} is not usable here")
        self.schedule = Schedule(self.plan.context, load_checks(Path(self.plan.context.changes.root)))
        if self.plan.new_base:
            self._keeping(
                lambda store: keep_policy(store, self._plan.context.changes.before, self._plan.policy)
            )

    def _same_again(self) -> list[str]:
        """The options of `agent-gate check` that judge the same thing again."""
        changes = self._plan.context.changes
        options = ["--base", changes.base[:12]]
        if not changes.checked_out:
            options += ["--head", changes.head[:12]]
        flags = [name for name in ("clean", "allow_unchanged") if self.config.getoption(f"agent_gate_{name}")]
        for name in ("worktree", "task-file"):
            if value := self.config.getoption(f"agent_gate_{name.replace('-', '_')}"):
                options += [f"--{name}", str(Path(value).absolute())]
        return options + [f"--{flag.replace('_', '-')}" for flag in flags]

    @property
    def _plan(self) -> Plan:
        assert self.plan is not None, "the plan is read before it is used"  # noqa: S101 - states an order, checks no input
        return self.plan

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Start what no earlier run has decided; a worker of xdist starts each check as its turn comes."""
        if self.config.option.collectonly or hasattr(self.config, "workerinput") or self.schedule is None:
            return
        rules = [item.rule for item in session.items if isinstance(item, RuleItem)]
        self.schedule.start(rule for rule in rules if self._kept(rule) is None)

    def pytest_report_collectionfinish(self) -> list[str]:
        """What is judged, in one line."""
        if self.plan is None:
            return []
        changes = self.plan.context.changes
        counts = (
            f"{len(changes.files)} changed files, {len(changes.commits)} commits since {changes.base[:12]}"
        )
        what = changes.branch or ("detached HEAD" if changes.checked_out else f"commit {changes.head[:12]}")
        return [one_line(f"agent-gate: {what}: {counts}")]

    # ------------------------------------------------------------------ deciding
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        """Wait for the item's decision."""
        if isinstance(item, RuleItem) and self.schedule is not None:
            item.decision = self._kept(item.rule) or self.schedule.result(item.rule)
            self._keep(item.decision)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Hang the decision on the report, as JSON, so that it comes through xdist."""
        report = yield
        if isinstance(item, RuleItem) and call.when == "call" and item.decision is not None:
            report.__dict__["agent_gate"] = decision_to_json(
                item.decision
            )  # goes through xdist with the report
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the decisions, wherever they were made."""
        data = getattr(report, "agent_gate", None)
        if data is not None:
            decision = decision_from_json(data, {rule.id: rule for rule in self._plan.rules})
            self.decisions[decision.rule.id] = decision

    def _kept(self, rule: Rule) -> Decision | None:
        return kept_decision(self.store, self._key(rule), rule) if self.store else None

    def _keep(self, decision: Decision) -> None:
        self._keeping(lambda store: keep_decision(store, self._key(decision.rule), decision))

    def _keeping(self, keep: Callable[[Store], None]) -> None:
        """Keep something; where that cannot be done, say so once and go on."""
        if self.store is None:
            return
        try:
            keep(self.store)
        except OSError as problem:
            self.warnings.append(f"nothing is kept for the next run: {problem}")
            self.store = None

    def _key(self, rule: Rule) -> str:
        return decision_key(rule, self._plan)

    # ------------------------------------------------------------------ the verdict
    def pytest_keyboard_interrupt(self) -> None:
        """The signal that ends this run was heard."""
        ending_has_begun()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End every process, leave the rooms, write the reports (the controller's, under xdist)."""
        ending_has_begun()
        if self.schedule is not None:
            self.schedule.stop()
        end_running()
        if left := end_orphans():
            self.warnings.append(f"commands left processes behind, which were ended: {', '.join(left[:10])}")
        for path in (self.config.getoption("agent_gate_junit"), self.config.option.xmlpath):
            if path and Path(path).is_symlink():  # a command's: pytest would write where it leads to
                Path(path).unlink()
        self.open_rooms.close()
        if self.store is not None:
            self.store.prune()
        if hasattr(self.config, "workerinput") or self.config.option.collectonly:
            return
        verdict = self._verdict()
        if path := self.config.getoption("agent_gate_json"):
            self._write(session, json_report.write, verdict, Path(path))
        if path := self.config.getoption("agent_gate_sarif"):
            self._write(session, sarif.write, verdict, Path(path))
        if place := self.config.getoption("agent_gate_file"):
            self._file(session, verdict, place)

    def _write(
        self, session: pytest.Session, write: Callable[[Verdict, Path], None], verdict: Verdict, path: Path
    ) -> None:
        """Write a report; a run whose report is not there has not passed."""
        try:
            write(verdict, path)
        except OSError as problem:
            self.warnings.append(f"{path} is not written: {problem.strerror}")
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def _file(self, session: pytest.Session, verdict: Verdict, place: str) -> None:
        """File what fails; a run whose issues are not filed has not passed."""
        if self.plan is None:
            return
        undecided = {rule.id for rule in self.plan.rules} - self.decisions.keys()
        try:
            file_verdict(
                verdict, self.plan.context, self.config.getoption("agent_gate_task"), undecided, place
            )
        except (TrackerError, PolicyError, OSError) as problem:
            self.warnings.append(f"not filed: {problem}")
            if session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what pytest's own summary does not: follow-ups, warnings, and why nothing was judged."""
        lines = list(text.follow_ups(self.decisions.values()))
        if lines:
            terminalreporter.section("follow-ups (may merge)")
            terminalreporter.write("\n".join(lines) + "\n")
        for warning in self.warnings:
            terminalreporter.write_line(f"agent-gate: {one_line(warning)}", yellow=True)
        if self.config.getoption("agent_gate_annotations") == "github":
            terminalreporter.write("\n".join(github.workflow_commands(self._verdict())) + "\n")
        if self.problem:
            terminalreporter.write_line(f"agent-gate: {printable(self.problem)}", yellow=True, bold=True)

    def _verdict(self) -> Verdict:
        seconds = time.perf_counter() - self.started
        return verdict_of(self.plan, tuple(self.decisions.values()), self.problem, seconds)
