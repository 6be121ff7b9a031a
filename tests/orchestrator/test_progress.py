"""What a person sees of a run, and what the tracker hears."""

from dataclasses import replace

import pytest

from agent_gate.orchestrator.config import Configured, RunConfig
from agent_gate.orchestrator.journal import Task
from agent_gate.orchestrator.progress import Progress
from agent_gate.tracker.model import Create, Issue


@pytest.fixture
def working(site):
    """A task whose agent writes to its log."""
    task = Task("t-1", started_at=5.0)
    site.desk.tracker.apply([Create(Issue("t-1", "A task"))])
    site.attempt_directory(task).mkdir(parents=True)
    return task, site.attempt_directory(task) / "log"


def test_a_sentence_is_one_line_without_escapes_and_is_not_said_twice(capsys):
    progress = Progress()
    for sentence in ("a\nb\x1b[2J", "a\nb\x1b[2J", "c"):
        progress.tell_once("t-1", sentence)
    assert [line[9:] for line in capsys.readouterr().out.splitlines()] == ["t-1: a b", "t-1: c"]


def test_followed_output_comes_in_whole_lines_once(site, working, capsys):
    task, log = working
    progress = Progress(follow=True)
    for text in ("one\nhalf", "one\nhalf a line\n"):
        log.write_text(text)
        progress.show(site, [task])
    assert capsys.readouterr().out == "t-1 | one\nt-1 | half a line\n"


def test_a_log_that_lost_its_middle_is_followed_from_its_end(site, working, capsys):
    """As when an agent says more than its log holds."""
    task, log = working
    progress = Progress(follow=True)
    log.write_text("a long line\n" * 100)
    progress.show(site, [task])
    capsys.readouterr()
    log.write_text("short\n")
    progress.show(site, [task])
    log.write_text("short\nand new\n")
    progress.show(site, [task])
    assert capsys.readouterr().out == "t-1 | and new\n"


def test_the_issue_hears_of_an_agent_that_goes_on_and_not_of_every_line(site, working):
    task, log = working
    configured = site.configured()
    often = replace(site, configured=lambda: Configured(RunConfig(note_seconds=0.0), configured.agents))
    progress = Progress()
    for text in ("one\n", "one\n", "one\ntwo\n"):
        log.write_text(text)
        progress.show(often, [task])
        progress.show(site, [task])  # where notes are rare
    site.desk.close()
    notes = site.desk.issue("t-1").notes
    assert (notes.count("goes on"), notes.count("    one"), notes.count("    two")) == (2, 1, 1)


def test_the_work_goes_on_where_nobody_reads_any_more(monkeypatch):
    calls = []

    def broken(*_args, **_kwargs):
        calls.append(1)
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", broken)
    progress = Progress()
    progress.tell("", "one")
    progress.tell("", "two")
    assert calls == [1]


def test_what_an_agent_said_last_is_shown_when_it_ends_once(site, capsys):
    progress, task = Progress(follow=True), Task("t-1", attempt=1)
    log = site.attempt_directory(task) / "log"
    log.parent.mkdir(parents=True)
    log.write_text("first\nhalf of")
    progress.show(site, [task])
    assert capsys.readouterr().out == "t-1 | first\n"
    log.write_text("first\nhalf of a line\nlast, without an end")
    progress.output_ends(task, log)
    progress.show(site, [task])
    assert capsys.readouterr().out == "t-1 | half of a line\nt-1 | last, without an end\n"


def test_an_attempt_that_ended_between_two_looks_is_shown_whole(site, tmp_path, capsys):
    progress, log = Progress(follow=True), tmp_path / "log"
    for attempt in (1, 2):
        log.write_text(f"attempt {attempt}\n")
        progress.output_ends(Task("t-1", attempt=attempt), log)
    assert capsys.readouterr().out == "t-1 | attempt 1\nt-1 | attempt 2\n"


def test_who_does_not_follow_sees_none_of_it(tmp_path, capsys):
    log = tmp_path / "log"
    log.write_text("said\n")
    Progress().output_ends(Task("t-1", attempt=1), log)
    assert capsys.readouterr().out == ""
