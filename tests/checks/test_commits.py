from __future__ import annotations

import itertools

import pytest

from agent_gate.checks.commit_message import opening_form, prose, read_header, trailers
from agent_gate.checks.commits import check_commits
from agent_gate.policy.model import Kind

PROBLEM = "fix(parser): read empty files\n\nThe parser crashed on empty files, so nobody could import one.\n"


@pytest.fixture
def wrong(make_repo, context_of, rule_of):
    """What is wrong with one commit of that message."""

    numbers = itertools.count()

    def judge(message, text="commit messages", files=None, **params):
        repo = make_repo(name=f"repo{next(numbers)}")
        repo.branch("work")
        repo.commit(message, files or {"a.txt": "a\n"})
        result = check_commits(rule_of(Kind.COMMIT_FORMAT, text=text, params=params), context_of(repo))
        assert result.findings or result.evidence == "1 commits read"
        return [finding.message.split(" ", 2)[2] for finding in result.findings]

    return judge


@pytest.mark.parametrize(
    "subject",
    [
        "feat: add x",
        "fix(core)!: drop y",
        "custom-type: z",
        "Feat(a b): q",
        'Revert "feat: add x"',
        "docs: a: b: c",
    ],
)
def test_conventional_subjects_pass(wrong, subject):
    assert wrong(subject, conventional=True) == []


@pytest.mark.parametrize(
    "subject",
    [
        "add x",
        "feat add x",
        "feat:add x",
        "feat(): x",
        "feat (a): x",
        "fixup! feat: x",
        "Merge branch 'x'",
        "feat: ",
    ],
)
def test_other_subjects_are_no_conventional_commits(wrong, subject):
    (problem,) = wrong(subject, conventional=True)
    assert problem.startswith("is no Conventional Commit")


def test_types_and_scopes_are_held_to_a_closed_list(wrong):
    assert wrong("perf(api): x", conventional=True, types=["feat", "fix"], scopes=["cli"]) == [
        "has the type 'perf', which is not one of feat, fix.",
        "has the scope 'api', which is not one of cli.",
    ]


def test_a_list_that_says_etc_is_open(wrong):
    assert (
        wrong("perf: x", text="feat, fix, docs, etc.", conventional=True, types=["feat", "fix", "docs"]) == []
    )


def test_the_body_needs_a_blank_line_and_a_breaking_change_capitals(wrong):
    problems = wrong("feat: x\nbody\n\nBreaking change: gone", conventional=True)
    assert problems == [
        "has no blank line after its subject.",
        "has a breaking change footer that is not in capitals.",
    ]


def test_merge_commits_are_exempt_unless_forbidden(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit("feat: on work", {"w.txt": "w\n"})
    repo.git("switch", "-q", "main")
    repo.commit("feat: on main", {"m.txt": "m\n"})
    repo.git("switch", "-q", "work")
    repo.git("merge", "-q", "--no-edit", "main")
    context = context_of(repo)
    assert check_commits(rule_of(Kind.COMMIT_FORMAT, params={"conventional": True}), context).findings == ()
    (finding,) = check_commits(rule_of(Kind.COMMIT_FORMAT, params={"no_merge": True}), context).findings
    assert "is a merge commit" in finding.message


@pytest.mark.parametrize(
    ("description", "verb"),
    [
        ("Added a cache", "add"),
        ("fixes crash", "fix"),
        ("Making it fast", "make"),
        ("applies the patch", "apply"),
        ("add a cache", ""),
        ("fixed-width fonts", ""),
        ("testing guide", ""),
        ("address review", ""),
        ("", ""),
    ],
)
def test_only_clear_forms_of_known_verbs_are_not_imperative(description, verb):
    assert opening_form(description) == verb


def test_the_imperative_is_looked_for_after_the_type_and_the_prefix(wrong):
    assert wrong("kite: fix(a): added b", imperative=True, prefix="kite: ") == [
        "opens with 'added', which is not the imperative."
    ]
    assert wrong("Updated docs", imperative=True) == ["opens with 'Updated', which is not the imperative."]


def test_subject_length(wrong):
    assert wrong("x" * 51, subject_max=50) == ["has a subject of 51 characters, more than 50."]
    assert wrong("x" * 50, subject_max=50) == []


@pytest.mark.parametrize(
    "body",
    [
        "The parser crashed on empty files.",
        "Users could not log in.\n\n- auth: retry",
        "## Problem\n\nEmpty input is not handled.",
        "Problem:\nEmpty input is not handled.",
        "Add retries because the server drops connections.",
        "Reading was slow.\n\nRefs: #1",
    ],
)
def test_a_body_that_can_be_read_as_a_problem_passes(wrong, body):
    assert wrong(f"fix: read input\n\n{body}\n", problem_first=True) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "has no description"),
        ("Signed-off-by: A <a@b.c>\nRefs: #1", "has no description"),
        ("- parser: empty files\n- tests", "opens with a list"),
        ("## Changes\n- parser", "opens with a list"),
        ("Fix reading of the input.", "only repeats"),
        ("This commit adds a retry loop around the socket.", "tells no problem"),
        ("Updated the socket code and its tests.", "tells no problem"),
    ],
)
def test_a_body_that_tells_no_problem_fails(wrong, body, problem):
    (found,) = wrong(f"fix: read input\n\n{body}\n", problem_first=True)
    assert problem in found


@pytest.mark.parametrize("also", [{"body_required": True}, {"summary_of_areas": True}])
def test_a_body_that_is_missing_is_told_once(wrong, also):
    (found,) = wrong("fix: read input", problem_first=True, **also)
    assert "no description" in found


def test_each_changed_area_is_named(wrong):
    files = {"src/parser/x.py": "x\n", "tests/test_x.py": "t\n", "docs/guide.md": "g\n", "uv.lock": "l\n"}
    assert wrong("fix: x\n\nIt broke.\n\n- parser: y\n- tests: z", files=files, summary_of_areas=True) == [
        "does not say what it changes in docs."
    ]
    assert wrong(PROBLEM, summary_of_areas=True) == []
    assert wrong("fix: x", summary_of_areas=True) == ["has no summary of the areas that it changes."]


def test_required_trailers(wrong):
    assert wrong("fix: x", required_trailers=["Signed-off-by"]) == ["lacks the trailer Signed-off-by."]
    assert wrong("fix: x\n\nsigned-off-by: A <a@b.c>", required_trailers=["Signed-off-by"]) == []


def test_forbidden_text(wrong):
    assert len(wrong("fix: see #12", forbidden_text=r"#\d+")) == 1
    assert wrong("fix: see the issue", forbidden_text=r"#\d+") == []


def test_forbidden_trailers(wrong):
    forbidden = ["Co-Authored-By", "Generated-with"]
    body = (
        "fix: x\n\n\N{ROBOT FACE} Generated with [Tool](u)\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    )
    assert len(wrong(body, forbidden_trailers=forbidden)) == 2
    human = "fix: x\n\nCo-authored-by: Ann <ann@example.invalid>"
    assert len(wrong(human, forbidden_trailers=forbidden)) == 1
    assert wrong(human, text="No AI attribution in commits", forbidden_trailers=forbidden) == []


def test_prefix_and_pattern(wrong):
    assert wrong("x", prefix="kite: ") == ["does not start with 'kite: '."]
    assert wrong("PROJ-12: x", prefix="PROJ-<number>: ") == []
    assert wrong("x", pattern=r"#\d+") == [r"does not contain what the rule asks for (#\d+)."]
    assert wrong("x\n\nRefs #12", pattern=r"#\d+") == []


def test_unfinished_commits(wrong):
    assert wrong("fixup! feat: x", no_fixup=True) == ["is unfinished (fixup, squash or WIP)."]
    assert wrong("wip", no_fixup=True) == ["is unfinished (fixup, squash or WIP)."]


def test_a_pattern_that_is_none_is_not_decided(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit()
    result = check_commits(rule_of(Kind.COMMIT_FORMAT, params={"pattern": "("}), context_of(repo))
    assert "not a regular expression" in result.undecided


def test_scope_chooses_the_commits_that_touch_it(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit("no form", {"web/a.txt": "a\n"})
    repo.commit("no form either", {"api/a.txt": "a\n"})
    rule = rule_of(Kind.COMMIT_FORMAT, scope=("web/",), params={"conventional": True})
    (finding,) = check_commits(rule, context_of(repo)).findings
    assert "'no form'" in finding.message
    assert finding.reproduce.startswith("git log -1 ")


def test_no_commits_is_skipped(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.write("a.txt", "a\n")
    assert check_commits(rule_of(Kind.COMMIT_FORMAT), context_of(repo)).skipped


def test_the_finding_survives_a_rebase(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit("no form", {"a.txt": "a\n"})
    rule = rule_of(Kind.COMMIT_FORMAT, params={"conventional": True})
    (before,) = check_commits(rule, context_of(repo)).findings
    repo.git("commit", "-q", "--amend", "--no-edit", "--reset-author", "--date=2026-02-02T00:00:00Z")
    (after,) = check_commits(rule, context_of(repo)).findings
    assert (before.message != after.message, before.fingerprint()) == (True, after.fingerprint())


def test_parts_of_a_message():
    header = read_header("feat(ui)!: x")
    assert header is not None
    assert (header.type, header.scope, header.breaking, header.description) == ("feat", "ui", True, "x")
    assert trailers("text\n\nBREAKING CHANGE: a\nFixes #1\nReviewed-by: B") == {
        "breaking change",
        "fixes",
        "reviewed-by",
    }
    assert prose("why\n\nRefs: #1\n more\n\nB: c") == "why"
    assert prose("why\n\nparser: reads empty files\n\nfixes #1") == "why\n\nparser: reads empty files"
