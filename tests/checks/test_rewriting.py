import pytest

from agent_gate.checks.rewriting import check_rewriting, rewrites
from agent_gate.findings import Severity
from agent_gate.policy.model import Kind

FMT = 'for f in "$@"; do printf "%s" "$(tr a-z A-Z < "$f")" > "$f.new"; cat "$f.new" > "$f"; rm "$f.new"; done\n'


@pytest.fixture
def repo(make_repo):
    repo = make_repo({"fmt.sh": FMT, "old.txt": "old", ".gitignore": "*.cache\n"})
    repo.branch("work")
    repo.commit("feat: new", {"new.txt": "new"})
    return repo


@pytest.fixture
def judge(repo, context_of, rule_of):
    def on(command, **fields):
        repo.commit("chore: more")
        return check_rewriting(rule_of(Kind.FORMAT, command, **fields), context_of(repo))

    return on


@pytest.mark.parametrize(
    "command", ["ruff format .", "just fmt", "prettier --write .", "gofmt -w .", "black '"]
)
def test_a_formatter_rewrites(rule_of, command):
    assert rewrites(rule_of(Kind.FORMAT, command))


@pytest.mark.parametrize(
    "command",
    [
        *(
            "ruff format --check .",
            "black --diff .",
            "gofmt -l .",
            "isort -c .",
            "mix format --check-formatted",
        ),
        *(
            "terraform fmt -check",
            "cargo fmt -- --check",
            "npm run format:check",
            "dart format --set-exit-if-changed .",
        ),
    ],
)
def test_a_formatter_that_only_looks_does_not(rule_of, command):
    assert not rewrites(rule_of(Kind.FORMAT, command))


def test_other_commands_do_only_where_the_policy_says_so(rule_of):
    assert not rewrites(rule_of(Kind.LINT, "ruff check"))
    assert rewrites(rule_of(Kind.LINT, "ruff check --fix", params={"rewrites": True}))
    assert not rewrites(rule_of(Kind.FORMAT, "just fmt", params={"rewrites": False}))


def test_what_it_changes_is_a_finding_with_the_diff_and_the_worktree_is_as_it_was(judge, repo):
    (finding,) = judge("sh fmt.sh new.txt").findings
    assert (finding.path, finding.line, finding.severity) == ("new.txt", 1, Severity.BLOCK)
    assert finding.evidence.endswith("-new\n+NEW")
    assert (repo.path / "new.txt").read_text() == "new"
    assert repo.git("status", "--porcelain") == ""


def test_what_it_changes_at_the_base_in_the_same_way_is_old(judge):
    severities = {finding.path: finding.severity for finding in judge("sh fmt.sh old.txt new.txt").findings}
    assert severities == {"new.txt": Severity.BLOCK, "old.txt": Severity.FOLLOW_UP}


def test_nothing_changed_passes_with_evidence(judge):
    result = judge("sh -c 'touch x.cache'")
    assert (result.findings, "changed 0 files" in result.evidence) == ((), True)


@pytest.mark.parametrize(
    "made", ["echo x > made.txt", "git mv new.txt moved.txt", "rm new.txt", "chmod +x new.txt"]
)
def test_files_that_it_makes_moves_or_removes_count(judge, made):
    assert len(judge(f"sh -c '{made}'").findings) == 1


def test_what_it_commits_does_not_hide(judge):
    commit = "git -c user.name=a -c user.email=a@b commit -qam x"
    (finding,) = judge(f"sh -c 'echo x > new.txt; {commit}'").findings
    assert finding.path == "new.txt"


def test_a_failure_that_changes_nothing_is_a_finding(judge):
    (finding,) = judge("sh -c 'echo oops; exit 3'").findings
    assert ("exit code 3" in finding.message, finding.evidence) == (True, "oops")


def test_what_it_says_is_a_finding_unless_it_failed_for_its_rewriting_alone(judge, repo):
    repo.write(
        "hook.sh",
        'sh fmt.sh new.txt; grep -n BUG new.txt | sed "s/^1/new.txt:1: /"; git diff --exit-code && ! grep -q BUG new.txt\n',
    )
    assert [finding.evidence for finding in judge("sh hook.sh").findings] == [
        "modified new.txt\n@@\n-new\n+NEW"
    ]
    repo.write("new.txt", "bug")
    assert [(one.path, one.message) for one in judge("sh hook.sh").findings] == [
        ("new.txt", "`sh hook.sh` changes this file"),
        ("new.txt", ":BUG"),
    ]


def test_an_old_file_that_it_rewrites_excuses_no_failure(judge):
    findings = judge("sh -c 'sh fmt.sh old.txt; test ! -e new.txt'").findings
    assert [(one.path, one.severity) for one in findings] == [
        (None, Severity.BLOCK),
        ("old.txt", Severity.FOLLOW_UP),
    ]


@pytest.mark.parametrize("command", ["no-such-formatter", "sh -c 'kill -9 $$'", "fmt '"])
def test_what_cannot_run_is_undecided(judge, command):
    result = judge(command)
    assert (bool(result.undecided), result.cacheable, len(result.findings)) == (True, False, 1)


def test_uncommitted_files_are_judged_too(repo, context_of, rule_of):
    repo.write("draft.txt", "draft")
    (finding,) = check_rewriting(rule_of(Kind.FORMAT, "sh fmt.sh draft.txt"), context_of(repo)).findings
    assert finding.path == "draft.txt"
