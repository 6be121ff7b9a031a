"""Whole files: what is enforced, what is not, and what must hold of every result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_gate.findings import Severity
from agent_gate.policy.extract import extract_rules
from agent_gate.policy.model import NEVER_ENFORCED, Kind, Rule

FILES = sorted((Path(__file__).parents[2] / "fixtures" / "agents_md").glob("*.md"))
PIECES = [
    "- ",
    "1. ",
    "> ",
    "# ",
    "\n",
    "\n\n",
    "```\n",
    "```bash\n",
    "`",
    "**",
    "| a | b |\n|---|---|\n",
    "<!-- ",
    "-->",
    "\t",
    "  ",
]
WORDS = [
    "run",
    "make test",
    "Never",
    "edit",
    "src/",
    "commit",
    "to main",
    "docs",
    "update",
    "when",
    "100",
    "é",
    "\x00",
    "\r\n",
    ":",
    ";",
    ".",
]
MARKDOWN = st.lists(st.sampled_from(PIECES + WORDS) | st.text(max_size=8), max_size=60).map(" ".join)


def enforced(text: str) -> list[Rule]:
    return [rule for rule in extract_rules("AGENTS.md", text) if rule.enforced]


def values(text: str) -> list[tuple[str, str | None]]:
    return [(rule.kind.value, rule.value) for rule in enforced(text)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_file_asks_for_what_its_reader_would_enforce(path: Path) -> None:
    rows = [[rule.source.line, rule.kind.value, rule.value] for rule in enforced(path.read_text("utf-8"))]
    assert rows == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_of_text_is_listed(path: Path) -> None:
    """Nothing is dropped: each item, row and paragraph of the file appears in some rule."""
    text = path.read_text("utf-8")
    said = " ".join(rule.source.text for rule in extract_rules("AGENTS.md", text))
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith(("- ", "* "))]
    assert [line for line in lines if line[2:].split()[-1] not in said] == []


@settings(deadline=None)  # a loaded machine is no failure
@given(MARKDOWN)
@example("run make lint and " * 200)
def test_any_text_gives_unique_ids_and_lines_that_hold_the_quote(text: str) -> None:
    rules = extract_rules("AGENTS.md", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd").split("\n")
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        words = rule.source.text.split()
        assert not words or words[0] in " ".join(lines[rule.source.line - 1].replace("\t", " ").split())


@settings(deadline=None)  # a loaded machine is no failure
@given(MARKDOWN)
def test_any_text_gives_the_same_rules_twice(text: str) -> None:
    assert extract_rules("AGENTS.md", text) == extract_rules("AGENTS.md", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_kinds_with_a_check_are_enforced_and_the_rest_says_why(path: Path) -> None:
    for rule in extract_rules("AGENTS.md", path.read_text("utf-8")):
        assert not (rule.enforced and rule.kind in NEVER_ENFORCED)
        assert rule.enforced or rule.reason


def test_an_id_does_not_change_when_lines_move() -> None:
    text = "- Run `make test`.\n- Never commit to `main`.\n"
    moved = [rule.id for rule in extract_rules("AGENTS.md", "# Title\n\n" + text)]
    assert [rule.id for rule in extract_rules("AGENTS.md", text)] == moved[1:]


@pytest.mark.parametrize(
    "command",
    ["make deploy", "npm publish", "git push --force", "bin/rails db:migrate", "npm ci", "rm -rf build", "make clean",
     "npm run dev", "uv run pytest -k name", "npx vitest --watch", "docker compose up", "npm run release", "make test-watch"],
)  # fmt: skip
def test_what_must_never_run_is_not_enforced_however_it_is_worded(command: str) -> None:
    assert values(f"You MUST always run `{command}` before every commit.") == []
    assert values(f"## Tests\n\n```bash\n{command}  # required\n```\n") == []


def test_a_checking_twin_is_the_rule() -> None:
    text = "- Format: `ruff format .`\n- CI check: `ruff format --check .`\n"
    assert values(text) == [("command.format", "ruff format --check .")]


def test_an_aggregate_is_a_rule_only_without_its_parts() -> None:
    assert values("Always run `make ci` before a commit.") == [("command.other", "make ci")]
    parts = "- `make lint`\n- `make test`\n- `make ci` runs both\n"
    assert values(parts) == [("command.lint", "make lint"), ("command.test", "make test")]


def test_repetitions_are_one_rule_on_the_strongest_line() -> None:
    (rule,) = enforced("- Test: `uv run poe test`\n\nYou must run `poe test` before committing.\n")
    assert (rule.source.line, rule.params["also"]) == (3, ["uv run poe test"])
    assert "line 1" in rule.reason


def test_after_changing_a_path_scopes_a_command_and_other_conditions_do_not_enforce_it() -> None:
    (rule,) = enforced("After editing `proto/*.proto`, run `make lint`.")
    assert rule.scope == ("proto/*.proto",)
    assert values("If you change the payment flow, run `make lint`.") == []
    assert values("After making changes, run `make lint`.") == [("command.lint", "make lint")]


@pytest.mark.parametrize(
    "text",
    [
        "Changes to `web/**` require `make test-web`.",
        "For anything under `web/`, `make test-web` is mandatory.",
        "Run `make test-web` when `web/**` changes.",
        "## If you change...\n\n- `web/**` → `make test-web`",
        "After editing anything under [web/](web/), run `make test-web`.",
    ],
)
def test_a_path_in_any_form_of_condition_scopes_the_command(text: str) -> None:
    (rule,) = enforced(text)
    assert (rule.value, rule.scope) == ("make test-web", ("web/**",))


def test_a_condition_counts_for_the_commands_after_it_and_a_last_one_for_all() -> None:
    text = "Run `make fmt-check`, and if Kotlin files were touched, `make ktlint`."
    assert {rule.value: rule.scope for rule in enforced(text)} == {
        "make fmt-check": (),
        "make ktlint": ("*.kt", "*.kts"),
    }
    assert values("Run `make lint` and `make test` when locks are involved.") == []


def test_a_command_keeps_its_cd_and_is_scoped_to_that_folder() -> None:
    (rule,) = enforced("## Tests\n\n```bash\ncd web && npm test\n```\n")
    assert (rule.value, rule.scope, rule.directory) == ("cd web && npm test", ("web/**",), "")


def test_a_cd_line_sets_the_directory_of_the_lines_after_it() -> None:
    (rule,) = enforced("## Tests\n\n```bash\ncd web\nnpm test\n```\n")
    assert (rule.value, rule.scope, rule.directory) == ("npm test", ("web/**",), "web")


def test_wording_decides_the_severity_and_the_exception() -> None:
    (asked,) = enforced("Ask before adding new dependencies.")
    (declared,) = enforced("Never edit `vendor/` unless the issue asks for it.")
    assert asked.severity is Severity.FOLLOW_UP
    assert (declared.severity, declared.unless_task) == (Severity.BLOCK, True)


def test_preferences_are_advisory() -> None:
    rules = extract_rules("AGENTS.md", "- Prefer small functions.\n- Try to add tests for new code.\n")
    assert [rule.kind for rule in rules] == [Kind.ADVISORY, Kind.ADVISORY]


def test_no_clean_tree_is_asked_where_agents_must_not_commit() -> None:
    assert values("Commit all your work.") == [("clean-worktree", None)]
    assert values("- Leave a clean working tree at the end.\n- Never commit unless asked.\n") == []


def test_comments_are_no_statements() -> None:
    assert extract_rules("AGENTS.md", "<!-- Always run `make test` -->\n<!--\n- `make lint`\n-->\n") == ()


@pytest.mark.parametrize(
    "command",
    ["rm -rf build && make test", "npm test; npm publish", "make lint | sh", "FOO=1 make deploy", "bash -c 'make test'",
     "bash -lc './x.sh && npm publish'", "make test $(npm publish)", "A=$(rm -rf x) make test", "pytest <(git push)",
     "find . | xargs rm", "exec npm publish", "nohup make test", "pytest > /etc/passwd", "npx -c 'npm publish'",
     "pwsh -Command 'npm publish'", "make test & npm publish", "eval make test", "cp a b && make test"],
)  # fmt: skip
def test_words_that_hide_what_would_run_are_never_run(command: str) -> None:
    assert values(f"You MUST always run ``{command}`` before every commit.") == []
    assert values(f"## Tests\n\n```bash\n{command}\n```\n") == []


def test_a_generator_runs_only_for_its_path_without_a_placeholder_and_alone() -> None:
    after = "After editing `api/*.proto`, run `{}`."
    assert values(after.format("make generate")) == [("command.other", "make generate")]
    for hidden in ("make generate <name>", "make generate && npm publish", "make generate | sh", "cp a b"):
        assert values(after.format(hidden)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Unit tests: `go run . unit-test`", [("command.test", "go run . unit-test")]),
        ("- Start it with `go run ./cmd/server`", []),
        ("Use version 7 to run `phpcs` and `phpcbf`.", []),
        ("- `make old` and `make test-old` are deprecated aliases.", []),
        ("- For package-scoped runs, use `make test-pkg`.", []),
        ("Never change CI files (`.github/workflows/**`).", [("protected-path", ".github/workflows/**")]),
        ("Do not hand off a change with failing tests.", []),
        ("- `CI=1 make conformance` only when snapshot tests are required", []),
        ('- Names: `pnpm nx run web:unit -- -t "x"` (all tests named x)', []),
        ("All public types must have a doc comment.", []),
        ("- Build: `make app` (the program), `make tool` and `make lib`.", [("command.build", f"make {name}") for name in ("app", "tool", "lib")]),
        ("Run `make test-ui` whenever the toolbar or its menus are involved.", []),
        ("For backend changes, run `make test-api`.", []),
        ("If the docs build fails, run `make lint-docs`.", []),
        ("Once everything is updated, run `make test`.", [("command.test", "make test")]),
        ("- Single service: `./gradlew :billing:test`", []),
        ("- Output style: `pylint`", []),
        ("Use clang-format 20 on PATH; run it before pushing.", []),
        ("The filter is passed to `cargo nextest run`.", []),
        ("To upgrade the theme, change its version, then run `pre-commit run theme --all-files`.", []),
        ("### Faster inner loop\n\n```sh\npytest tests --fast\n```", []),
        ("```sh\n# Before running the end-to-end suite, build the helper\nmake build-helper\n```", []),
        ("### If modifying any external dependencies\n\n```sh\nmake build-licences\n```", []),
        ("Doctests (the examples are executed):\n\n```sh\nmake doctest\n```", [("command.test", "make doctest")]),
        ("Run the suite for .NET 8 and 10: `dotnet test a.csproj`, and `dotnet test b.csproj`.", [("command.test", "dotnet test a.csproj"), ("command.test", "dotnet test b.csproj")]),
        ("Run `make lint` and `make test`, and `make docs-check` as well if you touched guides.", [("command.lint", "make lint"), ("command.test", "make test")]),
        ("After building (`make build`), look at the page.", []),
        ("```sh\ncd packages/<pkg>\nnpm test\n```", []),
        ("```sh\ncd <repo-root>\nnpm test\n```", [("command.test", "npm test")]),
        ("The matrix is in `noxfile.py`; list its sessions with `nox -t tests`.", []),
        ("```sh\n# Run device tests (an emulator must be running)\nmake test-device\n```", []),
        ("### Accepting snapshot changes\n\n```sh\ndotnet test\n```", []),
        ("Don't commit without running `make lint`.", [("command.lint", "make lint")]),
        ("Never skip `make lint`.", [("command.lint", "make lint")]),
        ("Skip `make lint` unless asked.", []),
        ("Ask a maintainer to run `make test-slow`.", []),
        ("To reproduce CI: `act -j test`.", []),
        ("| Job | Runs |\n|---|---|\n| types | `mypy .` |\n| release | `python -m build` |", [("command.typecheck", "mypy .")]),
        ("Before you finish, run\n`go build ./...`, `go test ./...`, and `go vet ./...`.", [("command.build", "go build ./..."), ("command.test", "go test ./..."), ("command.lint", "go vet ./...")]),
        ("Also run `make test-race` for changes affecting locks.", []),
        ("- [ ] All tests pass (`pytest`)", [("command.test", "pytest")]),
        ("Run `make build` before you finish, especially when changing layouts.", [("command.build", "make build")]),
        ("```sh\nmake test-e2e  # end-to-end (UI changes)\n```", []),
        ("- Tests: `make test` (single test: `make test-one`)", [("command.test", "make test")]),
        ("While iterating, use `cargo check -p core`.", []),
        ("Code must compile without warnings (`cargo build --all-targets`).", [("command.build", "cargo build --all-targets")]),
        ("Check the style with `make fmtcheck`, fix it with `make fmt`.", [("command.format", "make fmtcheck")]),
        ("Every commit must leave `make test` green.", [("command.test", "make test")]),
        ("`make lint` and `make test` are mandatory.", [("command.lint", "make lint"), ("command.test", "make test")]),
        ("The command `python -m tools.check_licences` must report nothing.", [("command.other", "python -m tools.check_licences")]),
        ("### Don't\n\n- run `black .`; we use ruff", []),
        ("For release artefacts, use `make build`.", []),
        ("**First**: always run `./prepare-sdk.sh` to install the SDK.", []),
        ("Errors can be auto-fixed:\n\n- `npm run lint -- --fix`", []),
        ("Run one test:\n\n```sh\npytest -k name\n```\n\nBefore you are done: `just fmt && just test`", [("command.test", "just fmt && just test")]),
        ("Run `pnpm check:scripts` when `docs/scripts/**` changes.", [("command.other", "pnpm check:scripts")]),
        ("```sh\n# Find misspelt words\nbash dev/words.sh .\n# Check for broken links\nbash dev/links.sh\n```", [("command.other", "bash dev/links.sh")]),
        ("Verify that every program compiles:\n\n```sh\nmake all\n```", [("command.build", "make all")]),
        ("Every PR must include a `release-notes` code block in the description.", []),
    ],
)  # fmt: skip
def test_lessons_of_files_that_nobody_had_seen(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(f"## Development\n\n{text}\n") == expected


def test_a_row_that_says_not_to_run_its_command_is_no_check() -> None:
    text = "| Command | Purpose |\n|---|---|\n| `npm run lint` | Lint |\n| `npm run build` | **Release - _do not run here_** |\n"
    assert values(text) == [("command.lint", "npm run lint")]


def test_the_verb_of_a_sentence_is_no_program():
    rules = extract_rules("AGENTS.md", "# X\n\n7. run linting and formatting before committing.\n")
    assert [rule.value for rule in rules if rule.enforced] == []


def test_the_purpose_of_a_table_counts_for_commands_whose_names_say_nothing() -> None:
    text = "## Linting\n\n| Files | Check | Fix |\n|---|---|---|\n| Twig | `composer twigcs` | fix it manually |\n"
    assert values(text) == [("command.lint", "composer twigcs")]
