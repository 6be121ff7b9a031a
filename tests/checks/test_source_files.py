import pytest

from agent_gate.checks.source_files import FileKind, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/a.py", FileKind.SOURCE), ("tests/test_a.py", FileKind.TEST), ("a_test.go", FileKind.TEST), ("a.spec.ts", FileKind.TEST),
        ("src/FooTest.java", FileKind.TEST), ("conftest.py", FileKind.TEST), ("README.md", FileKind.DOCS), ("docs/conf.py", FileKind.DOCS),
        ("CHANGELOG.md", FileKind.CHANGELOG), ("changelog/1.feature.rst", FileKind.CHANGELOG), ("releasenotes/notes/a.yaml", FileKind.CHANGELOG), ("specs/a.md", FileKind.SPEC),
        ("spec/a_spec.rb", FileKind.TEST), ("uv.lock", FileKind.GENERATED), ("node_modules/a/b.js", FileKind.GENERATED),
        ("src/latest.py", FileKind.SOURCE), ("src/contest.js", FileKind.SOURCE), ("Makefile", FileKind.OTHER),
    ],
)  # fmt: skip
def test_what_a_file_is_by_its_path(path, kind):
    assert kind_of(path) is kind
