from agent_gate.gate.store import Store, open_store


def test_what_is_put_is_got_by_whoever_has_the_key(tmp_path):
    store = open_store(tmp_path / "kept", tmp_path / "state")
    store.put("k", b"body\nmore")
    assert open_store(tmp_path / "kept", tmp_path / "state").get("k") == b"body\nmore"
    assert Store(tmp_path / "kept", b"another").get("k") is None


def test_an_entry_that_was_changed_or_moved_is_not_there(tmp_path):
    store = open_store(tmp_path / "kept", tmp_path / "state")
    store.put("k", b"fail")
    entry = tmp_path / "kept" / "k"
    (tmp_path / "kept" / "other").write_bytes(entry.read_bytes())
    entry.write_bytes(entry.read_bytes().replace(b"fail", b"pass"))
    assert (store.get("k"), store.get("other"), store.get("never")) == (None, None, None)


def test_the_key_is_the_users_alone(tmp_path):
    open_store(tmp_path / "kept", tmp_path / "state")
    assert (tmp_path / "state" / "verdict.key").stat().st_mode & 0o077 == 0
