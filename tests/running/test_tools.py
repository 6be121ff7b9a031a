from agent_gate.running.tools import tools_of


def test_a_tool_that_was_replaced_is_another(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    tool = tmp_path / "own-lint"
    tool.write_text("1")
    tool.chmod(0o755)
    first = tools_of("own-lint --all nowhere \udcff", tmp_path)
    assert [stamp.split(":")[0] for stamp in first] == [str(tool), "/"]
    tool.write_text("22")
    assert tools_of("own-lint --all", tmp_path) != first


def test_what_is_installed_in_the_place_counts(tmp_path):
    before = tools_of("", tmp_path)
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    with_packages = tools_of("", tmp_path)
    assert len(with_packages) == len(before) + 2
    (packages / "new").mkdir()
    assert tools_of("", tmp_path) != with_packages
