"""The base branch's upstream: fetched before anything is gated, pushed to by compare-and-swap before the local branch follows."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.repository import RepositoryError

if TYPE_CHECKING:
    from agent_gate.repository import Repository


class RemoteError(Exception):
    """The remote cannot be reached, or refused; the message is one sentence, and the next round tries again."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A branch of a remote: its `ref` there, and the ref that `tracking` it here."""

    repository: Repository
    remote: str
    ref: str
    tracking: str

    def fetch(self) -> str:
        """The sha that the branch has there.

        Raises:
            RemoteError: it cannot be reached.
        """
        # The programs are named, because the repository's config could name others.
        query = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--upload-pack=git-upload-pack")
        try:
            self.repository.git(*query, "--", self.remote, f"+{self.ref}:{self.tracking}")
            return self.repository.git("rev-parse", "--verify", self.tracking).decode().strip()
        except RepositoryError as problem:
            raise RemoteError(f"Landing waits for the remote {self.remote}: {problem}") from problem

    def push(self, old: str, new: str) -> None:
        """Move the branch there from `old` to `new`, which has `old` in its history.

        Raises:
            RemoteError: it cannot be reached, it refused, or the branch is not at `old` any more.
        """
        query = ("push", "--quiet", "--no-verify", "--receive-pack=git-receive-pack")
        try:
            self.repository.git(
                *query, f"--force-with-lease={self.ref}:{old}", "--", self.remote, f"{new}:{self.ref}"
            )
        except RepositoryError as problem:
            raise RemoteError(f"The push to {self.remote} was not taken: {problem}") from problem


def upstream_of(repository: Repository, branch: str) -> Upstream | None:
    """The upstream of a local branch; None where it has none, or where that is a branch of the same repository."""
    form = "--format=%(upstream:remotename)%00%(upstream:remoteref)%00%(upstream)"
    told = os.fsdecode(repository.git("for-each-ref", form, f"refs/heads/{branch}")).strip("\n")
    remote, ref, tracking = told.split("\0") if told else ("", "", "")
    if not re.fullmatch(r"\w[\w./-]*", remote) or not tracking.startswith("refs/remotes/"):
        return None
    return Upstream(repository, remote, ref, tracking)
