import sys
import types

import pluggy
import pytest

from agent_gate.gate.registry import PluginError, load_checks
from agent_gate.hookspecs import CheckResult, hookimpl
from agent_gate.policy.model import Kind


def look(rule, context):
    return CheckResult(evidence="looked")


@pytest.fixture
def plugin(monkeypatch):
    """Install a plugin that offers a check for one kind; `file` is where its code lies."""

    def install(kind, file):
        module = types.ModuleType("a_plugin")
        module.__file__ = str(file)

        @hookimpl
        def agent_gate_checks():
            return {kind: look}

        agent_gate_checks.__module__ = "a_plugin"
        module.agent_gate_checks = agent_gate_checks
        monkeypatch.setitem(sys.modules, "a_plugin", module)

        def load(manager, group):
            manager.register(module, name="a-plugin")

        monkeypatch.setattr(pluggy.PluginManager, "load_setuptools_entrypoints", load)

    return install


def test_every_kind_that_can_be_enforced_has_a_check(tmp_path):
    never = {Kind.ADVISORY, Kind.NOT_A_RULE, Kind.PR_PROCESS}
    assert set(load_checks(tmp_path)) >= set(Kind) - never


def test_a_plugin_decides_a_kind_of_its_own(plugin, tmp_path):
    plugin("plugin.no-fridays", tmp_path / "elsewhere" / "a_plugin.py")
    assert load_checks(tmp_path / "worktree")[Kind("plugin.no-fridays")].plugin == "a-plugin"


def test_two_plugins_for_one_kind_are_refused(plugin, tmp_path):
    plugin(Kind.BRANCH, tmp_path / "elsewhere" / "a_plugin.py")
    with pytest.raises(PluginError, match="Two plugins decide rules of the kind branch"):
        load_checks(tmp_path / "worktree")


def test_a_plugin_of_the_judged_worktree_is_refused(plugin, tmp_path):
    plugin("no-fridays", tmp_path / "worktree" / "a_plugin.py")
    with pytest.raises(PluginError, match="loaded from the worktree that is judged"):
        load_checks(tmp_path / "worktree")
