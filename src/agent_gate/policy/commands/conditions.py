"""Conditions: what must have changed before something is asked for, and the globs of it."""

from __future__ import annotations

import re

from agent_gate.policy.commands.languages import files_of
from agent_gate.policy.commands.paths import glob_of, is_extension, is_path, plain_paths
from agent_gate.policy.text.words import ANY_CASE, Pattern

_LANGUAGE = Pattern(
    r"(?: (?:to|in|any|the|your|of|a|an|all|every|new|making|you|have|made|finish(?:ed|ing)?|completed?|completing|done|with|or|add(?:ing)?|updat(?:e|ing)|remov(?:e|ing)|upgrad(?:e|ing)|bump(?:ing)?|chang(?:e|ing)))* ([\w#+]+)(?: (?:code|files?|sources?|changes|modules?|versions?))*\W*$",
    ANY_CASE,
)
_DEPENDENCIES = (
    "pyproject.toml", "requirements*.txt", "uv.lock", "poetry.lock", "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "Cargo.toml", "Cargo.lock",
    "go.mod", "go.sum", "Gemfile", "Gemfile.lock", "composer.json", "composer.lock", "pom.xml", "build.gradle*", "*.csproj", "Directory.Packages.props", "mix.exs", "mix.lock",
)  # fmt: skip
_FILES_OF = {
    **dict.fromkeys(("dependency", "dependencies", "deps"), _DEPENDENCIES),
    **dict.fromkeys(("workflow", "workflows"), (".github/workflows/**",)),
    **dict.fromkeys(("dockerfile", "dockerfiles"), ("*Dockerfile*",)),
    **dict.fromkeys(("stylesheet", "stylesheets", "styles"), ("*.css", "*.scss", "*.sass", "*.less")),
    **dict.fromkeys(("docs", "documentation"), ("docs/**", "doc/**", "*.md", "*.mdx", "*.rst")),
}
_FOLDER = Pattern(r"`([\w.-]+)` (?:dir(?:ectory)?|folder|subtree|subdirectory|tree)\b", ANY_CASE)
_CHANGING = (
    Pattern(
        r"\b(?:after|when(?:ever)?|if|before|for|on|once|any ?time)\b (?:you(?:'re| are|'ve| have)? |any |all |your |making |make |there are |a |the |every |finish(?:ed|ing)? |completing |changes? (?=touch|affect|involv|modif))*"
        r"(?:(?:chang|modif|edit|touch|updat|alter|add|affect|involv|introduc|remov|renam|upgrad|bump|debug|diagnos|investigat)\w*|changes?|working (?:on|in|with))\b(?P<what>(?:`[^`]*`|[^.;:`])*)",
        ANY_CASE,
        "chang|modif|edit|touch|updat|alter|add|affect|inv|introduc|remov|renam|upgrad|bump|debug|diagnos|working",
    ),
    Pattern(
        r"\b(?:when(?:ever)?|if|once)\b(?P<what> (?:`[^`]*`|[^.;:`]){1,80}?) (?:(?:is|are|was|were|has|have|been|gets?) )*(?:involved|changed|changes?|touched|modified|affected|edited|updated|altered|added|removed|renamed)\b",
        ANY_CASE,
        "when|if|once",
        "involved|change|touched|modified|affected|edited|updated|altered|added|removed|renamed",
    ),
    Pattern(
        r"\bafter(?P<what> (?:`[^`]*`|[^.;:`,]){1,50}?) (?:changes?|edits?|modifications?|updates?)\b",
        ANY_CASE,
        "after",
    ),
    Pattern(
        r"\b(?:changes?|edits?|modifications?|updates?) (?:to|in|under|of)(?P<what> (?:`[^`]*`|[^.;:`]){1,60}?) (?:requires?|needs?|must|means?|calls? for)\b",
        ANY_CASE,
        "change|edit|modification|update",
        "require|need|must|mean|call",
    ),
    Pattern(
        r"^\W*for (?:anything|everything|files|code|work|changes) (?:under|in|within|below|inside)(?P<what> (?:`[^`]*`|[^.;:`,])+)",
        ANY_CASE,
        "for anything|for everything|for files|for code|for work|for changes",
    ),
    Pattern(
        r"\((?!which|that|it|will|to|not|no|except|unless)(?P<what>[^()`]{1,40}?) changes(?: only)?\)",
        ANY_CASE,
        "changes)|changes only)",
    ),
    Pattern(
        r"^\W*for(?P<what> (?:`[^`]*`|[^.;:`]){1,60}?) (?:changes|edits|modifications|work|updates|flows|areas|features)\b",
        ANY_CASE,
        "for ",
        "changes|edits|modifications|work|updates|flows|areas|features",
    ),
)
_TOUCHED = Pattern(
    r"^\W*(?P<what>(?:`[^`]*`|[\w /.*-]){1,40}?) (?:touched|changed|edited|modified)\W*(?:\u2192|[-=]+>|:)",
    ANY_CASE,
    "touched|changed|edited|modified",
)
_NEXT_CLAUSE = Pattern(r",\s+(?!(?:and|or|the|any|an?|in|under|as)\b|`)")  # of what must be done
_ANYTHING_ELSE = Pattern(r"\bor (?:any |all )?other (?:\w+ )?(?:files?|code)\b", ANY_CASE)
_FAILED = Pattern(
    r"^\W*(?:if|when) [^,.;]{1,60}\b(?:fail(?:s|ed)?|warns?|complains?|breaks?|hangs?|crash(?:es)?|(?:is|are) (?:stale|missing|outdated|unavailable|broken|not (?:found|installed|running)))\b[^,.;]*,",
    ANY_CASE,
    "fail|warn|complain|break|hang|crash|is |are ",
    "if |when ",
)
_GENERIC = Pattern(
    r"to|in|of|or|and|any|else|rest|always|ready|review|every|commits?|prs?|push(?:es)?|all|everything|anything|something|diff|the|your|our|an?|some|made|making|code|source|files?|anything|(?:modif|chang|edit|updat|add)\w*|logic|implementation|library|libraries|"
    r"significant|non-trivial|substantive|repo(?:sitory)?|project|codebase|behaviou?r|is|are|it|complete|done|have|has|been|new|every|each|task|with|features?|bugs?|fix|fixes|"
    r"existing|functionality|set|this|these|packages?|modules?|into|for|you|them|production|application|app|work|coding|required|requires|mandatory|needed|for|large|small|major|minor|it's|are|finished|that"
)


def is_any_change(text: str) -> bool:
    """Whether words name no change in particular: "code", "any file", "the library"."""
    return all(_GENERIC.fullmatch(word) for word in re.findall(r"[\w'-]+", text.lower()))


def condition(text: str, spans: list[str]) -> tuple[str, tuple[str, ...]]:
    """What "after changing X" asks: ("", ()) nothing, ("path" or "language", globs) with X's globs if X is paths or a language, ("other", ()) else."""
    text = re.sub(
        r"\b(?:especially|particularly|in particular|notably|even) (?:when|if|after|for)\b[^.;]*", "", text
    )
    match = next((found for pattern in (*_CHANGING, _TOUCHED) if (found := pattern.search(text))), None)
    if not match:
        return ("other", ()) if _FAILED.search(text) else ("", ())
    what = re.sub(r"\([^()`]*\)", "", match["what"])
    clause = _NEXT_CLAUSE.split(what, maxsplit=1)[0]
    paths = [span for span in spans if f"`{span}`" in clause and (is_path(span) or is_extension(span))]
    paths += plain_paths(re.sub(r"`[^`]*`", " ", clause)) + [f"{name}/" for name in _FOLDER.findall(clause)]
    if paths:
        return "path", tuple(f"*{path}" if is_extension(path) else glob_of(path) for path in paths)
    if _ANYTHING_ELSE.search(clause):
        return "", ()
    head = re.split(r",| (?:run|always|please|make sure|ensure|use|execute|then|before|must)\b|`", what)[0]
    language = _LANGUAGE.match(head)
    if language and (files := _FILES_OF.get(language[1].lower()) or files_of(language[1])):
        return "language", files
    named = clause[len(head) :].startswith("`") and not head.rstrip().endswith(
        ","
    )  # what changed is a code span
    return ("", ()) if is_any_change(head) and not named else ("other", ())
