import json

import pytest

from agent_gate.policy.model import Kind

PYPROJECT = '[project]\nname = "x"\ndependencies = [{}]\n'
CARGO = '[package]\nname = "x"\n[dependencies]\n{}\n'


@pytest.mark.parametrize(
    ("path", "before", "after", "names"),
    [
        (
            "pyproject.toml",
            PYPROJECT.format('"attrs>=1"'),
            PYPROJECT.format('"attrs>=2", "requests"'),
            ["requests"],
        ),
        ("requirements-dev.txt", "attrs==1\n", "attrs==2\n# why\nhttpx[http2]>=1\n-r other.txt\n", ["httpx"]),
        (
            "package.json",
            json.dumps({"dependencies": {"a": "1"}}),
            json.dumps({"dependencies": {"a": "2"}, "devDependencies": {"left-pad": "1"}}),
            ["left-pad"],
        ),
        ("Cargo.toml", CARGO.format('serde = "1"'), CARGO.format('serde = "2"\nanyhow = "1"'), ["anyhow"]),
        ("go.mod", "module x\n", "module x\n\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n", ["github.com/a/b"]),
    ],
)
def test_a_new_entry_is_found_and_another_version_is_none(judge, path, before, after, names):
    findings = judge(Kind.DEPENDENCY_POLICY, {path: before}, {path: after}).findings
    assert [finding.path for finding in findings] == [path] * len(names)
    assert all(name in finding.message for name, finding in zip(names, findings, strict=True))


@pytest.mark.parametrize(
    ("mode", "names", "count"),
    [("allow", ["Requests"], 0), ("forbid", ["requests"], 1), ("forbid", ["flask"], 0), ("no-new", [], 1)],
)
def test_what_agents_md_lists_decides(judge, mode, names, count):
    new = {"pyproject.toml": PYPROJECT.format('"requests"')}
    result = judge(
        Kind.DEPENDENCY_POLICY, {"pyproject.toml": PYPROJECT.format("")}, new, mode=mode, names=names
    )
    assert len(result.findings) == count


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("pyproject.toml", "[[["),
        ("package.json", "{"),
        ("pyproject.toml", "project = 3\n"),
        ("package.json", "[]"),
    ],
)
def test_a_manifest_that_cannot_be_read_leaves_the_rule_undecided(judge, path, content):
    assert path in judge(Kind.DEPENDENCY_POLICY, {}, {path: content}).undecided
