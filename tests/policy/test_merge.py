"""Rules compared with each other."""

from __future__ import annotations

from agent_gate.policy.extract import extract_rules


def rows(text: str) -> list[tuple[str | None, bool, str]]:
    return [(rule.value, rule.enforced, rule.reason) for rule in extract_rules("A.md", text) if rule.value]


def values(text: str) -> list[str | None]:
    return [value for value, enforced, _ in rows(text) if enforced]


def test_of_several_builds_the_unqualified_one_counts() -> None:
    text = "## Build\n\n- `npm run build`\n- `npm run build:web`\n"
    assert rows(text)[1] == ("npm run build:web", False, "a part or variant of the build `npm run build`")


def test_a_command_named_with_and_without_its_directory_is_one() -> None:
    text = "## Checks\n\n```bash\ncd web\nnpm test\n```\n\nYou must run `npm test`.\n"
    assert [enforced for value, enforced, _ in rows(text) if value == "npm test"].count(True) == 1


def test_a_repetition_keeps_every_file_in_scope() -> None:
    text = "After editing `web/*.ts`, run `npm test`.\n\nAlways run `npm test`.\n"
    (rule,) = [rule for rule in extract_rules("A.md", text) if rule.enforced]
    assert rule.scope == ()


def test_a_command_of_steps_that_are_rules_is_none() -> None:
    text = "- `make lint`\n- `make test`\n- Run `make lint && make test` before committing.\n"
    assert [value for value, enforced, _ in rows(text) if enforced] == ["make lint", "make test"]


def test_a_variant_of_a_build_that_is_insisted_on_stays() -> None:
    table = "| Command | What |\n|---|---|\n| `yarn build` | Build |\n| `yarn build:dev` | Build, fast |\n"
    assert values(table) == ["yarn build"]
    assert values(f"{table}\n## Before every commit\n\n1. `yarn build:dev`\n") == [
        "yarn build",
        "yarn build:dev",
    ]


def test_an_aggregate_stays_where_the_file_insists_on_it_and_not_on_its_parts() -> None:
    parts = "- Lint: `make lint`\n- Format: `make fmt-check`\n"
    assert values(f"{parts}- Lint and format: `make check`\n") == ["make lint", "make fmt-check"]
    insisted = f"{parts}- Always run `make check` and fix the format and lint errors.\n"
    assert values(insisted) == ["make lint", "make fmt-check", "make check"]


def test_of_nested_aggregates_the_smaller_one_stays() -> None:
    text = "- `make check` runs lint and type-check.\n- `make test` runs Vitest.\n- `make all-checks` runs lint, type-check and tests.\n"
    assert values(text) == ["make check", "make test"]


def test_steps_in_another_directory_are_not_the_ones_that_are_listed() -> None:
    text = "```sh\ncargo build\ncargo test\ncd sub && cargo build && cargo test\n```\n"
    assert "cd sub && cargo build && cargo test" in values(text)


def test_a_tools_name_is_no_rule_beside_how_to_run_it() -> None:
    assert values("Always run `gofmt` before committing:\n\n```sh\ngofmt -w .\n```\n") == ["gofmt -w ."]


def test_a_build_with_further_options_is_a_variant() -> None:
    assert values("- Build: `./mk.sh build-site`\n- All: `./mk.sh build-site --with-api`\n") == [
        "./mk.sh build-site"
    ]


def test_a_changelog_that_must_be_left_alone_gets_no_entry() -> None:
    entries = "- Write changelog entries for customers in each change.\n"
    kinds = [rule.kind.value for rule in extract_rules("A.md", entries) if rule.enforced]
    kept = [
        rule.kind.value
        for rule in extract_rules("A.md", f"{entries}- Never edit `CHANGELOG.md`.\n")
        if rule.enforced
    ]
    assert (kinds, kept) == (["changelog-updated"], ["protected-path"])


def test_where_all_tests_must_not_be_run_no_test_command_is_a_rule() -> None:
    table = "| Task | Command |\n|---|---|\n| Lint | `make lint` |\n| Test | `make test` |\n"
    assert values(f"{table}\n**Never run all tests** from the root: they take hours.\n") == ["make lint"]
    assert values(f"{table}\nNever run a test twice.\n") == ["make lint", "make test"]
