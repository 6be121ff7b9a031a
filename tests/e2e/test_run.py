"""From issues to landed commits, whatever the agents do."""

import re
import signal
import time

import pytest

from agent_gate.repository import open_repository
from agent_gate.tracker.find import find_tracker


def test_good_and_bad_work_ends_landed_and_repaired(place):
    tasks = [
        place.add(f"a {kind} module")
        for kind in ("good", "lint", "uncommitted", "nothing", "daemon", "crash")
    ]
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    place.check_invariants(tasks)
    assert sorted(line.split()[1] for line in place.started()) == ["1"] * 6 + ["2"] * 3
    assert "left a process behind" in done.stdout


def test_a_conflict_goes_back_to_its_agent_and_both_land(place):
    tasks = [place.add("a shared line"), place.add("another shared line")]
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    place.check_invariants(tasks)
    assert "conflicts with" in done.stdout
    assert {*tasks} <= set(place.repo.git("show", "main:shared.txt").splitlines())


@pytest.mark.parametrize("kind", ["push", "stash"])
def test_what_is_not_an_agents_own_is_refused(place, kind):
    task = place.add(f"a {kind} module")
    before = place.repo.git("rev-parse", "main")
    done = place.run()
    log = (place.path / ".git/agent-gate/attempts" / task / "1" / "log").read_text()
    assert "agent-gate" in log
    assert "refused" in log or "agents do not push" in log
    assert place.repo.git("stash", "list") == ""
    assert done.returncode == 0, done.stdout
    assert place.repo.git("merge-base", before, "main") == before


def test_an_issue_that_its_agent_closed_is_opened_again_until_its_work_has_landed(place):
    task = place.add("a closing lint module")
    done = place.run()
    assert "closed before its work had landed" in done.stdout
    prompt = place.path / ".git/agent-gate/attempts" / task / "2" / "prompt.md"
    assert "Leave its status alone" in prompt.read_text()
    assert "closed before its work had landed" in place.issues()[task]["notes"]
    place.check_invariants([task])


def test_a_base_that_was_moved_past_the_hooks_is_gated_and_said(place):
    task = place.add("a bypass module")
    done = place.run()
    assert re.search("main was moved from .{12} to .{12}, and not by this run", done.stdout)
    assert place.issues()[task]["status"] == "blocked"


def test_attempts_that_are_used_up_hold_the_task_and_keep_its_work(place):
    task = place.add("a hopeless module")
    done = place.run("--attempts", "2")
    assert done.returncode == 1
    assert place.issues()[task]["status"] == "blocked"
    assert f"agent/{task}" in place.repo.git("branch", "--list", "agent/*")
    assert "Held by agent-gate" in place.issues()[task]["notes"] + str(place.issues()[task].get("comments"))
    assert "m_" not in str(place.files())
    (held,) = place.status()["held"]
    assert "2 attempts are used up" in held["reason"]
    assert place.call("retry", task).returncode == 0
    assert place.run("--attempts", "2").returncode == 1
    assert [line.split()[1] for line in place.started()] == ["1", "2", "3", "4", "5"][: len(place.started())]
    assert len(place.started()) > 2


def test_a_dropped_task_is_not_begun_again(place):
    task = place.add("a hopeless module")
    place.run("--attempts", "1")
    assert place.call("drop", task).returncode == 0
    place.run()
    assert place.started() == [f"{task} 1"]


def test_a_task_that_is_dropped_while_its_agent_works_is_stopped_and_blocked(place):
    task = place.add("a wait module")
    run = place.start("--drain")
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    assert place.call("drop", task).returncode == 0
    output, _ = run.communicate(timeout=60)
    assert "dropped; its branch stays" in output
    assert place.issues()[task]["status"] == "blocked"
    assert place.call("retry", task).returncode == 0


def test_a_silent_agent_is_ended_and_its_task_goes_on(place):
    place.repo.commit("chore: limits", {"agent-gate.toml": "[run]\nsilence-limit = 1.0\n"})
    task = place.add("a silent module")
    done = place.run()
    assert "silent" in done.stdout
    place.check_invariants([task])


def test_an_agent_that_says_the_same_again_and_again_is_ended_and_its_task_goes_on(place):
    limits = "[run]\noutput-repeats = 20\nrepeat-seconds = 0.5\n"
    place.repo.commit("chore: limits", {"agent-gate.toml": limits})
    task = place.add("a looping module")
    done = place.run()
    assert "looping" in done.stdout
    place.check_invariants([task])


def test_an_agent_that_weakens_the_rules_is_judged_by_those_of_the_base(place):
    task = place.add("a module that would weaken the rules")
    done = place.run("--attempts", "1")
    assert done.returncode == 1, done.stdout
    found = {row["title"].partition(":")[0] for name, row in place.issues().items() if name != task}
    assert {"command.lint", "policy-change"} <= found
    assert "ruff check" in place.repo.git("show", "main:AGENTS.md")
    assert "m_" not in str(place.files())


def test_no_policy_lands_nothing(place):
    place.repo.git("rm", "-q", "AGENTS.md")
    place.repo.commit("chore: no rules")
    task = place.add("a good module")
    done = place.run()
    assert done.returncode == 1
    assert place.issues()[task]["status"] == "blocked"
    assert "no AGENTS.md" in done.stdout
    assert "m_" not in str(place.files())


def test_a_missing_tool_lands_nothing(place):
    place.repo.commit("docs: rules", {"AGENTS.md": "# Rules\n\n- Run `rubocop` before you commit.\n"})
    task = place.add("a good module")
    done = place.run("--attempts", "1", "--only", task)
    assert place.issues()[task]["status"] == "blocked"
    assert "rubocop" in done.stdout
    assert "m_" not in str(place.files())


def test_a_local_edit_in_the_way_stops_landing_until_it_is_gone(place):
    place.repo.write("shared.txt", "my own edit\n")
    task = place.add("a shared line")
    run = place.start("--drain")
    place.wait_until(
        lambda: any(row["state"] == "queued" for row in place.status()["tasks"]) if _begun(place) else False
    )
    time.sleep(1)
    assert place.repo.git("show", "main:shared.txt") == "shared"
    assert (place.path / "shared.txt").read_text() == "my own edit\n"
    place.repo.git("checkout", "-q", "--", "shared.txt")
    output, _ = run.communicate(timeout=60)
    assert "commit or stash" in output
    place.check_invariants([task])


def test_a_new_issue_is_begun_while_the_run_waits(place):
    place.repo.commit("chore: more", {"b.py": "B = 1\n"})
    run = place.start()
    place.wait_until(lambda: _begun(place) and place.status()["runs"])
    task = place.add("a good module")
    place.wait_until(lambda: place.issues()[task]["status"] == "closed")
    place.call("stop")
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 2, output
    place.check_invariants([task])


def test_a_paused_run_begins_nothing_before_it_is_resumed(place):
    task = place.add("a good module")
    place.run("--only", "nobody")  # the journal is there
    place.call("pause")
    run = place.start("--drain")
    time.sleep(1.5)
    assert place.started() == []
    place.call("resume")
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 0, output
    assert output.count("paused: nothing is begun") == 1
    place.check_invariants([task])


def test_the_first_interrupt_finishes_what_runs_and_begins_nothing(place):
    first = place.add("a wait module", "-p", "0")
    others = [place.add(f"a good module {number}") for number in range(3)]
    run = place.start("--workers", "1")
    place.wait_until(lambda: place.started() == [f"{first} 1"])
    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    (place.starts.with_name("go")).touch()
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 2, output
    assert place.issues()[first]["status"] == "closed"
    assert {place.issues()[task]["status"] for task in others} == {"open"}


def test_the_second_interrupt_stops_agents_and_hands_their_tasks_back(place):
    task = place.add("a wait module")
    run = place.start()
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 2, output
    assert place.issues()[task]["status"] == "open"
    done = place.run()
    assert done.returncode == 0, done.stdout
    place.check_invariants([task])


def test_the_third_interrupt_leaves_at_once_and_says_who_still_works(place):
    task = place.add("a stubborn module")
    run = place.start()
    place.wait_until(place.starts.with_name("stubborn").exists)
    said = iter(run.stdout.readline, "")
    for word in ("no new tasks", "stopping the agents", "left at once"):
        run.send_signal(signal.SIGINT)
        assert any(word in line for line in said), word
    run.stdout.close()
    assert run.wait(timeout=60) == 2
    assert [(row["id"], row["state"]) for row in place.status()["tasks"]] == [(task, "working")]


def test_two_runs_share_the_work(place):
    tasks = [place.add(f"a good module {number}") for number in range(6)]
    runs = [place.start("--drain") for _ in range(2)]
    outputs = [run.communicate(timeout=90)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    place.check_invariants(tasks)
    assert len(place.started()) == 6


def test_what_is_landed_is_pushed_to_the_upstream(place, tmp_path):
    place.repo.git("clone", "-q", "--bare", str(place.path), str(tmp_path / "remote.git"))
    place.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    place.repo.git("fetch", "-q", "origin")
    place.repo.git("branch", "-q", "--set-upstream-to=origin/main", "main")
    task = place.add("a good module")
    assert place.run().returncode == 0
    place.check_invariants([task])
    there = place.repo.git("ls-remote", str(tmp_path / "remote.git"), "refs/heads/main").split()[0]
    assert there == place.repo.git("rev-parse", "main")


def test_a_base_that_was_red_is_said_and_filed_and_work_lands_all_the_same(place):
    place.repo.commit("feat: red", {"red.py": "import os\n"})
    task = place.add("a good module")
    done = place.run("--only", task)
    assert "WARNING: main was red" in done.stdout
    assert place.issues()[task]["status"] == "closed"
    others = [row for name, row in place.issues().items() if name != task]
    assert [row["status"] for row in others] == ["open"]


def test_where_the_base_fails_without_a_word_no_attempt_is_paid_that_cannot_land(place):
    needed = place.state / "needed"
    rules = place.repo.git("show", "main:AGENTS.md") + f'\n<!-- agent-gate: test = "test -e {needed}" -->\n'
    place.repo.commit("feat: red", {"AGENTS.md": rules})
    task = place.add("a good module")
    done = place.run("--attempts", "1")
    assert "WARNING: main was red" in done.stdout
    assert "No branch can pass before that is repaired" in done.stdout
    (filed,) = [name for name, row in place.issues().items() if row["title"].startswith("command.test")][:1]
    assert place.started() == [f"{filed} 1"]  # which repairs nothing
    needed.touch()
    place.run()
    assert place.issues()[task]["status"] == "closed"


@pytest.mark.parametrize("follow_ups", [True, False])
def test_what_was_filed_as_a_follow_up_is_begun_where_that_is_wanted(place, follow_ups):
    config = f"[run]\nfollow-ups = {str(follow_ups).lower()}\n"
    place.repo.commit("feat: red", {"red.py": "import os\n", "agent-gate.toml": config})
    place.add("a good module")
    done = place.run()
    assert done.returncode == 0, done.stdout
    titles = {row["title"]: name for name, row in place.issues().items()}
    (filed,) = [titles[title] for title in titles if title.startswith("command.lint: already at the base")]
    attempts = [line for line in place.started() if line.startswith(filed)]
    assert attempts == ([f"{filed} 1", f"{filed} 2"] if follow_ups else [])  # the first one repairs nothing
    assert ("is still there" in done.stdout) == follow_ups
    assert ("import os" in place.repo.git("show", "main:red.py")) != follow_ups
    assert place.issues()[filed]["status"] == ("closed" if follow_ups else "open")


def test_a_deferred_issue_is_left_until_its_time(place):
    later, due = place.add("a good module"), place.add("another good module")
    tracker = find_tracker(open_repository(place.path))
    tracker.defer(later, "2999-01-01T00:00:00Z")
    tracker.defer(due, "2020-01-01T00:00:00Z")
    assert place.run().returncode == 0
    assert place.started() == [f"{due} 1"]


def test_only_what_is_named_is_begun_and_a_dry_run_begins_nothing(place):
    first, second = place.add("a good module"), place.add("another good module")
    dry = place.run("--dry-run", "--only", second)
    assert second in dry.stdout
    assert first not in dry.stdout
    assert place.started() == []
    place.run("--only", second)
    assert place.started() == [f"{second} 1"]


def test_several_repositories_are_worked_on_by_one_run(place, make_repo, tmp_path):
    other = make_repo(
        {"AGENTS.md": place.repo.git("show", "main:AGENTS.md"), "a.py": "A = 1\n"}, name="other"
    )
    (tmp_path / "all.toml").write_text(
        '[[repositories]]\npath = "repo"\n\n[[repositories]]\npath = "other"\nworkers = 1\n'
    )
    place.add("a good module")
    place.call("q", "a good module", "--worktree", str(other.path))
    done = place.run("--config", str(tmp_path / "all.toml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "m_" in str(place.files())
    assert "m_" in other.git("ls-tree", "--name-only", "main")


def test_a_broken_configuration_leaves_the_old_one_in_force(place):
    task = place.add("a wait module")
    run = place.start("--drain")
    place.wait_until(lambda: place.started() == [f"{task} 1"])
    place.repo.write("agent-gate.toml", "[run]\nworkerz = 1\n")
    time.sleep(1.5)
    (place.path / "agent-gate.toml").unlink()
    (place.starts.with_name("go")).touch()
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 0, output
    assert "the old one stays in force" in output
    assert 'did you mean "workers"' in output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("run",), "No agent is configured"),
        (("run", "--agent", "nobody"), 'no agent "nobody"'),
        (("run", "--agent-cmd", "x {promt}"), 'did you mean "{prompt}"'),
        (("run", "--agent", "cursor"), "No agent is installed (no `cursor-agent`)"),
        (("run", "--agent-cmd", "/nowhere/agent {prompt}"), "No agent is installed (no `/nowhere/agent`)"),
        (("status",), "no run has begun"),
        (("retry", "x"), "no run has begun"),
    ],
)
def test_a_users_mistake_is_one_sentence(place, args, said):
    done = place.call(*args)
    assert done.returncode == 4
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def _begun(place):
    return (place.path / ".git/agent-gate/journal.db").exists()


def test_a_verdict_that_an_agent_wrote_for_itself_lands_nothing(place):
    task = place.add("a forged lint module")
    done = place.run("--attempts", "1")
    assert done.returncode == 1, done.stdout
    assert place.issues()[task]["status"] == "blocked"
    assert "m_" not in str(place.files())


def test_gaps_of_the_base_are_filed_once_and_make_no_red_base(place):
    rules = place.repo.git("show", "main:AGENTS.md") + "\n- Identify any gaps and include them in GAPS.md.\n"
    place.repo.commit(
        "docs: gaps", {"AGENTS.md": rules, "GAPS.md": "# Gaps\n\n- Windows is not supported.\n"}
    )
    tasks = [place.add(f"a good module {number}") for number in range(2)]
    done = place.run("--only", tasks[0], "--only", tasks[1])
    assert done.returncode == 0, done.stdout
    assert "was red" not in done.stdout
    others = [row["title"] for name, row in place.issues().items() if name not in tasks]
    assert len(others) == 1, others
