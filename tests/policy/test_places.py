"""Where commands run: what stands after them, around them and before them in their block."""

from __future__ import annotations

import pytest

from agent_gate.policy.extract import extract_rules


def places(text: str) -> list[tuple[str, tuple[str, ...]]]:
    rules = extract_rules("AGENTS.md", f"# Project\n\n## Checks\n\n{text}\n")
    return [(str(rule.value), rule.scope) for rule in rules if rule.enforced and rule.kind.is_command]


@pytest.mark.parametrize(
    "text",
    [
        "- Run `npm test` in `web/`.",
        "For the site, run `npm test` from the `web` directory, then look at it.",
        "Use `npm test` (all of it) inside `web/`.",
    ],
)
def test_the_directory_may_stand_after_the_command(text: str) -> None:
    assert places(text) == [("npm test", ("web/**",))]


@pytest.mark.parametrize("text", ["- Run `npm test` in `CI`.", "- Run `npm test` in `setup.py`."])
def test_what_is_no_directory_is_no_place(text: str) -> None:
    assert places(text) == [("npm test", ())]


def test_each_part_of_a_block_starts_at_the_root() -> None:
    assert places("```sh\ncd api\ngo vet\n\n# site\ncd web\nnpm test\n```") == [
        ("go vet", ("api/**",)),
        ("npm test", ("web/**",)),
    ]
    assert places("```sh\ncd api\ncd inner\nmake test\n```") == [("make test", ("api/inner/**",))]
