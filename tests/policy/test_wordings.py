"""One requirement in many wordings: what counts is what is asked for, not how it is put."""

from __future__ import annotations

import pytest

from agent_gate.policy.extract import extract_rules
from agent_gate.policy.model import Kind

WORDINGS = {
    "test-per-change": """
TDD is mandatory.
Practise TDD.
Always prove fixes with tests.
Every change of the dialogs must come with snapshot coverage.
PRs: screenshots, a linked ticket, tests added/extended.
Check your work by starting the app and adding tests for it.
Every bug fix needs a regression test.
Cover new behaviour with tests.
All new code should be covered by unit tests.
Write tests for any new functionality you introduce.
New endpoints require integration tests.
Always accompany code changes with tests.
If you add a parser rule, add a fixture and a test.
When fixing a bug, first write a failing test.
Tests are mandatory for new features.
Don't submit a change without tests.
Any change in behaviour must be accompanied by a corresponding test.
Include unit tests with your changes.
Add or extend tests whenever you modify logic.
Make sure new code paths have test coverage.
Each new component should have a `*.test.tsx` next to it.
Feature work ships with tests.
Bug fixes: add a test that fails before the fix.
Test coverage is required for all new modules.
Please add tests.
We expect tests for every change.
Changes to the scheduler must come with new test cases.
Code without tests will not be merged.
Follow TDD: write tests before implementation.
New public functions need at least one test.
Update tests when behavior changes.
Ensure tests are added for new features.
Add test cases to cover your changes.
- [ ] Unit tests for new behaviour
- [ ] I have added tests
Every PR must include tests for the code it touches.
Update snapshot tests and add new ones when output changes.
Add specs for new models.
Extend `tests/test_api.py` when you change an endpoint.
Always write a unit test for new utility functions.
A bug fix comes with the test that would have caught it.
Every module has a companion test file.
Bugfix PRs include a failing-then-passing test.
Behavioural changes need tests and docs.
Cover each branch you add.
Cover all changed lines, errors included.
Before you push, verify that the matching unit tests were extended together with the parser.
Ensure specs for new commands; the fast ones are enough.
New behaviour has tests.
Write a spec for each bug you fix.
Every new matcher needs a spec.
Untested code will not be merged.
Bug fixes start with a failing test.
Reproduce bugs with a failing test before you fix them.
Each public function has a unit test.
There must be a test for every bug fix.
Did you write tests for the change?
Test updates are required for code changes.
Work test-first.
A change is not complete without tests.
""",
    "docs-updated": """
Alter the user guide where a flag changes.
Keep this file up to date.
Update the documentation when you change the API.
Documentation must be kept in sync with code.
When you add a flag, document it in the README.
Any user-visible change requires a docs update.
Keep docs/ up to date.
README.md should be updated whenever setup steps change.
New configuration options must be documented in docs/config.md.
Don't change behaviour without updating the docs.
Reflect CLI changes in `docs/cli.md`.
If you add or change a command, update `README.md`.
Public API changes must be reflected in the documentation.
- [ ] Documentation updated
Docs should be updated in the same PR.
Always update relevant documentation.
Add documentation for new features.
After changing settings, also update docs/settings.md.
Update AGENTS.md if the workflow changes.
Features without documentation are not complete.
Document all new environment variables in the README.
Make sure docs are current.
Update user guides for UI changes.
Changes to public behaviour require matching updates in docs.
Document breaking changes in UPGRADING.md.
Maintain README accuracy when commands change.
If an example breaks, fix the documentation too.
**Update the docs in the same change.**
If a task changes a decision the docs record, update the docs in the same PR.
Keep the README up-to-date with setup and usage instructions
All public API changes require a migration note in `UPGRADING.md`.
Settings are described in `docs/start.md`; update it when you add one.
Read the page instead of guessing, and update the page when you change what it describes.
Check that the affected documentation has been updated to match the new flags.
`docs/en/` holds the English pages, `docs/ja/` the Japanese ones. Update both when a flag changes.
Documentation is part of every change.
A feature is not done until the docs are updated.
Did you update the docs for the new option?
If functionality changes, update the relevant comments or other documentation.
Make sure the docs match the code after your change.
""",
    "changelog-updated": """
Add a changelog entry for user-facing changes.
Update CHANGELOG.md under Unreleased.
Every user-visible change needs a line in the changelog.
Run `npx changeset` for every change to a published package.
Include a news fragment with each PR.
All notable changes go in CHANGELOG.md.
Record breaking changes in `CHANGES.md`.
Don't forget the changelog.
Each PR needs a file in `changelog.d/`.
Create a changeset when you change a package.
User-facing changes must be noted in HISTORY.md.
Changelog: add an entry under "Unreleased".
- [ ] Changelog updated
Add release notes for new features in `docs/releasenotes/`.
Log every change in CHANGELOG.md.
Behavioral changes require a release note.
Keep CHANGELOG.md current.
ALWAYS bump the app version and update the changelog when shipping a feature or fix.
Every pull request that introduces user-facing changes MUST update the CHANGELOG.md file.
Changes that affect users are documented in `docs/` and `CHANGELOG.md`.
Each user-visible PR (not tooling, not tests) must include a release note.
Changelog entries are required for:
User-facing changes need a file `docs/changes/<number>.rst`.
Add a fragment under `changes/` for each user-visible change.
Drop a snippet into `changelog.d/` when behaviour changes.
Add a release note in `releasenotes/notes/` for every fix.
Did you add an entry to the changelog?
As you finish a piece of work, add an entry to `[Unreleased]` (or to its cross-cutting part).
Put an entry under "Unreleased" in CHANGES.md.
""",
    "commit-format": """
Prefix commits with the package name, e.g. `core: fix typo`.
Write commit messages as `[module] message`.
Commit titles must start with a gitmoji.
Use Conventional Commits.
Commit messages follow the Conventional Commits spec.
Prefix commits with the ticket number, e.g. `ABC-123: fix login`.
Write commit subjects in the imperative mood.
Keep the subject line under 72 characters.
Sign your commits with `git commit -s`.
All commits must be signed off (DCO).
Do not add yourself as co-author.
Never mention Claude in commit messages.
Commit format: `type(scope): description`
Commits should start with `feat:`, `fix:` or `chore:`.
Include "Co-authored-by" trailers for pair work.
Commit messages should explain why, not what.
No fixup commits.
Use present tense in commits ("Add feature" not "Added feature").
Reference the issue in the commit message.
Start commit messages with a capital letter.
Commit titles must not exceed 50 chars.
Use semantic commit messages.
Do not include AI attribution in commits.
Each commit message must have a body describing the change.
Don't use emojis in commit messages.
Commit message convention: `<module>: <summary>`
Don't add "Generated with Claude Code" to commits.
Every commit needs a Signed-off-by line.
Commit messages: plain, present tense, no AI attribution lines.
Commit messages: conventional commits (feat:, fix:, chore:, etc.)
Commit messages: end with the standard `Co-Authored-By` trailer per repo convention.
Commit messages: English, concise, prefixed (`feat:`, `fix:`, `docs:`)
Commit style: imperative, lowercase, no trailing period, max 50 chars.
Use `feat:`/`fix:`/`chore:` commit prefixes.
Squash commits; each commit message explains why.
Mention issue numbers in commits: `Close #42: Words`.
Commit messages follow `component: short description`.
Commit message format: `{module}: {what}`
Mark AI in commits with `(AI)`: add `(AI)` to every message.
Co-Authored-By trailer: required for AI-written commits.
Reference the issue in every commit.
AI commits carry an `Assisted-by` trailer.
Begin each commit message with an emoji.
Commit titles must be lower case.
Agents must add co-authorship trailers to commits.
Commit style: terse, subject-only, no trailers.
""",
    "branch": """
NEVER merge straight into `main`: always open a branch.
Never commit directly to main.
Create a feature branch for every change.
Work on a separate branch.
Do not push to master.
Branch names must start with `feature/` or `bugfix/`.
Name branches `<type>/<description>`.
Always branch off `develop`.
Direct commits to `main` are forbidden.
All changes go through feature branches.
Use topic branches, not main.
main is protected; use a branch.
Branch from `main`, name it `fix/...`.
Never work on main.
No direct commits to `main`
Branch naming: `type/issue-XX-description`
Work in a dedicated worktree branch, never in the main checkout.
Branch names: `<user>/topic`
Branches are named `feature/<ticket>-<slug>`.
Work on a branch, not on main.
Committing directly to `main` is not allowed.
Nothing may be pushed to the main branch.
All work takes place on feature branches.
Use `feat/<name>` branches.
If you are on `master`, you MUST check out a new branch before you commit.
""",
    "protected-path": """
Ask before editing `infra/`.
`CODEOWNERS` changes require approval.
Changes to `api/` need sign-off.
Do not create `yarn.lock` or `package-lock.json`.
Do NOT commit Markdown files (`.md` files).
Do not add to CLAUDE.md.
Only edit files under `web/app/`.
Never modify files outside of `packages/core`.
Keep all changes within `lib/` directory.
Never edit lock files by hand.
Machine files (e.g. `conf/`, `hooks/`) must not be `git add`ed.
`dist/` must not be committed.
Do not touch generated code, notably `a_gen.go` and everything under `gen/`.
Do not edit files in `generated/`.
Never modify `package-lock.json` manually.
`src/gen/` is auto-generated, don't touch it.
Don't hand-edit `schema.sql`.
Leave `vendor/` alone.
Files in `migrations/` must not be changed once merged.
Do not modify anything under `third_party/`.
`dist/` is build output; never edit or commit it.
The `legacy/` folder is frozen — do not change it.
Never commit `.env` files or `node_modules/`.
Do not commit build artifacts (`dist/`, `build/`).
Do not touch `infra/` unless asked.
Never change CI workflows in `.github/workflows/`.
Treat `public/api.json` as read-only.
`proto/*.pb.go` files are generated. Do not edit.
Existing migrations are immutable; never alter files in `db/migrate/`.
Keep your hands off `config/prod.yml`.
Do not delete or rename files in `fixtures/golden/`.
Changes to `LICENSE` are not allowed.
Don't modify the lockfile `bun.lock`.
Generated code lives in `api/client/` and must not be edited by hand.
Don't commit keys, `*.pem` or ledger files.
**Don't Touch**: `enterprise/`, `legacy/`
**Don't touch**: the version in `package.json`, `CHANGELOG.md`, `.github/workflows/`, the release scripts.
Generated `index.md` files are owned by the tool and must not be edited by hand.
The generated `*_templ.go` files must NOT be edited by hand.
`data/card.json` is the source; `index.html` is generated from it and must not be edited by hand.
Agents must never modify their own definitions, `ARCHITECTURE.md`, or `CLAUDE.md`.
Vendored code in `third_party/` is off limits.
Schema changes only via migrations; never edit `schema.rb` directly.
`*.lock` must not be edited manually.
Create `nuget.config` for local feeds, but never commit changes to that file.
Do not modify skills, plugins or profile directories (`.agent/`, any `SKILL.md`).
Never change versioning (`lib/version.rb`, `CHANGELOG.md`).
Never make changes to the release notes in `/docs/releases` unless asked.
Do not touch `src/api/*.cs` (generated, don't edit).
Scratch folders such as `.state/`, `tmp/out/` and `.nuxt/` are generated or ignored and must not be committed.
Never edit files matching `*_pb2.py`.
Never modify a `GEMINI.md`, it is a link.
Do not maintain a `HISTORY.md`.
Do not commit `poetry.lock` changes unless the task is about dependencies.
`prod.tfvars` - sensitive values (never commit)
Keep generated bindings under `web/gen/` out of manual edits.
Keep `dist/` out of commits.
Artifacts (`target/`, `*.class`) don't belong in git.
`.venv/` must stay out of version control.
Applied migrations in `db/migrate/` are immutable.
Once merged, files in `db/migrate/` must not be altered.
The files in `api/client/` are generated. Treat them as read-only.
Editing `vendor/` is forbidden.
It is prohibited to change `LICENSE`.
Changes to `.github/actions/` require approval.
`out/` is not tracked; never commit it.
`legacy/` is frozen.
Refrain from editing `Cargo.lock` by hand.
**`client-gen-*`** - bindings (DO NOT edit by hand)
No edits to `config/prod.yml`.
The changelog is generated. Do not touch it.
Never write changeset files yourself.
Do not reintroduce `yarn.lock`.
Never make changes to `.ci/` configuration.
Files in `out/` are build artifacts and must not be committed.
`CODEOWNERS` may only be changed by maintainers.
Only maintainers may edit `OWNERS.md`.
Never change NuGet.config files unless asked to.
`docs/`: sources, built with `make docs`. Translated pages under `docs/ja/` are generated; do not edit them.
Never modify the `bootstrap` script directly.
Do not edit the `NAMESPACE` file by hand.
Edit `README.Rmd`, not `README.md`.
Make changes in `src/`, never in `dist/`.
Do NOT modify `.cache` or `.git` metadata by hand.
`bazel-*/`: treat as generated output
""",
    "no-secrets": """
Never commit secrets.
Do not hardcode API keys.
No credentials in code.
Secrets must not be committed to the repository.
Don't put passwords or tokens in source.
API keys belong in environment variables, never in code.
Never check in `.env`.
Keep secrets out of the repo.
Do not expose credentials.
Never include real tokens in tests or fixtures.
No hardcoded secrets.
Do not store private keys in the repository.
Credentials must come from the environment, never from source files.
Never put real secrets in the sandbox.
No hardcoded URLs, keys or passwords.
.env files are never committed.
No real passwords in the repository.
Never generate production credentials.
Hardcoding passwords is forbidden.
It is prohibited to commit private keys.
Refrain from checking in access tokens.
Prohibit hardcoding of credentials.
Ensure that your diff does not contain API keys.
Scan recordings for leaked keys before you push.
Keep API keys in environment variables, never source files.
The final diff contains no credentials.
Make sure the commit has no API keys.
""",
    "no-test-tampering": """
Existing tests must keep passing unmodified.
Never delete failing tests.
Do not skip tests to make CI pass.
Don't weaken assertions.
Never modify tests to make them pass.
Do not disable or comment out tests.
Fix the code, not the test.
Tests must not be removed without approval.
Never mark tests as xfail to hide failures.
Don't change existing tests unless requirements changed.
Never remove test cases.
Do not alter expected outputs just to get green.
Tests should never be skipped or ignored.
Leave existing tests unchanged.
Don't cheat by editing tests or weakening checks.
Deleting failing tests is forbidden.
Failing tests must be fixed, not skipped.
Flaky tests go to quarantine, never deleted.
""",
    "dependency-policy": """
Only add new dependencies as a last resort.
Dependencies are frozen.
This package must remain dependency-free.
Stick to the standard library.
Check with the team before introducing any library.
Keep dependencies minimal.
Limit new third-party packages.
Think twice before adding a library.
Do not add new dependencies.
No new runtime dependencies without approval.
Ask before adding a dependency.
Avoid introducing new packages without discussion.
Only use the standard library.
New dependencies must be approved by a maintainer.
Don't upgrade dependencies unless required.
Never introduce third-party packages.
Standard library only: no external dependencies.
Do not install new npm packages without asking.
Adding a crate requires justification.
Keep zero dependencies.
Do not bump dependency versions.
Dependencies: do not add any without asking.
Discuss before adding new libraries.
Do not modify `go.mod` dependencies.
Don't add a dependency without explicitly naming it and why it's needed.
**Do not introduce new dependencies without flagging it first.**
Bundle impact: no heavy new dependencies without justification
Avoid speculative architecture, broad refactors, new dependencies without justification.
New dependencies must be MIT/Apache-2.0 compatible and listed in `THIRD-PARTY-NOTICES.md`.
Use only dependencies already in `package.json`.
No external packages beyond the standard library.
Adding dependencies is forbidden.
Runtime dependencies are limited to `attrs`.
Third-party packages are not allowed in the core.
No third-party libs.
The core package must have no dependencies.
Do not introduce major version upgrades without approval.
""",
    "license-header": """
Every source file needs the license header.
New files must start with an SPDX identifier.
Include the Apache 2.0 license header in new files.
All files carry a copyright notice.
Add `// SPDX-License-Identifier: MIT` at the top of each file.
Preserve license headers.
Source files must have the copyright header.
Files require ASF license headers.
**License Headers:** Always add an Apache license header to all new source code files.
- [ ] Add license header to all new files
Every file starts with `// Copyright ACME`.
License headers: Apache for the core, Elastic for plugins.
Copyright: new `.rs` files must begin with the header of `src/lib.rs`.
All Kotlin files need the following header:
Every source file starts with the standard header.
Add `// Copyright (c) Acme` at the top of new files.
""",
    "line-limit": """
Keep modules small (<300 LOC).
Maximum line length is 100.
Keep lines under 120 characters.
Line length: 88.
Limit files to 500 lines.
Functions should not exceed 50 lines.
Max 80 columns.
No file longer than 300 lines.
Wrap at 100 chars.
Files must stay below 400 LOC.
120-char line limit.
Use a line width of 100.
Max file length 400 lines; split when larger.
No file may exceed 400 lines.
Hard wrap prose at 100.
""",
    "coverage": """
Maintain at least 80% test coverage.
Coverage must not drop below 90%.
Code coverage target: 85%.
Minimum coverage 75 %.
New code requires 80% coverage.
Keep coverage above 95%.
We require 100% coverage.
80%+ coverage required.
Changed lines must be covered at 85 %.
Diff coverage: 85 percent minimum
At least 75 % of the lines must be covered.
""",
    "forbidden-pattern": """
Never block with `.Wait()`.
Tests are deterministic: no sleeps, no network calls.
No `console.log` in production code.
Never use `any`.
Don't use `var`.
Do not use emojis.
`eval()` is forbidden.
No wildcard imports.
Never use `unwrap()` in library code.
Do not use `print()`; use the logger.
No bare `except:`.
Never call `process.exit()` directly.
Do not leave debug statements.
Don't use `!important`.
No inline styles.
Use of `Thread.sleep` is not allowed.
Never use `@ts-ignore`.
Do not use `# type: ignore`.
No commented-out code.
Never import from `lodash`.
Don't use `panic!` outside tests.
Use `logger` instead of `print`.
No relative imports.
Must not use `unsafe`.
No magic: `__import__` is banned.
Don't use class components.
`dangerouslySetInnerHTML` must never be used.
No trailing whitespace.
Do not use tabs for indentation.
**No em dashes anywhere** — use hyphen instead.
TypeScript: strict mode on, no `any`, prefer functional components
Strict types everywhere: no `any`, no `@ts-ignore`.
No nested ternaries.
Never use `dangerouslySetInnerHTML` without sanitising.
`unsafe` code is prohibited.
Don't use `math/rand`: use `math/rand/v2`.
Never use `sleep` in tests.
Use `APP_ENV`, never `ENV` directly.
Do not use "star" imports.
`console.log` in library source is a lint error.
No tracing helpers: `dd()`, `ray()`
Use the base pipe (`|>`), not the old pipe (`%>%`).
Explicit types, not `auto`.
Parametrise every case: `#[case]`, never a bare `#[test]`.
Refrain from using `System.out.println`.
Stay away from `unwrap()`.
`dbg!` must not be left in the code.
Star imports disallowed, see the style guide.
There is a ban on `eval()` in library code.
Forbid `unwrap()` outside of tests.
`@ts-ignore` → not allowed.
Uses of `dangerouslySetInnerHTML` will be rejected.
Under no circumstances use `os.system()`.
Use modern types, e.g. use `str | int` instead of `Union[str, int]`, and `list[int]` instead of `List[int]`
Do not use the classes in the org.acme.legacy.util package.
Don't reference `scratch/`; link a page that is committed.
Code must not mention `intranet.acme.example`.
No email addresses in the docs.
Never plain `js` code fences: use `tsx`.
`datetime.utcnow()` → use `datetime.now(UTC)`.
Drop `lodash` in favour of array methods.
You may not use `unsafe` outside `crates/sys`.
Nothing may import `internal/legacy`.
Remove all `console.table` calls before committing.
Make sure no `fdescribe` is left in.
There must be no `it.only` in the tests.
Do not commit merge conflict markers.
Never disable ESLint rules inline.
No inline CSS.
Never add copyright headers to new files.
Never `import ... from 'path'`; it breaks on Windows.
Don't use words like "soon" or "currently" in code comments.
Do not emit "Arrange", "Act" or "Assert" comments.
Never use the words "simply" or "just" in the docs.
Don't dynamically `setattr` a field.
Do not re-add `left-pad`.
Never hardcode a version in a `.csproj`.
Do not add versions to individual project files.
Never use `<assert.h>`; include our own.
Never use "any".
Keep new pages ASCII.
**NO JavaScript files**: convert them.
Plain CSS files are not allowed.
Do not write in code comments that code was generated by Claude.
""",
    "clean-worktree": """
All code modifications must have been committed when you hand over.
Every file you touched has to be committed.
Leave the working tree clean.
Commit all your changes before finishing.
git status must be clean when you are done.
Do not leave uncommitted changes.
All work must be committed.
No untracked files may remain.
End with a clean git status.
Always commit your work before ending the session.
Before finishing, ensure `git status` is clean.
Everything must be committed when you stop.
""",
    "gaps-to-issues": """
File an issue for anything you leave undone.
Record follow-up work as issues.
Do not leave TODO comments.
Create beads for discovered work.
No TODOs in code; file an issue instead.
Track remaining work in the issue tracker.
Open a ticket for out-of-scope problems.
TODOs must reference an issue.
Every item in GAPS.md becomes an issue.
Log discovered bugs as new issues.
Put anything you could not finish into GAPS.md.
Unresolved questions must be filed as issues.
Every `TODO` MUST reference a GitHub issue, e.g. `// TODO(#12): why`.
""",
    "spec-updated": """
Update the spec when behaviour changes.
Specs in `specs/` must be kept in sync.
Record architecture decisions as ADRs.
Any architectural change needs an ADR.
Amend the design doc before changing the protocol.
Changes to the protocol must be reflected in SPEC.md.
New ADR required for architectural decisions.
Significant design decisions need an ADR in `docs/adr/`.
Behaviour changes start in `specs/`: update the spec first.
""",
}
LOOK_ALIKES = """
Run the tests before committing.
Tests should be deterministic.
Use pytest fixtures for test data.
Unit tests live next to the code.
Name tests after the behaviour they verify.
Prefer integration tests over mocks.
Tests use an in-memory database.
When writing tests, use the factory helpers.
See docs/testing.md for how to write tests.
Add tests under `tests/unit` only for pure functions.
The test suite takes ten minutes.
To add a test, create a file in `tests/`.
Each test must clean up after itself.
Keep tests small and focused.
Tests that need the network are marked `network`.
Mock external services in tests.
New tests should follow the existing naming pattern.
Test names should be descriptive.
Every test gets its own database.
Document why, not what.
Docs are built with Sphinx.
Documentation lives in `docs/`.
The README describes the setup.
Read the docs before changing the scheduler.
Write docs in plain English.
API docs are generated from docstrings.
Public functions need docstrings.
Use Google style docstrings.
Link to the docs instead of repeating them.
Docs use relative links.
The changelog is written by release-please.
Changelog entries use the past tense.
Releases read the changelog.
CHANGELOG.md lists every release.
The commit history is linear.
Commits are squashed on merge.
The pre-commit hook runs ruff.
Check the commit log for context.
Commit early and often.
Group related changes in one commit.
The default branch is `main`.
CI runs on every push to `main`.
Rebase your branch before review.
Release branches are named `release/x.y`.
`src/` contains the source code.
`generated/` is produced by `make gen`.
Edit `config.yml` to change settings.
Change the version in `pyproject.toml`.
Add new routes to `routes.py`.
Do not add business logic to `views.py`.
Do not change the public API.
Do not modify the input arguments.
Never mutate props.
Don't touch the DOM directly.
Do not remove comments.
Never edit in production.
Don't rename public methods.
Secrets are stored in Vault.
Use environment variables for configuration.
Tokens expire after one hour.
The API key is read from the environment.
Never log tokens.
Copy `.env.example` to `.env`.
Dependencies are managed with uv.
The dependency graph is acyclic.
Use dependency injection.
Install dependencies with `npm ci`.
Update dependencies weekly.
The library has no global state.
Licensed under MIT.
The header contains the request id.
HTTP headers are case-insensitive.
Request headers must include a trace id.
Functions return early on error.
The buffer holds 120 characters.
No "feature branch" and no "let's branch off main for this fix".
If you can't name the bug, don't add it.
Sign-off from the lead is needed for releases.
Specs are written in Gherkin.
Follow TDD where it helps.
Use `snake_case`, not `camelCase`.
`DELETE` is not allowed on this endpoint.
The `beta` flag must not be used in production.
Changes to `schema.sql` trigger a rebuild.
Ask before running long jobs.
Prefix log messages with the module name.
Update dependencies with `uv lock`.
Run the copyright tool to ensure headers are correct.
Values must not be added to `enum.ts`.
NEVER update all packages in the lockfile.
`frozen.yml`: modules that should not be auto-updated
Visual changes must be checked in the running app in addition to automated tests.
No tests are needed for helpers.
Never merge pull requests into `main` yourself.
Responses are limited to 100 lines.
Files larger than 10 MB are rejected.
Timeout is 60 seconds.
The cache covers 90% of requests.
Coverage reports are uploaded to Codecov.
Type coverage is at 95%.
Avoid global variables.
Prefer composition over inheritance.
Try to keep functions short.
`foo()` should not be called twice.
Do not call `close()` before `flush()`.
Never assume that `user` is set.
Don't forget to `await` the promise.
Do not rely on ordering.
The `--force` flag skips the check.
Use `any` only at boundaries.
Emojis are stripped from titles.
`TODO` marks unfinished work.
The issue tracker is on GitHub.
Link the issue in the pull request.
Open an issue before large changes.
The spec defines the wire format.
Specs run with `rspec`.
See the design doc for details.
The working tree is mounted read-only.
Check `git status` first.
The server must be clean before start.
No tests exist for the legacy module.
There are no dependencies on the network.
This module has no tests.
Tests cover the happy path only.
It is not required to update the docs for internal changes.
You do not need to write tests for scripts.
If the docs are wrong, tell a maintainer.
Do not write documentation files unless asked.
Never create README files proactively.
Only add tests when asked.
Deploys happen from `main`.
Never deploy on Fridays.
Do not run migrations against production.
Never push without permission.
Do not commit unless asked.
Coverage of the API is partial.
A line longer than 80 characters wraps in the terminal.
The function takes up to 50 lines of input.
Keep the bundle under 200 kB.
Return at most 100 items.
Use 4 spaces, not tabs.
Avoid `unwrap()` where you can.
Errors should not be swallowed.
Comments should explain intent.
Do not explain code in comments.
Never block the event loop.
Each agent works on its own branch in parallel mode.
Switch to the branch of the issue.
Branches are deleted after merge.
Ask the user which branch to use.
Never store state in the session.
Do not store results in the repository root.
Keep credentials rotation in mind.
No password is needed locally.
Passwords are hashed with bcrypt.
The token bucket refills every second.
Do not include the token count in the prompt.
Never skip validation.
Do not skip the review.
Never delete user data.
Don't disable the firewall.
Do not modify the test database by hand.
Change the expected status code in the fixture.
Fix failing tests first.
Remove dead code.
License files are in `LICENSES/`.
Check licenses of new code you copy.
Only update the changelog when documenting a release boundary.
NEVER commit, push, or mutate git.
Keep diffs small.
Never bypass hooks with `--no-verify`.
Do not reformat files you did not change.
No unused imports.
Don't use abbreviations.
Never use raw SQL.
No `else` after return.
We do not use semicolons.
Changes outside of `tools/` do not require changesets.
Update files in `/.changeset` directly, never with the changeset CLI.
Config in `.formatrc` (`printWidth: 80`)
Never store sensitive data in data structures.
Check that tests are written with fixtures.
Ensure tests for new features pass on your machine.
`src/api/` - handlers (do not add views here)
This is about speed, not `latency`.
A missing `id` is an error.
After a correction by the user: update the `NOTES.md` with the pattern.
Run `gen` from `CLAUDE.md`. Other subcommands (`show`, `list`) are read-only and safe to run directly.
Keep secrets in `app.yaml` out of git.
Values in `state.ts` are immutable.
API keys in `config.py` don't belong in git.
No additional packages are needed to run it.
The cache in `lib/cache.py` is fast; it must not be changed lightly.
If the cache does not help, edit `config.toml`.
When a hook cannot run, change `.pre-commit-config.yaml`.
There is no need to edit `setup.cfg`.
Do not hesitate to update `docs/index.md`.
Never restyle it in place: add a copy (`views/_copy`).
Do not change production code in tests.
Do not install dependencies globally.
No dependencies need to be installed.
Do not remove commented-out code.
Do not open PRs for one nested ternary.
If the user approves: create a feature branch and merge it into main.
The first 80 characters of a line are shown.
Every PR must leave tests in a passing state.
Integration tests run in CI only and are not expected to run locally.
Order: lock -> lint -> types -> tests.
Tests that need a clock must be added to the serial list.
The test section must list what you ran.
New features must be manually tested by a human.
Decide whether it needs its own test.
Most behaviour is covered by snapshot tests.
[Adding APIs](skills/api/SKILL.md) — define docs, write tests
Pass a list of modules if you know you need docs for these.
When you reference documentation URLs, use the correct layout of the `docs/` directory.
Run `node roll.js` to bump the browser and regenerate the README.
docs(readme): update the installation
If this file conflicts with `HACKING.md`, follow it and update this file.
`tool changelog` adds changelog entries to the PR description if the API changed
Do not add changelog entries for internal refactors.
Use solution filters instead of `All.slnx`.
Use `LOG_LEVEL=1` environment variables for more output (not `RUST_LOG`).
`_name()` (no `private`) is for code in the same file.
Do not call `close()` twice.
Do not use the `latest` version of Node.
Do not hand-write license headers.
Do not use "quick fix" as an excuse.
If you start from a baseline, ensure HEAD is clean.
When writing a regression test for a fix:
Import helpers instead of raw SQLAlchemy operations.
NEVER proactively create documentation files.
Add XML documentation comments to public members.
Do not forget to update `poetry.lock`.
Never edit code without reading `README.md` first.
Do not add tests to `tests/legacy/`.
Never write to `/tmp/cache` in tests.
Do not add dependencies on `internal/`.
Don't drop `# type: ignore` comments from old code.
The version in the `.csproj` changes at release.
Do not introduce new `types` or `values` to the global namespace.
Agents that are NOT run by an owner MUST identify themselves in commits ("Generated with X").
If a fix reads like it was generated by a model without thought, start over on the commit.
When writing the changeset summary, use a Conventional Commit-style message.
For every tier, update only authored English docs.
Use that checkout without permission, including for commands on its dependency tree.
Do not use `CI=1`, `--force` or `confirm=false` to bypass a prompt.
Never bypass the check with a suppression file.
**minor**: New settings or commands that should be documented
To add a changeset, write a new file to the `.changeset` directory.
To update the docs, edit `docs/index.md`.
**Plugins** (`plugins/`, **api = 2**, docs in `PLUGINS.md`) — sandboxed code.
This will then add a generated test.
Do not add `type/bug` or `type/task` labels.
No package updates are needed.
Do not create new markdown files.
Edit `a.py`, not the tests.
One page only: do not create more `.html` files.
The docs describe `x/` as generated by hand.
"""


@pytest.mark.parametrize("kind", WORDINGS)
def test_a_requirement_is_heard_in_each_wording(kind: str) -> None:
    missed = [
        text
        for text in WORDINGS[kind].strip().splitlines()
        if kind not in {rule.kind.value for rule in extract_rules("AGENTS.md", text) if rule.enforced}
    ]
    assert missed == []


def test_look_alikes_of_requirements_ask_for_nothing() -> None:
    heard = {
        text: found
        for text in LOOK_ALIKES.strip().splitlines()
        if (
            found := [
                r.kind.value
                for r in extract_rules("AGENTS.md", f"- {text}")
                if r.enforced and not r.kind.is_command
            ]
        )
    }
    assert heard == {}


SECTIONS = [
    (
        """## Off limits

`gen/`

## Commit rules

1. No emojis
2. `fix`: repairs

| Type | Use |
|---|---|
| `feat` | new things |

## Actions

| Action | Policy |
|---|---|
| Adding dependencies | Ask first |

- ⛔ `out/` — made by the build

## License header

Add to all new files.

## Making a release

- Update CHANGELOG.md and the docs.
""",
        [
            "protected-path:gen/**",
            "commit-format",
            "commit-format",
            "dependency-policy",
            "protected-path:out/**",
            "license-header",
        ],
    ),
    (
        """# Boundaries

### Always
- Run `npm test` before committing
- Add tests for new features
- Update docs when APIs change

### Ask first
- Adding new dependencies
- Changing `db/schema.prisma`
- Deleting files

### Never
- Commit secrets or API keys
- Edit `node_modules/` or `vendor/`
- Remove a failing test without approval
- Push to `main`
- Use `eval`
- Modify generated files in `src/gen/`
""",
        [
            "test-per-change",
            "docs-updated",
            "dependency-policy",
            "protected-path:db/schema.prisma",
            "no-secrets",
            "protected-path:node_modules/**",
            "protected-path:vendor/**",
            "no-test-tampering",
            "branch",
            "forbidden-pattern",
            "protected-path:src/gen/**",
        ],
    ),
    (
        """## Boundaries
- ✅ **Always:** write tests for new code, update CHANGELOG.md
- ⚠️ **Ask first:** before adding dependencies, before modifying `infra/`
- 🚫 **Never:** commit secrets, edit `dist/`, use `console.log`
""",
        [
            "test-per-change",
            "changelog-updated",
            "dependency-policy",
            "protected-path:infra/**",
            "no-secrets",
            "protected-path:dist/**",
            "forbidden-pattern",
        ],
    ),
    (
        """## Pull request checklist
- [ ] Tests added or updated
- [ ] Docs updated
- [ ] Changelog entry
- [ ] No secrets committed
- [ ] Conventional commit messages
- [ ] Branch named `feat/<name>`
- [ ] License header on new files
""",
        [
            "test-per-change",
            "docs-updated",
            "changelog-updated",
            "no-secrets",
            "commit-format",
            "branch",
            "license-header",
        ],
    ),
    (
        """## Rules

| Rule | Details |
|---|---|
| Tests | Every new feature must have tests |
| Commits | Conventional Commits (`feat:`, `fix:`) |
| Line length | 100 characters |
| Secrets | Never commit secrets |
| Protected | Do not edit `schema.sql` |
| Coverage | Minimum 80% |
""",
        [
            "test-per-change",
            "commit-format",
            "line-limit",
            "no-secrets",
            "protected-path:schema.sql",
            "coverage",
        ],
    ),
    (
        """## Files you must not touch

- `package-lock.json`
- `src/generated/`
- `.github/workflows/`

## Git

- Branch from `develop`
- Format: `type(scope): message`
- Sign off with `-s`
- Max 72 chars in subject
""",
        [
            "protected-path:package-lock.json",
            "protected-path:src/generated/**",
            "protected-path:.github/workflows/**",
            "branch",
            "commit-format",
            "commit-format",
            "commit-format",
        ],
    ),
    (
        """## Read-only directories
The following directories are generated and should never be edited by hand:
- `api/` (OpenAPI client)
- `proto/gen/`

Generated code (do not edit): `mocks/`, `*.pb.go`

Immutable: `migrations/0001_init.sql`
""",
        [
            "protected-path:api/**",
            "protected-path:proto/gen/**",
            "protected-path:mocks/**",
            "protected-path:*.pb.go",
            "protected-path:migrations/0001_init.sql",
        ],
    ),
    (
        """## Adding new features
1. Look at the neighbours
2. Add tests using the harness

## Branches
- `docs/*` - documentation updates

## Commit format
- `[ABC-XXX][area] Description`

## Generated
When flags change, commit the regenerated `gen/cli.txt`; never edit that file by hand.
Do not hand-edit generated files: `man/`, `NAMESPACE`.
Never track `.out/`, and ensure `TOK` is set before rebuilding `index.yaml`.
""",
        [
            "test-per-change",
            "commit-format",
            "protected-path:gen/cli.txt",
            "protected-path:man/**",
            "protected-path:NAMESPACE",
            "protected-path:.out/**",
        ],
    ),
]


@pytest.mark.parametrize(("text", "asked"), SECTIONS)
def test_a_section_makes_rules_of_its_entries(text: str, asked: list[str]) -> None:
    rules = [rule for rule in extract_rules("AGENTS.md", text) if rule.enforced and not rule.kind.is_command]
    heard = [f"{r.kind}:{r.value}" if r.kind is Kind.PROTECTED_PATH else str(r.kind) for r in rules]
    assert sorted(heard) == sorted(asked)
