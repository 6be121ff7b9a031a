from hypothesis import given
from hypothesis import strategies as st

from agent_gate.findings import Finding, Outcome, Severity
from agent_gate.gate.verdict import Decision
from agent_gate.plain_text import one_line, printable
from agent_gate.policy.model import Kind
from agent_gate.reports.text import rule_report


def test_terminal_commands_and_text_direction_are_not_obeyed():
    assert printable("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07 a\x08b \u202egpj") == "red  a\\x08b \\u202egpj"


def test_a_byte_that_is_not_utf8_is_shown_as_the_byte():
    assert printable("caf\udce9") == "caf\\xe9"


@given(st.text(st.characters(codec=None)))
def test_printable_text_can_always_be_encoded(text):
    printable(text).encode("utf-8")


@given(st.text(st.characters(codec=None)))
def test_one_line_is_one_line(text):
    assert "\n" not in one_line(text)
    assert len(one_line(text, 50)) <= 50


def test_a_report_says_what_was_asked_found_and_how_to_repair_it(rule_of):
    rule = rule_of(Kind.LINT, "ruff check .", text="Run `ruff check .` before you commit.")
    found = Finding(
        rule.id,
        rule.kind,
        Severity.BLOCK,
        "unused import",
        "a b.py",
        3,
        "import os",
        "Remove it.",
        "ruff check .",
    )
    report = rule_report(Decision(rule, Outcome.FAIL, (found,)))
    assert report.splitlines() == [
        "AGENTS.md:1 says: Run `ruff check .` before you commit.",
        "",
        "- a b.py:3: unused import",
        "    | import os",
        "reproduce: ruff check .",
        "fix: Remove it.",
    ]


def test_no_line_of_evidence_can_begin_a_command_of_the_ci_service(rule_of):
    rule = rule_of(Kind.LINT, "x")
    found = Finding(
        rule.id, rule.kind, Severity.BLOCK, "m\n::error::owned", evidence="::set-output name=a::b\n##[error]x"
    )
    report = rule_report(Decision(rule, Outcome.FAIL, (found,)))
    assert not any(line.lstrip().startswith("::") for line in report.splitlines())
    assert "##[" not in report
