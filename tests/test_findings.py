from agent_gate.findings import Finding, Severity, identified


def finding(**fields: object) -> Finding:
    return Finding(**{"rule": "r", "kind": "k", "severity": Severity.BLOCK, "message": "m", **fields})  # type: ignore[arg-type]


def test_the_fingerprint_does_not_move_with_the_line():
    assert (
        finding(path="a.py", line=3, anchor="x = 1").fingerprint()
        == finding(path="a.py", line=9, anchor="x = 1").fingerprint()
    )


def test_the_fingerprint_differs_by_rule_path_and_anchor():
    same = finding(path="a.py", anchor="x = 1")
    others = [
        finding(path="b.py", anchor="x = 1"),
        finding(path="a.py", anchor="x = 2"),
        finding(rule="s", path="a.py", anchor="x = 1"),
    ]
    assert same.fingerprint() not in {other.fingerprint() for other in others}


def test_without_an_anchor_numbers_in_the_message_do_not_count():
    assert (
        finding(message="120 columns in line 7").fingerprint()
        == finding(message="121 columns in line 9").fingerprint()
    )


def test_equal_findings_get_ids_of_their_own_in_order_of_line():
    first, second = identified([finding(path="a", line=9, anchor="x"), finding(path="a", line=2, anchor="x")])
    assert (first.line, second.line) == (2, 9)
    assert second.id == f"{first.id}-2"


def test_a_path_that_is_not_utf8_has_a_fingerprint():
    assert len(finding(path="caf\udce9.py").fingerprint()) == 16


def test_what_is_excused_never_blocks_and_advice_stays_advice():
    assert [severity.excused for severity in Severity] == [
        Severity.FOLLOW_UP,
        Severity.FOLLOW_UP,
        Severity.ADVISE,
    ]
