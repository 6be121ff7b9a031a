import pytest

from agent_gate.findings import Severity
from agent_gate.policy.model import Kind

BASE = {
    "src/a.py": "def f():\n    return 1\n",
    "docs/a.md": "# A\n\nf returns one.\n",
    "CHANGELOG.md": "# Changes\n",
}
NEW_NAME = {"src/a.py": "def f():\n    return 1\n\n\ndef g():\n    return 2\n"}


def test_a_new_public_name_wants_a_document(judge):
    (finding,) = judge(Kind.DOCS_UPDATED, BASE, NEW_NAME).findings
    assert (finding.path, "g" in finding.evidence, finding.severity) == ("src/a.py", True, Severity.BLOCK)


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    # a comment\n    return 1\n",
        "def f():\n\n    return (1)\n",
        "def f():\n    return 1\n\n\ndef _g():\n    return 2\n",
    ],
    ids=["comment", "formatting", "private"],
)
def test_what_no_user_sees_wants_none(judge, source):
    assert judge(Kind.DOCS_UPDATED, BASE, {"src/a.py": source}).skipped


@pytest.mark.parametrize(
    ("kind", "document", "count"),
    [
        (Kind.DOCS_UPDATED, {"docs/a.md": "# A\n\nf returns one, g two.\n"}, 0),
        (Kind.DOCS_UPDATED, {"docs/a.md": "# A\n\n\n\nf returns   one.\n"}, 1),
        (Kind.DOCS_UPDATED, {"AGENTS.md": "Be kind.\n"}, 1),
        (Kind.DOCS_UPDATED, {"sub/GAPS.md": "- g has no tests\n"}, 1),
        (Kind.CHANGELOG_UPDATED, {"CHANGELOG.md": "# Changes\n- g\n"}, 0),
        (Kind.CHANGELOG_UPDATED, {"docs/a.md": "# A\n\ng\n"}, 1),
        (Kind.SPEC_UPDATED, {"specs/g.md": "# g\n"}, 0),
        (Kind.SPEC_UPDATED, {"README.md": "# g\n"}, 1),
    ],
)
def test_the_document_must_be_of_the_kind_and_say_something(judge, kind, document, count):
    assert len(judge(kind, BASE, {**NEW_NAME, **document}).findings) == count


@pytest.mark.parametrize(
    ("new", "count"),
    [
        ({"src/a.py": None, "src/b.py": BASE["src/a.py"]}, 1),
        ({"src/a.py": None}, 1),
        ({"src/a.py": None, "a.py": BASE["src/a.py"]}, 0),
        ({"src/a.py": None, "src/a/__init__.py": BASE["src/a.py"]}, 0),
        ({"src/_c.py": None, "src/_d.py": "def h():\n    return 3\n"}, 0),
    ],
    ids=["moved", "removed", "same name", "now a package", "private"],
)
def test_a_module_that_is_imported_from_elsewhere_now_wants_one(judge, new, count):
    base = {**BASE, "src/_c.py": "def h():\n    return 3\n"}
    assert len(judge(Kind.DOCS_UPDATED, base, new).findings) == count


def test_a_place_that_agents_md_names_counts(judge):
    new = {**NEW_NAME, "notes/g.md": "g\n"}
    assert judge(Kind.SPEC_UPDATED, BASE, new, "notes/**").findings == ()
