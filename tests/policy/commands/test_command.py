"""Command lines: what they are for, through wrappers, task names and arguments."""

from __future__ import annotations

import pytest

from agent_gate.policy.commands.command import read_command
from agent_gate.policy.commands.tasks import classify_name
from agent_gate.policy.commands.tools import Use


def use(text: str) -> Use | None:
    command = read_command(text)
    return command.use if command else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uv run pytest -q", Use.TEST), ("python -m pytest", Use.TEST), ("CI=1 npm t", Use.TEST), ("docker compose exec -T app pytest", Use.TEST),
        ("npx eslint .", Use.LINT), ("go vet ./...", Use.LINT), ("cargo clippy --all -- -D warnings", Use.LINT), ("./vendor/bin/phpstan analyse", Use.TYPECHECK),
        ("cargo fmt --all -- --check", Use.FORMAT), ("ruff check --fix .", Use.FORMAT), ("pnpm run typecheck", Use.TYPECHECK), ("./gradlew clean build", Use.BUILD),
        ("zig build test", Use.TEST), ("make lint test", Use.AGGREGATE), ("bundle exec rake spec", Use.TEST), ("tox -e lint", Use.LINT), ("nx affected -t test", Use.TEST),
        ("./scripts/check-links.sh", Use.CHECK), ("pnpm check:deps", Use.CHECK), ("go run ./tools/ci.go check_generated", Use.CHECK), ("go run ./build/ci.go lint", Use.LINT),
        ("cargo test --tests", Use.TEST), ('cmake --build out -j"$(nproc)"', Use.BUILD), ("vale docs", Use.LINT), ("go mod tidy -diff", Use.CHECK), ("pnpm test:eslint", Use.LINT), ("./build.sh -t test", Use.TEST), ("./test/shell", Use.TEST), ("./gradlew assembleDebug", Use.BUILD), ("pnpm ui-test", Use.TEST), ("bash -n install.sh", Use.LINT),
        ("ninja -C out check-style", Use.LINT), ("ninja -C out lib/core", Use.BUILD), ("cmake --build out --target lint -j4", Use.LINT), ("meson compile -C out", Use.BUILD), ("bazel run //tools:format", Use.FORMAT),
        ("ctest --test-dir out -R lexer-tests", Use.TEST), ("sbt scalafmtCheckAll", Use.FORMAT), ("./mill __.test", Use.TEST), ("mvn -T 2 clean install", Use.BUILD), ("gradle build -x test", Use.BUILD), ("cargo xtask test", Use.TEST),
        ("nx run-many -t lint test", Use.AGGREGATE), ("clojure -M:lint", Use.LINT), ("make clang-tidy", Use.LINT), ("./run.sh -s phpstan", Use.TYPECHECK), ("bash build.sh --test", Use.TEST), ("ansible-playbook site.yml --syntax-check", Use.LINT),
        ("npm run test:server", Use.TEST), ("make server-tests", Use.TEST), ("./ci/verify-ui.sh", Use.CHECK), ("pnpm lint:ui", Use.LINT),
        ('RUSTDOCFLAGS="-D warnings" cargo doc', Use.CHECK), ("dotnet test --filter Category!=Slow", Use.TEST), ("pytest -k 'not slow'", Use.TEST), ("scripts/check_links.py docs", Use.CHECK), ("helm unittest charts/a", Use.TEST),
        ("flake8 app/ main.py", Use.LINT), ("idf.py build", Use.BUILD), ("west twister -T tests", Use.TEST), ("latexmk -pdf a.tex", Use.BUILD), ("cargo build [--release]", Use.BUILD), ("mix deps.unlock --check-unused", Use.CHECK), ("crystal spec", Use.TEST), ("julia -e 'using JuliaFormatter; format(\".\")'", Use.FORMAT),
        ("tox -e py312", Use.TEST), ("venv/Scripts/python.exe -m pytest -q", Use.TEST), ("make -j8", Use.BUILD), ("flutter build apk --debug", Use.BUILD), ("hugo --minify", Use.BUILD), ("dotnet format app.slnx --exclude test/ReaderTests.cs", Use.FORMAT), ("pre-commit run -a", Use.LINT),
    ],
)  # fmt: skip
def test_checks_are_known_by_tool_task_and_wrapper(text: str, expected: Use) -> None:
    assert use(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npm ci", Use.SETUP), ("pip install -e .", Use.SETUP), ("make install && make test", Use.SETUP), ("npm run dev", Use.SERVER), ("npm test -- --watch", Use.SERVER),
        ("cargo publish", Use.RELEASE), ("make deploy-prod", Use.RELEASE), ("git push", Use.VERSION_CONTROL), ("make db:reset", Use.DELETE), ("alembic upgrade head", Use.MIGRATE),
        ("pytest tests/test_a.py", Use.SINGLE), ("pytest -k name", Use.SINGLE), ("cargo test name", Use.SINGLE), ("go test -run TestX ./...", Use.SINGLE),
        ("npm test -- -u", Use.ACCEPT), ("make test-<name>", Use.PLACEHOLDER), ("pytest path/to/dir", Use.PLACEHOLDER), ("make bench", Use.BENCHMARK), ("python", Use.INTERACTIVE),
        ("ninja -C out install", Use.SETUP), ("ninja -t graph", Use.INSPECT), ("bazel run //app:dev", Use.SERVER), ("ctest -R lexer", Use.SINGLE), ("forge test --match-contract Vault", Use.SINGLE), ("pytest --lf", Use.SINGLE),
        ("make test-server", Use.SERVER), ("pnpm test:ui", Use.INTERACTIVE), ("make docker-build-e2e", Use.REMOTE), ("python scenario_x.py", Use.PLACEHOLDER),
        ("python test_routes.py", Use.SINGLE), ("go test -bench=. ./...", Use.BENCHMARK), ("idf.py -p /dev/tty0 flash monitor", Use.REMOTE), ("sbt ~test", Use.SERVER), ("make docker-build", Use.REMOTE), ("make test-manual", Use.INTERACTIVE), ("./gradlew connectedCheck", Use.REMOTE), ("python bench/run.py", Use.BENCHMARK), ("php artisan make:model", Use.GENERATE), ("phpstan analyse src/YourModule", Use.PLACEHOLDER),
        ("./gradlew :module-name:test", Use.PLACEHOLDER), ("python my_script.py", Use.PLACEHOLDER), ("./tools/build_and_run.sh", Use.SERVER), ("vale sync", Use.SETUP), ("make develop", Use.SETUP),
        ("./build.sh -t nugetpush", Use.RELEASE), ("just new-lint-rule", Use.GENERATE), ("cargo lintgen", Use.GENERATE), ("dotnet verify accept -y", Use.ACCEPT), ("make restore", Use.SETUP), ("./service.sh restart", Use.SERVER), ("make run DEVICE=a", Use.SERVER), ("pnpm test:debug", Use.INTERACTIVE), ("make doctor", Use.INSPECT), ("rake test:TASK_KEY", Use.PLACEHOLDER), ("nox -t tests -l", Use.INSPECT), ("scripts/auto-commit.sh", Use.VERSION_CONTROL),
        ("nix develop --command bash -c 'make test'", Use.HIDDEN),  # its own option is the first
    ],
)  # fmt: skip
def test_what_never_runs_says_why(text: str, expected: Use) -> None:
    assert use(text) is expected
    assert not expected.is_check


@pytest.mark.parametrize(
    "text",
    [
        "cmake g++ clang-format git",
        "mise exec --",
        "/quarantine-test Name",
        "src/main.py",
        "./packages/test",
        "TTL price:1",
        "./.data/unit",
        "feat: add x",
        "MyClass.run()",
        "NODE_ENV=test",
        "docs/",
        "--fix",
        "main",
        "",
    ],
)
def test_other_code_spans_are_no_commands(text: str) -> None:
    assert use(text) is None


@pytest.mark.parametrize("text", ["git diff <base-branch>", "ruff check <changed-files>"])
def test_the_base_branch_and_the_changed_files_are_no_placeholders(text: str) -> None:
    assert use(text) is not Use.PLACEHOLDER


def test_spellings_of_one_command_share_a_key() -> None:
    keys = {
        command.key for text in ("npm test", "npm run test", "CI=1 npm t") if (command := read_command(text))
    }
    assert keys == {"npm test"}


@pytest.mark.parametrize(
    ("rewriting", "checking"),
    [
        ("ruff format .", "ruff format --check ."),
        ("npm run format", "npm run format:check"),
        ("cargo fmt", "cargo fmt -- --check"),
        ("make lint-fix", "make lint"),
        ("./gradlew spotlessApply", "./gradlew spotlessCheck"),
        ("bundle exec rubocop -A", "bundle exec rubocop"),
        ("prettier --write .", "prettier --check ."),
    ],
)
def test_a_rewriting_form_and_its_checking_form_are_twins(rewriting: str, checking: str) -> None:
    one, other = read_command(rewriting), read_command(checking)
    assert one
    assert other
    assert (one.twin, one.rewrites, other.rewrites) == (other.twin, True, False)


def test_a_cd_to_the_repository_is_dropped_and_one_into_it_is_kept() -> None:
    outside, inside = read_command("cd /path/to/repo && make test"), read_command("cd web && npm test")
    assert outside
    assert inside
    assert (outside.text, outside.directory) == ("make test", "")
    assert (inside.text, inside.directory) == ("cd web && npm test", "web")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("lint:fix", Use.FORMAT), ("test:e2e", Use.TEST), ("checkTypes", Use.TYPECHECK), ("fmt-check", Use.FORMAT), ("preflight", Use.AGGREGATE), ("check:exports", Use.CHECK)],
)  # fmt: skip
def test_task_names_are_read_word_by_word(name: str, expected: Use) -> None:
    assert classify_name([name]) is expected


def test_a_directory_is_no_command() -> None:
    assert read_command("src/", known_only=False) is None
