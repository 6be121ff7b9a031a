"""Decisions that are kept between runs."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.gate.decision_cache import decision_key, keep_decision, kept_decision
from agent_gate.gate.prepare import Request, prepare
from agent_gate.gate.store import Store
from agent_gate.gate.verdict import Decision

RULES = "# Rules\n\n- Run `./check.sh` before you commit.\n- Never edit `gen/`.\n"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kept", b"secret")


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"AGENTS.md": RULES, "check.sh": "#!/bin/sh\n", "a.py": "A = 1\n"})
    repo.git("checkout", "-q", "-b", "work")
    repo.commit("feat: b", {"b.py": "B = 1\n"})
    return repo


def key_of(repo, kind, **changes):
    """Key of the first rule of the kind, on the branch as it is now."""
    with ExitStack() as rooms:
        plan = prepare(Request(worktree=repo.path, base="main"), rooms, None)
        rule = next(rule for rule in plan.rules if rule.kind == kind)
        return rule, decision_key(replace(rule, **changes), plan)


def test_a_decision_is_found_again_by_its_key_alone(store, repo):
    rule, key = key_of(repo, "command.other")
    finding = Finding(rule=rule.id, kind=rule.kind, severity=Severity.BLOCK, message="m", path="é \n.py")
    keep_decision(store, key, Decision(rule, Outcome.FAIL, (finding,)))
    assert kept_decision(store, key, rule) == Decision(rule, Outcome.FAIL, (finding,), cached=True)
    assert kept_decision(store, "0" * 64, rule) is None


@pytest.mark.parametrize("lost", [{"outcome": Outcome.ERROR}, {"lasting": False}])
def test_what_may_be_another_the_next_time_is_not_kept(store, repo, lost):
    rule, key = key_of(repo, "command.other")
    keep_decision(store, key, replace(Decision(rule, Outcome.PASS), **lost))
    assert kept_decision(store, key, rule) is None


def test_a_commands_key_lasts_over_commits_that_change_no_file_and_other_keys_do_not(repo):
    command, protected = key_of(repo, "command.other")[1], key_of(repo, "protected-path")[1]
    repo.git("commit", "-q", "--amend", "-m", "feat: another message")
    assert key_of(repo, "command.other")[1] == command
    assert key_of(repo, "protected-path")[1] != protected


@pytest.mark.parametrize("kind", ["command.other", "protected-path"])
def test_another_tree_another_base_and_another_severity_have_other_keys(repo, kind):
    keys = {key_of(repo, kind)[1], key_of(repo, kind, severity=Severity.FOLLOW_UP)[1]}
    repo.commit("feat: c", {"c.py": "C = 1\n"})
    keys.add(key_of(repo, kind)[1])
    repo.git("update-ref", "refs/heads/main", "work~1")
    keys.add(key_of(repo, kind)[1])
    assert len(keys) == 4


def test_a_tool_that_was_replaced_changes_the_key(repo, tmp_path, monkeypatch):
    tools = tmp_path / "bin"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    repo.commit("docs: rules", {"AGENTS.md": "- Run `ruff check .` before you commit.\n"})
    repo.git("update-ref", "refs/heads/main", "work")
    repo.commit("feat: c", {"c.py": "C = 1\n"})
    (tools / "ruff").write_text("#!/bin/sh\n")
    (tools / "ruff").chmod(0o755)
    old = key_of(repo, "command.lint")[1]
    (tools / "ruff").write_text("#!/bin/sh\nexit 1\n")
    assert key_of(repo, "command.lint")[1] != old
