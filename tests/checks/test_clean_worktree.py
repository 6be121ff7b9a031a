from __future__ import annotations

from agent_gate.checks.clean_worktree import MOST, check_clean_worktree
from agent_gate.policy.model import Kind


def test_every_uncommitted_path_is_a_finding(make_repo, context_of, rule_of):
    repo = make_repo({"a.txt": "a\n", ".gitignore": "*.log\n"})
    repo.branch("work")
    repo.write("a.txt", "changed\n")
    repo.write("new file.txt", "n\n")
    repo.write("x.log", "l\n")
    result = check_clean_worktree(rule_of(Kind.CLEAN_WORKTREE), context_of(repo))
    assert [finding.path for finding in result.findings] == ["a.txt", "new file.txt"]
    assert result.findings[1].reproduce == "git status --ignored --untracked-files=all -- 'new file.txt'"


def test_a_clean_worktree_passes_with_evidence(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit()
    result = check_clean_worktree(rule_of(Kind.CLEAN_WORKTREE), context_of(repo))
    assert (result.findings, result.evidence) == ((), "nothing is uncommitted")


def test_files_out_of_scope_do_not_count(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.write("a/x", "x\n")
    repo.write("b/x", "x\n")
    result = check_clean_worktree(rule_of(Kind.CLEAN_WORKTREE, scope=("a/",)), context_of(repo))
    assert [finding.path for finding in result.findings] == ["a/x"]


def test_very_many_paths_are_counted(make_repo, context_of, rule_of):
    repo = make_repo()
    for number in range(MOST + 5):
        repo.write(f"new/{number}", "x\n")
    findings = check_clean_worktree(rule_of(Kind.CLEAN_WORKTREE), context_of(repo)).findings
    assert len(findings) == MOST + 1
    assert findings[-1].message == "5 more paths are not committed."
