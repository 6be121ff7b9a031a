"""The policy that is kept between runs."""

from contextlib import ExitStack

import pytest

from agent_gate.changes import snapshot_at
from agent_gate.gate.policy_cache import keep_policy, kept_policy
from agent_gate.gate.prepare import Request, prepare
from agent_gate.gate.store import Store
from agent_gate.policy import load_policy, policy_key
from agent_gate.repository import open_repository

RULES = "# Rules\n\n- Run `ruff check .` before you commit.\n- Follow [the guide](CONTRIBUTING.md).\n"


@pytest.fixture
def kept(make_repo, tmp_path):
    """A repository whose policy is kept, and what is kept for its tip."""
    repo = make_repo({"AGENTS.md": RULES, "CONTRIBUTING.md": "Never edit `gen/`.\n", "a.py": "A = 1\n"})
    store = Store(tmp_path / "kept", b"secret")

    def tip():
        return snapshot_at(open_repository(repo.path), repo.git("rev-parse", "HEAD"))

    keep_policy(store, tip(), load_policy(tip()))
    return repo, lambda: kept_policy(store, policy_key(tip()))


def test_a_policy_is_kept_whole(kept):
    repo, again = kept
    assert again() == load_policy(snapshot_at(open_repository(repo.path), repo.git("rev-parse", "HEAD")))


def test_it_holds_for_every_tree_with_the_same_instructions(kept):
    repo, again = kept
    repo.commit("feat: more", {"b.py": "B = 1\n"})
    assert [rule.value for rule in again().enforced] == ["ruff check .", "gen/**"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("AGENTS.md", "# Rules\n"),
        ("CONTRIBUTING.md", "Never edit `out/`.\n"),
        ("sub/AGENTS.md", "Run `mypy`.\n"),
        ("agent-gate.toml", 'exclude = ["sub/"]\n'),
        ("pyproject.toml", "[tool.agent-gate]\nderived = false\n"),
    ],
)
def test_it_does_not_hold_for_other_instructions_or_another_configuration(kept, path, text):
    repo, again = kept
    repo.commit("docs: other rules", {path: text})
    assert again() is None


def test_the_policy_of_a_base_that_moved_elsewhere_is_worth_keeping_under_its_own_tree(kept, tmp_path):
    repo, _ = kept
    store = Store(tmp_path / "kept", b"secret")
    repo.commit("feat: more", {"b.py": "B = 1\n"})
    request = Request(worktree=repo.path, base="HEAD", allow_unchanged=True)
    with ExitStack() as rooms:
        first = prepare(request, rooms, store)
        assert first.new_base
        keep_policy(store, first.context.changes.before, first.policy)
        again = prepare(request, rooms, store)
    assert not again.new_base
    assert again.policy == first.policy
