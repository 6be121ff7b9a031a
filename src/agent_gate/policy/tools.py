"""What known tools and task names do: data for `commands`."""

from __future__ import annotations

from enum import StrEnum

from agent_gate.policy.words import word_set


class Use(StrEnum):
    """What running a command is for."""

    LINT = "lint"
    FORMAT = "format"
    TEST = "test"
    TYPECHECK = "typecheck"
    BUILD = "build"
    AGGREGATE = "aggregate"  # several checks behind one name
    CHECK = "check"  # a check of a kind of its own
    OTHER = "other"  # a command, but nothing says what for
    # what follows is never run
    SETUP = "it installs or sets up"
    SERVER = "it starts a server or watches"
    RELEASE = "it releases, publishes or pushes"
    DELETE = "it deletes or resets"
    MIGRATE = "it changes a database"
    GENERATE = "it generates or updates files"
    BENCHMARK = "it measures instead of checking"
    INTERACTIVE = "it waits for a person"
    SINGLE = "it is a hint for single tests or files"
    PLACEHOLDER = "it holds a placeholder"
    VERSION_CONTROL = "it is an action, not a check"
    INSPECT = "it only shows something"
    REMOTE = "it reaches outside the repository"
    FILES = "it copies, moves or writes files"
    HIDDEN = "what it would run cannot be told from its words"

    @property
    def is_check(self) -> bool:
        """Whether a command of this use may be run by the gate."""
        return self in CHECKS


CHECKS = frozenset(
    {Use.LINT, Use.FORMAT, Use.TEST, Use.TYPECHECK, Use.BUILD, Use.AGGREGATE, Use.CHECK, Use.OTHER}
)


def _table(**words: str) -> dict[str, Use]:
    return {word: Use[use] for use, listed in words.items() for word in listed.split()}


# Words of task names ("lint:fix", "test_e2e", "checkTypes") that decide alone, whatever else the name says.
HARD_WORDS = _table(
    SETUP="install uninstall setup bootstrap init deps dependencies sync prepare provision venv hooks prerequisites onboard",
    SERVER="watch serve server storybook playground tail attach monitor daemon livereload hmr",
    RELEASE="publish deploy deployment push release releases ship upload promote bump tag rollout submit canary sign notarize",
    DELETE="reset destroy drop delete remove rm purge prune wipe nuke truncate teardown kill stop undo rollback",
    MIGRATE="migrate migration migrations seed migrator",
    GENERATE="gen generate generated codegen scaffold regen regenerate upgrade extract snapshots bless rebaseline",
    BENCHMARK="compare size bench benchmark benchmarks profile profiling flamegraph stress soak",
    INSPECT="report reports",
    INTERACTIVE="repl console interactive ui debug debugger inspect headed",
)

# Words that say what is checked.
CHECK_WORDS = _table(
    LINT="lint linter linting lints lintall vet clippy eslint rubocop flake8 pylint ruff golangci stylelint shellcheck oxlint "
    "checkstyle detekt swiftlint credo actionlint yamllint markdownlint mdlint spellcheck spelling codespell typos knip depcheck phpcs biome "
    "semgrep analyze analyse audit vulncheck govulncheck gosec",
    FORMAT="fmt format formatter formatting fmtcheck prettier gofmt rustfmt black isort spotless spotlessapply spotlesscheck style "
    "ktlint ktlintformat ktlintcheck scalafmt fix autofix pretty prettify reformat",
    TYPECHECK="typecheck typechecking types type typing tsc mypy pyright tscheck typescript sorbet dialyzer phpstan stan psalm ty",
    TEST="test tests testing unittest unittests unit integration e2e spec specs pytest jest vitest coverage cov playwright cypress "
    "rspec phpunit smoke acceptance functional regression conformance fuzz doctest doctests testall",
    BUILD="build builds compile bundle rebuild assemble dist",
)
AGGREGATE_WORDS = word_set(
    "ci all preflight verify validate validation check checks precommit prepush prepr quality qa full gate gates premerge presubmit "
    "allchecks checkall ready sanity"
)
# Words that mean something only where no word above says what is checked.
SOFT_WORDS = _table(
    SERVER="dev start run up down preview live web docker compose launch local demo",
    RELEASE="version package pack changelog changeset",
    DELETE="clean clear clobber distclean",
    GENERATE="create new update docs doc proto protos protobuf schema assets icons i18n add",
    MIGRATE="db database",
    INSPECT="help list info status show logs log env print",
    INTERACTIVE="shell open login ask chat",
    BENCHMARK="perf performance load",
)
# Names that mark a task as slow or special: it runs in CI at night, or not at all.
REWRITING_WORDS = word_set(
    "fix autofix write apply fmt format reformat pretty prettify prettier tidy spotlessapply ktlintformat"
)
CHECKING_WORDS = word_set("check verify ci dry diff fmtcheck spotlesscheck ktlintcheck test")

# Programs that are nothing but a check, whatever their arguments.
TOOLS = _table(
    TEST="pytest py.test jest vitest mocha ava jasmine karma rspec phpunit pest ctest nose2 stestr trial bats tap testem wtr "
    "nextest gotestsum ginkgo behave minitest busted kotest cucumber behat codecept paratest elm-test hypothesis",
    LINT="eslint oxlint flake8 pylint rubocop standardrb standard xo stylelint shellcheck hadolint actionlint yamllint "
    "markdownlint markdownlint-cli2 golangci-lint staticcheck revive clang-tidy swiftlint detekt codespell typos cspell knip depcheck "
    "vulture deptry lint-imports bandit semgrep phpcs tflint ansible-lint sqlfluff djlint brakeman reek erb_lint erblint "
    "luacheck selene credo pre-commit prek lefthook zizmor taplo cppcheck cpplint htmlhint publint dependency-cruiser depcruise "
    "madge interrogate pydocstyle doc8 vale alex commitlint check-jsonschema kube-linter spectral lint-staged govulncheck pip-audit gosec errcheck",
    FORMAT="black isort gofmt gofumpt goimports gci rustfmt clang-format prettier shfmt stylua swiftformat swift-format scalafmt "
    "ktlint google-java-format php-cs-fixer pint phpcbf nixfmt alejandra nixpkgs-fmt ormolu fourmolu autopep8 yapf autoflake pyupgrade "
    "dprint rufo cmake-format gersemi ocamlformat nph treefmt zprint cljfmt mdformat",
    TYPECHECK="mypy pyright basedpyright tsc vue-tsc svelte-check pyre pytype ty phpstan psalm srb steep flow tsgo attw dmypy",
    BUILD="ninja webpack rollup esbuild tsup tsdown swc msbuild xcodebuild mkdocs sphinx-build zensical",
    SETUP="venv virtualenv ensurepip apt apt-get brew pip pip3 pipx conda mamba asdf nvm rustup volta corepack apk dnf yum choco scoop winget sdk rbenv pyenv",
    RELEASE="gh glab twine goreleaser semantic-release release-it vercel netlify flyctl fly wrangler heroku serverless cz np docker-push",
    DELETE="rm rmdir dd mkfs shred kill killall pkill",
    MIGRATE="alembic psql mysql sqlite3 redis-cli mongosh flyway liquibase pg_dump createdb dropdb sqlx diesel atlas goose dbmate",
    GENERATE="protoc sqlc mockgen openapi-generator graphql-codegen cookiecutter copier plop hygen",
    FILES="touch mkdir cp mv ln tee sed tar unzip chmod chown install patch",
    HIDDEN="sh bash zsh dash ksh fish pwsh powershell eval exec command builtin nohup setsid xargs parallel watch trap alias su doas chroot strace script",
    SERVER="uvicorn gunicorn flask streamlit nodemon tailwindcss ngrok docker-compose foreman overmind honcho air ts-node-dev electron hypercorn",
    INTERACTIVE="vim nano emacs code open xdg-open ipython irb tmux screen less man claude codex gemini aider cursor",
    VERSION_CONTROL="git jj hg svn bd br sl gt",
    INSPECT="ls cat head tail grep rg find tree which echo printf wc jq yq pwd diff du df ps top env printenv curl wget awk sort lsof fd ast-grep history type sleep true tokei cloc",
    REMOTE="ssh scp rsync kubectl helm terraform tofu pulumi aws gcloud az ansible ansible-playbook docker podman minikube kind skaffold k9s adb",
    BENCHMARK="hyperfine k6 wrk locust perf asv criterion",
)

# Programs whose first argument says what they do; "" is the program alone.
SUBCOMMANDS: dict[str, dict[str, Use]] = {
    "ruff": _table(LINT="check", FORMAT="format") | {"": Use.LINT},
    "biome": _table(LINT="check lint ci", FORMAT="format"),
    "cargo": _table(
        TEST="test t nextest tarpaulin llvm-cov miri mutants",
        LINT="clippy deny audit machete udeps semver-checks hack shear outdated spellcheck sort",
        FORMAT="fmt",
        TYPECHECK="check c",
        BUILD="build b rustc doc",
        SETUP="install add fetch vendor binstall",
        SERVER="run r watch",
        RELEASE="publish release dist package",
        DELETE="clean remove rm",
        GENERATE="update new init insta expand fix",
        BENCHMARK="compare size bench flamegraph bloat",
        INSPECT="tree metadata doc-open",
    ),
    "go": _table(
        TEST="test",
        LINT="vet fix",
        FORMAT="fmt",
        BUILD="build",
        SETUP="install get",
        GENERATE="generate mod work",
        SERVER="run tool",
        INSPECT="list env doc version",
        DELETE="clean",
    ),
    "dotnet": _table(
        TEST="test",
        FORMAT="format",
        BUILD="build msbuild",
        SETUP="restore add new tool workload",
        SERVER="run watch",
        RELEASE="publish pack nuget",
        MIGRATE="ef",
        DELETE="clean",
    ),
    "swift": _table(TEST="test", BUILD="build", SERVER="run", FORMAT="format", GENERATE="package"),
    "zig": _table(TEST="test", BUILD="build", FORMAT="fmt", SERVER="run"),
    "flutter": _table(
        TEST="test drive",
        LINT="analyze",
        FORMAT="format",
        BUILD="build",
        SETUP="pub create doctor",
        SERVER="run",
        GENERATE="gen-l10n",
        DELETE="clean",
    ),
    "dart": _table(
        TEST="test",
        LINT="analyze",
        FORMAT="format",
        BUILD="compile",
        SETUP="pub",
        SERVER="run",
        GENERATE="fix",
    ),
    "hatch": _table(
        TEST="test", FORMAT="fmt", BUILD="build", RELEASE="publish version", SETUP="env", INTERACTIVE="shell"
    ),
    "mix": _table(
        TEST="test coveralls",
        LINT="credo sobelow xref doctor",
        FORMAT="format",
        TYPECHECK="dialyzer",
        BUILD="compile",
        AGGREGATE="precommit check",
        SETUP="setup deps.get deps",
        MIGRATE="ecto.migrate ecto.reset ecto.setup ecto.create",
        SERVER="phx.server run",
        RELEASE="hex.publish release",
    ),
    "terraform": _table(LINT="validate", FORMAT="fmt", SETUP="init", RELEASE="apply plan", DELETE="destroy"),
    "tofu": _table(LINT="validate", FORMAT="fmt", SETUP="init", RELEASE="apply plan", DELETE="destroy"),
    "helm": _table(LINT="lint template"),
    "buf": _table(LINT="lint breaking", FORMAT="format", BUILD="build", GENERATE="generate", RELEASE="push"),
    "bazel": _table(
        TEST="test coverage", BUILD="build", SERVER="run", DELETE="clean", INSPECT="query cquery"
    ),
    "bazelisk": _table(
        TEST="test coverage", BUILD="build", SERVER="run", DELETE="clean", INSPECT="query cquery"
    ),
    "pants": _table(TEST="test", LINT="lint", FORMAT="fmt", TYPECHECK="check", BUILD="package"),
    "buck2": _table(TEST="test", BUILD="build", SERVER="run"),
    "cabal": _table(TEST="test", BUILD="build", SETUP="update install", SERVER="run repl", FORMAT="format"),
    "stack": _table(TEST="test", BUILD="build", SETUP="install setup", SERVER="exec ghci run"),
    "dune": _table(TEST="test runtest", BUILD="build", FORMAT="fmt", SERVER="exec", DELETE="clean"),
    "gleam": _table(
        TEST="test", BUILD="build", FORMAT="format", TYPECHECK="check", SERVER="run", SETUP="deps add"
    ),
    "forge": _table(
        TEST="test coverage",
        BUILD="build",
        FORMAT="fmt",
        LINT="lint",
        SETUP="install",
        RELEASE="create script",
        GENERATE="snapshot",
    ),
    "sbt": _table(
        TEST="test testonly",
        BUILD="compile",
        FORMAT="scalafmtall scalafmt scalafmtcheckall scalafmtcheck",
        SERVER="run",
    ),
    "lein": _table(TEST="test", BUILD="compile uberjar", LINT="kibit eastwood", SERVER="run repl"),
    "rebar3": _table(
        TEST="eunit ct proper",
        BUILD="compile",
        TYPECHECK="dialyzer",
        LINT="xref lint",
        FORMAT="fmt",
        INTERACTIVE="shell",
    ),
    "meson": _table(TEST="test", BUILD="compile", SETUP="setup configure"),
    "maturin": _table(BUILD="develop build", RELEASE="publish"),
    "wasm-pack": _table(TEST="test", BUILD="build", RELEASE="publish"),
    "docker": _table(BUILD="build buildx"),
    "podman": _table(BUILD="build"),
    "playwright": _table(TEST="test", SETUP="install", INTERACTIVE="codegen show-report open"),
    "cypress": _table(TEST="run", INTERACTIVE="open", SETUP="install"),
    "next": _table(BUILD="build", LINT="lint", SERVER="dev start"),
    "vite": _table(BUILD="build", SERVER="dev preview serve") | {"": Use.SERVER},
    "nuxt": _table(BUILD="build generate", TYPECHECK="typecheck", SERVER="dev preview"),
    "nuxi": _table(BUILD="build generate", TYPECHECK="typecheck", SERVER="dev preview", SETUP="prepare"),
    "astro": _table(BUILD="build", TYPECHECK="check", SERVER="dev preview", SETUP="add"),
    "ng": _table(
        TEST="test e2e", LINT="lint", BUILD="build", SERVER="serve", GENERATE="generate new add update"
    ),
    "expo": _table(LINT="lint", SERVER="start run", SETUP="install prebuild", AGGREGATE="doctor"),
    "tauri": _table(BUILD="build", SERVER="dev"),
    "storybook": _table(BUILD="build", SERVER="dev") | {"": Use.SERVER},
    "wrangler": _table(SERVER="dev", RELEASE="deploy publish", GENERATE="types"),
    "prisma": _table(
        LINT="validate", FORMAT="format", MIGRATE="migrate db", GENERATE="generate", SERVER="studio"
    ),
    "drizzle-kit": _table(MIGRATE="push migrate", GENERATE="generate", LINT="check", SERVER="studio"),
    "changeset": _table(RELEASE="version publish", GENERATE="add")
    | {"": Use.INTERACTIVE, "status": Use.LINT},
    "coverage": _table(TEST="run report", GENERATE="html xml"),
    "twine": _table(RELEASE="upload", BUILD="check"),
    "nix": _table(
        BUILD="build", AGGREGATE="flake", FORMAT="fmt", INTERACTIVE="develop shell repl", SERVER="run"
    ),
    "uv": _table(
        SETUP="sync add pip venv tool python init self cache remove",
        BUILD="build",
        RELEASE="publish version",
        INSPECT="tree lock",
        FORMAT="format",
    )
    | {"lock": Use.GENERATE},
    "poetry": _table(
        SETUP="install add update env remove self",
        BUILD="build",
        RELEASE="publish version",
        LINT="check",
        GENERATE="lock",
        INTERACTIVE="shell",
    ),
    "pdm": _table(SETUP="install add update sync", BUILD="build", RELEASE="publish", GENERATE="lock"),
    "pixi": _table(SETUP="install add update"),
    "rye": _table(
        SETUP="sync add", TEST="test", LINT="lint check", FORMAT="fmt", BUILD="build", RELEASE="publish"
    ),
    "bundle": _table(SETUP="install update add config", LINT="audit", GENERATE="lock"),
    "rails": _table(
        TEST="test test:system test:all",
        MIGRATE="db:migrate db:setup db:reset db:seed db:prepare",
        SERVER="server s",
        INTERACTIVE="console c",
        GENERATE="generate g",
        LINT="zeitwerk:check",
    ),
    "artisan": _table(
        TEST="test",
        MIGRATE="migrate migrate:fresh db:seed",
        SERVER="serve queue:work",
        INTERACTIVE="tinker",
        GENERATE="key:generate",
    ),
    "manage.py": _table(
        TEST="test",
        LINT="check",
        MIGRATE="migrate flush loaddata",
        SERVER="runserver",
        GENERATE="makemigrations collectstatic startapp",
        INTERACTIVE="shell dbshell createsuperuser",
    ),
    "pre-commit": _table(LINT="run", SETUP="install install-hooks", GENERATE="autoupdate"),
    "prek": _table(LINT="run", SETUP="install", GENERATE="autoupdate auto-update"),
    "lefthook": _table(LINT="run", SETUP="install"),
    "golangci-lint": _table(LINT="run", FORMAT="fmt"),
    "php": _table(LINT="-l"),
    "act": {"": Use.OTHER},
    "vp": _table(
        LINT="check lint", FORMAT="fmt", TEST="test", BUILD="build", SETUP="install", SERVER="dev preview"
    ),
    "supabase": _table(
        MIGRATE="db migration", SERVER="start stop", GENERATE="gen", RELEASE="functions", TEST="test"
    ),
    "xcodebuild": _table(TEST="test", BUILD="build", DELETE="clean"),
}

# Programs that run tasks which the repository names; their own subcommands stand first.
PACKAGE_MANAGERS: dict[str, dict[str, Use]] = {
    "npm": _table(
        SETUP="install i ci add link audit init",
        RELEASE="publish version",
        TEST="t tst",
        INSPECT="ls view outdated config root",
        BUILD="rebuild",
        DELETE="uninstall",
        GENERATE="update",
        SERVER="start",
    ),
    "pnpm": _table(
        SETUP="install i add approve-builds fetch store link import setup env",
        RELEASE="publish version changeset",
        TEST="t",
        DELETE="remove prune",
        INSPECT="list why outdated",
        GENERATE="update up create",
    ),
    "yarn": _table(
        SETUP="install add set link config",
        RELEASE="publish version npm",
        DELETE="remove",
        INSPECT="why info",
        GENERATE="up upgrade dlx create dedupe",
    )
    | {"": Use.SETUP},
    "bun": _table(
        SETUP="install i add link",
        RELEASE="publish",
        TEST="test",
        BUILD="build",
        DELETE="remove",
        GENERATE="update create",
        INSPECT="pm",
    ),
    "deno": _table(
        TEST="test",
        LINT="lint",
        FORMAT="fmt",
        TYPECHECK="check",
        BUILD="compile bundle",
        SETUP="install add cache",
        RELEASE="publish",
        SERVER="serve",
        BENCHMARK="bench",
    ),
    "composer": _table(
        SETUP="install require", GENERATE="update dump-autoload", LINT="validate audit", DELETE="remove"
    ),
}
TASK_RUNNERS = word_set(
    "make gmake just task go-task poe nox tox inv invoke rake doit mage gulp grunt ant gradle gradlew mvn mvnw mise moon turbo nx lerna rush wireit "
    "earthly dagger mask cargo-make xtask lage ultra melos fastlane bake redo tusk run s ant-run taskipy haxe babashka bb vx devenv tuist"
)
# Where these words are English, a task name must follow at once.
ENGLISH_RUNNERS = word_set(
    "make just task go mix run rake bun moon act mask s swift flow stack cargo dart forge next black standard trial tap ty style open code find sort type which head tail pint fix less man top cat sed kind screen env true history sleep deno nix rush bake"
)
