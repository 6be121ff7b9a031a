"""Finding adapters, ours and those of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.agents import command
from agent_gate.agents.model import AgentError
from agent_gate.agents.registry import all_adapters, find_adapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLUGIN = """
from types import SimpleNamespace
from agent_gate.hookspecs import hookimpl

@hookimpl
def agent_gate_agents():
    return [SimpleNamespace(name={name!r}, program="mine", version=(), launch=None, reader=None)]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Install a plugin that brings an adapter of this name."""

    def make(name: str) -> None:
        (tmp_path / f"plugin_{tmp_path.name}.py").write_text(PLUGIN.format(name=name))
        info = tmp_path / "mine-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[agent_gate]\nmine = plugin_{tmp_path.name}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        all_adapters.cache_clear()

    yield make
    all_adapters.cache_clear()


def test_ours_are_found_by_name() -> None:
    assert find_adapter("command") is command


def test_an_unknown_agent_is_refused_with_the_nearest() -> None:
    with pytest.raises(AgentError, match='There is no agent "comand"; did you mean "command"'):
        find_adapter("comand")


def test_a_plugin_brings_its_own(install: Callable[[str], None]) -> None:
    install("mine")
    assert find_adapter("mine").program == "mine"


def test_a_plugin_cannot_replace_ours(install: Callable[[str], None]) -> None:
    install("command")
    with pytest.raises(AgentError, match="brings a second agent command"):
        all_adapters()
