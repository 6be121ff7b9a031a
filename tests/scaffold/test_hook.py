"""`agent-gate hook` and what agents' hooks run, with real git and real settings files."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from tests.scaffold.processes import AGENT_GATE, agent_gate

FILES = {"claude": ".claude/settings.json", "gemini": ".gemini/settings.json", "codex": ".codex/hooks.json"}
EVENTS = {"claude": "Stop", "gemini": "AfterAgent", "codex": "Stop"}
THEIRS = {
    "model": "x",
    "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say ü"}]}], "AfterAgent": []},
}
AGENTS = "# Rules\n\n- Commit messages follow Conventional Commits.\n"


def hook(repo, *args):
    return agent_gate(repo.path, "hook", *args)


def stop(repo, **event):
    done = agent_gate(
        repo.path, "stop-hook", stdin=json.dumps({"session_id": "s", "stop_hook_active": False, **event})
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("agent", FILES)
def test_a_hook_keeps_what_others_configured(make_repo, agent):
    repo = make_repo({FILES[agent]: json.dumps(THEIRS)})
    done = hook(repo, agent)
    settings = json.loads((repo.path / FILES[agent]).read_text())
    ours = settings["hooks"][EVENTS[agent]].pop()["hooks"][0]
    assert (done.returncode, ours["command"], settings) == (0, "agent-gate stop-hook", THEIRS)


@pytest.mark.parametrize("agent", FILES)
def test_twice_is_once_and_removed_is_gone(make_repo, agent):
    repo = make_repo()
    hook(repo, agent)
    once = (repo.path / FILES[agent]).read_bytes()
    assert "Nothing to do" in hook(repo, agent).stdout
    assert (repo.path / FILES[agent]).read_bytes() == once
    assert hook(repo, agent, "--remove").returncode == 0
    assert not (repo.path / FILES[agent]).exists()
    assert "Nothing to do" in hook(repo, agent, "--remove").stdout


def test_geminis_time_limit_is_in_milliseconds(make_repo):
    repo = make_repo()
    for agent in ("claude", "gemini"):
        hook(repo, agent)
    limits = [
        json.loads((repo.path / FILES[a]).read_text())["hooks"][EVENTS[a]][0]["hooks"][0]["timeout"]
        for a in ("claude", "gemini")
    ]
    assert limits[1] == 1000 * limits[0]


def test_codex_hooks_in_toml_stay_in_toml(make_repo):
    text = '# mine\nmodel = "x"\n\n[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"  # theirs\ncommand = "say"\n'
    repo = make_repo({".codex/config.toml": text})
    hook(repo, "codex")
    changed = (repo.path / ".codex/config.toml").read_text()
    assert "# mine" in changed
    assert "# theirs" in changed
    assert [group["hooks"][0]["command"] for group in tomllib.loads(changed)["hooks"]["Stop"]] == [
        "say",
        "agent-gate stop-hook",
    ]
    assert not (repo.path / ".codex/hooks.json").exists()
    hook(repo, "codex", "--remove")
    assert tomllib.loads((repo.path / ".codex/config.toml").read_text()) == tomllib.loads(text)


@pytest.mark.parametrize("text", ["{", "[]", '{"hooks": {"Stop": {}}}', '{"hooks": 1}'])
def test_settings_that_cannot_be_merged_are_left_alone(make_repo, text):
    repo = make_repo({".claude/settings.json": text})
    done = hook(repo, "claude")
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert (repo.path / ".claude/settings.json").read_text() == text


def test_an_agent_is_sent_back_once_with_what_to_repair(make_repo):
    repo = make_repo({"AGENTS.md": AGENTS})
    repo.branch("work")
    repo.commit("did things", {"a.txt": "a\n"})
    first = stop(repo)
    assert first["decision"] == "block"
    assert "[commit-format/" in first["reason"]
    assert "fix: " in first["reason"]
    again = stop(repo)
    assert "decision" not in again
    assert "still blocks" in again["systemMessage"]


def test_an_agent_that_goes_on_failing_is_let_go_in_the_end(make_repo):
    repo = make_repo({"AGENTS.md": AGENTS})
    repo.branch("work")
    answers = []
    for number in range(6):
        repo.commit(f"did things {number}", {"a.txt": f"{number}\n"})
        answers.append(stop(repo).get("decision"))
    assert answers == ["block"] * 5 + [None]


def test_good_work_and_no_work_may_stop(make_repo):
    repo = make_repo({"AGENTS.md": AGENTS})
    repo.branch("work")
    assert stop(repo) == {}
    repo.commit("feat: a", {"a.txt": "a\n"})
    assert stop(repo) == {}


def test_a_gate_that_cannot_judge_lets_go_and_says_so(make_repo):
    repo = make_repo({"AGENTS.md": AGENTS, "agent-gate.toml": "bogus = 1\n"})
    repo.branch("work")
    repo.commit("did things", {"a.txt": "a\n"})
    answer = stop(repo)
    assert "decision" not in answer
    assert "bogus" in answer["systemMessage"]


def test_without_a_session_an_active_hook_is_the_last(make_repo):
    repo = make_repo({"AGENTS.md": AGENTS})
    repo.branch("work")
    repo.commit("did things", {"a.txt": "a\n"})
    assert "decision" not in stop(repo, session_id="", stop_hook_active=True)


def test_a_push_is_gated_behind_the_hook_that_was_there(make_repo, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{AGENT_GATE.parent}:{os.environ['PATH']}")
    repo = make_repo({"AGENTS.md": AGENTS})
    repo.git("init", "-q", "--bare", str(tmp_path / "far.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "far.git"))
    there = repo.path / ".git/hooks/pre-push"
    there.parent.mkdir(exist_ok=True)
    there.write_text("#!/bin/sh\necho first >> ran\n")
    there.chmod(0o755)
    hook(repo, "git")
    assert "Nothing to do" in hook(repo, "git").stdout
    repo.branch("work")
    repo.commit("feat: good", {"a.txt": "a\n"})
    repo.git("push", "-q", "origin", "work")
    repo.commit("bad", {"b.txt": "b\n"})
    with pytest.raises(AssertionError, match="failed to push"):
        repo.git("push", "-q", "origin", "work")
    assert (repo.path / "ran").read_text() == "first\nfirst\n"
    hook(repo, "git", "--remove")
    assert there.read_text() == "#!/bin/sh\necho first >> ran\n"
    assert [file.name for file in there.parent.glob("pre-push*") if file.suffix != ".sample"] == ["pre-push"]


def test_hooks_that_other_repositories_share_are_not_touched(make_repo, tmp_path):
    repo = make_repo()
    repo.git("config", "core.hooksPath", str(tmp_path / "shared"))
    done = hook(repo, "git")
    assert (done.returncode, "outside of this repository" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "repos:\n- repo: https://x.invalid/y\n  rev: v1\n  hooks:\n  - id: z  # why\n",
        "default_stages: [pre-push]\nrepos:\n  - repo: https://x.invalid/y\n    rev: v1\n    hooks:\n      - id: z\n\nci:\n  skip: [z]\n",
    ],
)
def test_pre_commit_gets_one_entry_and_keeps_the_rest(make_repo, text):
    yaml = pytest.importorskip("yaml")
    repo = make_repo({".pre-commit-config.yaml": text} if text else None)
    file = repo.path / ".pre-commit-config.yaml"
    hook(repo, "pre-commit")
    once = file.read_text()
    parsed = yaml.safe_load(once)
    assert parsed.pop("repos")[-1]["hooks"][0]["id"] == "agent-gate"
    assert "Nothing to do" in hook(repo, "pre-commit").stdout
    assert file.read_text() == once
    hook(repo, "pre-commit", "--remove")
    assert (file.read_text() if file.exists() else None) == text


def test_a_pre_commit_file_of_another_form_is_left_alone(make_repo):
    repo = make_repo({".pre-commit-config.yaml": "repos: []\n"})
    done = hook(repo, "pre-commit")
    assert (done.returncode, "by hand" in done.stderr) == (4, True)


def test_what_is_published_for_pre_commit_and_github_is_yaml():
    yaml = pytest.importorskip("yaml")
    top = Path(__file__).parents[2]
    (entry,) = yaml.safe_load((top / ".pre-commit-hooks.yaml").read_text())
    action = yaml.safe_load((top / "action.yml").read_text())
    assert (entry["id"], action["runs"]["using"]) == ("agent-gate", "composite")
    assert "upload-artifact" in action["runs"]["steps"][-1]["uses"]
