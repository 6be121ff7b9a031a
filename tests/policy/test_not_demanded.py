"""What only sounds like a rule about changes, messages or sources: how things are written, what is there, what others do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.findings import Severity
from agent_gate.policy.extract import extract_rules

if TYPE_CHECKING:
    from agent_gate.policy.model import Rule


def _rules(text: str, heading: str = "Rules") -> list[Rule]:
    return [rule for rule in extract_rules("AGENTS.md", f"## {heading}\n\n{text}\n") if rule.enforced]


@pytest.mark.parametrize(
    "text",
    [
        "- Write readable and deterministic tests.",
        "- Keep test files organized by package, matching the sources.",
        "- Write detailed specs up front.",
        "- **Bundles:** always test with the local registry.",
        "- Regression tests: not every bug fix earns a test.",
        "- Never skip updating specs.",
        "- \u274c **Browser tests**: skip tests that need a window.",
        "- `Server` is built in \u2014 no Rack or external dependencies",
        "- All in C, no external tool dependencies.",
        "- This is a page with no database, service or external runtime dependencies.",
        "- Never add a dependency without updating `go.mod`.",
        "- Every `posts/` page is expected to contain a title.",
        "- All design documents must be placed in `docs/design/`.",
        "- After long sessions, write a summary in `docs/sessions/`.",
        "- Before starting, list `docs/` to check whether a page exists.",
        "- When a user corrects a rule, update `docs/rules.md`.",
        "- After any correction, update `specs/lessons.md`.",
        "- Use the imperative form for instructions.",
        "- Optional emoji prefix (`:bug:`) in commit messages",
        "- The PR body must contain a summary of all commits.",
        "- Issue titles are plain, no Conventional Commits.",
        "- Casts are recorded at 90 columns.",
        "- Do not declare a task `done` too early.",
        "- Do not add a second `TestMain`.",
        "- Use `Meter(options)`, not the other `Meter` constructors.",
        "- Change `core` and do not add local checks to `core-fc`.",
        '- `@internal` means "never depend on `@internal` parts".',
        "- `only_in(mode)` \u2014 starts it. No `:enabled` check.",
        "- Never write a bare `catch` where errors are known.",
        "- Do not draw more `core \u2192 generator` arrows.",
        "- No inline `use` inside functions.",
        "- Do not add `Shared/` to a project.",
        "- Keep `.md` planning files out of commits.",
        "- No plain-text storage: encryption keys must be stored in the keystore.",
        "- Tests extend `BaseTest`, which adds four extensions.",
        "- When debugging, write unit tests instead of scripts.",
        "- Include whole example projects in `docs/snippets/`.",
        "- No temporal names (`Legacy`, `NewThing`) for files.",
        '- No semicolons (`"semi": false`).',
        "- Don't rely on state beyond what `@Order` guarantees.",
        "- Prefer bytes over `str`; use `bytes` so non-ASCII text cannot panic.",
    ],
)
def test_what_only_sounds_like_a_rule_is_none(text: str) -> None:
    assert _rules(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("- Write readable tests for new features.", "test-per-change"),
        ("- Never skip tests.", "no-test-tampering"),
        ("- No external dependencies.", "dependency-policy"),
        ("- All docs must be updated when behaviour changes.", "docs-updated"),
        ("- Use the imperative form in commit messages.", "commit-format"),
        ("- PR titles and commit messages follow Conventional Commits.", "commit-format"),
        ("- Do not call `Meter(old)`.", "forbidden-pattern"),
        ("- No abbreviations; never `curUser`.", "forbidden-pattern"),
        ("- Never use non-ASCII characters.", "forbidden-pattern"),
        ("- Never commit `dumps/` files.", "protected-path"),
    ],
)
def test_the_rule_beside_it_stays_one(text: str, kind: str) -> None:
    assert [str(rule.kind) for rule in _rules(text)] == [kind]


def test_sections_on_one_kind_of_change_on_requests_and_tables_of_pages_ask_for_nothing() -> None:
    assert _rules("1. Update `docs/python.md`.", "Changing the minimum Python version") == []
    assert _rules("- Add `X`, with tests and docs.", "Prompting guidance") == []
    assert _rules("- Update the documentation in READMEs.", "Tagged Go releases") == []
    assert _rules("- Use the `tui-helper` if available.", "Do NOT use tmux directly") == []
    assert (
        _rules("1. Create the test `src/XTest.java`, and add tests for each case.", "Adding a new test") == []
    )
    assert _rules("- Types: `fix`, `feat` (Conventional Commits)", "PR title format") == []
    assert _rules("- No checklists, no co-author footers.", "Pull request descriptions") == []
    table = "| Task | Page |\n|---|---|\n| Add tests for a feature | `tests/CLAUDE.md` |\n"
    assert _rules(table) == []
    assert _rules("1. Update `docs/api.md` when code changes.", "Changing code") != []


def test_where_tests_live_is_not_where_they_run() -> None:
    block = "Tests live beside sources or in `__tests__/` directories.\n\n```sh\npnpm test\n```\n"
    assert [(rule.value, rule.scope) for rule in _rules(block)] == [("pnpm test", ())]
    (inside,) = _rules("Run these in `web/`:\n\n```sh\npnpm test\n```\n")
    assert inside.scope == ("web/**",)


def test_an_item_below_banned_that_names_its_replacement_is_read_alone() -> None:
    item = "- Use `eq(a, b)` (static) instead of `a.eq(b)`.\n- `Task.Result`\n"
    assert [rule.value for rule in _rules(item, "Banned APIs")] == ["a.eq(b)", "Task.Result"]
    lead = "**Exceptions (do NOT add tracing):**"
    assert _rules(f"{lead}\n- Pure functions (e.g. `check()`)") == []


def test_a_limit_is_for_its_language_and_for_comments_a_follow_up() -> None:
    go, notes = _rules("- Go: 120 characters per line\n- Comments wrap at 72 characters")
    assert (go.value, go.scope, go.severity) == ("120", ("*.go",), Severity.BLOCK)
    assert (notes.value, notes.severity) == ("72", Severity.FOLLOW_UP)


def test_what_is_to_be_avoided_does_not_block() -> None:
    (part,) = _rules("- Never write raw `queryKey` arrays inline.")
    assert part.severity is Severity.FOLLOW_UP
    avoided, banned = _rules("- Use the client, avoid `raw.get()`.\n- Use the client, never `raw.put()`.")
    assert [avoided.severity, banned.severity] == [Severity.FOLLOW_UP, Severity.BLOCK]
