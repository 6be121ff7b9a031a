"""Which code spans and words are paths, and their globs."""

from __future__ import annotations

import re

from agent_gate.policy.commands.command import read_command
from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

_FILE_NAMES = word_set(
    "LICENSE Makefile Dockerfile CODEOWNERS Justfile justfile Gemfile Procfile Cargo.lock VERSION NOTICE"
)
_EXTENSION = Pattern(
    r"\.(?:config|props|targets|resx|gemspec|podspec|md|mdx|rst|adoc|txt|py|pyi|[cm]?[jt]sx?|json[c5]?|ya?ml|toml|lock|lockb|go|rs|rb|java|kt|swift|php|ex|exs|cs|css|scss|html|sql|proto|graphql|gql|sum|mod|cfg|ini|env|sh|xml|svg|csproj|slnx?|slnf|gradle|properties|snap|po|pot|db|sqlite3?|pem|lock\.json|vue|svelte|dart|tf|nix|pb\.go|ipynb|edn|clj[cs]?|scala|sbt|hs|cabal|lua|jl|nim|zig|kts|groovy|fs|fsproj|hcl|tfvars|tfstate|thrift|astro|hbs|erb|less|sass|bats|cmake|bicep|csv|xlsx|pbxproj|xcodeproj|plist|h|c|cc|cpp|hpp|g\.dart|conf|md\b)$"
)
_PATH = Pattern(r"[\w.@*?{}\[\],~+-]*(?:/[\w.@*?{}\[\],~+-]*)+|[\w.*@-]+")


def is_extension(text: str) -> bool:
    """Whether a code span names files by their extension alone: `.proto`."""
    return text != ".env" and bool(re.fullmatch(r"\.[a-z]{1,6}", text)) and bool(_EXTENSION.search(text))


def is_path(text: str) -> bool:
    """Whether a code span names a file, a folder or a glob of the repository."""
    text = text.strip().strip("'\"")
    if not _PATH.fullmatch(text) or text.startswith(
        ("@", "http", "--", "origin/", "feature/", "fix/", "feat/", "refs/")
    ):
        return False
    if is_extension(text):
        return False
    if (
        text in _FILE_NAMES
        or re.fullmatch(r"(?:[\w.-]*/)*[\w.-]*(?:\*\.[\w.*]+|\w\.\*)", text)
        or (
            _EXTENSION.search(text)
            and not re.match(
                r"^(?:os|sys|self|this|process|window|document|console|logging|node|next|vue|express|chart|d3|three|import)\.",
                text,
                ANY_CASE,
            )
        )
    ):
        return True
    if text.startswith(".") and re.fullmatch(r"\.[\w-]+(?:\.[\w*-]+)*/?", text) and bool(text[2:]):
        return True
    return (
        "/" in text
        and bool(re.search(r"[\w*]", text))
        and read_command(text) is None
        and not re.fullmatch(r"\w+/\w+", text)
    ) or bool(re.search(r"^\w[\w-]*/\w[\w-]*$", text))


def is_directory(path: str) -> bool:
    """Whether a written path looks like one of a directory or of many files."""
    return path.endswith("/") or "*" in path or "." not in path.rpartition("/")[2]


def glob_of(text: str) -> str:
    """The glob that a written path means."""
    text = text.strip().strip("'\"").removeprefix("./").lstrip("/")
    return f"{text}**" if text.endswith("/") else text


def plain_paths(text: str) -> list[str]:
    """Paths among words that were not marked as code."""
    words = (word.strip(".,;:()\"'") for word in text.split())
    return [
        word
        for word in words
        if "`" not in word
        and (
            ("/" in word and is_path(word) and re.search(r"\.\w+$|/$|\*", word))
            or word in _FILE_NAMES
            or re.fullmatch(
                r"[\w.-]+\.(?:lock|lockb|json|toml|ya?ml|sum|md|config|props|cfg|ini|gradle)", word
            )
        )
    ]
