"""Whether the words around a command ask for it: a table, a label, a verb, or what must hold of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.tools import RUN_ALONE, Use
from agent_gate.policy.text.sentences import SPAN, plain
from agent_gate.policy.text.statements import Form
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from agent_gate.policy.commands.mentions import Mention

_I = ANY_CASE
INSISTED = Pattern(
    r"\b(?:never|do not|don'?t|don\u2019t|must not|cannot|no)\b[^.;`]*\b(?:without|skip|omit|bypass|forget|(?:finish|stop|commit|push|merge|open|submit|claim|declare|mark|hand|end|complete|report)\b[^.;`]*\b(?:before|until|unless))\b[^.;`]*$",
    _I,
    "skip|omit|forget|bypass|without|before|until|unless",
)
_LABELLED = Pattern(r"\W*(?:\[[ x]\]\s*)?(?:[\w /&()'\u2019,+.-]{0,70}(?::|[\u2013—→=]| -))?\W*")
_VERB_BEFORE = Pattern(
    r"\bchanges? [^.;]*\b(?:require|need)s? $|\b(?:run|rerun|re-run|running|execute|executing|use|using|ensure|make sure|verify|check|confirm|validate|via|with|through|call|invoke|do|pass|passing|perform|prefer|apply|that|test|lint|format|build|compile|type-?check)\b[^.;`]{0,45}$",
    _I,
)
_CHAINED = Pattern(
    r"\b(?:run|rerun|running|execute|use|using|ensure|make sure|verify|check|with|via|prefer|pass|passes|passing|that fails?)\b(?:[^.;]|\.(?=\w))*`[^`]*(?:,|\band|\bthen|/|\bor|\+|&|→|->|\bplus|\bfollowed by)[^`.;]{0,25}$",
    _I,
)
DESCRIBES = Pattern(
    r"\W{0,3}(?:runs?|starts?|builds?|compiles?|checks?|executes?|produces?|lints?|formats?|verif\w+|validates?|for|to)\b|\s*[(\u2013—:=-]",
    _I,
)
_ASKED_AFTER = Pattern(
    r"\W{0,3}(?:must|should|needs? to|has to|have to|passes|pass|is green|succeeds?|before\b|to (?:lint|format|test|build|check|verify|validate|run|type|(?:be|stay|come back) (?:fully |all )?(?:green|clean))|(?:(?:is|are|stays?|comes? back|returns?) )?(?:green|clean|passing)\b|(?:is|are) (?:mandatory|required)|(?:at|with) (?:zero|no|0) (?:\w+ )?(?:errors?|warnings?|failures?|issues|findings)|as (?:an? |the )?(?:(?:blocking|required|mandatory|hard|merge|quality|ci) )+(?:gate|check|requirement))",
    _I,
)
_BESIDE = Pattern(r"^(?:\s*(?:,|,? ?and|,? ?or|&|/|\+)\s*`[^`]*`)+")
_BY_MEANS = Pattern(r"\b(?:run|check|test|type-?check)\b[^.;`]{0,30}\b(?:with|via|using|through)\s*$", _I)
_ONLY_SPANS = Pattern(
    r"\W*(?:[A-Za-z][\w ,/&()'+.-]{0,50}(?::|\s[\u2013\u2014-])[\s*]*)?`[^`]*`(?:\s*(?:,?\s*(?:and|or|then)|/|,|\+|&|\u2192|[-=]+>)\s*`[^`]*`)*\s*(?:,?\s*(?:and|or|then)|/|,|\+|&|\u2192|[-=]+>)\s*"
)
_LABELLED_LIST = Pattern(
    r"\W*[A-Z][\w /&()'+.-]{0,40}:\s+(?:`[^`]*`[^`,;:]{0,40}[,;]\s+)+(?:and |then |or )?", re.ASCII
)
_COMMAND_IS = Pattern(
    r"\b(?:verification|validation|gate|checks?|(?:build|test|lint|check|verify|format|type-?check|quality)\w* (?:commands?|steps?|targets?|tasks?|gate|suite))\b[^.;`]{0,25}\b(?:is|are)\W*$|\b(?:provide|available|standard|main|key) (?:\w+ )?(?:scripts?|commands?)\W*$|\b(?:last|final|first|mandatory|required) (?:\w+ )?(?:step|thing)\b[^.;`]{0,25}\bis(?: always)?\W*$|\b(?:formatting|linting|type[- ]?checking|style|types)\b[^.;`]{0,20}\b(?:is|are) (?:done|checked|enforced|verified)(?: \w+)? (?:by|with|via)\W*$|\b(?:not (?:be )?(?:merged|accepted|reviewed)|rejected|blocked)\b[^.;`]{0,20}\bif\W*$|\b(?:no|zero|without) (?:\w+ )?(?:warnings|errors|failures|issues|findings|violations|offen[cs]es|diagnostics) (?:from|in|by|under|with|of|reported by)\W*$",
    _I,
)
_ORDERS = Pattern(
    r"\W*(?:run |all |the |full |unit )*(?:build|test|tests|lint|format|check|verify|type-?check|compile)(?: all| everything| the project)?:\W*",
    _I,
)
_TO_CHECK = Pattern(r"\s*to (?:run|execute|lint|format|type-?check|check|test)\b", _I)
_LABEL_SPAN = Pattern(r"`([\w ./-]+)`(?=[\w ,/-]*:\s*(?:`|$))")  # "Rust only, from `src/rust`: "
_FROM = Pattern(  # "Web: from `web/`, `npm run lint`"
    r"(?:^\W*|(?<=: )|(?<=:\*\* ))(?:from|in|inside|within|under) (?:the )?`[\w./-]+/`(?: (?:directory|folder))?[,:] ",
    _I,
    "from|in|under",
)
_FOR_PURPOSE = Pattern(
    r"(?:^|[.;] )\W*for (?:linting|testing|formatting|type[- ]?checking|building|tests?|lints?|checks|style)\b[^.;`]{0,20}[,:]\s*$",
    _I,
)
_NOT_BUT = Pattern(  # "don't use `setup.py test`, use `tox`"
    r"\b(?:do not|don['\u2019]?t|never) (?:use|run|call)\b[^.]*[;,\u2014] (?:instead,? )?(?:use|run) $",
    _I,
    "use|run",
)
_RUN_IT = Pattern(  # "checked by `tools/style.sh`; run it before sending a patch"
    r"(?:[^.;`]{0,40}[.;] )?(?:please |always )*(?:run|execute) (?:it|this)\b", _I, "run|execute"
)
_MUST_PASS = Pattern(
    r"\W{0,3}(?:must|should|has to|have to|needs? to|to) (?:all |both |still |always )?(?:pass|succeed|be (?:fully |all )?(?:green|clean))\b",
    _I,
    "pass|succeed|be ",
)
_CONFIGURED = Pattern(
    r"\W*(?:with|using|plus)\b[^.;]*\b(?:plugins?|rules?|config\w*|presets?|defaults?|settings|style guide)\b",
    _I,
    "with|using|plus",
)
_TELLS = Pattern(
    r"\s+(?:is|are|was|has|have|needs?|requires?|picks?|reads?|takes?|works?|supports?|accepts?|depends?|can|may|might|does|do|prints?|writes?|creates?|outputs?|shows?|lists?|opens?|fails?|expects?|comes|lives|behaves)\b",
    _I,
)
_ON_CHECKS = Pattern(
    r"\b(?:tests?|testing|build\w*|lint\w*|checks?|verif\w*|validat\w*|quality|commands?|develop\w*|workflow|ci|format\w*|style|contribut\w*|prs?|pull|commit\w*|before|done|gates?|running|scripts?|tasks?)\b",
    _I,
)
_FILE_CELL = Pattern(r"\W*`?[\w./-]+\.\w{1,5}`?\W*")  # nothing but a file
_TOOL_HEAD = Pattern(r"\W*(?:tools?|technolog(?:y|ies)|framework)\W*", _I, "tool|technolog|framework")
_ONCE = Pattern(r"\b(?:after|before|when|once) \w+ing \($", _I)  # "after building (`make`), look at it"
_NAMES_TOOL = Pattern(
    r"\b(?:frameworks?|runners?|tools?|tooling|toolchain|librar(?:y|ies)|stack|engine|harness)\W*$", _I
)  # "Framework: `pytest`" says what is used, not what to run
_NEEDS = Pattern(r"\b(?:needs?|requires?|see|like|created?|installed?|generated?|start\w*)\b", _I)
ASIDE = Pattern(r"\s*\([^()]*\)")  # what a parenthesis adds to a command ends with it


def is_asked(mention: Mention, before: str) -> bool:
    """Whether the words around a command ask for it: a table, a label before it, a verb, or what must hold of it."""
    statement = mention.statement
    before = re.sub(r"\(\d\) ", "", before)  # "after each task: (1) `x`"
    before = _FROM.sub("", _LABEL_SPAN.sub(r"\1", before))
    if statement.form is Form.ROW and (_is_of_a_file(mention) or _is_in_tool_column(mention)):
        return False
    if statement.form is Form.ROW or (re.search(r":\W*$", before) and _LABELLED.fullmatch(plain(before))):
        return True
    if _LABELLED.fullmatch(re.split(r"[;,]\s", plain(before))[-1]) and (
        not before.strip() or _is_item(mention)
    ):
        return not _is_subject(mention)
    if (
        INSISTED.search(plain(before))
        or _VERB_BEFORE.search(plain(before))
        or _CHAINED.search(SPAN.sub("``", before))
    ):
        return True
    if _ONLY_SPANS.fullmatch(ASIDE.sub("", before)):
        return not _is_subject(mention)
    if _LABELLED_LIST.fullmatch(plain(before)):
        return True  # "UI: `a` after changes of the server, `b`"
    if re.match(r"(?:any |all )?`[^`]+`[^`]*(?:\u2192|->|=>)\W*$", before, _I):
        return True  # "`*.go` → `make lint`"
    if _RUN_IT.match(statement.text[mention.end :]) or _RUN_IT.match(statement.after):
        return True
    if _COMMAND_IS.search(plain(before)) or _FOR_PURPOSE.search(plain(before)):
        return True  # "standard verification is `make check`"
    after = statement.text[mention.end :]
    if (
        before.endswith("(")
        and after.startswith(")")
        and not _NEEDS.search(before)
        and not _ONCE.search(before)
    ):
        return True  # "ESLint (`npm run lint`)"
    return bool(_ASKED_AFTER.match(plain(_BESIDE.sub("", after))))


def _is_of_a_file(mention: Mention) -> bool:
    """Whether a row says of the file in its first cell what it is, and names a command on the way."""
    first, *others = mention.statement.cells or ("",)
    own = next((cell for cell in others if mention.command.text in cell), "")
    return (
        bool(own)
        and bool(_FILE_CELL.fullmatch(first))
        and ASIDE.sub("", own).strip("` ") != mention.command.text
        and not _VERB_BEFORE.search(plain(own[: own.find(mention.command.text)].rstrip("`")))
        and not own.lstrip().startswith("`")
    )


def _is_in_tool_column(mention: Mention) -> bool:
    """Whether a row only says which tools there are: its column is "Tool", and none is one of commands."""
    statement = mention.statement
    heads = [
        head
        for head, cell in zip(statement.header, statement.cells, strict=False)
        if mention.command.text in cell
    ]
    return any(map(_TOOL_HEAD.fullmatch, heads)) and not re.search(
        r"\bcommands?\b|\brun\b", " ".join(statement.header), _I
    )


def _is_subject(mention: Mention) -> bool:
    """Whether a sentence, in a section about something else, only tells something of a command: "`x` picks up Y"."""
    statement = mention.statement
    after = plain(_BESIDE.sub("", statement.text[mention.end :]))
    return (
        statement.form is Form.PROSE
        and bool(_TELLS.match(after))
        and not _ASKED_AFTER.match(after)
        and not any(_ON_CHECKS.search(heading) for heading in statement.headings[-1:])
    )


def _is_item(mention: Mention) -> bool:
    """Whether a command after a comma begins a description of its own: "`a` starts this, `b` builds that"."""
    before, after = mention.statement.text[: mention.start], mention.statement.text[mention.end :]
    return not re.search(r"[;,]\s", plain(before)) or bool(DESCRIBES.match(after))


def _in_command_column(mention: Mention) -> bool:
    """Whether a row's cell is nothing but the command, in a column of commands."""
    statement = mention.statement
    return any(
        ASIDE.sub("", cell).strip("` ") == mention.command.text
        and re.search(r"\bcommands?\b|^run\b", head, _I)
        for head, cell in zip(statement.header, statement.cells, strict=False)
    )


def bare_is_asked(mention: Mention, before: str) -> bool:
    """Whether a tool's name alone is a command to run here, not a mere mention."""
    if re.search(r"\bto run\W*$|\bto run\b[^.;]*`[^.;]*(?:,|and)\W*$", before, _I):
        return False  # "use version 7.4 to run `phpcs`" says how, not that
    if re.search(
        r"\b(?:run|execute|running|re-?run|passes)\s*$|\b(?:run|execute)\b[^.;]*`[^.;]*(?:,|and|then|/)\s*$",
        before,
        _I,
    ):
        return True
    after = ASIDE.sub("", plain(_BESIDE.sub("", mention.statement.text[mention.end :])))
    if _MUST_PASS.match(after):
        return True  # "`elm-review` and `elm-test` must pass"
    if "/" in mention.command.text and (
        INSISTED.search(plain(before)) or _RUN_IT.match(after) or _RUN_IT.match(mention.statement.after)
    ):
        return True
    if _NOT_BUT.search(plain(before)):
        return True
    if " " in mention.command.text or _CONFIGURED.match(after):
        return False  # `go test` without packages; "Linting: `oxlint` with the unicorn plugin"
    if mention.command.use in {Use.TEST, Use.TYPECHECK} and re.search(
        r"\b(?:pass(?:es|ing)?|green|clean|succeeds?) \($", before, _I
    ):
        return True  # "all tests pass (`pytest`)"
    if _in_command_column(mention):
        return True
    if re.search(r"[\\/]", mention.command.text) and _ORDERS.fullmatch(plain(before)):
        return True  # "Build: `tools/build.sh`"
    alone = mention.command.use in {Use.TEST, Use.TYPECHECK} or mention.command.text in RUN_ALONE
    if _NAMES_TOOL.search(before):
        return False
    if alone and re.search(r"(?::(?:\*\*)?|\|)\s*$", before):
        return True  # of other tools a label only says which one is used
    if mention.command.use in {Use.TEST, Use.TYPECHECK} and _BY_MEANS.search(plain(before)):
        return True
    statement = mention.statement
    if alone and re.search(r"\buse $", before, _I) and _TO_CHECK.match(statement.text[mention.end :]):
        return True  # "use `pytest` to run the tests"
    return (
        statement.form is Form.ITEM
        and not before.strip(" *")
        and "`" not in statement.lead  # else it names what the command there runs
        and bool(
            re.search(
                r"\brun\b|\bcommands?\b|\bmust pass\b|\bbefore (?:you|every|each|committing|pushing)\b",
                plain(statement.lead),
                _I,
            )
        )
    )
