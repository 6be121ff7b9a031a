"""An interview about a project: what was asked and answered so far, on disk after every answer."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from agent_gate.agents.answers import AnswerError
from agent_gate.agents.ask import Question
from agent_gate.plain_text import clipped, one_line, printable
from agent_gate.scaffold.files import Edit, ScaffoldError, read
from agent_gate.scaffold.seed import specs
from agent_gate.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = Path(__file__).with_name("grill.schema.json")
MAX_QUESTIONS = 40
MAX_SPECS = 40_000  # characters of existing pages in the prompt


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of specs/, whole."""

    path: Annotated[str, Meta(pattern=r"^specs/[\w./-]+\.md$", max_length=120, description="specs/NAME.md")]
    content: Annotated[
        str, Meta(min_length=1, max_length=100_000, description="The whole page, in Markdown.")
    ]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The interviewer's next step: a question, or the documents; never both."""

    question: Annotated[
        str, Meta(max_length=2000, description="The next question; empty when documents are given.")
    ] = ""
    documents: Annotated[
        tuple[Document, ...],
        Meta(max_length=30, description="When enough is known, or the interview was ended."),
    ] = ()


class Exchange(msgspec.Struct, frozen=True):
    """A question and its answer; the last one may still wait for it."""

    question: str
    answer: str | None = None


class Interview:
    """What was said so far, in `file`."""

    def __init__(self, file: Path) -> None:
        """Go on where an earlier interview stopped.

        Raises:
            ScaffoldError: the file is there and cannot be read.
        """
        self.file = file
        self.exchanges: tuple[Exchange, ...] = ()
        try:
            self.exchanges = msgspec.json.decode(file.read_bytes(), type=tuple[Exchange, ...])
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as problem:
            raise ScaffoldError(
                f"The answers in {file} cannot be read ({one_line(str(problem))}): remove it to start again."
            ) from problem

    @property
    def pending(self) -> str:
        """The question that waits for an answer; "" where none does."""
        return self.exchanges[-1].question if self.exchanges and self.exchanges[-1].answer is None else ""

    @property
    def answered(self) -> tuple[Exchange, ...]:
        """What was asked and answered."""
        return tuple(exchange for exchange in self.exchanges if exchange.answer is not None)

    def asked(self, question: str) -> None:
        """Keep a question."""
        self._keep((*self.answered, Exchange(printable(question))))

    def answer(self, text: str) -> None:
        """Keep the answer to the pending question."""
        self._keep((*self.answered, Exchange(self.pending, printable(text))))

    def forget(self) -> None:
        """The documents are written."""
        self.exchanges = ()
        self.file.unlink(missing_ok=True)

    def _keep(self, exchanges: tuple[Exchange, ...]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, msgspec.json.encode(exchanges))
        self.exchanges = exchanges


def next_step(root: Path, answered: Sequence[Exchange], *, ended: bool) -> Question[Step]:
    """What the interviewer is asked; `ended`: it has to write the documents now.

    Raises:
        ScaffoldError: a page of specs/ cannot be read.
    """
    ended = ended or len(answered) >= MAX_QUESTIONS
    pages = specs(root)
    said = [f"You: {exchange.question}\nThey: {exchange.answer or '(no answer)'}" for exchange in answered]
    parts = [
        _TASK,
        *(
            f"# File {path}, as it is\n\n{clipped(text, MAX_SPECS // len(pages))}"
            for path, text in pages.items()
        ),
        "# The interview so far\n\n" + ("\n\n".join(said) or "Nothing was asked yet."),
        _WRITE if ended else "Give the next question, or the documents if you know enough.",
    ]
    return Question(
        prompt="\n\n".join(parts),
        directory=root,
        type=Step,
        schema=SCHEMA.read_text(encoding="utf-8"),
        refuse=lambda step: _refuse(step, ended=ended),
    )


def edits(root: Path, documents: Sequence[Document]) -> tuple[Edit, ...]:
    """What the documents change, below specs/ and nowhere else.

    Raises:
        ScaffoldError: a place is a link, or cannot be read.
    """
    found = []
    for document in documents:
        file = root / document.path
        if file.parent.resolve() / file.name != file.resolve() or not file.resolve().is_relative_to(
            root.resolve() / "specs"
        ):
            raise ScaffoldError(f"{document.path} leads out of specs/ by a link; remove that first.")
        text = document.content if document.content.endswith("\n") else f"{document.content}\n"
        found.append(Edit(document.path, read(root, document.path), text))
    return tuple(edit for edit in found if edit.changes)


def _refuse(step: Step, *, ended: bool) -> None:
    """Raise AnswerError for a step that is none, or for documents elsewhere than in specs/."""
    if bool(step.question.strip()) == bool(step.documents):
        raise AnswerError("A step is either a question or documents.")
    if ended and not step.documents:
        raise AnswerError("The interview is over: give the documents.")
    paths = [document.path for document in step.documents]
    for path in paths:
        if posixpath.normpath(path) != path or not path.startswith("specs/"):
            raise AnswerError(f'The document "{one_line(path, 120)}" is not in specs/.')
    if len(set(paths)) != len(paths):
        raise AnswerError("Two documents have one path.")


_TASK = """\
You interview somebody about the purpose of this project, to write its design down so that agents can build it. Read README.md, AGENTS.md, specs/ and the
code that is there; ask nothing that they answer. One question at a time, short, about what matters most of what is still open: for whom and why, what it
must do and must never do, how one sees that it works, limits, formats, failure, what is left out. Be hard on vague words: ask for figures, names and examples.
Offer your best guess where that helps. When you know enough (or are told to stop), give the documents: a page a capability in specs/ (the decision, the contract, failure
modes, how it is tested), specs/README.md as their index, and what is still open as open. An existing page is given whole, with what it says already kept."""
_WRITE = "The interview was ended: give the documents now. What was not answered is named as open in them."
