"""Whether the words around a command describe it, or something that runs it, instead of asking for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.asked import ASIDE, DESCRIBES
from agent_gate.policy.text.sentences import plain
from agent_gate.policy.text.words import ANY_CASE, Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent_gate.policy.commands.mentions import Mention

_I = ANY_CASE
_EXAMPLE = Pattern(
    r"\b(?:e\.g\.|i\.e\.|for example|for instance|such as|like|example:|examples:|similar to|equivalent (?:to|of)|same as|wraps|wrapper (?:for|around)|alias (?:for|of)|under the hood|internally)\W*(?:\w+\W+){0,2}$",
    _I,
    "e.g.|i.e.|for example|for instance|such as|like|example|similar to|equivalent|same as|wrap|alias|under the hood|internally",
)
_DESCRIBED = Pattern(
    r"`[^`]*\bto (?:run|execute)\W*$|\b(?<!order )(?:CI|pipeline|workflow|hooks?|actions?|it|this|that|script|target|command|recipe|task|which|automatically|will|also|pre-commit|job)\b[^`.;:]{0,40}\b(?:(?<!also )run|runs|executes?|calls?|invokes?|uses|performs|triggers|delegates to|including|covers)\b[^`]*$|\b(?:runs|executes|calls|invokes|triggers)\s+(?:\w+\s+)?$|\b(?:produced|created|generated|cloned|fetched|downloaded|installed|started|written|executed|called|invoked|managed|used|printed|run|handled) (?:by|from|in|via|through)\W*$|\b(?!(?:check|enforc|verifi|test|lint|validat|cover|gat|formatt|guard)ed)\w+ed (?:\w+ly )?by\W*$|\b(?:passed|forwarded|handed|given|piped) to\W*$|\b(?:output|results?|contents?) of\W*$|\b(?:has|have|had) (?:already )?been\b[^`.;]*(?:`[^`]*`[^`.;]*)?$",
    ANY_CASE,
    "run|execute|call|invoke|use|perform|trigger|delegate|includ|cover|been|output|result|content|to|by|from|in|via|through",
)
_RUNS = Pattern(
    r"\W*`[^`]*` (?:(?:must|will|should|then|also) )?(?:run|execute|call|invoke)s?\W*$",
    _I,
    "run|execute|call|invoke",
)
_WHILE = Pattern(
    r"\b(?:when|while|if) (?:you(?:'re| are)? )?(?:run|running|using|invoking)\b (?:`[^`]*`,? (?:and |or )?)*\W*$",
    _I,
    "when|while|if ",
)
_IS_DEFAULT = Pattern(
    r"^[^.;`]{0,30}(?:\u2260|\b(?:does not|doesn['\u2019]t|is not|isn['\u2019]t) (?:mean|imply|prove|guarantee|enough))|^\s*\((?:see |as )?(?:above|below)\b|^\s+(?:(?:commands?|invocations?|calls) (?:targeting|that|are|is)\b|[^.;]*\bthe same way\b|is (?:the|our) (?:default|task runner|tool|wrapper)|embeds?|injects?|defaults?|respects?|ignores?|caches?|depends?|assumes?|expects?)\b",
    _I,
    "\u2260|not|n't|n\u2019t|the same way|above|below|command|invocation|calls|default|task runner|tool|wrapper|embed|inject|respect|ignore|cache|depend|assume|expect",
)
_SO_THAT = Pattern(r"\bso (?:that )?$", _I, "so ")
_STILL_PASSES = Pattern(
    r"\W*(?:passes|works|runs|succeeds|builds) (?:without|on|in|even|everywhere|regardless|offline|with no)\b",
    _I,
)
_THROUGH = Pattern(
    r"^\W*(?:via|through) the (?:makefile|justfile|package\.json)\b", _I, "makefile|justfile|package.json"
)

_LABEL_WORDS = 3  # before a command: more is a sentence of its own


def is_example(words: str) -> bool:
    """Whether the words before a command make it an example or an explanation."""
    return bool(_EXAMPLE.search(words))


def described(words: str, after: str, clause: str) -> str:
    """Why a command is only described; "" where it is not.

    Args:
        words: what stands before it in its statement.
        after: what stands after it.
        clause: what stands before it in its own clause.
    """
    for text, pattern, reason in (
        (words, _EXAMPLE, "example or explanation"),
        (words, _WHILE, "what holds while it runs"),
        (after, _IS_DEFAULT, "description"),
        (after, _THROUGH, "description of what something else runs"),
    ):
        if pattern.search(text):
            return reason
    if _RUNS.match(words) or (_SO_THAT.search(words) and _STILL_PASSES.match(after)):
        return "description of what another command runs"
    if _DESCRIBED.search(words) and not re.search(r"\b(?:must|should|always|please)\b", clause, _I):
        return "description of what something else runs"
    return ""


def explained(mention: Mention, before: str, following: str, earlier: Sequence[Mention]) -> bool:
    """Whether an earlier command of the item is what the item is about: "`make lint` - runs `ruff`"."""
    if (
        re.search(r"[;,]\s*$", before)
        and DESCRIBES.match(following)
        and not re.match(r"\W*(?:for|to)\b", following)
    ):
        return False
    first = earlier[0]
    if mention.command.text.startswith(f"{first.command.text} "):
        return False  # "we use `just`: `just build`, `just test`"
    lead = plain(before[: first.start]).strip(" -*:\"'")
    after = ASIDE.sub("", before[first.end :])
    if re.match(r"\s*(?:\u2192|[-=]+>)", after):  # to what it runs, or to the next step
        return mention.command.use is first.command.use
    return (
        len(lead.split()) <= _LABEL_WORDS
        and bool(
            re.match(r"\s*(?:\*\*)?\s*(?:[:\u2013—=|]|-{1,2}\s|\(|(?:runs|uses|executes|calls|is)\b)", after)
        )
        and not re.match(r"\s*[/,|]\s*`", after)
    )
