"""`agent-gate init`, and that what it writes passes its own gate."""

import shutil

import pytest

from tests.scaffold.processes import agent_gate, without_bd

PYTHON = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "0"\n\n[tool.ruff]\n\n[tool.pytest]\n',
    "x.py": "def double(n: int) -> int:\n    return 2 * n\n",
    "tests/test_x.py": "from x import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
    "conftest.py": "",
}
NODE = {
    "package.json": '{"name": "x", "type": "module", "scripts": {"test": "node --test", "lint": "node --check x.js"}}\n',
    "x.js": "export const double = (n) => 2 * n;\n",
    "x.test.js": "import test from 'node:test';\nimport { double } from './x.js';\n"
    "test('doubles', () => { if (double(2) !== 4) throw new Error(); });\n",
}
RUST = {
    "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n',
    "Cargo.lock": '# by Cargo\nversion = 3\n\n[[package]]\nname = "x"\nversion = "0.1.0"\n',
    ".gitignore": "target\n",
    "src/lib.rs": "pub fn double(n: i32) -> i32 {\n    2 * n\n}\n\n#[test]\nfn doubles() {\n    assert_eq!(double(2), 4);\n}\n",
}
GO = {
    "go.mod": "module x\n\ngo 1.21\n",
    "x.go": "package x\n\n// Double doubles.\nfunc Double(n int) int { return 2 * n }\n",
    "x_test.go": 'package x\n\nimport "testing"\n\nfunc TestDouble(t *testing.T) {\n\tif Double(2) != 4 {\n\t\tt.Fatal("no")\n\t}\n}\n',
}
GOOD = {
    "python": (
        PYTHON,
        {
            "x.py": PYTHON["x.py"] + "\n\ndef triple(n: int) -> int:\n    return 3 * n\n",
            "tests/test_x.py": "from x import double, triple\n\n\ndef test_double():\n    assert double(2) == 4\n\n\n"
            "def test_triple():\n    assert triple(2) == 6\n",
        },
        ("ruff", "pytest"),
    ),
    "node": (
        NODE,
        {
            "x.js": NODE["x.js"] + "export const triple = (n) => 3 * n;\n",
            "x.test.js": NODE["x.test.js"].replace("{ double }", "{ double, triple }")
            + "test('triples', () => { if (triple(2) !== 6) throw new Error(); });\n",
        },
        ("node", "npm"),
    ),
    "rust": (
        RUST,
        {
            "src/lib.rs": RUST["src/lib.rs"]
            + "\npub fn triple(n: i32) -> i32 {\n    3 * n\n}\n\n#[test]\nfn triples() {\n    assert_eq!(triple(2), 6);\n}\n"
        },
        ("cargo", "cargo-clippy", "rustfmt"),
    ),
    "go": (
        GO,
        {
            "x.go": GO["x.go"] + "\n// Triple triples.\nfunc Triple(n int) int { return 3 * n }\n",
            "x_test.go": GO["x_test.go"]
            + '\nfunc TestTriple(t *testing.T) {\n\tif Triple(2) != 6 {\n\t\tt.Fatal("no")\n\t}\n}\n',
        },
        ("go",),
    ),
    "empty": ({"README.md": "# x\n"}, {"first.txt": "words\n"}, ()),
}


def init(repo, *args):
    return agent_gate(repo.path, "init", *args, path=without_bd())


def tree(path):
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and ".git" not in file.relative_to(path).parts
    }


@pytest.mark.parametrize("language", GOOD)
def test_a_good_change_on_top_of_the_scaffold_passes_the_gate(make_repo, language):
    files, change, tools = GOOD[language]
    if missing := [tool for tool in tools if shutil.which(tool, path=without_bd()) is None]:
        pytest.skip(f"{missing[0]} is not installed")
    repo = make_repo(files)
    done = init(repo)
    assert done.returncode == 0, done.stderr
    repo.commit("chore: rules for agents")
    repo.branch("work")
    readme = repo.path / "README.md"
    specs = repo.path / "specs/README.md"
    repo.commit(
        "feat: triple\n\nNobody could triple a number.",
        {
            **change,
            "README.md": readme.read_text() + "\nIt triples.\n",
            "specs/README.md": specs.read_text() + "| x | y |\n",
        },
    )
    checked = agent_gate(repo.path, "check", path=without_bd())
    assert checked.returncode == 0, done.stdout + checked.stdout + checked.stderr
    assert "commit-format PASSED" in checked.stdout


@pytest.mark.parametrize(
    ("language", "commands"),
    [
        ("python", ["ruff check .", "pytest"]),
        ("node", ["npm run lint", "npm test"]),
        ("rust", ["cargo clippy --all-targets -- -D warnings", "cargo fmt --check", "cargo test"]),
        ("go", ["go vet ./...", "go test ./..."]),
    ],
)
def test_the_commands_of_the_language_become_enforced_rules(make_repo, language, commands):
    repo = make_repo(GOOD[language][0])
    init(repo)
    enforced = agent_gate(repo.path, "policy", "--enforced").stdout
    assert [command for command in commands if command not in enforced] == []


@pytest.mark.parametrize("language", ["python", "empty"])
def test_twice_changes_nothing(make_repo, language):
    repo = make_repo(GOOD[language][0])
    init(repo)
    once = tree(repo.path)
    again = init(repo)
    assert tree(repo.path) == once
    assert "Nothing to add" in again.stdout


def test_what_is_there_is_kept_and_only_what_is_missing_is_added(make_repo):
    own = "# House rules\n\nCommits follow Conventional Commits.\n\n## Gaps\n\nWe have none.\n"
    repo = make_repo(
        {
            "AGENTS.md": own,
            "README.md": "# mine\n",
            "GAPS.md": "- one\n",
            "pyproject.toml": "# p\n[project]\nname='x'",
        }
    )
    done = init(repo)
    text = (repo.path / "AGENTS.md").read_text()
    assert text.startswith(own)
    assert "## Before you start" in text
    assert "\n## Commits" not in text  # asked for already
    assert text.count("## Gaps") == 1
    assert (repo.path / "GAPS.md").read_text() == "- one\n"
    assert (
        (repo.path / "pyproject.toml").read_text().startswith("# p\n[project]\nname='x'\n\n[tool.agent-gate]")
    )
    assert "+## Before you start" in done.stdout


def test_dry_run_writes_nothing(make_repo):
    repo = make_repo()
    before = tree(repo.path)
    done = init(repo, "--dry-run")
    assert "+# Working on this repository" in done.stdout
    assert tree(repo.path) == before


def test_a_directory_without_git_becomes_a_repository(tmp_path):
    done = agent_gate(tmp_path, "init", path=without_bd())
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".git").is_dir()
    assert (tmp_path / "AGENTS.md").is_file()


def test_a_link_out_of_the_repository_is_not_written_through(make_repo, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    repo = make_repo()
    (repo.path / "specs").symlink_to(outside)
    done = init(repo)
    assert (done.returncode, "leads out of the repository" in done.stderr) == (4, True)
    assert list(outside.iterdir()) == []


def test_beads_is_initialised_where_bd_is(bd_template, make_repo):
    repo = make_repo()
    assert "made the issue database" in agent_gate(repo.path, "init").stdout
    assert (repo.path / ".beads").is_dir()
    repo.git("add", "-A")
    assert ".beads" not in repo.git("diff", "--cached", "--name-only")


def test_the_workflow_is_yaml_that_runs_the_gate(make_repo):
    yaml = pytest.importorskip("yaml")
    repo = make_repo({**NODE, "uv.lock": "", **PYTHON})
    init(repo)
    steps = yaml.safe_load((repo.path / ".github/workflows/agent-gate.yml").read_text())["jobs"]["gate"][
        "steps"
    ]
    runs = [step["run"] for step in steps if "run" in step]
    assert runs[:2] == ["pip install uv && uv sync --frozen", "npm install"]
    assert runs[-1].startswith("pytest --agent-gate ")


def test_the_makes_own_targets_come_before_their_tools(make_repo):
    repo = make_repo({**PYTHON, "Makefile": "test: deps\n\tpytest\nX := 1\n"})
    enforced = init(repo).stdout
    assert "`ruff check .`, `make test`" in enforced
