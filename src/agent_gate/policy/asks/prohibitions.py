"""Which code spans a text forbids to write, by the form of the prohibition, whatever the spans are.

Each list of code spans ("`a`, `b` or `c`") is one mark, so that the forms are about words only: "never use M", "no M", "use `x`
instead of M", "replace M with `x`", "M is forbidden", "banned: M".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from agent_gate.policy.text.words import ANY_CASE, Pattern, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

_I = ANY_CASE
_FIRST_MARK = 0xE100
_MARKS = 256  # lists of code spans of one text that are looked at
_M = r"(?P<mark>[\ue100-\ue1ff])"
_ANY_MARK = r"[\ue100-\ue1ff]"
_LIST = r"(?i)`[^`]+`(?:(?:,? ?(?:or|and|nor|/)?|,)\s*`[^`]+`(?! (?:instead of|rather than)\b))*"
NO = r"\b(?:do not|don'?t|don\u2019t|never|must not|should not|shouldn'?t|may not|cannot|nothing (?:may|must|should|can)|no (?!longer)(?:\w+ ){1,2}(?:may|must|should|can)|no|(?<!to )avoid|without|zero|free of|refrain from)\b"
BANNED = (
    r"(?:\b(?:is|are) (?:strictly |explicitly |absolutely |also )?(?:forbidden|prohibited|banned|not allowed|disallowed|not permitted|not acceptable|off[- ]limits|never (?:allowed|acceptable)|an? (?:\w*lint(?:er|ing)?|ruff|clippy|biome|checkstyle|rubocop|ci) (?:error|violation|failure))\b"
    r"|\b(?:must|should|may) (?:not|never) (?:be used|be left|be added|be called|be imported|be introduced|be committed|appear|occur)\b)"
)
BANNED_HINT = "forbidden|prohibited|banned|disallowed|not allowed|not permitted|not acceptable|never allowed|never acceptable|limits|error|violation|failure|be used|be left|be added|be called|be imported|be introduced|be committed|appear|occur"
INSTEAD = r"(?:\buse\b[^.;`]{0,60}?(?:\binstead of|\brather than|,? (?:and )?(?:not|never)(?! (?:just|only|merely|use)\b)))"
_BRINGS = (
    r"(?:us(?:e|es|ed|ing)|call\w*|import(?:s|ing)?(?: from)?|(?:re-?)?introduc\w*|re-add\w*|rely(?:ing)? on|leav\w+|includ\w+|add\w*|insert\w*|commit\w*|cast(?:ing)? to|allow\w*|reach(?:ing)? for|hard-?cod\w+|writ\w+|creat\w+|emit\w*"
    r"|inject\w*|throw\w*|rais\w+|catch\w*|declar\w+|instantiat\w+|spawn\w*|return\w*|annotat\w+ with|fall(?:ing)? back to|put\w*|defin\w+|depend\w* on|enabl\w+|mix\w*|sprinkl\w+|access\w*|construct\w*|inherit\w* from|set(?:ting)?|keep\w*)"
)
_CHANGES = r"(?:adjust|touch|chang|edit|modify|mutat|manipulat|patch|monkey-?patch|alter|append to|prepend to|reassign|overwrit|extend|tweak|hack|assign to|clear)\w*"
_JOINTS = r"to|of|on|in|with|from|for|that|which|where|when|by|at|into|as|if|via|than|not|like|such|between|without|while|because|unless|before|after|until|during|it|what|beyond|other|additional|extra|another(?! \w+['\u2019]s)|second|third|further|duplicate"
_QUALIFIED = rf"(?:(?!(?:{_JOINTS})\b)[\w'\u2019/-]+,? ){{0,4}}?"
# what of a thing is meant: "any code related to M", "calls to M", "comments like M"
_CARRIER = r"(?!(?:[\w-]+ ){0,3}?(?:code|logic|lines?|comments?|checks?|attributes?|annotations?|statements?) (?:to|from) )(?:[\w-]+ ){0,3}?(?:code|logic|lines?|calls?|references?|us(?:es?|ages?)|imports?|mentions?|instances?|occurrences?|comments?|checks?|attributes?|annotations?|statements?) (?:related to|that (?:uses?|calls?|mentions?|references?)|using|calling|containing|like|such as|about|with|of|to|from) (?:the )?|(?:[\w-]+ ){0,2}?(?:class(?:es)?|functions?|types?|methods?|anything|symbols) (?:in|from) (?:the )?"
_LISTED = rf"(?![^(`]*\b(?:names?|naming|suffix\w*|prefix\w*|abbreviations?)\s*\()(?:(?!(?:{_JOINTS}|see|per)\b)[\w'\u2019/,-]+ ){{1,6}}?(?:\((?:e\.g\.,? |i\.e\.,? |such as |like |including )?|(?:such as|like) )"  # "manual fields (M)"
_OBJECT = rf"(?:{_CARRIER}|{_LISTED}|{_QUALIFIED}){_M}(?!,? not {_ANY_MARK})"
_BEGINS = r"(?:\be\.g\.,? |^\W*(?:[\w /-]{1,30}:\s*)?|[,;:.(\u2013\u2014]\s*|\s-\s+|\b(?:always|must|should|please|and|or|then|we|you) )"
_ADVERBS = r"(?: (?:ever|just|directly|also|manually|try to|attempt to|blindly|simply))*"

# libraries that are often named without marks; no English words, and no tools with a command of their own
_LIBRARIES = word_set(
    "lodash zod yup joi axios jquery momentjs moment.js date-fns dayjs day.js luxon rxjs redux mobx formik ramda bluebird immer classnames antd styled-components chai sinon enzyme "
    "supertest nock pandas numpy sqlalchemy aiohttp httpx loguru structlog pydantic attrs unittest gorm logrus zerolog testify gomock lombok guava mockito powermock hamcrest junit4 "
    "log4j logback gson kotlinx retrofit rxjava rxkotlin koin rxswift alamofire snapkit automapper moq nunit xunit fluentassertions newtonsoft.json anyhow thiserror eyre lazy_static "
    "once_cell activerecord sidekiq doctrine guzzle"
)
_PACKAGES = Pattern(  # "the org.example.old package"
    r"(?<![\w./@`-])(?:[a-z]\w*\.){2,}[a-z_]\w*(?=`? (?:package|namespace|module)s?\b)",
    0,
    "package|namespace|module",
)
_MEANS = Pattern(r"\W*`[^`]+`[\s*]+means\b", _I, "means")
_NEGATIONS = "no|never|don|shouldn|avoid|without|zero|free of|refrain"  # which `NO` has one of


@dataclass(frozen=True, slots=True)
class Prohibition:
    """Code spans that a text forbids.

    Attributes:
        spans: as written.
        before: what the text says before the prohibition.
        rest: what it says after them, which may limit it.
        imported: whether it is about importing or using a module.
        changed: whether the thing may be there and must not be changed: "never adjust `sys.path`".
        mentioned: whether it is about texts that name a file or an address: "don't link to `x/`".
        exchanged: whether something else stands for it: "use `x` instead".
        avoided: whether it is only to be avoided.
    """

    spans: tuple[str, ...]
    before: str
    rest: str
    imported: bool = False
    changed: bool = False
    mentioned: bool = False
    exchanged: bool = False
    avoided: bool = False


@cache
def _forms() -> dict[str, Pattern]:
    return {
        "used": Pattern(
            rf"{NO}{_ADVERBS} (?P<verb>{_BRINGS})(?:,? (?:or|and) \w+| \w+,? or \w+)?\s+{_OBJECT}",
            _I,
            _NEGATIONS,
        ),
        "mentioned": Pattern(
            rf"{NO}{_ADVERBS} (?:reference|link(?:ing)? to|mention|refer to|point to|cite|hard-?cod\w+)\s+{_OBJECT}",
            _I,
            _NEGATIONS,
            "reference|link|mention|refer to|point to|cite|hard",
        ),
        "removed": Pattern(  # "remove all M calls before committing"
            rf"{_BEGINS}(?:remove|delete|strip|clean up) (?:(?:all|any|every|leftover|temporary|debug|stray|the|your) )*{_M}(?P<rest>(?: [\w-]+){{0,2}}?) before (?:you )?(?:commit|push|submit|merg|open)",
            _I,
            "remove|delete|strip|clean up",
            "before",
        ),
        "arrow": Pattern(
            rf"^\W*{_M}(?P<rest>)\s*(?:\u2192|->|=>)\s*use {_ANY_MARK}", _I, "use", "\u2192|->|=>"
        ),
        "dropped": Pattern(
            rf"{_BEGINS}(?:drop|ditch|abandon|retire) {_M}(?P<rest>) in favou?r of\b", _I, "in favo"
        ),
        "done": Pattern(
            rf"\b(?:do not|don'?t|don\u2019t|never|must not|stay away from|steer clear of)(?: \w+ly)? {_M}",
            _I,
            "do not|don't|dont|don\u2019t|never|must not|away from|clear of",
        ),  # "don't `unwrap()`"
        "changed": Pattern(
            rf"{NO}{_ADVERBS} {_CHANGES}(?:,? (?:or|and) \w+)?\s+(?:the )?{_M}",
            _I,
            _NEGATIONS,
            "adjust|touch|chang|edit|modify|mutat|manipulat|patch|monkey|alter|append|prepend|reassign|overwrit|extend|tweak|hack|assign|clear",
        ),
        # where a clause begins: "no M", "never raw M"
        "none": Pattern(
            rf"(?:^|[;:\u2013\u2014|] ?|(?<![\ue100-\ue1ff] )\((?=(?:no|never) [\ue100-\ue1ff]\))|^\W*(?:[\w ]{{1,30}}:\W*)?(?:use|prefer|write|keep|always|only|no|never|do not|all|every)\b[^.]*[,(-] ?|\b(?:(?<!errors )(?<!error )with|and|but|contains?|(?:make sure|ensure|verify|check)(?: that)?(?: there (?:is|are))?|there (?:must|should) be) )[^\w\ue100-\ue1ff]*(?:absolutely |strictly |please )?(?:(?:no|zero) {_LISTED}|no (?:[\w-]+ ){{0,3}}(?:functions|calls|imports|helpers|statements|apis|libraries|packages|types|keywords|macros|methods): |(?:no|never|zero|avoid) (?:(?:any|raw|plain|bare|new|direct|inline|explicit|manual|global|more|ad-hoc|untyped|blanket|implicit|magic|stray|leftover|use of|usage of) )*(?:{_CARRIER})?){_M}(?!,? not {_ANY_MARK})",
            _I,
            "no |never |zero |avoid ",
        ),
        "instead": Pattern(
            rf"{_BEGINS}(?:\w+ )?(?P<verb>us(?:e|ing)|import|call|writ(?:e|ing)|throw|rais(?:e|ing)|return|choose|rely on|stick to)\b(?:(?!\bprefer)[^.;\u2013\u2014]){{0,120}}?(?:\binstead of|\brather than|\bin place of|(?:,|\(|{_ANY_MARK}\)?(?: \w+)?) ?\(?(?:and )?(?:not|never|over)(?! (?:just|only|merely|use|all)\b))\s+{_OBJECT}",
            _I,
            "instead of|rather than|in place of|not|never|over",
            "us|import|call|writ|throw|rais|return|choose|rely on|stick to",
        ),
        "by": Pattern(
            rf"(?:{NO}|\b(?:rather than|instead of))\s+(?:just |simply )?(?:suppress|silenc|hid|mut|mask|bypass|ignor|skip|disabl|swallow|cast|wrap|work|paper|solv|fix|block|log|format|pars|serializ|test|assert|fetch|sleep|poll|wait|concatenat|quer|validat|iterat|loop|print|debug|styl)\w* (?:[\w-]+ ){{0,5}}?(?:with|via|through|using|by adding) {_QUALIFIED}{_M}",
            _I,
            "avoid|without|zero|free of|refrain|rather than|instead of|no|don|shouldn|never",
            "with|via|through|using|by adding",
            "suppress|silenc|hid|mut|mask|bypass|ignor|skip|disabl|swallow|cast|wrap|work|paper|solv|fix|block|log|format|pars|serializ|test|assert|fetch|sleep|poll|wait|concatenat|quer|validat|iterat|loop|print|debug|styl",
        ),  # "rather than silencing it with M"
        # "M for durations, not M", "explicit types, not M", "… \u2014 M, never a bare M"
        "pair": Pattern(
            rf"(?:^\W*{_ANY_MARK}|^[\s*_]*(?!(?:[\w-]+ ){{0,2}}(?:is|are|was|has|this|it)\b)[\w-]+(?: [\w-]+){{0,2}}(?=,)|[:\u2013\u2014] {_ANY_MARK})(?: for [^.;,]{{1,40}})?,? (?:and )?(?:not|never)\s+(?:an? )?(?:(?:bare|plain|raw) )?{_M}",
            _I,
            "not|never",
        ),
        "example": Pattern(
            rf"^\W*(?:use|import|write|call)\b.*\((?:e\.g\.,? )?{_ANY_MARK},? not {_M}\)",
            _I,
            "not ",
            "use|import|write|call",
            "(",
        ),
        "before": Pattern(
            rf"{_BEGINS}instead of {_OBJECT}(?P<rest>[^.;]{{0,30}}?),? (?P<verb>use|write|call|import|prefer|reach)\b",
            _I,
            "instead of",
            "use|write|call|import|prefer|reach",
        ),
        "replaced": Pattern(
            rf"{_BEGINS}(?:replace|substitute|swap(?: out)?|(?:migrate|switch|move) (?:away )?from)\s+(?:[\w-]+ ){{0,3}}?{_M}(?P<rest>(?: [\w-]+){{0,3}}?) (?:with|by|to|for)\b(?! (?:your|the (?:actual|real|name)|an? (?:actual|real)|actual|real|its)\b)",
            _I,
            "replace|substitute|swap|migrate|switch|move",
            "with|by|to|for",
        ),
        "banned": Pattern(
            rf"(?:^|[.;:,]\s)(?:(?!(?:that|if|when|where)\b)[\w-]+ ){{0,5}}?{_M}(?: [\w-]+){{0,2}}(?: (?:which|that) [^.;]{{1,40}}? and)? {BANNED}",
            _I,
            BANNED_HINT,
        ),
        "forbids": Pattern(
            rf"\b(?:lint\w*|\w+lint|ci|compiler|management|polic\w+|rules?|build|checkstyle|config\w*|hooks?|project|repo\w*|codebase|we) (?:\w+ )?(?:forbids?|bans?|disallows?|prohibits?|rejects?)\s+{_OBJECT}",
            _I,
            "forbid|ban|disallow|prohibit|reject",
            "lint|ci|compiler|management|polic|rule|build|checkstyle|config|hook|project|repo|codebase|we",
        ),
        "label": Pattern(
            rf"^\W*(?:banned|forbidden|prohibited|disallowed)\b[\w ]{{0,30}}:(?P<all>(?:(?!\s[\u2013\u2014-]\s|[;.]\s|\bsee\b).)*?{_M}(?:(?!\s[\u2013\u2014-]\s|[;.]\s|\bsee\b).)*)",
            _I,
            "banned|forbidden|prohibited|disallowed",
            ":",
        ),
    }


_AVOIDED = Pattern(r"\bavoid\b", _I, "avoid")
_IMPORTS = Pattern(r"\b(?:us(?:e|ing)|import\w*|call|rely|depend)\b", _I)


def prohibitions(text: str) -> Iterator[Prohibition]:
    """The lists of code spans that a text forbids, each once, in the order of the forms."""
    named = _LIBRARIES.intersection(re.findall(r"[\w.-]*\w", text.lower())) | set(_PACKAGES.findall(text))
    if "`" not in text and not named:
        return
    if _MEANS.match(text):
        return
    marked, lists = _marked(_with_marks(text, named) if named else text)
    seen: set[str] = set()
    for name, form in _forms().items():
        for found in form.finditer(marked):
            if found["mark"] in seen:
                continue
            seen.add(found["mark"])
            parts = found.groupdict()
            rest = parts.get("rest")
            yield Prohibition(
                tuple(re.findall(r"`([^`]+)`", _unmarked(parts.get("all") or found["mark"], lists))),
                # "fix errors rather than hiding them with M": what stands before is no condition
                before="" if name == "by" else _unmarked(marked[: found.start()], lists),
                rest=_unmarked(marked[found.end("mark") :] if rest is None else rest, lists),
                imported=name == "label" or bool(_IMPORTS.search(parts.get("verb") or found[0])),
                changed=name == "changed",
                avoided=bool(_AVOIDED.search(found[0])),
                mentioned=name == "mentioned",
                exchanged=name
                in {"instead", "before", "replaced", "arrow", "dropped", "forbids", "pair", "example"},
            )


def _with_marks(text: str, names: frozenset[str]) -> str:
    """The text with code marks around names that have none."""
    name = rf"(?i)(?<![\w./@-])(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w/-])"
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else re.sub(name, r"`\g<0>`", piece) for piece in pieces)


def _marked(text: str) -> tuple[str, dict[str, str]]:
    """The text with a mark for each list of code spans, and the lists of the marks."""
    lists: dict[str, str] = {}

    def mark(found: re.Match[str]) -> str:
        if len(lists) == _MARKS:
            return found[0]
        sign = chr(_FIRST_MARK + len(lists))
        lists[sign] = found[0]
        return sign

    return re.sub(_LIST, mark, text), lists


def _unmarked(text: str, lists: dict[str, str]) -> str:
    return re.sub(_ANY_MARK, lambda found: lists.get(found[0], ""), text)
