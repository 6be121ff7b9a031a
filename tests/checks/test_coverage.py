import sys

import pytest

from agent_gate.policy.model import Kind

BASE = {
    "a.py": "def f(x):\n    return x\n",
    "test_a.py": "import a\n\n\ndef test_f():\n    assert a.f(1) == 1\n",
}
CHANGED = {"a.py": "def f(x):\n    if x > 5:\n        x = 5\n        x = x + 0\n    return x\n"}
PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"


@pytest.mark.parametrize(("threshold", "lines"), [("90", "lines 3-4"), ("20", None)])
def test_changed_lines_that_no_test_runs(judge, threshold, lines):
    findings = judge(Kind.COVERAGE, BASE, CHANGED, threshold, command=PYTEST).findings
    assert [finding.evidence for finding in findings] == ([lines] if lines else [])


def test_a_change_of_documents_needs_no_run(judge):
    assert judge(Kind.COVERAGE, BASE, {"README.md": "x\n"}, "90", command=PYTEST).skipped


def test_a_file_that_no_test_imports_is_not_covered(places):
    assert places(Kind.COVERAGE, BASE, {"new.py": "A = 1\nB = 2\n"}, "90", command=PYTEST) == [("new.py", 1)]


def test_a_test_command_that_does_not_run_leaves_the_rule_undecided(judge):
    assert "no-such-tool" in judge(Kind.COVERAGE, BASE, CHANGED, "90", command="no-such-tool").undecided


def test_a_pragma_of_the_branch_covers_nothing(judge):
    text = CHANGED["a.py"].replace("x > 5:", "x > 5:  # pragma: no cover")
    (finding,) = judge(Kind.COVERAGE, BASE, {"a.py": text}, "90", command=PYTEST).findings
    assert finding.evidence == "lines 3-4"


def test_what_only_declares_is_nothing_to_run(judge):
    text = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import os\n\n\ndef f(x): ...\n\n\ndef f(x):\n    return x\n"
    assert judge(Kind.COVERAGE, BASE, {"a.py": text}, "100", command=PYTEST).evidence
