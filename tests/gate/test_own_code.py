import os

from agent_gate.gate.own_code import code_of


def test_it_changes_with_every_module_and_stays_otherwise(tmp_path):
    module = tmp_path / "checks" / "a.py"
    module.parent.mkdir()
    module.write_text("A = 1\n")
    first = code_of(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert code_of(tmp_path) == first
    stat = module.stat()
    module.write_text("A = 2\n")
    os.utime(module, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert code_of(tmp_path) != first
