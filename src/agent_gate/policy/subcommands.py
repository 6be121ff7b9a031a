"""Programs whose first argument says what they do: data for `programs`."""

from __future__ import annotations

from agent_gate.policy.tools import Use, by_word

# Programs whose first argument says what they do; "" is the program alone.
SUBCOMMANDS: dict[str, dict[str, Use]] = {
    "ruff": by_word(LINT="check", FORMAT="format") | {"": Use.LINT},
    "biome": by_word(LINT="check lint ci", FORMAT="format"),
    "cargo": by_word(
        TEST="test t nextest tarpaulin llvm-cov miri mutants",
        LINT="clippy deny audit machete udeps semver-checks hack shear outdated spellcheck sort",
        FORMAT="fmt",
        TYPECHECK="check c",
        BUILD="build b rustc doc zigbuild",
        SETUP="install add fetch vendor binstall",
        SERVER="run r watch",
        RELEASE="publish release dist package",
        DELETE="clean remove rm",
        GENERATE="update new init expand fix",
        BENCHMARK="compare size bench flamegraph bloat",
        INSPECT="tree metadata doc-open",
    ),
    "go": by_word(
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
    "dotnet": by_word(
        TEST="test",
        FORMAT="format",
        BUILD="build msbuild",
        SETUP="restore add new tool workload",
        SERVER="run watch",
        RELEASE="publish pack nuget",
        MIGRATE="ef",
        DELETE="clean",
    ),
    "swift": by_word(TEST="test", BUILD="build", SERVER="run", FORMAT="format", GENERATE="package"),
    "zig": by_word(TEST="test", BUILD="build", FORMAT="fmt", SERVER="run"),
    "flutter": by_word(
        TEST="test drive",
        LINT="analyze",
        FORMAT="format",
        BUILD="build",
        SETUP="pub create doctor",
        SERVER="run",
        GENERATE="gen-l10n",
        DELETE="clean",
    ),
    "dart": by_word(
        TEST="test",
        LINT="analyze",
        FORMAT="format fix",
        BUILD="compile",
        SETUP="pub",
        SERVER="run",
    ),
    "hatch": by_word(
        TEST="test", FORMAT="fmt", BUILD="build", RELEASE="publish version", SETUP="env", INTERACTIVE="shell"
    ),
    "mix": by_word(
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
    "terraform": by_word(LINT="validate", FORMAT="fmt", SETUP="init", RELEASE="apply plan", DELETE="destroy"),
    "tofu": by_word(LINT="validate", FORMAT="fmt", SETUP="init", RELEASE="apply plan", DELETE="destroy"),
    "helm": by_word(LINT="lint template"),
    "buf": by_word(LINT="lint breaking", FORMAT="format", BUILD="build", GENERATE="generate", RELEASE="push"),
    "bazel": by_word(
        TEST="test coverage", BUILD="build", SERVER="run", DELETE="clean", INSPECT="query cquery"
    ),
    "bazelisk": by_word(
        TEST="test coverage", BUILD="build", SERVER="run", DELETE="clean", INSPECT="query cquery"
    ),
    "pants": by_word(TEST="test", LINT="lint", FORMAT="fmt", TYPECHECK="check", BUILD="package"),
    "buck2": by_word(TEST="test", BUILD="build", SERVER="run"),
    "cabal": by_word(TEST="test", BUILD="build", SETUP="update install", SERVER="run repl", FORMAT="format"),
    "stack": by_word(TEST="test", BUILD="build", SETUP="install setup", SERVER="exec ghci run"),
    "dune": by_word(TEST="test runtest", BUILD="build", FORMAT="fmt", SERVER="exec", DELETE="clean"),
    "gleam": by_word(
        TEST="test", BUILD="build", FORMAT="format", TYPECHECK="check", SERVER="run", SETUP="deps add"
    ),
    "forge": by_word(
        TEST="test coverage",
        BUILD="build",
        FORMAT="fmt",
        LINT="lint",
        SETUP="install",
        RELEASE="create script",
        GENERATE="snapshot",
    ),
    "sbt": by_word(
        TEST="test testonly",
        BUILD="compile",
        FORMAT="scalafmtall scalafmt scalafmtcheckall scalafmtcheck",
        SERVER="run",
    ),
    "lein": by_word(TEST="test", BUILD="compile uberjar", LINT="kibit eastwood", SERVER="run repl"),
    "rebar3": by_word(
        TEST="eunit ct proper",
        BUILD="compile",
        TYPECHECK="dialyzer",
        LINT="xref lint",
        FORMAT="fmt",
        INTERACTIVE="shell",
    ),
    "mago": by_word(LINT="lint analyze", FORMAT="format fmt"),
    "mdbook": by_word(TEST="test", BUILD="build", SERVER="serve watch", SETUP="init", DELETE="clean"),
    "hugo": by_word(SERVER="server serve", GENERATE="new", SETUP="mod") | {"": Use.BUILD},
    "jekyll": by_word(BUILD="build", SERVER="serve", GENERATE="new"),
    "cmake": by_word(BUILD="--build", SETUP="--install --preset -S -B", INSPECT="-E -N"),
    "meson": by_word(TEST="test", BUILD="compile", SETUP="setup configure"),
    "maturin": by_word(BUILD="build", SETUP="develop", RELEASE="publish"),
    "wasm-pack": by_word(TEST="test", BUILD="build", RELEASE="publish"),
    "docker": by_word(BUILD="build buildx"),
    "podman": by_word(BUILD="build"),
    "playwright": by_word(TEST="test", SETUP="install", INTERACTIVE="codegen show-report open"),
    "cypress": by_word(TEST="run", INTERACTIVE="open", SETUP="install"),
    "next": by_word(BUILD="build", LINT="lint", SERVER="dev start"),
    "vite": by_word(BUILD="build", SERVER="dev preview serve") | {"": Use.SERVER},
    "nuxt": by_word(BUILD="build generate", TYPECHECK="typecheck", SERVER="dev preview"),
    "nuxi": by_word(BUILD="build generate", TYPECHECK="typecheck", SERVER="dev preview", SETUP="prepare"),
    "astro": by_word(BUILD="build", TYPECHECK="check", SERVER="dev preview", SETUP="add"),
    "ng": by_word(
        TEST="test e2e", LINT="lint", BUILD="build", SERVER="serve", GENERATE="generate new add update"
    ),
    "expo": by_word(LINT="lint", SERVER="start run", SETUP="install prebuild", AGGREGATE="doctor"),
    "tauri": by_word(BUILD="build", SERVER="dev"),
    "storybook": by_word(BUILD="build", SERVER="dev") | {"": Use.SERVER},
    "wrangler": by_word(SERVER="dev", RELEASE="deploy publish", GENERATE="types"),
    "prisma": by_word(
        LINT="validate", FORMAT="format", MIGRATE="migrate db", GENERATE="generate", SERVER="studio"
    ),
    "drizzle-kit": by_word(MIGRATE="push migrate", GENERATE="generate", LINT="check", SERVER="studio"),
    "changeset": by_word(RELEASE="version publish", GENERATE="add")
    | {"": Use.INTERACTIVE, "status": Use.LINT},
    "coverage": by_word(TEST="run report", GENERATE="html xml"),
    "air": by_word(FORMAT="format") | {"": Use.SERVER},
    "ct": by_word(LINT="lint", REMOTE="install lint-and-install", INSPECT="list-changed"),
    **dict.fromkeys(("pio", "platformio"), by_word(REMOTE="upload", BUILD="run", TEST="test", LINT="check")),
    "molecule": by_word(
        TEST="test verify", LINT="syntax lint", SERVER="converge", DELETE="destroy", INTERACTIVE="login"
    ),
    "packer": by_word(LINT="validate", FORMAT="fmt", SETUP="init", RELEASE="build"),
    "sqlfluff": by_word(LINT="lint", FORMAT="fix format", INSPECT="parse render dialects rules version"),
    "twine": by_word(RELEASE="upload", BUILD="check"),
    "nix": by_word(
        BUILD="build",
        AGGREGATE="flake",
        FORMAT="fmt",
        INTERACTIVE="develop shell repl",
        SERVER="run",
        INSPECT="config eval store path-info search why-depends derivation hash",
        SETUP="profile",
    ),
    "uv": by_word(
        SETUP="sync add pip venv tool python init self cache remove",
        BUILD="build",
        RELEASE="publish version",
        INSPECT="tree lock",
        FORMAT="format",
    )
    | {"lock": Use.GENERATE},
    "poetry": by_word(
        SETUP="install add update env remove self",
        BUILD="build",
        RELEASE="publish version",
        LINT="check",
        GENERATE="lock",
        INTERACTIVE="shell",
    ),
    "pdm": by_word(SETUP="install add update sync", BUILD="build", RELEASE="publish", GENERATE="lock"),
    "pixi": by_word(SETUP="install add update"),
    "rye": by_word(
        SETUP="sync add", TEST="test", LINT="lint check", FORMAT="fmt", BUILD="build", RELEASE="publish"
    ),
    "bundle": by_word(SETUP="install update add config", LINT="audit", GENERATE="lock"),
    "rails": by_word(
        TEST="test test:system test:all",
        MIGRATE="db:migrate db:setup db:reset db:seed db:prepare",
        SERVER="server s",
        INTERACTIVE="console c",
        GENERATE="generate g",
        LINT="zeitwerk:check",
    ),
    "artisan": by_word(
        TEST="test",
        MIGRATE="migrate migrate:fresh db:seed",
        SERVER="serve queue:work",
        INTERACTIVE="tinker",
        GENERATE="key:generate",
    ),
    "manage.py": by_word(
        TEST="test",
        LINT="check",
        MIGRATE="migrate flush loaddata",
        SERVER="runserver",
        GENERATE="makemigrations collectstatic startapp",
        INTERACTIVE="shell dbshell createsuperuser",
    ),
    "pre-commit": by_word(LINT="run", SETUP="install install-hooks", GENERATE="autoupdate"),
    "prek": by_word(LINT="run", SETUP="install", GENERATE="autoupdate auto-update"),
    "lefthook": by_word(LINT="run", SETUP="install"),
    "golangci-lint": by_word(LINT="run", FORMAT="fmt"),
    "php": by_word(LINT="-l"),
    "act": {"": Use.OTHER},
    "vp": by_word(
        LINT="check lint", FORMAT="fmt", TEST="test", BUILD="build", SETUP="install", SERVER="dev preview"
    ),
    "supabase": by_word(
        MIGRATE="db migration", SERVER="start stop", GENERATE="gen", RELEASE="functions", TEST="test"
    ),
    "xcodebuild": by_word(TEST="test", BUILD="build", DELETE="clean", RELEASE="archive"),
}

# Programs that run tasks which the repository names; their own subcommands stand first.
PACKAGE_MANAGERS: dict[str, dict[str, Use]] = {
    "npm": by_word(
        SETUP="install i ci add link audit init",
        RELEASE="publish version",
        TEST="t tst",
        INSPECT="ls view outdated config root",
        BUILD="rebuild",
        DELETE="uninstall",
        GENERATE="update",
        SERVER="start",
    ),
    "pnpm": by_word(
        SETUP="install i add approve-builds fetch store link import setup env",
        RELEASE="publish version changeset",
        TEST="t",
        DELETE="remove prune",
        INSPECT="list why outdated",
        GENERATE="update up create",
    ),
    "yarn": by_word(
        SETUP="install add set link config",
        RELEASE="publish version npm",
        DELETE="remove",
        INSPECT="why info",
        GENERATE="up upgrade dlx create dedupe",
    )
    | {"": Use.SETUP},
    "bun": by_word(
        SETUP="install i add link",
        RELEASE="publish",
        TEST="test",
        BUILD="build",
        DELETE="remove",
        GENERATE="update create",
        INSPECT="pm",
    ),
    "deno": by_word(
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
    "composer": by_word(
        SETUP="install require", GENERATE="update dump-autoload", LINT="validate audit", DELETE="remove"
    ),
}
