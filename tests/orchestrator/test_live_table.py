import time

from rich.console import Console

from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.live_table import table_of

TASK = Task(
    "t-1",
    "[red]hostile[/red]\x1b[2J title",
    state=State.WORKING,
    attempt=2,
    agent="claude",
    changed_at=time.time() - 65,
)


def shown(places):
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(table_of(places))
    console.file.close()
    return console.export_text()


def test_a_task_is_a_row_and_nothing_in_it_is_markup():
    text = shown({"repo": [TASK]})
    assert "t-1   working  1:05  2/3  claude  [red]hostile[/red] title" in text
    assert "\x1b" not in text


def test_repositories_are_named_where_there_are_several():
    text = shown({"one": [TASK], "two": []})
    assert "repository" in text
    assert "one" in text
