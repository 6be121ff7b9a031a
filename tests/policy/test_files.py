"""Which instruction files a repository has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_gate.policy.files import MAX_BYTES, DirectorySnapshot, decoded, instruction_files, references
from agent_gate.policy.model import PolicyError

if TYPE_CHECKING:
    from pathlib import Path


def read(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return [(file.path, file.directory) for file in instruction_files(DirectorySnapshot(root))]


def test_claude_and_gemini_count_only_where_there_is_no_agents_file(tmp_path: Path) -> None:
    files = {"AGENTS.md": "a", "CLAUDE.md": "b", "web/GEMINI.md": "c", "web/CLAUDE.md": "d"}
    assert read(tmp_path, files) == [("AGENTS.md", ""), ("web/CLAUDE.md", "web")]


def test_imports_and_asked_for_links_are_followed_once(tmp_path: Path) -> None:
    text = "See @CLAUDE.md.\nRead [this](CONTRIBUTING.md).\nAbout [us](README.md).\n"
    files = {"AGENTS.md": text, "CLAUDE.md": "See @AGENTS.md", "CONTRIBUTING.md": "x", "README.md": "y"}
    assert [path for path, _ in read(tmp_path, files)] == ["AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md"]


def test_files_of_other_projects_are_not_read(tmp_path: Path) -> None:
    assert read(tmp_path, {"node_modules/x/AGENTS.md": "a", "vendor/y/AGENTS.md": "b"}) == []


def test_references_in_code_blocks_are_examples() -> None:
    assert list(references("```\nSee @CLAUDE.md\n```\nFollow @docs/RULES.md")) == ["docs/RULES.md"]


def test_a_link_out_of_the_directory_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("Run `make test`.")
    root = tmp_path / "repo"
    root.mkdir()
    (root / "AGENTS.md").symlink_to(tmp_path / "secret.md")
    assert instruction_files(DirectorySnapshot(root)) == ()


def test_bytes_that_are_no_text_are_replaced_and_a_huge_file_is_refused() -> None:
    assert decoded(b"\xef\xbb\xbfa\r\nb\xff", "A.md") == "a\nb\ufffd"
    with pytest.raises(PolicyError, match=r"A\.md has 1048577 bytes"):
        decoded(b"x" * (MAX_BYTES + 1), "A.md")
