"""A pytest plugin that the gate puts into a test run: it counts, and tells which files modules came from.

It runs in the repository's own Python (3.8 or newer), so it uses the standard library alone, and it changes nothing
of the run. One JSON file a process: `probe-<pid>.json`.
"""

import atexit
import contextlib
import json
import os
import sys
import unittest

import pytest

_VARIABLE = "AGENT_GATE_PROBE"
# There from the first moment until the session ends: what ends the process before leaves it.
_STARTED = (
    os.path.join(os.environ[_VARIABLE], "started-%d" % os.getpid()) if os.environ.get(_VARIABLE) else None
)


def _has_ended():
    if _STARTED is not None:
        with contextlib.suppress(OSError):
            os.remove(_STARTED)


if _STARTED is not None:
    open(_STARTED, "w").close()
    atexit.register(_has_ended)


def pytest_configure(config):
    """Take part in the outermost run and its xdist workers, not in runs that tests start."""
    worker = getattr(config, "workerinput", None)
    directory = worker.get(_VARIABLE) if worker is not None else os.environ.pop(_VARIABLE, None)
    if not directory:
        return
    options = os.environ.get("PYTEST_ADDOPTS", "").replace("-p agent_gate_probe", "").strip()
    if options:
        os.environ["PYTEST_ADDOPTS"] = options
    else:
        os.environ.pop("PYTEST_ADDOPTS", None)
    if (
        worker is None
        and getattr(config.option, "xmlpath", None) is None
        and hasattr(config.option, "xmlpath")
    ):
        config.option.xmlpath = os.path.join(directory, "junit-%d.xml" % os.getpid())
    config.pluginmanager.register(Probe(config, directory), "agent-gate-probe-run")


# What ends a test without failing it.
_ALLOWED = (
    pytest.skip.Exception,
    pytest.xfail.Exception,
    pytest.exit.Exception,
    unittest.SkipTest,
    KeyboardInterrupt,
)


class Probe:
    """Counts outcomes; writes them when the session ends."""

    def __init__(self, config, directory):
        self.directory = directory
        self.worker = hasattr(config, "workerinput")
        self.root = str(getattr(config, "rootpath", os.getcwd()))
        self.counts = {"passed": 0, "failed": 0, "skipped": 0, "error": 0}
        self.collected = None
        self.deselected = 0
        self.ran = set()
        self.raised = set()  # tests that raised, and have not passed since

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        """Tell a worker of xdist where to write."""
        node.workerinput[_VARIABLE] = self.directory

    def pytest_deselected(self, items):
        self.deselected += len(items)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """Remember what a test raised: a later hook may report it as passed."""
        outcome = yield
        report = outcome.get_result()
        if call.excinfo is None:
            if call.when == "call":
                self.raised.discard(item.nodeid)
        elif not (_told(report) or _expected(item, call)):
            self.raised.add(item.nodeid)

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome == "skipped":
            self.counts[report.outcome] = self.counts.get(report.outcome, 0) + 1
            if report.outcome != "skipped":
                self.ran.add(report.nodeid)
        elif report.outcome == "failed":
            self.counts["error"] += 1

    def pytest_collectreport(self, report):
        if report.outcome == "failed":
            self.counts["error"] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        report = {
            "worker": self.worker,
            "root": self.root,
            "exit": int(exitstatus),
            "collected": session.testscollected,
            "deselected": self.deselected,
            "counts": self.counts,
            "ran": sorted(self.ran),
            "raised": sorted(self.raised),
            "modules": _modules(),
        }
        final = os.path.join(self.directory, "probe-%d.json" % os.getpid())
        with open(final + ".new", "w") as stream:
            json.dump(report, stream)
        os.rename(final + ".new", final)
        _has_ended()


def _told(report):
    """Whether the report says itself that the test did not pass."""
    return report.outcome in {"failed", "rerun"} or hasattr(report, "wasxfail")


def _expected(item, call):
    return issubclass(call.excinfo.type, _ALLOWED) or item.get_closest_marker("xfail") is not None


def _modules():
    found = {}
    for name, module in list(sys.modules.items()):
        try:
            file = module.__file__
        except Exception:  # noqa: BLE001 - a lazy module may do anything when it is asked
            continue
        if isinstance(file, str) and file.endswith(".py"):
            found[name] = file
    return found
