"""What a file is, by its path alone: source, test, docs, spec, changelog, generated, or something else."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath


class FileKind(StrEnum):
    """What a path says of its file."""

    SOURCE = "source"
    TEST = "test"
    DOCS = "docs"
    SPEC = "spec"
    CHANGELOG = "changelog"
    GENERATED = "generated"  # lock files, vendored and generated code
    OTHER = "other"  # configuration, data, pictures


SOURCE_SUFFIXES = frozenset(
    [
        ".py",
        ".pyi",
        ".pyx",
        ".js",
        ".jsx",
        ".mjs",
        ".cjs",
        ".ts",
        ".tsx",
        ".mts",
        ".cts",
        ".vue",
        ".svelte",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".kts",
        ".scala",
        ".groovy",
        ".clj",
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".cxx",
        ".hpp",
        ".hh",
        ".m",
        ".mm",
        ".swift",
        ".cs",
        ".fs",
        ".vb",
        ".rb",
        ".php",
        ".pl",
        ".pm",
        ".lua",
        ".r",
        ".jl",
        ".ex",
        ".exs",
        ".erl",
        ".hs",
        ".ml",
        ".mli",
        ".elm",
        ".dart",
        ".zig",
        ".nim",
        ".sh",
        ".bash",
        ".zsh",
        ".fish",
        ".ps1",
        ".sql",
        ".proto",
        ".graphql",
        ".tf",
        ".nix",
        ".sol",
    ]
)
_DOC_SUFFIXES = frozenset([".md", ".mdx", ".rst", ".adoc", ".txt", ".ipynb"])
_TEST_DIRECTORIES = frozenset(
    [
        "test",
        "tests",
        "testing",
        "__tests__",
        "spec_helper",
        "e2e",
        "testdata",
        "testcases",
        "androidtest",
        "unittest",
        "integration-tests",
    ]
)
_TEST_NAME = re.compile(
    r"^(?:test_.*|.*_test|.*_tests|.*\.test|.*\.spec|.*_spec|.*tests?(?=\.(?:java|kt|cs|swift|scala|php)$)|conftest)\.[\w.]+$|"
    r"^[A-Z]\w*(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|swift|scala|php|groovy)$"
)
_DOC_DIRECTORIES = frozenset(
    ["doc", "docs", "documentation", "website", "site", "wiki", "guides", "manual", "man"]
)
_SPEC_DIRECTORIES = frozenset(["specs", "spec", "design", "designs", "rfcs", "rfc", "adr", "adrs"])
_CHANGELOG_DIRECTORIES = frozenset(
    [
        "changelog",
        "changelogs",
        "changelog.d",
        ".changelog",
        "newsfragments",
        ".changeset",
        ".changes",
        "changes",
        "news",
        "releasenotes",
        "release-notes",
        ".release-notes",
        "release_notes",
        ".chronus",
        "unreleased",
    ]
)
_CHANGELOG_NAME = re.compile(
    r"^(?:changelog|changes|history|news|releases?|release[-_]notes)(?:\.(?:md|rst|txt|adoc))?$",
    re.IGNORECASE,
)
_DOC_NAME = re.compile(r"^(?:readme|contributing|usage|install|faq|tutorial|guide)\b.*$", re.IGNORECASE)
_GENERATED = re.compile(
    r"(?:^|/)(?:node_modules|vendor|third_party|third-party|dist|build|target|\.venv|venv|__generated__|generated|gen|site-packages)/|"
    r"(?:^|/)(?:[\w.-]*\.lock|package-lock\.json|pnpm-lock\.yaml|go\.sum|uv\.lock|Cargo\.lock|[\w.-]+\.min\.(?:js|css)|"
    r"[\w.-]+_pb2(?:_grpc)?\.pyi?|[\w.-]+\.pb\.go|[\w.-]+\.g\.dart|[\w.-]+\.snap)$"
)


@lru_cache(maxsize=4096)
def kind_of(path: str) -> FileKind:
    """What the file at this path (relative to the repository) is."""
    pure = PurePosixPath(path)
    directories = [part.lower() for part in pure.parts[:-1]]
    is_source = pure.suffix.lower() in SOURCE_SUFFIXES
    if _GENERATED.search(path):
        return FileKind.GENERATED
    if _CHANGELOG_NAME.match(pure.name) or (
        not is_source and _CHANGELOG_DIRECTORIES.intersection(directories)
    ):
        return FileKind.CHANGELOG
    if is_source and (
        _TEST_NAME.match(pure.name) or _TEST_DIRECTORIES.intersection(directories) or _is_spec_test(pure)
    ):
        return FileKind.TEST
    if is_source and not _DOC_DIRECTORIES.intersection(directories):
        return FileKind.SOURCE
    if _TEST_DIRECTORIES.intersection(directories):
        return FileKind.OTHER
    if _SPEC_DIRECTORIES.intersection(directories):
        return FileKind.SPEC
    if (
        _DOC_DIRECTORIES.intersection(directories)
        or _DOC_NAME.match(pure.name)
        or pure.suffix.lower() in _DOC_SUFFIXES
    ):
        return FileKind.DOCS
    return FileKind.OTHER


def _is_spec_test(path: PurePosixPath) -> bool:
    """`spec/` holds tests in Ruby and JavaScript, and design documents elsewhere."""
    return path.suffix in {".rb", ".js", ".ts"} and "spec" in path.parts[:-1]
