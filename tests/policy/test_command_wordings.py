"""Commands in many wordings and domains: which are asked for, and which only look like it."""

from __future__ import annotations

import re

import pytest

from agent_gate.policy.extract import extract_rules

ASKED = """
Generators of documentation whose result is confirmed
- Check that the examples compile: `pnpm docgen`
- Verify the docs build: `make docs`
The manual must build without warnings: `make html`
- Build the API reference: `npm run docs`
- Confirm there are no warnings: `poe docs`
Make sure that `make docs` succeeds without errors before you push.
Labels that say what is checked
- Repo checks: `make check-repo`
- Licences: `make check-licences`
- Security: `make audit`
- **Everything compiles**: `make all`
Conditions on a folder, a language or the dependencies
- Run `make generate` after modifying types in the `api` dir
- After you touch the `web` folder, run `npm test`.
- When anything in the `proto` directory changes, run `buf lint`.
- Run `just fmt` (in the `core` directory) automatically after you have finished making Rust code changes.
- Once you are done editing Python files, run `ruff check .`
- After dependency changes, run `just lock-check` from the repo root.
- If you add or update a dependency, run `cargo deny check`.
- When dependencies change, run `make check-licences`.
- Whenever workflows change, run `actionlint`.
- After updating documentation run `make docs-lint`.
- If you changed any TypeScript, run `pnpm typecheck`.
Paths of Windows
- Build: `tools\\build\\build.cmd`
- Run tests: `.\\eng\\test.ps1 -Configuration Release`
- Tests: `.\\gradlew.bat test`
Loops over files
- Shell suites: `for t in tests/test-*.sh; do bash "$t" || exit 1; done`
- Lint scripts: `for f in scripts/*.sh; do shellcheck "$f"; done`
- Syntax: `bash -n install.sh lib/*.sh`
What is generated is compared
- Before a commit: `make generate && git diff --exit-code`
- Run `make format generate && git diff --exit-code` before you push.
Names of tasks that are compounds
- Quick run: `make quicktest`
- UI suite: `pixi run uitest`
- Lint all: `make lintall`
Unknown programs with a label that says the same
- Run all tests: `zephyr-harness run tests`
- **Lint**: `acme-tool lint src`
Needs that are denied
- `make test-unit` (no credentials needed)
- `make test` does not require Docker.
Lists of labelled commands in one line
- Setup: `task setup` | Types: `task check:types` | One test: `task test:one -- path/to/x`
- Clean: `make clean`, Test: `make test`
- UI: `just gen` after server changes, `just run-ui`, `cd web && npm test`.
Checks of special tools
- Run `make seccheck` on every commit
- Always run `git diff --check`.
- Run `make tidy` after any `go.mod` changes
- Reproduce CI by running `acme lint` from `charts/`.
- Tests: `Rscript -e "devtools::test()"`
- Tests: `julia --project -e 'using Pkg; Pkg.test()'`
Other ways to say what the check is
- Standard verification is `./mvnw clean test`; one test is another matter.
- The lint gate is `acme-lint check`; the test command is `make test`.
- For linting, `prek -a --quiet` is preferred.
- Rust only, from `src/core`: `cargo check`, `cargo fmt`
- `make validate` - Validate all configurations (dev, prod)
- `just check` - Checks all crates without producing binaries.
- Full build: `mvn clean package -DskipTests`
- Full build (skip tests): `./mvnw -B package`
- Compile everything and run all unit tests: `make c test=1`
- Imports in order: `./mill -i __.fix`
- `scripts/dev.sh quality` before you push
- `make imports-check fmt-check` must pass.
- If you change inputs in `deps.edn`, run `nix develop --command deps-lock-update`.
Run `pnpm lint` -> `pnpm test` before every commit.
Quotes instead of code spans
- To run lint, run 'pylint src' (which may take a minute of changes)
Please run "make test" before you push.
Commands that are not marked as code
1. uv run ruff check .
- mypy .
Use `pytest` to run the test suite.
When modifying Dart code or other project files: run `dart format .`
- Ensure `go mod tidy` has been run.
- After editing `api/x.proto`, run `make generate`.
Near what a label says of a tool, a case, a service
- Tests: `pytest`
- Run the linter: `flake8 src`
- Tests: `DATABASE_URL=sqlite:///test.db make test`
- Tests: `SECRET_KEY=test make test`
- `make test` - starts with the unit tests
- Run `golangci-lint run`.
- Full validation: `nx prepush`
- Manual: `make test`
- Format: `buf format -w`
What stands beside a command is not about it
- Use `./x test` (not `cargo test`) and `./x fmt` (not `cargo fmt`).
- After code changes (not changes of pages): `npm run check`
- Format: `make fmt` or format one file: `./bin/fmt src/a.c`
- Use modules; check with `go mod tidy`
- `make verify` checks that the generated code is up to date
- `elm-review` and `elm-test` must all pass.
- Tests: `godot-tool --headless addons/gut`
- Tests: `devtools::test()`
- Fix what it finds so that `make lint` passes before you push.
- Skip integration tests: `pytest -m "not integration"`
Scripts that a text says to run, and what takes the place of another
Style is checked by `tools/check-style.sh`; run it before sending a patch.
The links are checked by `ci/check-links.sh`. Run it on every change.
- Instead of `pytest`, use `just test`.
What must hold of a command, said of its failures or its end
You must not finish before `scripts/verify` exits with 0.
PRs that fail `pnpm lint` are closed.
Keep `mypy --strict src` at zero errors.
No warnings from `cargo clippy`.
Expect `ctest` to be fully green before you ask for a review.
Your last step is always `npm run ci:check`.
We treat `ruff check .` as a blocking gate.
Web: from `web/`, `npm run lint` and `npm run build`.
Steps, means and consequences
To verify your work, first build, then test (`make check`).
The project uses `just`: `just test`
- Use `uv run` for everything: `uv run pytest`
Formatting is done by `gofmt -w .`; CI rejects the rest.
Your PR will not be merged if `make verify` fails.
After each task: (1) `pnpm lint`; (2) commit.
No lint warnings (`npm run lint`).
- Don't use `python setup.py test`, use `tox`.
- Unit tests: `node --test`
Words that begin like a negation
> **Note**: run `pre-commit run --all-files` before pushing.
Now run `make test`.
Overall, use `make check`.
When your change is ready: `make check`.
Timing is no ban
Do not run the full test suite before the linter is clean. Then run `make test`.
"""

NOT_ASKED = """
Generators of documentation that write
- Generate the docs: `make docs`
- Docs: `make docs` opens them in a browser
- To refresh the manual, run `make html`.
- `make site` publishes the pages.
Checks of something else
- Check the logs: `make logs`
- Check the version: `make version`
- Verify the deployment: `make deploy`
- Verify your installation: `make install`
Conditions that no path names
- After changing the parser, run `make test-parser`.
- If the API changes, run `make check-api`.
- After upgrading the compiler, run `make bootstrap-check`.
- When feature flags change, run `make check-flags`.
- If the changes are intentional, accept them from `snapshots/` with `cargo insta accept`.
What accepts or sets up
- Tests: `cargo insta test --accept`
- `tox -e py312 --devenv .venv`
- `UPDATE_GOLDEN=1 make test`
- First build: `tools\\build\\restore.cmd`
Needs
- `make test-cloud` (requires a configured remote)
- `make test-device` needs a connected device
- Integration tests against a live cluster: `make test-cluster`
No gates
`ruff` carries pre-existing errors. Run `ruff check src` on what you touched.
Run `mypy .`; it becomes a gate once the backlog is cleared.
`make test-legacy` is known to fail.
`make lint` is not enforced yet.
Use `npm run build` for releases only. It runs database migrations.
Run `make check`. It also deploys the preview.
Single ones
- `tox -- tests/parser/`
- Parser tests: `nox -s tests -- tests/parser`
Names
- Build tool: Gradle, the wrapper `./gradlew` is recommended.
- For fast feedback run tests using `go test`.
- Parser for the format of `acme.conf` (output of `nix config show`).
What loads, records or shows
- Load: `Rscript -e "devtools::load_all(); code"`
- One test: `Rscript -e "devtools::test(filter = 'x')"`
- Health: `make healthcheck`
- Tests: `just record-tests`
- Jobs: `Get-Job -Name "x" | Format-List *`
Names, descriptions and other aims
- When running `make test-slow`, do not filter its output.
- `pytest -n auto` is the default parallelism.
- **Build** (`builder.py`): run `cmake --build` with the generator that was found.
- Run pytest with the `--allow-uncategorized` option to disable this rule.
- YOU MUST run `build_runner build` after modifying `@Mapped()` models
- One file: `make test_file`
- Cache: `make test-clean`
- `SITE_URL=x mkdocs build` when you need to verify absolute links
- Use `pre-commit run --all-files` when auditing the baseline.
- With a specific version: `acme test --kube 1.2`
- Restore only: `./build.sh -restore`
- Always use `--quiet` when running `dotnet build`, `dotnet test`, or `dotnet pack`.
- Planner tests: use `make apply-planner-test` (or `make apt`) to update the expected output.
- Docs: serve with `make docs-check`.
- If a tool warns that the index is stale, run `npx acme analyze` first.
- Coverage: `composer coverage-html`
- All dependencies have been installed with a complete build (`mvn verify`).
- Quick check while coding: `bun run check:fast`
- Flash: `pio run -t upload`
- `go build` embeds the version automatically.
- After editing `api/x.proto`, do not run `make generate`.
- Ensure the hook at `.githooks/pre-commit` is configured.
What a label says of a tool
- Framework: `pytest`
- **Test runner**: `vitest`
- Testing library: `jest`
Cases, services, credentials
- Lint (if configured): `flake8 src`
- Types, where available: `mypy src`
- `make test-cluster` - sets up a cluster and tears it down
- `make test-db` spins up a throwaway database
- `make build-image` pushes to the registry
- `API_TOKEN=$(pass show ci) make test-remote`
- Tests: `DATABASE_URL=postgres://localhost/app make test`
- Tests: `ACME_CREDENTIALS=creds.yaml pytest tests`
- Tests: `go run ./tools/run_tests -backends s3`
Manual, costly and forbidden runs
- Manual (slow) checks: `make check-slow`
- `make test-everything` - all suites; avoid unless necessary
- `uv run pytest` commands targeting `e2e/` are blocked.
- Run one suite: `make run-e2e st_login_test.py`
Other aims and verdicts
- Pin the version: `./run.sh test -p 8.3`
- Override the port: `PORT=1 make check`
- Bundle analysis: `npm run analyze`
- `yarn jest` bypasses the wrapper; don't.
- `npm test` prints an error.
- `make test-old` does not work on this branch.
- The unit tier stays free of services so `go test ./...` passes without MySQL.
- The libraries are wired automatically by `build.sh --test`.
- Linting: `oxlint` with the unicorn plugin
- `make test-all`: everything, 40 minutes (avoid)
- Instrumented tests (device needed): `./gradlew verifyOnDevice`
- On hardware: `pio test -e board`
- Tests of the app: `xcodebuild test -scheme App`, need a Mac
- If you see an error about the manifest, run `pnpm run build`.
- With a specific framework: `dotnet test --framework net9.0`
- Everything: `make test-everything` takes 2 hours.
- Load: `devtools::load_all()`
Platforms, flags and packages
- Windows target, from a Windows machine: `cargo check --target x86_64-pc-windows-msvc`
- For higher-risk flows, run `go test -race ./...`.
- Desktop: `npm run build:desktop`, which makes the installers
- Smoke: `make smoke` (requires backend)
Cases
- For large refactors, run `make check-everything` before and after.
- Backend touched -> `make test-backend`
- E2E: `make test-e2e` (needs a seeded DB)
- System tests: `bin/rails test:system` (needs Chrome)
- `flutter test integration_test` on a device
- `go build` (above) succeeds.
- Instead of `pytest`, run it in the container.
Another name of a session's options, and reports
- `nox -s tests -- -k name`
- `make coverage` - HTML report
- Then the suite, which starts Postgres in a container: `make test-suite`
- `make test-e2e` does not.
Permissions and requests
- Commands you may run without asking: `npm test`
- Commands that need approval: `npm run build`
- *Watch*: `npx vitest`
- `make smoke` is not for agents.
Housekeeping of tools
- Stale findings: run `golangci-lint cache clean`
- Run `pre-commit gc` and `pre-commit clean`.
Files with tests are places
- Resolver tests: `tests/unit/tools/test_resolver.py`
- Parser tests: `test/scripts/parser.spec.ts`
- Proto CI: `buf format` check
Loops that are no checks
- Clean: `for d in build dist; do rm -rf "$d"; done`
- Publish: `for p in packages/*; do npm publish "$p"; done`
- All: `for t in $(git ls-files); do bash "$t"; done`
- Tasks: `for t in lint deploy; do make $t; done`
- Tests: `for t in make rm; do $t all; done`
- Tests: `Rscript -e "base::unlink('x')"`
"""


def _cases(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if re.search(r"[`\"']", line)]


def _enforced(text: str) -> list[str]:
    rules = extract_rules("AGENTS.md", f"# Project\n\n## Development\n\n{text}\n")
    return [str(rule.value) for rule in rules if rule.enforced and rule.kind.is_command]


@pytest.mark.parametrize("text", _cases(ASKED))
def test_a_command_is_asked_for_in_any_wording(text: str) -> None:
    assert _enforced(text)


@pytest.mark.parametrize("text", _cases(NOT_ASKED))
def test_what_only_looks_like_it_is_not_asked_for(text: str) -> None:
    assert _enforced(text) == []


def test_a_condition_that_names_the_directory_of_its_commands_is_about_it() -> None:
    lead = "Run these when backend behaviour is touched:"
    rules = extract_rules("AGENTS.md", f"# X\n\n{lead}\n\n```sh\ncd backend\nmake test\n```\n")
    assert [(rule.value, rule.scope) for rule in rules if rule.enforced] == [("make test", ("backend/**",))]


def test_what_a_target_runs_and_what_a_name_stands_for_are_described() -> None:
    assert _enforced("The Makefile has these targets:\n\n- **audit**: run `go vet` and `govulncheck`\n") == []
    assert _enforced("- Run `ansible-lint` using the command: `uv run nox -e lint`") == ["uv run nox -e lint"]
    assert _enforced("- `npm test` -> `vitest run` -- the unit suite") == ["npm test"]
    assert _enforced("- `make test` should run `go test ./...`.") == ["make test"]
    assert _enforced("To force the old bundler:\n\n```sh\nnext build --webpack\n```\n") == []


def test_single_hooks_and_other_ways_to_run_the_same_tests_are_parts() -> None:
    assert _enforced("```sh\nprek run -a\nprek run mypy  # types\n```\n") == ["prek run -a"]
    assert _enforced("```sh\nmake lint\nbin/dc lint  # Same via Docker\n```\n") == ["make lint"]
    block = "```sh\nmake test\n# Include flaky tests\nmake test --flaky\n```\n"
    assert _enforced(block) == ["make test"]


def test_a_generator_is_run_where_every_command_must_pass() -> None:
    lead = "Run each of the following commands and ensure they succeed:"
    assert _enforced(f"{lead}\n\n```sh\nmake generate\nmake lint\n```\n") == ["make generate", "make lint"]
    assert _enforced("Useful commands:\n\n```sh\nmake generate\nmake lint\n```\n") == ["make lint"]


def test_what_a_script_covers_is_no_rule_beside_it() -> None:
    script = "After a change run:\n\n```sh\nscripts/check.sh\n```\n\n"
    parts = "- `npm test`\n- `npm run lint`\n"
    for lead in (
        "The script covers:",
        "This target runs:",
        "`scripts/check.sh` includes:",
        "该脚本必须覆盖\uff1a",
    ):
        assert _enforced(f"{script}{lead}\n\n{parts}") == ["scripts/check.sh"]
    assert _enforced(f"Useful commands include:\n\n{parts}") == ["npm test", "npm run lint"]
    assert _enforced(f"The gate consists of these steps:\n\n{parts}") == ["npm test", "npm run lint"]


def test_a_part_an_image_and_a_rewriting_twin_give_way_to_the_whole() -> None:
    block = "```sh\nmake test\nmake test-api  # test_api.py only\n```\n"
    assert _enforced(block) == ["make test"]
    block = "```sh\n# Backend\npytest  # All\npytest tests/unit/  # Directory\n```\n"
    assert _enforced(block) == ["pytest"]
    assert _enforced("```sh\nnpm run build\ndocker build -t x .\n```\n") == ["npm run build"]
    assert _enforced("```sh\ndocker build -t x .\n```\n") == ["docker build -t x ."]
    block = "```sh\npnpm format  # Prettier check\npnpm format:write  # Prettier fix\n```\n"
    assert _enforced(block) == ["pnpm format"]


def test_a_generator_below_its_heading_is_none_but_its_check_is() -> None:
    block = "## Codegen and generated files\n\n```sh\n./scripts/bundle.sh\nmake verify-codegen\n```\n"
    assert _enforced(block) == ["make verify-codegen"]


def test_what_looks_at_changes_only_and_the_name_of_what_runs_give_way_to_the_whole() -> None:
    assert _enforced("- `yarn lint` - all\n- `yarn lint:staged` - changed files\n") == ["yarn lint"]
    assert _enforced("- `yarn lint-staged-files`\n- `yarn test:affected`\n")[-1:] == ["yarn test:affected"]
    assert _enforced("```sh\nyarn test-dev\nyarn test-dev test/unit/\n```\n") == ["yarn test-dev"]
    assert _enforced("```sh\nyarn test-dev test/unit/\n```\n") == ["yarn test-dev test/unit/"]
    fixed = "Run `./gradlew styleCheck` to check, `./gradlew spotlessApply` to fix."
    assert _enforced(fixed) == ["./gradlew styleCheck"]
    assert _enforced("### Everything (use sparingly)\n\n```sh\nyarn build\n```\n") == ["yarn build"]
    named = "Tests: `pytest`\n\n```sh\nmake test  # pytest\n```\n"
    assert _enforced(named) == ["make test"]
    assert _enforced("Tests: `pytest`\n\n```sh\nmake lint  # ruff\n```\n") == ["pytest", "make lint"]
    assert _enforced("You can also run:\n\n```sh\n./dev/lint.sh\n```\n") == []


def test_a_script_of_windows_and_a_run_with_passed_options_give_way() -> None:
    assert _enforced("```sh\nbuild.cmd\n./build.sh\n```\n") == ["./build.sh"]
    assert _enforced("- Build: `build.cmd all`\n") == ["build.cmd all"]
    block = "```sh\nbin/test\nbin/test -v --tb=long  # pass-through flags\n```\n"
    assert _enforced(block) == ["bin/test"]


def test_a_section_for_some_cases_asks_for_nothing() -> None:
    assert _enforced("### Without the wrapper (only if you must)\n\n```sh\npytest -q\n```\n") == []


def test_only_if_all_pass_is_no_condition() -> None:
    lead = "A change is complete only if all of these are green:"
    assert _enforced(f"{lead}\n\n- `tox -e lint`, and\n- `tox -e docs`\n") == ["tox -e lint", "tox -e docs"]
    lead = "Run these only if you touched the parser:"
    assert _enforced(f"{lead}\n\n- `tox -e lint`\n") == []


@pytest.mark.parametrize(
    "text",
    ["`npm test` is slow.", "`cargo test` picks up `LOG`.", "`ruff check` and `ruff format` are configured."],
)
def test_a_sentence_about_a_command_asks_for_it_only_where_the_section_is_about_checks(text: str) -> None:
    elsewhere = extract_rules("AGENTS.md", f"# Project\n\n## Notes\n\n{text}\n")
    assert not any(rule.enforced for rule in elsewhere)
    assert any(rule.enforced for rule in extract_rules("AGENTS.md", f"# X\n\n## Testing\n\n{text}\n"))


def test_a_section_on_settings_asks_for_nothing() -> None:
    table = "| Name | Meaning |\n|---|---|\n| `FIX` | repairs, with `make lint` |\n"
    assert _enforced(f"## Environment variables\n\n{table}") == []
    assert _enforced(f"## Checks\n\n{table}") == ["make lint"]


def test_what_is_permitted_or_run_on_request_is_not_asked_for() -> None:
    assert _enforced("Allowed:\n\n- `pytest`\n") == []
    assert _enforced("### Allowed without asking\n\n- `pytest -q`\n") == []
    assert _enforced("Run the full suite only on request:\n\n```sh\nnpm test\n```\n") == []
    assert _enforced("The types need an opt-in group:\n\n- Run `make types` before committing\n") == [
        "make types"
    ]


def test_lines_of_commands_without_any_marks_are_a_list() -> None:
    lines = "npm run dev - start\nnpm run lint - run ESLint\nnpm test - run Jest"
    assert _enforced(f"## Commands\n{lines}") == ["npm run lint", "npm test"]
    assert _enforced("We run\nmake a habit of reading - a lot.") == []


def test_a_table_that_defines_scripts_asks_for_none() -> None:
    rows = "|---|---|\n| `lint` | `eslint .` |\n"
    assert _enforced(f"| Script | Purpose |\n{rows}") == []
    assert _enforced(f"| Check | Command |\n{rows}") == ["eslint ."]


def test_anything_else_is_every_change() -> None:
    table = (
        "| If you changed | Run |\n|---|---|\n| `a/**` | `make a-test` |\n| anything else | `make test` |\n"
    )
    assert _enforced(table) == ["make a-test", "make test"]


def test_the_title_of_a_file_is_no_section() -> None:
    text = "# Acme Deploy: demo\n\n## Commands\n\n- `make test`\n"
    assert [rule.value for rule in extract_rules("AGENTS.md", text) if rule.enforced] == ["make test"]
    two = text + "\n# Deploy\n\n## By hand\n\n- `make lint`\n"
    assert [rule.value for rule in extract_rules("AGENTS.md", two) if rule.enforced] == ["make test"]


def test_a_parenthesis_of_a_lead_in_does_not_say_what_the_list_is() -> None:
    lead = "Agents must execute the following suite (`make verify` runs all of it):"
    assert _enforced(f"{lead}\n\n1. Style: `make lint`\n2. Tests: `make test`\n") == [
        "make lint",
        "make test",
    ]


def test_a_tool_inside_of_a_command_is_its_part() -> None:
    assert _enforced("The types are checked with `tsc` inside `npm run build`, by hand.") == []


def test_an_arrow_begins_a_remark_as_a_comment_does() -> None:
    block = "```text\n$ cargo test        <- must pass\n$ make watch   <- never\n```\n"
    assert _enforced(block) == ["cargo test"]
    assert _enforced("Do all of this before you say you are done:\n\n1) `tflint`\n") == ["tflint"]


def test_what_a_layout_says_of_the_tests_in_a_place_is_no_demand() -> None:
    item = "- `test/node` - tests of the runner (run with `node --test`)"
    assert _enforced(f"### Test organization\n\n{item}\n") == []
    assert _enforced("### Test organization\n\nRun `make test`.\n") == ["make test"]
