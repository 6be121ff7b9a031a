"""All of it together: a worktree of the pool, its guard, an agent in it, and the look at what is shared."""

from agent_gate.agents.model import End
from agent_gate.orchestrator import attempts
from agent_gate.orchestrator.attempt_files import Attempt, Limits
from agent_gate.orchestrator.guard import guard
from agent_gate.orchestrator.shared_state import Expected, compare, snapshot
from agent_gate.orchestrator.worktrees import Wanted, acquire
from agent_gate.policy.settings import Settings
from agent_gate.repository import open_repository

AGENT = """
echo done > done.txt && git add -A && git commit -qm "feat: done" || exit 1
git push origin HEAD:main && exit 1
git tag v1 && exit 1
git stash list
"""


def test_an_agent_commits_to_its_branch_and_to_nothing_else(make_repo, tmp_path):
    repo = make_repo()
    repo.git("remote", "add", "origin", str(repo.path))
    repository = open_repository(repo.path)
    base = repo.git("rev-parse", "main")
    worktree = acquire(repository, Wanted("t-1", "agent/t-1", base), Settings(setup=""), lambda: {"t-1"}).path
    before = snapshot(open_repository(worktree))
    (tmp_path / "agent.sh").write_text(AGENT)
    attempt = Attempt(
        agent="command",
        task="t-1",
        attempt=1,
        worktree=worktree,
        directory=tmp_path / "attempts" / "1",
        options={"command": f"sh {tmp_path}/agent.sh"},
        git_config=guard(repository, worktree, "t-1", "agent/t-1"),
        limits=Limits(seconds=60),
    )
    attempts.prepare(attempt, "do it")
    attempts.start(attempt.directory)
    done = attempts.wait(worktree, attempt.directory)
    log = (attempt.directory / "log").read_text()
    assert done.end is End.FINISHED, log
    assert "agents do not push" in log
    assert repo.git("log", "--format=%s", f"{base}..agent/t-1") == "feat: done"
    opened = open_repository(worktree)
    assert compare(before, snapshot(opened), opened, Expected("t-1", "agent/t-1", "main")) == ()
