"""Real agent CLIs against a scripted model: what becomes of each way in which a run may go, from its adapter to a landed commit.

`make agents-cli` installs them; AGENT_GATE_TEST_AGENTS names the directory. Nothing here needs a key or leaves the machine.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent_gate.agents.model import End
from agent_gate.orchestrator import attempts
from agent_gate.orchestrator.attempt_files import Attempt, Exit, Limits
from tests.agents.model_server import ModelServer, Script
from tests.agents.real_clis import MODELS, environment

if TYPE_CHECKING:
    from tests.e2e.conftest import Place

NAMES = ("codex", "claude", "gemini", "opencode", "qwen", "mini")
INSTALLED = Path(os.environ.get("AGENT_GATE_TEST_AGENTS", "/nonexistent"))
SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"  # how mini is told that it is done
WRITE = "printf 'A = 2\\n' > made.py"
COMMIT = "git add made.py && git commit -q -m 'feat: add a module'"
LIMITS = Limits(seconds=150, silence=60, grace=5)
SHORT = Limits(seconds=40, silence=20, grace=5)
FAILED = {End.CRASHED, End.SILENT, End.OVER_BUDGET}


def agent(name: str) -> Path:
    """The program; a missing one is a failure where CI is, and skips elsewhere."""
    program = INSTALLED / name
    if not program.exists():
        message = f"{name} is not installed: `make agents-cli` installs the agents that the tests run"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return program


def script(name: str, *commands: str, say: str = "Done.") -> Script:
    """What the model does; mini hands in by a command."""
    return Script((*commands, SUBMIT) if name == "mini" else commands, say)


def table(name: str, home: Path, url: str) -> dict[str, object]:
    """`[agents.NAME]` as the tests need it."""
    args = ["--auth-type", "openai"] if name == "qwen" else []
    return {"command": str(agent(name)), "args": args, "env": environment(name, home, url)}


@pytest.fixture
def attempt(make_repo, tmp_path):
    """Run one attempt of a CLI against a script."""

    def run(name: str, model: ModelServer, limits: Limits = LIMITS) -> tuple[Exit, Path]:
        repo = make_repo()
        prepared = Attempt(
            agent=name,
            task="t-1",
            attempt=1,
            worktree=repo.path,
            directory=tmp_path / "attempt",
            branch="main",
            base="main",
            model=MODELS.get(name, ""),
            options=table(name, tmp_path / "home", model.url),
            limits=limits,
        )
        attempts.prepare(prepared, "Add a module.")
        attempts.start(prepared.directory)
        ended = attempts.wait(prepared.worktree, prepared.directory)
        assert isinstance(ended, Exit)
        return ended, repo.path

    return run


@pytest.mark.agents_cli
@pytest.mark.parametrize("name", NAMES)
def test_work_is_done_and_its_use_is_told(name, attempt):
    with ModelServer([script(name, WRITE, COMMIT)]) as model:
        ended, worktree = attempt(name, model)
    assert (ended.end, ended.reason) == (End.FINISHED, "")
    assert (worktree / "made.py").read_text() == "A = 2\n"
    assert ended.usage.input_tokens >= 300
    assert bool(ended.session) == (name != "mini")


@pytest.mark.agents_cli
@pytest.mark.parametrize("name", NAMES[:-1])  # mini tries again for five minutes before it says anything
@pytest.mark.parametrize(
    ("failing", "ends"),
    [
        (Script(status=429), {End.RATE_LIMITED}),
        (Script(status=429, headers=(("Retry-After", "3600"),)), {End.RATE_LIMITED}),
        (Script(status=401), {End.NOT_LOGGED_IN}),
        (Script(status=500), FAILED),
        (Script(silent=True), {End.SILENT}),
    ],
    ids=["429", "429-later", "401", "500", "silent"],
)
def test_a_failing_service_is_told_for_what_it_is(name, failing, ends, attempt):
    with ModelServer([failing]) as model:
        ended, _ = attempt(name, model, SHORT)
    assert ended.end in ends, ended


@pytest.mark.agents_cli
@pytest.mark.parametrize("name", ["codex", "claude", "opencode"])
def test_a_refusal_is_told(name, attempt):
    with ModelServer([Script(refuses=True)]) as model:
        ended, _ = attempt(name, model)
    assert ended.end is End.REFUSED, ended


def configure(place: Place, name: str, url: str, *, then: str = "", limits: str = "seconds = 60") -> None:
    """The agent, and perhaps a command that takes over."""
    made = table(name, place.state / "home", url)
    env = ", ".join(f"{key} = {json.dumps(value)}" for key, value in made["env"].items())
    order = [name, "then"] if then else [name]
    content = (
        f"agent = {json.dumps(order)}\n[agents.{name}]\ncommand = {json.dumps(made['command'])}\n"
        f"args = {json.dumps(made['args'])}\nmodel = {json.dumps(MODELS.get(name, ''))}\nenv = {{ {env} }}\nlimits = {{ {limits} }}\n"
    )
    if then:
        content += f"[agents.then]\ncommand = {json.dumps(then)}\n"
    place.repo.commit("chore: choose an agent", {"agent-gate.toml": content})


def run(place: Place, *args: str):
    """`agent-gate run --drain` with the configured agents."""
    return place.call("run", "--drain", *args)


def test_the_fastest_one_lands_an_issue(place):
    lands(place, "codex")


@pytest.mark.agents_cli
@pytest.mark.parametrize("name", NAMES[1:])
def test_an_issue_lands(place, name):
    lands(place, name)


def lands(place: Place, name: str) -> None:
    """A lint error in the first attempt, its repair in the second, which goes on in the same session."""
    task = place.add("a module")
    first = script(name, "printf 'import os\\n' > made.py", COMMIT)
    second = script(name, WRITE, COMMIT)
    with ModelServer([first, second]) as model:
        configure(place, name, model.url)
        done = run(place, "--agent", name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.repo.git("show", "main:made.py") == "A = 2"
    assert place.issues()[task]["status"] == "closed"
    sessions = {
        json.loads((place.path / f".git/agent-gate/attempts/{task}/{n}/exit.json").read_text())["session"]
        for n in (1, 2)
    }
    assert len(sessions) == 1, "the second attempt began a new session"


@pytest.mark.agents_cli
@pytest.mark.parametrize("say", ["Done!", "All tests pass, everything is committed."])
def test_done_without_work_is_held(place, say):
    task = place.add("a module")
    with ModelServer([script("codex", say=say)]) as model:
        configure(place, "codex", model.url)
        done = run(place, "--attempts", "2")
    assert done.returncode == 1, done.stdout
    assert place.issues()[task]["status"] == "blocked"
    assert "made.py" not in place.files()


@pytest.mark.agents_cli
def test_what_was_not_committed_does_not_land(place):
    place.add("a module")
    with ModelServer([script("codex", WRITE)]) as model:
        configure(place, "codex", model.url)
        assert run(place, "--attempts", "1").returncode == 1
    assert "made.py" not in place.files()


@pytest.mark.agents_cli
def test_a_process_that_is_left_behind_is_ended(place):
    place.add("a module")
    with ModelServer([script("claude", WRITE, COMMIT, "setsid sleep 600 >/dev/null 2>&1 & true")]) as model:
        configure(place, "claude", model.url)
        done = run(place)
    assert done.returncode == 0, done.stdout
    assert "left a process behind, which was ended: sleep 600" in done.stdout


@pytest.mark.agents_cli
@pytest.mark.parametrize(("status", "told"), [(429, "rate-limited"), (401, "not-logged-in")])
def test_the_next_agent_takes_over_and_the_attempt_does_not_count(place, status, told):
    place.add("a module")
    worker = (
        f'{sys.executable} -c "import os; os.system(\\"{WRITE.replace(chr(92), chr(92) * 2)} && {COMMIT}\\")"'
    )
    with ModelServer([Script(status=status)]) as model:
        configure(place, "codex", model.url, then=f"{worker} {{task_id}}")
        done = run(place, "--attempts", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert told in done.stdout
    assert "made.py" in place.files()


@pytest.mark.agents_cli
@pytest.mark.parametrize(
    ("failing", "told"),
    [
        (Script(refuses=True), "refused"),
        (Script(status=500), "crashed"),
        (Script(silent=True), "silent"),
    ],
    ids=["refusal", "500", "silent"],
)
def test_other_failures_use_up_the_attempts_and_hold_the_task(place, failing, told):
    task = place.add("a module")
    with ModelServer([failing]) as model:
        configure(place, "codex", model.url, limits="seconds = 60, silence = 20")
        done = run(place, "--attempts", "1")
    assert done.returncode == 1, done.stdout
    assert told in done.stdout
    assert place.issues()[task]["status"] == "blocked"
