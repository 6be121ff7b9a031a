from __future__ import annotations

import pytest

from agent_gate.gate.verdict import Judgement
from agent_gate.orchestrator.journal import Journal, State
from agent_gate.orchestrator.landing.model import (
    BaseBroken,
    BaseMoved,
    BaseRed,
    Flaky,
    GateResult,
    Landed,
    Returned,
    Waiting,
)
from agent_gate.orchestrator.landing.state import Passed


def anyone(_owner):
    return True


def of(kind, told):
    return [event for event in told if isinstance(event, kind)]


def test_one_branch_on_an_unmoved_base_lands_as_it_is_without_a_gate_run(world):
    task = world.queued("a")
    assert of(Landed, world.round())[0].commit == task.head == world.tip()
    assert world.runs == []
    assert (world.repo.path / "a").read_text() == "a\n"
    assert world.repo.git("status", "--porcelain") == ""


def test_what_only_the_journal_calls_passed_is_gated(world):
    task = world.queued("bad")
    world.passed = Passed()  # an agent wrote the row, or the run was started again
    assert [event.task.id for event in of(Returned, world.round())] == ["bad"]
    assert set(world.runs) == {(task.base, task.head)}


def test_a_pass_of_another_commit_with_the_same_tree_does_not_stand(world):
    task = world.queued("a")
    world.passed = Passed()
    world.passed.add(
        task.base, world.repo.git("commit-tree", f"{task.head}^{{tree}}", "-p", task.base, "-m", "x")
    )
    world.round()
    assert world.runs == [(task.base, task.head)]


def test_branches_of_one_base_land_together_with_one_run(world):
    for name in "abc":
        world.queued(name)
    told = of(Landed, world.round())
    assert [event.task.id for event in told] == ["a", "b", "c"]
    assert {"a", "b", "c"} <= world.files()
    assert len(world.runs) == 1
    assert world.repo.git("log", "-1", "--format=%s") == "Merge agent/c: Add c"
    assert all(world.repo.git("merge-base", event.commit, "main") == event.commit for event in told)


def test_the_bad_one_goes_back_and_the_others_land(world):
    for name in ("a", "bad", "c", "d"):
        world.queued(name)
    told = world.round()
    assert [event.task.id for event in of(Returned, told)] == ["bad"]
    assert world.files() & {"a", "bad", "c", "d"} == {"a", "c", "d"}
    assert len(world.runs) <= 4


def test_a_conflict_with_the_base_names_the_other_before_any_gate(world):
    world.queued("b", {"shared.txt": "1\nb\n3\n"})
    world.repo.commit("feat: somebody else's", {"shared.txt": "1\nx\n3\n"})
    world.round()
    assert world.states()["b"] == "held"
    assert [head for _, head in world.runs] == [world.tip()]  # the new tip alone


def test_a_conflict_is_told_while_the_gate_has_not_begun(world):
    world.queued("a")
    world.queued("b", {"shared.txt": "1\nb\n3\n"})
    world.repo.commit("feat: somebody else's", {"shared.txt": "1\nx\n3\n"})
    world.round(world.lander(gate=lambda *_: GateResult(Judgement.ERROR, "")))
    world.journal.know("tip:main", dict.fromkeys(("seen", "judged", "good"), world.tip()))
    told = world.lander().round()
    returned = next(told)
    assert isinstance(returned, Returned)
    assert "somebody else's" in returned.findings[0].message
    assert world.runs == []


def test_a_conflict_with_one_that_waits_is_decided_when_that_has_landed(world):
    world.queued("a", {"shared.txt": "1\na\n3\n"})
    world.queued("b", {"shared.txt": "1\nb\n3\n"})
    first = world.round()
    assert "agent/b waits for one before it" in of(Waiting, first)[0].reason
    (back,) = of(Returned, world.round())
    (finding,) = back.findings
    assert "feat: add a" in finding.message
    assert finding.path == "shared.txt"
    assert world.runs == []


def test_a_flake_is_told_and_nobody_is_blamed(world):
    world.queued("a")
    world.queued("b")
    reds = iter([True])
    world.is_red = lambda _: next(reds, False)
    told = world.round()
    assert len(of(Flaky, told)) == 1
    assert world.states() == {"a": "closed", "b": "closed"}


@pytest.mark.parametrize(
    "result", [GateResult(Judgement.ERROR, ""), GateResult(Judgement.PASS, "another tree")]
)
def test_a_gate_that_could_not_judge_this_tree_lands_nothing(world, result):
    before = world.tip()
    world.queued("a")
    world.queued("b")
    told = world.round(world.lander(gate=lambda *_: result))
    assert [type(event) for event in told] == [Waiting]
    assert world.tip() == before
    assert world.states() == {"a": "queued", "b": "queued"}


def test_a_base_that_others_moved_is_gated_before_anything_lands(world):
    old = world.tip()
    world.queued("a")
    new = world.repo.commit("feat: by hand", {"hand": "1"})
    told = world.round()
    assert told[0] == BaseMoved(old, new, rewritten=False)
    assert world.runs[0] == (old, new)
    assert {"a", "hand"} <= world.files()


def test_a_checkout_that_a_bare_move_of_the_ref_leaves_behind_is_told(world):
    repo, old = world.repo, world.tip()
    world.queued("a")
    new = repo.commit("feat: by hand", {"hand": "1"})
    repo.git("reset", "-q", "--hard", old)
    repo.git("update-ref", "refs/heads/main", new)
    moved = of(BaseMoved, world.round())[0]
    assert moved == BaseMoved(old, new, rewritten=False, left_behind=(repo.path,))


def test_commits_that_were_taken_back_softly_leave_no_checkout_behind(world):
    world.queued("a")
    world.round()
    world.repo.git("reset", "-q", "--soft", "HEAD~1")
    assert of(BaseMoved, world.round())[0].left_behind == ()


def as_an_agent(world, **facts):
    """Facts that another process wrote into the journal's file."""
    journal = Journal(world.journal._file)
    for name, value in facts.items():
        journal.know(f"{name}:main", value)
    journal.close()


def test_a_tip_that_only_the_journal_calls_judged_is_gated(world):
    bad = world.repo.commit("feat: past all hooks", {"bad": "bad\n"})
    as_an_agent(world, tip={"seen": bad, "judged": bad, "good": bad}, first=bad)
    told = world.round()
    assert [type(event) for event in told] == [BaseMoved, BaseBroken]


def test_a_move_that_only_the_journal_calls_gated_is_gated(world):
    old = world.tip()
    bad = world.repo.commit("feat: past all hooks", {"bad": "bad\n"})
    as_an_agent(world, landing={"old": old, "new": bad, "tasks": {}, "gated": True, "done": False})
    world.queued("a")
    assert of(BaseBroken, world.round())[0].new == bad


def test_what_others_broke_is_told_once_and_landing_goes_on(world):
    old = world.tip()
    new = world.repo.commit("feat: by hand", {"bad": "1"})
    assert of(BaseBroken, world.round()) == [BaseBroken(old, new, None)]
    assert world.round() == []
    world.is_red = lambda _: False
    world.queued("a")
    assert of(Landed, world.round())
    assert world.round() == []
    assert world.runs[-1] == (old, world.tip())  # it passes now: the base is good again


def test_a_rewritten_base_is_told(world):
    world.queued("a")
    world.round()
    world.repo.git("reset", "-q", "--hard", "HEAD~1")
    assert of(BaseMoved, world.round())[0].rewritten


def test_work_lands_on_a_base_that_a_person_took_back(world):
    world.queued("a")
    world.round()
    world.repo.git("reset", "-q", "--hard", "HEAD~1")
    back = world.tip()
    world.queued("b")
    judged = []

    def judge_base(tip):
        judged.append(tip)
        return GateResult(Judgement.BLOCKED, "")

    told = world.round(world.lander(judge_base=judge_base))
    assert judged == [back]
    assert of(BaseRed, told) == [BaseRed(back, None)]
    assert ("a" in world.files(), "b" in world.files()) == (False, True)


def test_a_task_that_was_merged_behind_our_back_waits_until_the_base_passes(world):
    world.queued("bad")
    world.repo.git("merge", "-q", "--ff-only", "agent/bad")
    assert [event.task for event in of(Waiting, world.round())] == ["bad"]
    assert world.states() == {"bad": "queued"}
    world.repo.git("rm", "-q", "bad")
    world.repo.commit("fix: by hand")
    assert [event.task.id for event in of(Landed, world.round())] == ["bad"]


def test_a_base_that_is_red_to_begin_with_is_told(world):
    world.journal.know("tip:main", None)
    red = GateResult(Judgement.BLOCKED, "")
    assert world.round(world.lander(judge_base=lambda _: red)) == [BaseRed(world.tip(), None)]


def test_a_base_that_cannot_be_judged_to_begin_with_is_not_called_red(world):
    world.journal.know("tip:main", None)
    error = GateResult(Judgement.ERROR, "")
    assert [type(event) for event in world.round(world.lander(judge_base=lambda _: error))] == [Waiting]


def test_a_branch_whose_commit_is_gone_goes_back_alone(world):
    world.queued("a")
    task = world.queued("b")
    world.journal.advance(task, head="1" * 40)
    world.queued("c")
    (returned,) = of(Returned, world.round())
    assert "is gone" in returned.findings[0].message
    assert world.states() == {"a": "closed", "b": "held", "c": "closed"}


def test_a_branch_on_top_of_another_brings_both(world):
    world.queued("a")
    world.queued("b", start="agent/a")
    world.round()
    assert world.states() == {"a": "closed", "b": "closed"}
    assert world.repo.git("log", "--merges", "main") == ""


def test_an_edit_in_the_way_stops_landing_and_is_named(world):
    world.queued("a", {"shared.txt": "a\n"})
    before = world.tip()
    world.repo.write("shared.txt", "mine\n")
    (waiting,) = world.round()
    assert "shared.txt" in waiting.reason
    assert "stash" in waiting.reason
    assert world.tip() == before
    assert (world.repo.path / "shared.txt").read_text() == "mine\n"
    assert world.states() == {"a": "queued"}


def test_waiting_for_a_file_costs_no_further_gate_run(world):
    for name in "ab":
        world.queued(name)
    edit = world.repo.write("b", "mine\n")
    assert [type(event) for event in world.round() + world.round()] == [Waiting, Waiting]
    edit.unlink()
    assert len(of(Landed, world.round())) == 2
    assert len(world.runs) == 1


def test_an_untracked_file_in_the_way_stops_landing(world):
    world.queued("a")
    world.repo.write("a", "mine\n")
    (waiting,) = world.round()
    assert "a in " in waiting.reason
    assert (world.repo.path / "a").read_text() == "mine\n"


def test_edits_elsewhere_stay(world):
    world.queued("a")
    world.repo.write("shared.txt", "mine\n")
    world.repo.write("staged", "mine\n")
    world.repo.git("add", "staged")
    world.round()
    assert world.states() == {"a": "closed"}
    assert world.repo.git("status", "--porcelain").split("\n") == ["M shared.txt", "A  staged"]


def test_a_base_that_moved_and_has_the_same_files_needs_no_gate_run(world):
    world.repo.git("commit", "-q", "--allow-empty", "-m", "chore: nothing")
    (moved,) = world.round()
    assert moved.new == world.tip()
    assert world.runs == []


def test_where_nothing_is_to_be_done_nobody_needs_the_lease(world):
    world.queued("a")
    world.round()
    assert world.round(world.lander("run-2")) == []


def test_another_run_that_lands_keeps_us_out(world):
    world.journal.take_lease("landing:main", "run-2", anyone)
    world.queued("a")
    assert [type(event) for event in world.round()] == [Waiting]
    assert world.states() == {"a": "queued"}


def test_a_run_that_was_frozen_in_the_gate_lands_nothing(world):
    before = world.tip()
    world.queued("a")
    world.queued("b")
    world.before_gate = lambda: world.journal.take_lease("landing:main", "run-2", anyone)
    (waiting,) = world.round()
    assert "away for too long" in waiting.reason
    assert world.tip() == before
    assert world.states() == {"a": "queued", "b": "queued"}


def test_a_task_that_was_dropped_during_the_gate_does_not_land(world):
    world.queued("a")
    task = world.queued("b")
    world.before_gate = lambda: world.journal.take_over("run-2", anyone)
    world.round()
    assert task.head not in world.repo.git("log", "--format=%H", "main")


def test_a_base_that_moved_during_the_gate_is_not_overwritten(world):
    world.queued("a")
    world.queued("b")
    hands = iter(["hand"])
    world.before_gate = lambda: [world.repo.commit("feat: by hand", {name: "1"}) for name in hands]
    told = world.round()
    assert not of(Landed, told)
    assert "hand" in world.files()
    assert len(of(Landed, world.round())) == 2
    assert {"hand", "a", "b"} <= world.files()


def test_history_is_linear_where_merges_are_not_wanted(world):
    from agent_gate.orchestrator.landing.model import Style

    for name in "abc":
        world.queued(name)
    world.round(world.lander(style=Style.LINEAR))
    assert world.repo.git("log", "--format=%s").splitlines() == [
        "feat: add c",
        "feat: add b",
        "feat: add a",
        "feat: start",
    ]
    assert world.repo.git("log", "--merges") == ""
    assert {"a", "b", "c"} <= world.files()
    assert world.journal.tasks(State.CLOSED)
