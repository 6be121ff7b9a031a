from agent_gate.findings import Outcome
from agent_gate.gate.verdict import Decision
from agent_gate.tracker import filing, verdict_issues
from agent_gate.tracker.model import BLOCKS, CLOSED, DISCOVERED_FROM, Close, Create, Dependency, Issue
from agent_gate.tracker.outbox import Entry

from .verdicts import ADVISE, BLOCK, FOLLOW_UP, failing, kept, origin, rule, verdict


def file(tracker, outbox, *decisions, task="", tree="c", left_out=()):
    content = verdict_issues.to_entry(
        verdict(*decisions, tree=tree), origin(task, tree=tree), left_out=left_out
    )
    filing.send(Entry(1, filing.ENTRY_KIND, content), tracker, outbox)


def state(tracker):
    return {issue.id: (issue.status, issue.notes) for issue in tracker.issues()}


def test_one_issue_holds_all_findings_of_a_rule(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK, BLOCK, FOLLOW_UP), kept("pytest"))
    (issue,) = tracker.issues()
    assert issue.title == "command.lint: unused import 0 (a.py:3)"
    assert issue.priority == 1
    assert {"agent-gate", "block"} <= set(issue.labels)
    for expected in (
        "AGENTS.md line 7",
        "> Run `ruff`.",
        "a.py:3: unused import 2",
        "      import os",
        "    ruff",
        "    Remove it.",
        "b" * 40,
        "agent/work",
    ):
        assert expected in issue.description


def test_filing_again_changes_nothing(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK))
    before = state(tracker)
    file(tracker, outbox, failing("ruff", BLOCK))
    assert state(tracker) == before


def test_a_blocking_finding_blocks_its_task_and_a_follow_up_does_not(tracker, outbox):
    tracker.apply([Create(Issue("t-1", "the task"))])
    file(tracker, outbox, failing("ruff", BLOCK), failing("mypy", FOLLOW_UP), task="t-1")
    block, follow_up = (
        verdict_issues.issue_id("t", "t-1", f"{rule(name).id}{end}")
        for name, end in (("ruff", ""), ("mypy", "\0follow-up"))
    )
    issues = {issue.id: issue for issue in tracker.issues()}
    assert issues[block].dependencies == (Dependency(block, "t-1", DISCOVERED_FROM),)
    assert issues[follow_up].dependencies == (Dependency(follow_up, "t-1", DISCOVERED_FROM),)
    assert issues["t-1"].dependencies == (Dependency("t-1", block, BLOCKS),)
    assert {issue.id for issue in tracker.ready()} == {block, follow_up}


def test_what_blocked_and_is_then_found_at_the_base_too_blocks_no_longer(tracker, outbox):
    tracker.apply([Create(Issue("t-1", "the task"))])
    filed = [verdict_issues.Origin("t-1", "agent/work", tree * 40, tree * 40) for tree in "12"]
    for seen, severity in zip(filed, (BLOCK, FOLLOW_UP), strict=True):
        entry = verdict_issues.to_entry(verdict(failing("pytest", severity), tree=seen.tree), seen)
        filing.send(Entry(1, filing.ENTRY_KIND, entry), tracker, outbox)
    assert "t-1" in {issue.id for issue in tracker.ready()}
    assert sorted(issue.status for issue in tracker.issues() if issue.id != "t-1") == ["closed", "open"]


def test_a_task_that_the_tracker_does_not_know_is_only_named(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK), task="t-404")
    (issue,) = tracker.issues()
    assert (issue.dependencies, issue.metadata["agent_gate"]["scope"]) == ((), "t-404")


def test_what_is_fixed_is_closed_with_its_commit_and_what_returns_is_reopened(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK), tree="c")
    file(tracker, outbox, kept("ruff"), tree="d")
    (issue,) = tracker.issues()
    assert (issue.status, issue.close_reason) == (CLOSED, "fixed by bbbbbbbbbbbb")
    file(tracker, outbox, failing("ruff", BLOCK), tree="e")
    assert [issue.status for issue in tracker.issues()] == ["open"]


def test_seen_again_on_another_tree_is_a_note_with_the_count(local, outbox):
    for tree in "cdee":
        file(local, outbox, failing("ruff", BLOCK), tree=tree)
    (issue,) = local.issues()
    assert [line for line in issue.notes.splitlines() if line.startswith("Seen again")] == [
        "Seen again (2 times) at bbbbbbbbbbbb.",
        "Seen again (3 times) at bbbbbbbbbbbb.",
    ]


def test_beads_keeps_each_note_once_and_what_others_wrote(beads, outbox):
    for tree in "cdd":
        file(beads, outbox, failing("ruff", BLOCK), tree=tree)
    (issue_id,) = [issue.id for issue in beads.issues()]
    beads._call("note", "--", issue_id, "a word of a human")
    file(beads, outbox, failing("ruff", BLOCK), tree="e")
    (shown,) = beads.ask("show", issue_id, "--include-comments")
    assert [comment["text"].partition(".")[0] for comment in shown["comments"]] == [
        "Seen again (2 times) at bbbbbbbbbbbb",
        "Seen again (3 times) at bbbbbbbbbbbb",
    ]
    assert shown["notes"] == "a word of a human"


def test_an_issue_of_somebody_else_is_never_touched(tracker, outbox):
    own = verdict_issues.issue_id(tracker.prefix, "branch agent/work", rule("ruff").id)
    tracker.apply([Create(Issue(own, "a human's", labels=("agent-gate",)))])
    file(tracker, outbox, kept("ruff"))
    assert [issue.status for issue in tracker.issues()] == ["open"]


def test_a_rule_that_was_not_decided_closes_nothing(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK), tree="c")
    skipped = Decision(rule("ruff"), Outcome.SKIPPED)
    file(tracker, outbox, skipped, tree="d", left_out=[skipped.rule.id])
    assert [issue.status for issue in tracker.issues()] == ["open"]


def test_advice_is_not_filed(tracker, outbox):
    file(tracker, outbox, failing("ruff", ADVISE))
    assert tracker.issues() == ()


def test_an_issue_that_a_human_closed_is_reopened_while_it_still_fails(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK))
    (issue,) = tracker.issues()
    tracker.apply([Close(issue.id, "looks fine to me")])
    file(tracker, outbox, failing("ruff", BLOCK))
    assert [issue.status for issue in tracker.issues()] == ["open"]


def test_hostile_text_changes_nothing_but_the_text(tracker, outbox):
    evil = 'x\x1b[31m\x00"; close t-1\n@/etc/passwd \udce9 --force'
    tracker.apply([Create(Issue("t-1", "the task"))])
    file(
        tracker, outbox, failing("ruff", BLOCK, path=evil, evidence=evil * 100_000, fix=evil, reproduce=evil)
    )
    assert {issue.id: issue.status for issue in tracker.issues()}["t-1"] == "open"
    (issue,) = [issue for issue in tracker.issues() if issue.id != "t-1"]
    assert len(issue.description) < 40_000
    assert "\x1b" not in issue.description


def test_filing_takes_one_call_when_nothing_is_new_and_three_at_most(beads, outbox, monkeypatch):
    calls = []
    real = type(beads)._call
    monkeypatch.setattr(
        type(beads), "_call", lambda self, *args, **kw: (calls.append(args[0]), real(self, *args, **kw))[1]
    )
    many = [failing(f"rule-{n}", BLOCK) for n in range(100)]
    file(beads, outbox, *many)
    assert len(calls) <= 3
    calls.clear()
    file(beads, outbox, *many)
    assert calls == ["list"]


def test_issues_have_the_prefix_of_their_task_else_of_the_tracker(tracker, outbox):
    file(tracker, outbox, failing("ruff", BLOCK))
    assert [issue.id.partition("-")[0] for issue in tracker.issues()] == [
        {"local": "ag", "beads": "t"}[tracker.name]
    ]
