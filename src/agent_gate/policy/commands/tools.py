"""What known tools and task names do: data for `commands`."""

from __future__ import annotations

from enum import StrEnum

from agent_gate.policy.text.words import word_set


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
    DOCUMENT = "it generates documentation"
    ACCEPT = "it accepts what it would compare with"
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

    @property
    def generates(self) -> bool:
        """Whether it writes files from others, which may run in a copy."""
        return self in {Use.GENERATE, Use.DOCUMENT}


CHECKS = frozenset(
    {Use.LINT, Use.FORMAT, Use.TEST, Use.TYPECHECK, Use.BUILD, Use.AGGREGATE, Use.CHECK, Use.OTHER}
)


def by_word(**words: str) -> dict[str, Use]:
    """A table of words: each named for its use, with the words that mean it."""
    return {word: Use[use] for use, listed in words.items() for word in listed.split()}


# Words of task names ("lint:fix", "test_e2e", "checkTypes") that decide alone, whatever else the name says.
HARD_WORDS = by_word(
    SETUP="install uninstall setup bootstrap init develop restore deps dependencies sync prepare provision venv hooks prerequisites onboard",
    SERVER="watch serve server restart storybook playground tail attach monitor daemon livereload hmr",
    RELEASE="publish deploy deployment push release releases ship upload promote bump tag rollout submit canary sign notarize",
    DELETE="reset destroy drop delete remove rm purge prune wipe nuke truncate teardown kill stop undo rollback",
    MIGRATE="migrate migration migrations seed migrator",
    GENERATE="gen generate generated codegen scaffold regen regenerate upgrade extract snapshots bless rebaseline record",
    BENCHMARK="compare size bench benchmark benchmarks profile profiling flamegraph stress soak",
    INSPECT="report reports",
    REMOTE="connected instrumented",
    INTERACTIVE="repl console interactive debugger inspect headed",
)

# Verbs that decide where they stand first: "new-lint-rule", "merge-coverage".
FIRST_WORDS = by_word(
    DELETE="clean",
    GENERATE="new create add merge export import convert write",
    INSPECT="print show list",
    BENCHMARK="load",
    SETUP="download fetch",
)
# Those of them that a check may be about: "lint:deps", "codegen:check".
CHECKED_THINGS = word_set("deps dependencies generate generated gen codegen hooks size")
# Plain first arguments of a tool that is no check then: "vale sync".
NO_CHECK_ARGUMENTS = by_word(
    SETUP="install sync init setup login auth plugins update upgrade self-update uninstall",
    SERVER="serve watch server",
    INSPECT="help version list linters",
    DELETE="cache clean gc",
)

# Words that say what is checked.
CHECK_WORDS = by_word(
    LINT="lint linter linting lints lintall vet clippy eslint rubocop flake8 pylint ruff golangci stylelint shellcheck oxlint "
    "checkstyle detekt swiftlint credo actionlint yamllint markdownlint mdlint spellcheck spelling codespell typos knip depcheck phpcs biome "
    "semgrep analyze analyse audit vulncheck govulncheck gosec ecs scan gitleaks trivy cs scalafix",
    FORMAT="fmt format formatter formatting fmtcheck prettier gofmt rustfmt black isort spotless spotlessapply spotlesscheck style "
    "ktlint ktlintformat ktlintcheck scalafmt buildifier fix autofix pretty prettify reformat imports goimports",
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
SOFT_WORDS = by_word(
    SERVER="dev devenv start run up down preview live web docker compose launch local demo example examples",
    RELEASE="version package pack changelog changeset plan apply",
    DELETE="clean clear clobber distclean",
    GENERATE="update proto protos protobuf schema assets icons i18n",
    DOCUMENT="docs doc html docgen apidoc apidocs javadoc typedoc jsdoc doxygen book manual site",
    SETUP="submodules submodule",
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
TOOLS = by_word(
    TEST="pytest py.test jest vitest mocha ava jasmine karma rspec phpunit pest ctest nose2 stestr trial bats tap testem wtr "
    "invoke-pester nextest gotestsum ginkgo behave minitest busted kotest cucumber behat codecept paratest elm-test hypothesis prove",
    LINT="eslint oxlint flake8 pylint rubocop standardrb standard xo stylelint shellcheck hadolint actionlint yamllint "
    "markdownlint markdownlint-cli2 golangci-lint staticcheck revive clang-tidy swiftlint detekt invoke-scriptanalyzer codespell typos cspell knip depcheck "
    "vulture deptry lint-imports bandit semgrep phpcs tflint ansible-lint sqlfluff djlint brakeman reek erb_lint erblint "
    "clj-kondo lintrunner luacheck selene credo pre-commit prek lefthook zizmor taplo cppcheck cpplint htmlhint publint tach rector rumdl checkov tfsec gitleaks kubeconform deptrac py_compile compileall dependency-cruiser depcruise "
    "madge interrogate pydocstyle doc8 vale alex commitlint check-jsonschema kube-linter spectral lint-staged govulncheck pip-audit gosec errcheck "
    "hlint perlcritic elm-review slither aderyn solhint gdlint ameba elvis statix deadnix cfn-lint refurb check-manifest validate-pyproject editorconfig-checker "
    "textlint secretlint ls-lint lychee phpmd parallel-lint twigcs twig-cs-fixer periphery scalafix kube-score kubeval jsonlint xmllint cmake-lint dotenv-linter bundle-audit bundler-audit chktex",
    FORMAT="black isort gofmt gofumpt goimports gci rustfmt clang-format prettier shfmt stylua swiftformat swift-format scalafmt "
    "ktlint google-java-format php-cs-fixer pint phpcbf nixfmt alejandra nixpkgs-fmt oxfmt ormolu fourmolu autopep8 yapf autoflake pyupgrade "
    "dprint rufo cmake-format gersemi ocamlformat nph treefmt zprint cljfmt cljstyle mdformat "
    "perltidy elm-format gdformat csharpier fantomas cabal-fmt erlfmt buildifier fprettify docformatter pyproject-fmt toml-sort yamlfmt nimpretty jsonnetfmt",
    TYPECHECK="mypy pyright basedpyright tsc vue-tsc svelte-check pyre pyrefly pytype ty phpstan psalm srb steep flow tsgo attw dmypy zuban phan luau-analyze",
    BUILD="ninja latexmk webpack rollup esbuild tsup tsdown swc msbuild xcodebuild mkdocs sphinx-build zensical",
    SETUP="venv virtualenv ensurepip apt apt-get brew pip pip3 pipx conda mamba asdf nvm rustup volta corepack apk dnf yum choco scoop winget sdk rbenv pyenv",
    RELEASE="gh glab twine goreleaser semantic-release release-it vercel netlify flyctl fly wrangler heroku serverless cz np docker-push",
    DELETE="rm rmdir dd mkfs shred kill killall pkill",
    MIGRATE="alembic psql mysql sqlite3 redis-cli mongosh flyway liquibase pg_dump createdb dropdb sqlx diesel atlas goose dbmate",
    GENERATE="protoc sqlc mockgen openapi-generator graphql-codegen cookiecutter copier plop hygen",
    FILES="touch mkdir cp mv ln tee sed tar unzip chmod chown install patch",
    HIDDEN="sh bash zsh dash ksh fish pwsh powershell eval exec command builtin nohup setsid xargs parallel watch trap alias su doas chroot strace script",
    SERVER="uvicorn gunicorn flask streamlit nodemon tailwindcss ngrok docker-compose foreman overmind honcho ts-node-dev electron hypercorn",
    INTERACTIVE="vim nano emacs code open xdg-open ipython irb tmux screen less man claude codex gemini aider cursor",
    VERSION_CONTROL="git jj hg svn bd br sl gt",
    INSPECT="ls cat head tail grep rg find tree which echo printf wc jq yq pwd diff du df ps top env printenv curl wget awk sort lsof fd ast-grep history type sleep true tokei cloc",
    REMOTE="ssh scp rsync kubectl helm terraform tofu pulumi aws gcloud az ansible ansible-playbook docker podman minikube kind skaffold k9s adb",
    BENCHMARK="hyperfine k6 wrk locust perf asv criterion",
)

# Linters and formatters that check the whole project when they are run without arguments.
RUN_ALONE = word_set(
    "rubocop standardrb swiftlint phpcs phpstan psalm knip detekt typos codespell actionlint zizmor treefmt xo standard oxlint eslint "
    "interrogate credo lint-imports"
)
TASK_RUNNERS = word_set(
    "make gmake just task go-task poe nox tox inv invoke rake doit mage gulp grunt ant gradle gradlew mvn mvnw mise moon turbo nx lerna rush wireit "
    "earthly dagger mask cargo-make xtask lage ultra melos fastlane bake redo tusk run s sbt mill scons ant-run taskipy haxe babashka bb vx devenv tuist"
)
# Where these words are English, a task name must follow at once.
ENGLISH_RUNNERS = word_set(
    "make just task go mix run rake bun moon act mask s swift flow stack cargo dart forge next black standard trial tap ty style open code find sort type which head tail pint fix less man top cat sed kind screen env true history sleep deno nix rush bake prove v lake reuse mill crystal elvis console gatsby ember nest cue sam"
)
