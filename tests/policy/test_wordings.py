"""One requirement in many wordings: what counts is what is asked for, not how it is put."""

from __future__ import annotations

import pytest

from agent_gate.policy.extract import extract_rules

WORDINGS = {
    "test-per-change": """
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
""",
    "docs-updated": """
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
""",
    "commit-format": """
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
""",
    "branch": """
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
""",
    "protected-path": """
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
""",
    "no-test-tampering": """
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
""",
    "dependency-policy": """
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
""",
    "line-limit": """
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
""",
    "forbidden-pattern": """
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
No relative imports.
Must not use `unsafe`.
No magic: `__import__` is banned.
Don't use class components.
`dangerouslySetInnerHTML` must never be used.
No trailing whitespace.
Do not use tabs for indentation.
""",
    "clean-worktree": """
Leave the working tree clean.
Commit all your changes before finishing.
git status must be clean when you are done.
Do not leave uncommitted changes.
All work must be committed.
No untracked files may remain.
End with a clean git status.
Always commit your work before ending the session.
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
""",
    "spec-updated": """
Update the spec when behaviour changes.
Specs in `specs/` must be kept in sync.
Record architecture decisions as ADRs.
Any architectural change needs an ADR.
Amend the design doc before changing the protocol.
Changes to the protocol must be reflected in SPEC.md.
""",
}


@pytest.mark.parametrize("kind", WORDINGS)
def test_a_requirement_is_heard_in_each_wording(kind: str) -> None:
    missed = [
        text
        for text in WORDINGS[kind].strip().splitlines()
        if kind not in {rule.kind.value for rule in extract_rules("AGENTS.md", text) if rule.enforced}
    ]
    assert missed == []
