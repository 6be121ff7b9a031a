from __future__ import annotations

import itertools

import pytest

from agent_gate.checks import BUILTIN

CHECKS = {kind: check for module in BUILTIN for kind, check in module.agent_gate_checks().items()}


@pytest.fixture
def judge(make_repo, context_of, rule_of):
    """The result of a kind's check on a branch that turns the files of `base` into those of `new` (None: deleted)."""

    numbers = itertools.count()

    def on(kind, base, new, value=None, message="feat: change it", task=None, settings=None, **params):
        repo = make_repo({"README.md": "# A project\n", **base}, name=f"repo{next(numbers)}")
        repo.branch("work")
        for path in [path for path, content in new.items() if content is None]:
            (repo.path / path).unlink()
        repo.commit(message, {path: content for path, content in new.items() if content is not None})
        context = context_of(repo, task=task, **(settings or {}))
        return CHECKS[kind](rule_of(kind, value, params=params), context)

    return on


@pytest.fixture
def places(judge):
    """Like `judge`: (path, line) of each finding."""

    def on(*args, **options):
        return [(finding.path, finding.line) for finding in judge(*args, **options).findings]

    return on
