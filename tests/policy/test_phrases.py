"""Phrases that ask for something other than a command, and their look-alikes that do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.policy.extract import extract_rules

if TYPE_CHECKING:
    from agent_gate.policy.model import Rule


def asked(text: str) -> list[Rule]:
    return [rule for rule in extract_rules("AGENTS.md", text) if rule.enforced]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("New features and bug fixes must come with tests.", "test-per-change", None),
        ("When you fix a bug, add a regression test.", "test-per-change", None),
        ("Extend the unit and integration tests when you touch the parser.", "test-per-change", None),
        ("Whoever changes the wire format adds a fixture and must augment the tests.", "test-per-change", None),
        ("Checklist: Added/updated tests for new code", "test-per-change", None),
        ("Also check and sync the related docs when plans change.", "docs-updated", None),
        ("Each environment variable must be documented in `docs/env.md`.", "docs-updated", "docs/env.md"),
        ("Unless it is internal, a change needs an entry in the changelog.", "changelog-updated", None),
        ("When adding settings in `app/settings.py`, update `docs/more/settings.mdx`.", "docs-updated", "docs/more/settings.mdx"),
        ("Keep the README up to date when behaviour changes.", "docs-updated", None),
        ("Update `docs/api.md` if an endpoint changes.", "docs-updated", "docs/api.md"),
        ("Add an entry to CHANGELOG.md for user-facing changes.", "changelog-updated", "CHANGELOG.md"),
        ("Every pull request needs a changeset.", "changelog-updated", ".changeset/**"),
        ("Add a news fragment in `newsfragments/`.", "changelog-updated", "newsfragments/**"),
        ("Update the spec in `specs/` when behaviour changes.", "spec-updated", "specs/**"),
        ("Never touch the changelog.", "protected-path", "CHANGELOG.md"),
        ("Files under `gen/` are generated; never edit them.", "protected-path", "gen/**"),
        ("Never push to `main`.", "branch", None),
        ("Always work on a feature branch.", "branch", None),
        ("Commit everything you changed: leave no untracked files.", "clean-worktree", None),
        ("Never commit API keys or passwords.", "no-secrets", None),
        ("Do not delete or skip tests to get a green build.", "no-test-tampering", None),
        ("Do not add new dependencies.", "dependency-policy", None),
        ("Avoid extra dependencies without discussion.", "dependency-policy", None),
        ("Never change a flag without updating the documentation.", "docs-updated", None),
        ("Visible changes get an entry under the heading of `CHANGELOG.md`.", "changelog-updated", "CHANGELOG.md"),
        ("All source files must start with a licence header.", "license-header", None),
        ("Lines are limited to 100 characters.", "line-limit", "100"),
        ("Keep functions under 40 lines.", "line-limit", "40"),
        ("Coverage must stay above 90%.", "coverage", "90"),
        ("Do not leave TODO comments.", "gaps-to-issues", None),
        ("File an issue for any follow-up work.", "gaps-to-issues", None),
        ("Never use `eval()`.", "forbidden-pattern", "eval()"),
        ("Never introduce a new `catch (Throwable)`.", "forbidden-pattern", "catch (Throwable)"),
        ("Use promises; no `.then()` chains.", "forbidden-pattern", ".then()"),
        ("Banned imports: all `*.internal.*` imports, see the linter.", "forbidden-pattern", "*.internal.*"),
        ("Never raise a bare Exception.", "forbidden-pattern", "bare-exception"),
        ("Do not add decorative section separators.", "forbidden-pattern", "separator"),
        ("Commits must never include binary files.", "forbidden-pattern", "binary-file"),
        ("Never suppress lint warnings.", "forbidden-pattern", "suppression"),
        ("Do not edit translated pages under `docs/ja`: these files are generated.", "protected-path", "docs/ja"),
        ("Never hand-edit `*.xlf` files.", "protected-path", "*.xlf"),
        ("You must not remove tests or test files without approval.", "no-test-tampering", None),
        ("Do not change the application's dependencies without approval.", "dependency-policy", None),
        ("Work on a branch rather than committing to `main`.", "branch", None),
        ("Branching: `feat/…`, `fix/…`", "branch", None),
        ("Do not put reporter names, secrets or internal details in code or tests: never include secrets.", "no-secrets", None),
        ("Follow the [commit message convention](./commits.md)", "commit-format", None),
        ("`proto` is a submodule. Changes to it require a PR to its own repository.", "protected-path", "proto"),
        ("Do not end a task with uncommitted edits.", "clean-worktree", None),
        ("Do not touch `optimization_dtype`.", "forbidden-pattern", "optimization_dtype"),
        ("Use arktype, not zod.", "forbidden-pattern", "zod"),
        ("Don't use class-based tests.", "forbidden-pattern", "class-test"),
        ("Commits need a title and a description.", "commit-format", None),
        ("Maintain existing versions and dependencies.", "dependency-policy", None),
        ("Never commit notes: do not stage or commit `.notes/`, or any drafts.", "protected-path", ".notes/**"),
        ("After every endpoint commit, ensure: (1) behavioral coverage in `test/api_test.rb`.", "test-per-change", None),
        ("Named exports only.", "forbidden-pattern", "default-export"),
        ("Do not use `/tmp` paths.", "forbidden-pattern", "/tmp"),
        ("UPDATING.md: Add breaking changes here", "docs-updated", "UPDATING.md"),
        ("Never edit snapshot files manually.", "protected-path", "*.snap*"),
        ("Never include debug dumps, dead code, or temporary TODOs.", "gaps-to-issues", None),
        ("Keep this file, `AGENTS.md`, up to date when the layout changes.", "docs-updated", "AGENTS.md"),
        ("Add a fragment under `changelog/<category>/` for user-facing changes.", "changelog-updated", "changelog/**"),
        ("Never call `.send` in tests.", "forbidden-pattern", ".send"),
        ("Conventions: this is disclosed through an `Assisted-by:` trailer of the commit message.", "commit-format", None),
        ("Sign commits with an `Assisted-by: NAME` trailer that names the model, not only the tool.", "commit-format", None),
        ("Before you mend a defect, demonstrate it in a test.", "test-per-change", None),
        ("Never commit `cache.sqlite3`, logs or local settings.", "protected-path", "cache.sqlite3"),
    ],
)  # fmt: skip
def test_a_requirement_is_heard(text: str, kind: str, value: str | None) -> None:
    assert (kind, value) in [(rule.kind.value, rule.value) for rule in asked(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Tests should be fast and isolated.",
        "Tests live in `tests/`.",
        "Update the docs index: `make toc`.",
        "Instruction files are excluded from license headers.",
        "Never expose `credential.key` in API responses.",
        "Branch prefixes: use lower case words",
        "After every change, ensure all tests are green.",
        "Never change `handleClick`'s signature.",
        "Keep existing dependencies up to date.",
        "Do not mock axios.",
        "Never omit file extensions in imports.",
        "Validation is done by zod.",
        "Before cutting a release, update `CHANGELOG.md`.",
        "Implement and test in the development checkout.",
        "[`gen.md`](gen.md) \u2014 tool-made artifacts that must not be hand-edited.",
        "The workflow will:\n\n1. Update the docs for new versions.",
        "You may:\n\n- Add or update documentation for any change.",
        "Never ship logic changes unless they are reviewed.",
        "PR titles must follow the conventional commits format.",
        "- `test`: adding missing tests for new code",
        "In tests, write end-to-end tests using the harness.",
        "Mock the services: no live service dependencies.",
        "Check that no forbidden dependencies are there: `tool` verifies that no dependencies were introduced.",
        "Omit `--no-build` so that changes are picked up by the test run.",
        "Charts (no `svg2` here) are drawn on demand.",
        "Never invoke `$review-skill` twice.",
        "Do not change the meaning of `retries`.",
        "Bias towards adding tests to existing files.",
        "Include a list of the tests executed.",
        "When creating a new test, use the fixtures.",
        "Client tests should extend the server's test class.",
        "`API_TOKEN` - required for end-to-end tests",
        "A job opens a PR that syncs the docs to the release.",
        "Always pass `--notes` so that the auto-generated changelog appears.",
        "All tests must pass before merge.",
        "Read `docs/architecture.md` before changing the core.",
        "The changelog is generated by the release job.",
        "Docstrings must describe what and why.",
        "`src/gen/` holds generated code.",
        "PR titles follow Conventional Commits.",
        "Prefer the standard library over new dependencies.",
        "Never log passwords.",
        "Rebase on `main` before opening a pull request.",
        "Use `null` sparingly.",
        "If uncertain, leave a TODO and raise it in the PR.",
        "Start from a clean working tree.",
        "Never force-push.",
        "Avoid long functions.",
        "The project supports Python 3.10 and newer.",
    ],
)
def test_a_look_alike_asks_for_nothing(text: str) -> None:
    assert [(rule.kind.value, rule.value) for rule in asked(text)] == []


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("Commit messages follow Conventional Commits.", {"conventional": True}),
        ("Commit subjects must not exceed 72 characters.", {"subject_max": 72}),
        ("Write commit messages in the imperative mood.", {"imperative": True}),
        ("Sign off each commit (`git commit -s`).", {"required_trailers": ["Signed-off-by"]}),
        ("All commits must include a Signed-off-by line.", {"required_trailers": ["Signed-off-by"]}),
        ("If asked to commit, use the imperative mood.", {"imperative": True}),
        ("Common commit types include: `fix`, `feat`, `docs`, `test`.", {"conventional": True}),
        (
            "Commit types: `fix`, `feat`, `docs`, `test`, `devops`",
            {"conventional": True, "types": ["devops", "docs", "feat", "fix", "test"]},
        ),
        (
            "Conventional Commits with the types feat and fix only.",
            {"conventional": True, "types": ["feat", "fix"]},
        ),
        ("Conventional Commits (`feat`, `fix`, etc.); run the tests only once.", {"conventional": True}),
        ("Commit messages follow `{crate}: {what}`.", {"pattern": "^[^:\\n]+:\\ [^:\\n]+"}),
        (
            "The commit description must explain the problem first.",
            {"problem_first": True, "body_required": True},
        ),
    ],
)
def test_commit_rules_give_their_parameters(text: str, params: dict[str, object]) -> None:
    (rule,) = [rule for rule in asked(text) if rule.kind.value == "commit-format"]
    assert dict(rule.params) == params


@pytest.mark.parametrize(
    ("text", "bad", "good"),
    [
        ("No emojis in code.", "done \U0001f680", "done"),
        ("Never use `any`.", "x: any = 1", "x: Company = 1"),
        ("Do not use `console.log`.", "console.log(1)", "logger.info(1)"),
        ("No wildcard imports.", "from os import *", "from os import path"),
        ("Never use `binding.pry`.", "binding.pry", "binding_pry"),
        ("Never raise bare Exception.", "raise Exception('no')", "raise ValueError('no')"),
        ("No decorative separators.", "// ==========", "// == is equality"),
        ("Forbidden imports: `*.shaded.*`", "import com.shaded.guava", "import com.guava"),
        ("Never add file extensions to imports.", "import a from './a.ts'", "import a from './a'"),
        ("Never suppress linter warnings.", "x = 1  # noqa: E501", "x = 1  # nothing"),
    ],
)
def test_a_forbidden_pattern_finds_what_it_forbids(text: str, bad: str, good: str) -> None:
    (rule,) = asked(text)
    pattern = re.compile(str(rule.params["pattern"]), re.MULTILINE)
    assert pattern.search(bad)
    assert not pattern.search(good)


def test_a_limit_that_no_pattern_can_tell_makes_a_follow_up() -> None:
    (place,) = asked("Never call `env()` outside of `config/`.")
    (reason,) = asked("Never use `.Wait()` to block on asynchronous code.")
    assert (place.params["globs"][-1:], place.severity) == (["!config/**"], Severity.BLOCK)
    assert reason.severity == Severity.FOLLOW_UP


@pytest.mark.parametrize(
    ("text", "bad", "good"),
    [
        ("Do not end the commit subject with a period.", "fix: it.", "fix: v1.2 it"),
        ("Never write a bare `#NNN` in commit messages.", "fix: see #12", "fix: see C#"),
        ("Do not use conventional commit prefixes in commit messages.", "fix: it", "it: fixed"),
        ("Do not include AI tool names in commit messages.", "fix: as Claude said", "fix: clauses"),
    ],
)
def test_what_a_message_must_not_hold_is_found(text: str, bad: str, good: str) -> None:
    (rule,) = [rule for rule in asked(text) if rule.kind.value == "commit-format"]
    assert re.search(str(rule.params["forbidden_text"]), bad)
    assert not re.search(str(rule.params["forbidden_text"]), good)


def test_a_step_of_a_change_asks_for_tests_and_a_section_on_commits_for_no_changelog() -> None:
    (step,) = asked("When implementing features:\n\n1. Add the API.\n2. Write tests with proper mocks.\n")
    kinds = [
        rule.kind.value for rule in asked("## Commit messages\n\n- `feat:` ones get a changelog entry.\n")
    ]
    assert step.kind.value == "test-per-change"
    assert "changelog-updated" not in kinds


@pytest.mark.parametrize(
    ("text", "value", "scope"),
    [
        ("When you change `proto/`, update `docs/wire.md`.", "docs/wire.md", ("proto/**",)),
        ("Add tests if you touch `core/`.", None, ("core/**",)),
        ("For changed formats, add a test (see `notes.md`).", None, ()),
        ("When a flag changes, update `docs/flags.md`.", "docs/flags.md", ()),
    ],
)
def test_a_demand_counts_for_the_files_that_its_condition_names(
    text: str, value: str | None, scope: tuple[str, ...]
) -> None:
    (rule,) = asked(text)
    assert (rule.value, rule.scope) == (value, scope)


def test_what_is_said_of_some_branches_does_not_block_others() -> None:
    (some,) = asked("Branch naming for issue fixes: `fix-<number>`")
    (every,) = asked("Branch naming: `feat/<name>`")
    assert (some.severity, every.severity) == (Severity.FOLLOW_UP, Severity.BLOCK)


def test_a_page_of_the_specs_is_a_spec_and_no_page_of_the_docs() -> None:
    (rule,) = asked("Update the page in `specs/` when a contract changes.\n")
    assert (rule.kind, rule.value) == ("spec-updated", "specs/**")


def test_a_directory_is_protected_although_a_word_of_its_description_is_in_code() -> None:
    text = "- `manual/`: Generated `groff` pages. Don't edit directly, regenerate with `./bin/pages make`\n"
    assert [(rule.kind, rule.value) for rule in asked(text)] == [("protected-path", "manual/**")]


def test_a_plural_pronoun_means_all_paths_before_it() -> None:
    rules = asked("- `.cache/` and `Notes/` are local (scratch). Do not force-add or commit either.")
    assert [rule.value for rule in rules] == [".cache/**", "Notes/**"]


def test_files_outside_of_several_places_are_protected_by_value_and_scope() -> None:
    (rule,) = asked("Only edit files under `src/` and `docs/`.")
    assert (rule.value, rule.scope) == ("!src/**", ("!docs/**",))


def test_a_trailer_that_a_block_shows_is_required() -> None:
    (rule,) = asked("## Commits\n\nAI commits MUST include:\n\n```\nCo-Authored-By: <model> <mail>\n```\n")
    assert rule.params["required_trailers"] == ["Co-Authored-By"]


def test_a_section_on_license_headers_makes_its_items_rules() -> None:
    (rule,) = asked("## License headers\n\n- Files under `ext` require the Elastic License 2.0 header.\n")
    assert (rule.kind.value, rule.params["globs"]) == ("license-header", ["ext/**"])
