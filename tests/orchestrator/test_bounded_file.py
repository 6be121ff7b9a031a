from agent_gate.orchestrator import bounded_file
from agent_gate.orchestrator.bounded_file import BoundedFile


def test_a_short_file_is_whole(tmp_path):
    file = BoundedFile(tmp_path / "f")
    file.write(b"a")
    file.write(b"b")
    assert (tmp_path / "f").read_bytes() == b"ab"
    file.close()


def test_a_long_one_keeps_its_start_and_its_end_and_counts_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded_file, "HEAD_BYTES", 100)
    monkeypatch.setattr(bounded_file, "TAIL_BYTES", 1000)
    file = BoundedFile(tmp_path / "f")
    total = 0
    for number in range(2000):
        file.write(line := f"{number:06}\n".encode())
        total += len(line)
    file.close()
    head, _, rest = (tmp_path / "f").read_text().partition("\n… ")
    dropped, _, tail = rest.partition(" bytes were left out here …\n")
    assert head == "".join(f"{number:06}\n" for number in range(15))[:100]
    assert tail.endswith("001998\n001999\n")
    assert int(dropped) + len(head) + len(tail) == total
