import io
import re
import time
from dataclasses import replace

from rich.console import Console

from agent_gate.orchestrator.journal import State, Task
from agent_gate.orchestrator.live_table import table_of

HOSTILE = "[red]hostile[/red]\x1b[2J title"


def task():
    return Task("t-1", HOSTILE, state=State.WORKING, attempt=2, agent="claude", changed_at=time.time() - 3700)


def shown(places):
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(table_of(places))
    console.file.close()
    return console.export_text()


def test_a_task_is_a_row_and_nothing_in_it_is_markup():
    text = shown({"repo": [task()]})
    assert re.search(r"t-1 +working +61:\d\d +2/3 +claude +\[red\]hostile\[/red\] title", text)
    assert "\x1b" not in text


def test_a_narrow_terminal_that_knows_ascii_only_loses_the_end_of_the_title():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Console(width=50, file=stream).print(table_of({"repo": [replace(task(), title="ü" * 60)]}, "ascii"))
    stream.flush()
    row = stream.buffer.getvalue().decode().splitlines()[1]
    assert re.fullmatch(r"t-1 +working +61:\d\d +2/3 +claude +\?+", row)


def test_repositories_are_named_where_there_are_several():
    text = shown({"one": [task()], "two": []})
    assert "repository" in text
    assert "one" in text
