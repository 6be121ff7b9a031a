"""Which code spans and words are paths, and the globs that conditions name."""

from __future__ import annotations

import re

from agent_gate.policy.commands import read_command
from agent_gate.policy.languages import files_of
from agent_gate.policy.words import ANY_CASE, Pattern, word_set

_FILE_NAMES = word_set(
    "LICENSE Makefile Dockerfile CODEOWNERS Justfile justfile Gemfile Procfile Cargo.lock VERSION NOTICE"
)
_EXTENSION = Pattern(
    r"\.(?:config|props|targets|resx|gemspec|podspec|md|mdx|rst|txt|py|pyi|[cm]?[jt]sx?|json[c5]?|ya?ml|toml|lock|lockb|go|rs|rb|java|kt|swift|php|ex|exs|cs|css|scss|html|sql|proto|graphql|gql|sum|mod|cfg|ini|env|sh|xml|svg|csproj|sln|gradle|properties|snap|po|pot|lock\.json|vue|svelte|dart|tf|nix|pb\.go|ipynb|csv|xlsx|pbxproj|xcodeproj|plist|h|c|cc|cpp|hpp|g\.dart|conf|md\b)$"
)
_PATH = Pattern(r"[\w.@*?{}\[\],~+-]*(?:/[\w.@*?{}\[\],~+-]*)+|[\w.*@-]+")
_LANGUAGE = Pattern(
    r"(?: (?:to|in|any|the|your|of|a|all|every|making|you|have|made))* ([\w#]+)(?: (?:code|files?|sources?|changes|modules?))*\W*$",
    ANY_CASE,
)
_CHANGING = tuple(
    Pattern(pattern, ANY_CASE)
    for pattern in (
        (
            r"\b(?:after|when(?:ever)?|if|before|for|on|once|any ?time)\b (?:you(?:'re| are|'ve| have)? |any |all |your |making |make |there are |a |the |every |changes? (?=touch|affect|involv|modif))*"
            r"(?:(?:chang|modif|edit|touch|updat|alter|add|affect|involv|introduc|remov|renam|upgrad|bump|debug|diagnos|investigat)\w*|changes?|working (?:on|in|with))\b(?P<what>(?:`[^`]*`|[^.;:`])*)"
        ),
        r"\b(?:when(?:ever)?|if|once)\b(?P<what> (?:`[^`]*`|[^.;:`]){1,80}?) (?:(?:is|are|was|were|has|have|been|gets?) )*(?:involved|changed|changes?|touched|modified|affected|edited|updated|altered|added|removed|renamed)\b",
        r"\bafter(?P<what> (?:`[^`]*`|[^.;:`,]){1,50}?) (?:changes?|edits?|modifications?|updates?)\b",
        r"\b(?:changes?|edits?|modifications?|updates?) (?:to|in|under|of)(?P<what> (?:`[^`]*`|[^.;:`]){1,60}?) (?:requires?|needs?|must|means?|calls? for)\b",
        r"^\W*for (?:anything|everything|files|code|work|changes) (?:under|in|within|below|inside)(?P<what> (?:`[^`]*`|[^.;:`,])+)",
        r"\((?P<what>[^()`]{1,40}?) changes(?: only)?\)",
        r"^\W*for(?P<what> (?:`[^`]*`|[^.;:`]){1,60}?) (?:changes|edits|modifications|work|updates)\b",
    )
)
_FAILED = Pattern(r"^\W*(?:if|when) [^,.;]{1,60}\bfail(?:s|ed)?\b[^,.;]*,", ANY_CASE)
_GENERIC = Pattern(
    r"to|in|of|or|and|any|all|everything|anything|something|diff|the|your|our|an?|some|made|making|code|source|files?|anything|(?:modif|chang|edit|updat|add)\w*|logic|implementation|library|libraries|"
    r"significant|non-trivial|substantive|repo(?:sitory)?|project|codebase|behaviou?r|is|are|it|complete|done|have|has|been|new|every|each|task|with|features?|bugs?|fix|fixes|"
    r"existing|functionality|set|this|these|packages?|modules?|into|for|you|them|production|application|app|work|coding|large|small|major|minor|it's|are|finished|that"
)


def is_extension(text: str) -> bool:
    """Whether a code span names files by their extension alone: `.proto`."""
    return text != ".env" and bool(re.fullmatch(r"\.[a-z]{1,6}", text)) and bool(_EXTENSION.search(text))


def is_path(text: str) -> bool:
    """Whether a code span names a file, a folder or a glob of the repository."""
    text = text.strip().strip("'\"")
    if not _PATH.fullmatch(text) or text.startswith(
        ("@", "http", "--", "origin/", "feature/", "fix/", "feat/", "refs/")
    ):
        return False
    if is_extension(text):
        return False
    if (
        text in _FILE_NAMES
        or re.fullmatch(r"(?:[\w.-]*/)*[\w.-]*(?:\*\.[\w.*]+|\w\.\*)", text)
        or (
            _EXTENSION.search(text)
            and not re.match(
                r"^(?:os|sys|self|this|process|window|document|console|logging|node|next|vue|express|chart|d3|three|import)\.",
                text,
                ANY_CASE,
            )
        )
    ):
        return True
    if text.startswith(".") and re.fullmatch(r"\.[\w-]+(?:\.[\w*-]+)*/?", text) and bool(text[2:]):
        return True
    return (
        "/" in text
        and bool(re.search(r"[\w*]", text))
        and read_command(text) is None
        and not re.fullmatch(r"\w+/\w+", text)
    ) or bool(re.search(r"^\w[\w-]*/\w[\w-]*$", text))


def glob_of(text: str) -> str:
    """The glob that a written path means."""
    text = text.strip().strip("'\"").removeprefix("./").lstrip("/")
    return f"{text}**" if text.endswith("/") else text


def plain_paths(text: str) -> list[str]:
    """Paths among words that were not marked as code."""
    words = (word.strip(".,;:()\"'") for word in text.split())
    return [
        word
        for word in words
        if "`" not in word
        and (
            ("/" in word and is_path(word) and re.search(r"\.\w+$|/$|\*", word))
            or word in _FILE_NAMES
            or re.fullmatch(r"[\w.-]+\.(?:lock|lockb|json|toml|ya?ml|sum|md)", word)
        )
    ]


def is_any_change(text: str) -> bool:
    """Whether words name no change in particular: "code", "any file", "the library"."""
    return all(_GENERIC.fullmatch(word) for word in re.findall(r"[\w'-]+", text.lower()))


def condition(text: str, spans: list[str]) -> tuple[str, tuple[str, ...]]:
    """What "after changing X" asks: ("", ()) nothing, ("path" or "language", globs) with X's globs if X is paths or a language, ("other", ()) else."""
    text = re.sub(
        r"\b(?:especially|particularly|in particular|notably|even) (?:when|if|after|for)\b[^.;]*", "", text
    )
    match = next((found for pattern in _CHANGING if (found := pattern.search(text))), None)
    if not match:
        return ("other", ()) if _FAILED.search(text) else ("", ())
    what = re.sub(r"\([^()`]*\)", "", match["what"])
    paths = [span for span in spans if f"`{span}`" in what and (is_path(span) or is_extension(span))]
    paths += plain_paths(re.sub(r"`[^`]*`", " ", what))
    if paths:
        return "path", tuple(f"*{path}" if is_extension(path) else glob_of(path) for path in paths)
    head = re.split(r",| (?:run|always|please|make sure|ensure|use|execute|then|before|must)\b|`", what)[0]
    language = _LANGUAGE.match(head)
    if language and (files := files_of(language[1])):
        return "language", files
    return ("", ()) if is_any_change(head) else ("other", ())
