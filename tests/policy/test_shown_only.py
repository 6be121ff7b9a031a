"""Commands that a text shows without asking for them: on another platform, by example, for one's own eyes, as a name."""

from __future__ import annotations

import pytest

from agent_gate.policy.extract import extract_rules


def _enforced(text: str) -> list[str | None]:
    return [rule.value for rule in extract_rules("AGENTS.md", text) if rule.enforced]


def _block(*lines: str, lead: str = "", heading: str = "Commands") -> str:
    return "\n".join([f"## {heading}", "", lead, "", "```sh", *lines, "```", ""])


@pytest.mark.parametrize(
    "line",
    [
        "# Try flaky tests again\nci/run.rb --retry  # retry flaky tests",
        "ci/test.sh --pictures  # record reference pictures",
        "ci/test.sh --failures  # Inspect the last failures",
        "dotnet test All.slnx -- --output Full  # detailed output",
        "npm run e2e:web  # interactive, with a window",
        "npm run e2e:android  # end to end",
        "npm run pack-all  # build distributable packages",
        "make test.old  # when REDIS_VERSION < 8",
        "make test-legacy  # for older versions",
        "mvn clean jetty:run -f it/pom.xml  # a live app",
        "shellcheck ci/x.sh  # if shellcheck is available",
        "yamlfmt .  # if using yamlfmt",
        "make viewer-ui-tests-project  # of Xcode",
        "nix flake update  # all inputs",
        "go build -o /tmp/demo/app ./cmd",
        "cargo nextest list --workspace  # every test",
        "mcp__Xcode__test_sim scheme: App",
        "It 'does what it should' {",
    ],
)
def test_a_line_that_serves_something_else_is_no_rule_beside_the_test(line: str) -> None:
    assert _enforced(_block("make test", "", line)) == ["make test"]


def test_a_debug_build_and_a_check_of_a_flake_are_rules() -> None:
    assert _enforced(_block("cargo build --locked  # debug")) == ["cargo build --locked"]
    assert _enforced("- Validate: `nix flake check`\n") == ["nix flake check"]


def test_equivalents_for_another_platform_and_examples_are_no_rules() -> None:
    for lead in ("PowerShell equivalents:", "On Windows:", "Examples:"):
        assert _enforced(_block("go vet ./cmd/...", lead=lead)) == []
    assert _enforced(_block("bazel build //lib:all", heading="Bazel (alternative)")) == []
    assert _enforced(_block("go vet ./cmd/...", lead="On Windows and Linux:")) == ["go vet ./cmd/..."]


def test_names_of_targets_are_no_commands_but_runners_are() -> None:
    block = _block(
        "cmake.test  # the standard build", "format  # all files", "make test", heading="CI targets"
    )
    assert _enforced(block) == ["make test"]


def test_a_row_that_says_what_a_file_is_asks_for_no_command() -> None:
    table = "| File | What |\n|---|---|\n| `tsconfig.json` | for `tsc --noEmit` and editors |\n"
    assert _enforced(table) == []
    assert _enforced(f"{table}| `api.proto` | run `make lint` |\n| `x.go` | `go vet ./x` |\n") == [
        "make lint",
        "go vet ./x",
    ]


def test_a_column_of_tools_names_them_and_one_of_commands_asks() -> None:
    rows = "|---|---|\n| `cargo machete` | CI |\n"
    assert _enforced(f"| Tool | Where |\n{rows}") == []
    assert _enforced(f"| Command | Where |\n{rows}") == ["cargo machete"]


def test_a_rewriting_form_gives_way_to_its_check_whatever_is_restored() -> None:
    block = _block("dotnet format A.slnx", "dotnet format A.slnx --no-restore --verify-no-changes")
    assert _enforced(block) == ["dotnet format A.slnx --no-restore --verify-no-changes"]


def test_nothing_runs_where_a_placeholder_leads() -> None:
    assert _enforced(_block(r"cd c:\...\tool\routes", "pytest -q")) == []
    assert _enforced(_block("cd tool/routes", "pytest -q")) == ["pytest -q"]


@pytest.mark.parametrize(
    "text",
    [
        "- **Testing**: pytest + pytest-cov, with `mock`",
        "- Given a report: just fix it.",
        "- Where to build and test: `./src`",
        "- Public: `Tests/Unit/Get-Thing.Tests.ps1`",
        "- `just fuzz` runs tests in an endless loop until one fails.",
        "- Lint: `yarn lint` may fail offline, which is expected.",
        "- `dotnet build` green \u2260 correct.",
        "- `make build` does not mean that it works.",
        "- Use `npx playwright` to take pictures of pages.",
        "- Containers: `pnpm docker:up`, `pnpm docker:test`",
        "- Use `uv run pre-commit run --all-files` if the hooks are configured.",
        "- `make test-full`: includes Docker tests.",
        "[//]: # (- Always run `make test` at the end)",
    ],
)
def test_a_mention_that_shows_is_no_rule(text: str) -> None:
    assert _enforced(f"## Checks\n\n{text}\n") == []


@pytest.mark.parametrize(
    "text",
    ["- Then `just lint` must pass.", "- Use `npx playwright test`.", "- Suite: `./tests/run.sh`"],
)
def test_what_looks_like_such_a_mention_is_one(text: str) -> None:
    assert len(_enforced(f"## Checks\n\n{text}\n")) == 1
