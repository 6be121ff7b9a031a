"""Beads, through its command line (`bd`), in embedded and in server mode.

A call costs its process start (0.2 to 0.45 s), so reads take one call, and writes at most two: `bd import -` for what is new, `bd batch` for
what is closed or reopened. Both are safe to do again: ids are ours, and comments carry ids. A process makes one call at a time, and none while
another process has the database: it lets one in, and those that it turns away back off for half a second or more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from agent_gate.plain_text import one_line, printable
from agent_gate.tracker.jsonl import from_row, to_lines, to_row
from agent_gate.tracker.model import (
    CLOSED,
    IN_PROGRESS,
    OPEN,
    Close,
    Create,
    Issue,
    Landed,
    Note,
    RefusedError,
    Reopen,
    SetStatus,
    TakeBack,
    TrackerError,
)
from agent_gate.tracker.turns import Rank, Turns, wait_for_others

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from agent_gate.tracker.model import Write

ACTOR = "agent-gate"
TIMEOUT = 60.0  # seconds that one call of bd may take
OTHERS_SECONDS = 5.0  # that a call waits for one of another process
TOGETHER_SECONDS = 0.02  # that a claim waits for others to share its call
ROWS_AT_ONCE = 1000  # of an import: 14 ms a row, well within the time limit
SUPPORTED = ((1, 3), (2, 0))  # from, below
_KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TMPDIR",
    "BEADS_DIR",
    "BEADS_DB",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)
_KEPT_PREFIXES = ("BEADS_DOLT_", "LC_")
# What bd says where a claim is another's, is lost, or cannot be had.
_NOT_MINE = re.compile(r"claim|no issue found")


@dataclass(frozen=True, slots=True)
class Beads:
    """The Beads database that `bd` finds from `directory` (any worktree of a repository).

    Attributes:
        database: the directory that it lies in; None: `.beads` in `directory`.
    """

    directory: Path
    program: str = "bd"
    name: str = "beads"
    database: Path | None = None

    @property
    def prefix(self) -> str:
        """One `bd config get`; remembered for the life of this process."""
        return _prefix(self)

    def issues(self, ids: Sequence[str] = (), *, closed: bool = True) -> tuple[Issue, ...]:
        """One `bd list`."""
        arguments = [
            "list",
            "--limit",
            "0",
            *(["--all"] if closed else []),
            *(["--id", ",".join(ids)] if ids else []),
        ]
        return _issues(self.ask(*arguments))

    def ready(self) -> tuple[Issue, ...]:
        """One `bd ready`; Beads decides what is ready, and the order."""
        return _issues(self.ask("ready", "--limit", "0", rank=Rank.READY))

    def apply(self, writes: Sequence[Write], current: Mapping[str, Issue] | None = None) -> None:
        """At most a `list` (where `current` is not given), an `import`, a `batch`, and a call for each landed issue."""
        if current is None:
            touched = dict.fromkeys(w.issue.id if isinstance(w, Create) else w.issue_id for w in writes)
            current = {issue.id: issue for issue in self.issues(tuple(touched))} if touched else {}
        self.load(_rows(current, writes))
        if lines := _batch(current, writes):
            self._call("batch", stdin=("\n".join(lines) + "\n").encode())
        for landed in (write for write in writes if isinstance(write, Landed) and write.issue_id in current):
            bound = ("--kind", "land", "--source", ACTOR, "--ref-kind", "git-sha", "--ref", landed.commit)
            self._call("provenance", "record", "--issue", landed.issue_id, *bound)

    def load(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """One `bd import` (for each thousand rows) of rows as they are; an issue that exists keeps what is newer."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            self._call("import", "-", stdin=to_lines(rows[start : start + ROWS_AT_ONCE]))

    def claim(self, issue_id: str, owner: str) -> bool:
        """`bd update --claim`, which is atomic; claims that wait for their turn together share one call."""
        waiting = _waiting_claims(self.directory, owner)
        waiting[issue_id] = False
        with _turns(self.directory).take(Rank.CLAIM):
            try:
                time.sleep(TOGETHER_SECONDS)
                ids = list(waiting)
                if not waiting[issue_id] and len(ids) > 1 and self._claim(ids, owner):
                    waiting.update(dict.fromkeys(ids, True))
                return waiting[issue_id] or self._claim([issue_id], owner)
            finally:
                del waiting[issue_id]

    def heartbeat(self, issue_id: str, owner: str) -> bool:
        """`bd heartbeat`."""
        return _is_mine(lambda: self._call("heartbeat", "--", issue_id, actor=owner))

    def release(self, issue_id: str, owner: str) -> bool:
        """`bd unclaim`."""
        return _is_mine(lambda: self._call("unclaim", "--", issue_id, actor=owner))

    def reclaim(self) -> tuple[str, ...]:
        """`bd reclaim`."""
        answer = self.ask("reclaim")
        reclaimed = answer.get("reclaimed") if isinstance(answer, dict) else None
        return tuple(str(row["id"] if isinstance(row, dict) else row) for row in reclaimed or ())

    def defer(self, issue_id: str, until: str) -> None:
        """`bd update --defer`."""
        self._call("update", "--defer", until, "--", issue_id)

    def change_token(self) -> object:
        """What dolt's storage weighs, and its root: a read only touches the files. None where it lies elsewhere (a server)."""
        weighed = [
            (file.name, file.read_bytes() if file.name == "manifest" else file.stat().st_size)
            for file in sorted(self._files("*/*/.dolt/noms/*"))
            if file.is_file()
        ]
        return tuple(weighed) or None

    def check(self) -> None:
        """One `bd version`: a bd that is older or newer than what this was written for is refused."""
        answer = self.ask("version")
        version = str(answer.get("version", "")) if isinstance(answer, dict) else ""
        numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
        low, high = SUPPORTED
        if not low <= numbers < high:
            raise TrackerError(
                f"bd {one_line(version) or '(no version)'} is not supported: agent-gate needs"
                f" {low[0]}.{low[1]} or newer, below {high[0]}.{high[1]}; `make bd` builds one."
            )

    def _files(self, pattern: str) -> Iterator[Path]:
        """What matches in the database's directory; little does where that lies on a server."""
        return (self.database or self.directory / ".beads").glob(pattern)

    def _claim(self, ids: Sequence[str], owner: str) -> bool:
        """Claim them all; False where one or more could not be had. The turn is the caller's."""
        return _is_mine(lambda: self._run(("update", "--claim", "--", *ids), None, owner))

    def ask(self, *arguments: str, rank: Rank = Rank.OTHER) -> Any:
        """The JSON that bd answers.

        Raises:
            TrackerError: bd failed, or answered none.
        """
        output = self._call(*arguments, rank=rank)
        try:
            return json.loads(output)
        except ValueError as problem:
            raise TrackerError(
                f"`bd {arguments[0]}` answered no JSON: {one_line(output, 120) or 'nothing'}"
            ) from problem

    def _call(
        self, *arguments: str, stdin: bytes | None = None, actor: str = ACTOR, rank: Rank = Rank.OTHER
    ) -> str:
        """One call, when it is its turn; its standard output.

        Raises:
            RefusedError: bd answered, and refused.
            TrackerError: bd is missing, hung, or was killed.
        """
        with _turns(self.directory).take(rank):
            return self._run(arguments, stdin, actor)

    def _run(self, arguments: Sequence[str], stdin: bytes | None, actor: str) -> str:
        program = shutil.which(self.program)
        if program is None:
            raise TrackerError(
                "`bd` is not on PATH, and this repository's issues are in Beads: install it, or run `make bd`."
            )
        argv = [program, "--json", "--actor", actor, *arguments]
        shown = f"`bd {arguments[0]}`"
        wait_for_others(self._files("embeddeddolt/*/.dolt/noms/LOCK"), OTHERS_SECONDS)
        process = subprocess.Popen(
            argv,
            cwd=self.directory,
            env=_environment(actor),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # our Ctrl-C does not break a write off
        )
        try:
            output, errors = process.communicate(stdin, timeout=TIMEOUT)
        except subprocess.TimeoutExpired as problem:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise TrackerError(
                f"{shown} did not answer within {TIMEOUT:.0f} s: is another bd holding the database?"
            ) from problem
        if process.returncode < 0:
            raise TrackerError(f"{shown} was killed by signal {-process.returncode}.")
        text = output.decode("utf-8", "replace")
        if process.returncode:
            why = _error(text) or errors.decode("utf-8", "replace")
            raise RefusedError(f"{shown} failed with {process.returncode}: {one_line(why, 300)}")
        return text


@cache
def _turns(_directory: Path) -> Turns:
    return Turns()


@cache
def _waiting_claims(_directory: Path, _owner: str) -> dict[str, bool]:
    """Issues that somebody wants to claim, and whether a call for another one has claimed them, too."""
    return {}


def _is_mine(call: Callable[[], str]) -> bool:
    """Whether the call was done; False where it was refused because a claim is another's, or cannot be had."""
    try:
        call()
    except RefusedError as refusal:
        if _NOT_MINE.search(str(refusal)):
            return False
        raise
    return True


@cache
def _prefix(beads: Beads) -> str:
    answer = beads.ask("config", "get", "issue_prefix")  # `bd where` does not name it where there is a server
    prefix = answer.get("value") if isinstance(answer, dict) else None
    if not prefix:
        raise TrackerError(
            "`bd config get issue_prefix` names no prefix for the ids of new issues: run `bd init`."
        )
    return str(prefix)


def _rows(current: Mapping[str, Issue], writes: Sequence[Write]) -> list[dict[str, Any]]:
    """Rows for `bd import`: new issues whole; notes as comments on a row that keeps everything else.

    A row with the very `updated_at` that the issue has is a tie: Beads keeps its own columns and merges the comments, each
    once by its id. So a note is appended without touching what somebody else writes at the same time.
    """
    rows = [
        to_row(write.issue) for write in writes if isinstance(write, Create) and write.issue.id not in current
    ]
    fresh = {row["id"]: row for row in rows}
    notes: dict[str, list[dict[str, str]]] = {}
    for write in writes:
        note = write.note if isinstance(write, TakeBack) and _is_closed(current, write.issue_id) else write
        if isinstance(note, Note) and (note.issue_id in current or note.issue_id in fresh):
            notes.setdefault(note.issue_id, []).append(
                {
                    "id": note.key,
                    "issue_id": note.issue_id,
                    "author": ACTOR,
                    "created_at": note.at,
                    "text": printable(note.text),
                }
            )
    for issue_id, comments in notes.items():
        if issue_id in fresh:
            fresh[issue_id]["comments"] = comments
        else:
            issue = current[issue_id]
            rows.append({**to_row(replace(issue, dependencies=())), "comments": comments})
    return rows


def _batch(current: Mapping[str, Issue], writes: Sequence[Write]) -> list[str]:
    """Lines for `bd batch`, one for each write that changes a status, in their order."""
    lines = []
    status = {issue.id: issue.status for issue in current.values()}
    for write in writes:
        known = None if isinstance(write, Create | Note) else status.get(write.issue_id)
        if isinstance(write, Create | Note) or known is None:
            continue
        name = _word(write.issue_id)
        if isinstance(write, SetStatus) and known not in {CLOSED, write.status}:
            freed = ' assignee=""' if write.status == OPEN else ""
            lines.append(f"update {name} status={write.status}{freed}")
            status[write.issue_id] = write.status
        elif isinstance(write, Close | Landed) and known != CLOSED:
            lines.append(f"close {name} {_word(write.reason)}")
            status[write.issue_id] = CLOSED
        elif isinstance(write, TakeBack) and known == CLOSED:
            lines.append(f"update {name} status={IN_PROGRESS}")
            status[write.issue_id] = IN_PROGRESS
        elif isinstance(write, Reopen) and known == CLOSED:
            lines.append(f'update {name} status=open assignee=""')
            status[write.issue_id] = OPEN
    return lines


def _is_closed(current: Mapping[str, Issue], issue_id: str) -> bool:
    return issue_id in current and current[issue_id].status == CLOSED


def _word(text: str) -> str:
    """One quoted word of `bd batch`, on one line."""
    escaped = one_line(text, 500).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _issues(answer: Any) -> tuple[Issue, ...]:
    try:
        return tuple(from_row(row) for row in answer or ())
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise TrackerError(
            f"bd answered something that is no list of issues: {one_line(repr(answer), 120)}"
        ) from problem


def _error(output: str) -> str:
    """What bd's JSON answer says of its failure: the reason of the first issue that failed, else its error; "" if it lists what was done."""
    try:
        answer = json.loads(output)
    except ValueError:
        return output
    if not isinstance(answer, dict):
        return ""
    failed = answer.get("failed") or [answer]
    return str(failed[0].get("error", ""))


def _environment(actor: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return {
        **kept,
        "BEADS_ACTOR": actor,
        "BD_NON_INTERACTIVE": "1",
        "DO_NOT_TRACK": "1",  # bd reports usage otherwise
        "BD_DISABLE_METRICS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "NO_COLOR": "1",
    }
