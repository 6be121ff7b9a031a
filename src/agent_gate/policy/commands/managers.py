"""Package managers, whose other arguments are tasks of the repository: data for `programs`."""

from __future__ import annotations

from agent_gate.policy.commands.tools import Use, by_word

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
