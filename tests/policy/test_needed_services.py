"""Tests that need services which the text says must be started are no rules; the others of the file stay rules."""

from __future__ import annotations

from agent_gate.policy.extract import extract_rules


def enforced(text: str) -> list[str]:
    rules = extract_rules("AGENTS.md", text)
    return [str(rule.value) for rule in rules if rule.enforced and rule.kind.is_command]


def test_services_that_the_section_wants_up_are_needed_by_its_integration_tests_only() -> None:
    text = "## Tests\n\n{}\n\nRun:\n\n```sh\nmake test\nmake test-integration\n```\n"
    assert enforced(text.format("Postgres must be running.")) == ["make test"]
    assert enforced(text.format("1. Redis listening on localhost:6379\n2. pnpm")) == ["make test"]
    assert enforced(text.format("Run all of them.")) == ["make test", "make test-integration"]


def test_a_block_that_starts_containers_does_so_for_what_follows() -> None:
    block = "```sh\nnpm run test:e2e\ndocker compose up -d\n```\n"
    assert enforced(f"## A\n\n{block}\n## B\n\n```sh\nnpm run test:e2e\n```\n") == ["npm run test:e2e"]
    assert enforced(block) == []


def test_a_lead_in_that_wants_services_is_about_every_test_of_its_block() -> None:
    assert enforced("Start the services first, then:\n\n```sh\nrspec\n```\n") == []
    assert enforced("Start with the tests:\n\n```sh\nrspec\n```\n") == ["rspec"]


def test_calls_in_a_block_of_r_are_run_by_rscript() -> None:
    block = "```r\nx <- 1\ndevtools::test()  # all\ndevtools::test(filter = 'a')\ndplyr::filter(x)\n```\n"
    assert enforced(f"## Tests\n\n{block}") == ["Rscript -e 'devtools::test()'"]
