from __future__ import annotations

import pytest


@pytest.fixture
def repo(make_repo):
    """A repository on branch `work`, one commit away from nothing."""
    repo = make_repo({"a.txt": "one\ntwo\nthree\n", "b.txt": "b\n"})
    repo.branch("work")
    return repo
