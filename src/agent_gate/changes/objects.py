"""A git directory of our own that borrows a repository's objects, and the trees read from it.

The repository's config, attributes, hooks, `info/` and refs are simply not there, whatever the agent put in them; what
is written (the objects of uncommitted files) goes here and not into the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.repository import GIT_LFS, RepositoryError
from agent_gate.scratch import scratch_directory

if TYPE_CHECKING:
    from git import Git

    from agent_gate.repository import Repository

_GITLINK = b"160000"
# How files are turned into blobs on this file system. They run nothing, and hide nothing that a commit would show.
_KEPT = re.compile(
    r"core\.(autocrlf|eol|filemode|ignorecase|precomposeunicode|symlinks)|extensions\.objectformat"
)
# The tracker's own data, which its stealth mode keeps out of git by the very info/exclude that is not trusted here.
_EXCLUDED = "/.beads/\n/.beads.gate.lock*\n"


class Objects:
    """The repository's objects and those written here; its directory goes when the last user of it goes."""

    def __init__(self, repository: Repository) -> None:
        """Make the directory.

        Raises:
            RepositoryError: the repository's config cannot be read, or the temporary directory cannot be written.
        """
        self._repository = repository
        self._lock = threading.Lock()
        try:
            self.directory = Path(tempfile.mkdtemp(prefix="objects-", dir=scratch_directory()))
            self._remove = weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
            _fill(self.directory, repository)
        except OSError as problem:
            raise not_copied(repository, problem) from problem

    def git(self, *args: str, input: bytes | None = None, worktree: bool = False) -> bytes:  # noqa: A002 - subprocess's word
        """What `git args` prints; `worktree` lets it see the working files (and their .gitattributes, .gitignore).

        Raises:
            RepositoryError: git failed.
        """
        return self._repository.git(*args, input=input, env=self._environment(worktree=worktree))

    def try_git(self, *args: str, input: bytes | None = None, worktree: bool = False) -> bytes | None:  # noqa: A002 - as above
        """The same, or None where git fails."""
        return self._repository.try_git(*args, input=input, env=self._environment(worktree=worktree))

    def blob(self, oid: str) -> bytes:
        """A blob's content; safe to call from several threads.

        Raises:
            RepositoryError: the object is not there (a partial clone, a damaged repository).
        """
        with self._lock:
            process = self._reader
            process.stdin.write(f"{oid}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) != 3:  # noqa: PLR2004 - id, type, size
                raise RepositoryError(
                    f"The object {oid} of {self._repository.root} is missing; "
                    "fetch it (a partial clone: `git fetch --refetch --no-filter`)."
                )
            content: bytes = process.stdout.read(int(header[2]) + 1)[:-1]
        return content

    @cached_property
    def _reader(self) -> Git.AutoInterrupt:
        return self._repository.start("cat-file", "--batch", env=self._environment(worktree=False))

    def _environment(self, *, worktree: bool) -> dict[str, str]:
        environment = {"GIT_DIR": str(self.directory), "GIT_INDEX_FILE": str(self.directory / "index")}
        if worktree:
            return environment | {"GIT_WORK_TREE": str(self._repository.root)}
        return environment | {
            "GIT_INDEX_FILE": str(self.directory / "none")
        }  # else attributes are read from the index


class Tree:
    """One tree, read-only: a `Snapshot`."""

    def __init__(self, objects: Objects, tree: str) -> None:
        """The tree with this hex id."""
        self.tree = tree
        self._objects = objects

    def paths(self) -> frozenset[str]:
        """Every file (blob or symlink) of the tree."""
        return frozenset(path for path, (mode, _) in self.entries.items() if mode != _GITLINK)

    def read(self, path: str) -> bytes | None:
        """A file's content (a symlink's target); None where the tree has no such file."""
        mode, oid = self.entries.get(path, (_GITLINK, ""))
        return None if mode == _GITLINK else self._objects.blob(oid)

    @cached_property
    def entries(self) -> dict[str, tuple[bytes, str]]:
        """Path → octal mode and object id, submodules too."""
        result = {}
        for entry in self._objects.git("ls-tree", "-r", "-z", "--full-tree", self.tree).split(b"\0")[:-1]:
            meta, _, path = entry.partition(b"\t")
            mode, _, oid = meta.split()
            result[os.fsdecode(path)] = (mode, oid.decode())
        return result


def not_copied(repository: Repository, problem: OSError) -> RepositoryError:
    """What to raise where the temporary directory does not take what is read from the repository."""
    return RepositoryError(
        f"{repository.root} cannot be read into {tempfile.gettempdir()}: {problem.strerror}; make room there, or set TMPDIR."
    )


def _fill(directory: Path, repository: Repository) -> None:
    """Make `directory` a bare repository with the settings that may be kept."""
    for name in ("objects/info", "refs", "info"):
        (directory / name).mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/none\n")
    (directory / "objects/info/alternates").write_bytes(
        os.fsencode(repository.common_dir / "objects") + b"\n"
    )
    (directory / "info/exclude").write_text(_EXCLUDED)
    lines = ["[core]", "bare = true", "repositoryFormatVersion = 1", *_kept_settings(repository)]
    (directory / "config").write_text("\n".join(lines) + "\n")
    shallow = repository.common_dir / "shallow"
    if shallow.is_file():
        shutil.copyfile(shallow, directory / "shallow")


def _kept_settings(repository: Repository) -> list[str]:
    """Lines for our config: what the repository's own says about file systems, and an exact git-lfs."""
    lines = []
    for entry in os.fsdecode(repository.git("config", "--local", "--includes", "-z", "--list")).split("\0"):
        key, _, value = entry.partition("\n")
        if GIT_LFS.get(key) == value or (_KEPT.fullmatch(key) and re.fullmatch(r"[a-z0-9]{1,8}", value)):
            section, _, name = key.rpartition(".")
            head, _, sub = section.partition(".")
            lines += [f'[{head} "{sub}"]' if sub else f"[{head}]", f'{name} = "{value}"']
    return lines
