from __future__ import annotations

import pytest

from agent_gate.checks.scope import changed_in_scope, in_scope, matches
from agent_gate.policy.model import Kind


@pytest.mark.parametrize(
    ("scope", "path", "expected"),
    [
        ((), "anything/at/all.py", True),
        (("*.py",), "deep/down/a.py", True),
        (("*.py",), "a.pyi", False),
        (("/src/",), "src/a/b.py", True),
        (("/src/",), "other/src/b.py", False),
        (("docs/**", "!docs/generated/"), "docs/generated/x.md", False),
        (("!vendor/",), "src/a.py", True),
        (("!vendor/",), "vendor/a.py", False),
        (("**/*.lock",), "odd\nname/x.lock", True),
    ],
)
def test_scope_is_read_like_gitignore(rule_of, scope, path, expected):
    assert in_scope(rule_of(Kind.LINT, scope=scope), path) is expected


def test_no_patterns_choose_everything():
    assert matches((), "a.py")


def test_a_renamed_file_is_in_scope_by_either_name(make_repo, rule_of):
    repo = make_repo({"old/a.py": "print(1)\nprint(2)\n", "b.py": "x\n"})
    repo.branch("work")
    (repo.path / "new").mkdir()
    repo.git("mv", "old/a.py", "new/a.py")
    repo.commit(files={"c.txt": "c"})
    rule = rule_of(Kind.LINT, scope=("old/",))
    assert [change.path for change in changed_in_scope(rule, repo.changes())] == ["new/a.py"]
