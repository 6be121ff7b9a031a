"""What the name of a task says that it does: `lint:fix`, `test-e2e`, `checkTypes`, `ci`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent_gate.policy.commands.tools import (
    AGGREGATE_WORDS,
    CHECK_WORDS,
    CHECKED_THINGS,
    ENGLISH_RUNNERS,
    FIRST_WORDS,
    HARD_WORDS,
    SOFT_WORDS,
    TOOLS,
    Use,
)
from agent_gate.policy.text.words import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence


_NEUTRAL = word_set(
    "run code project local pr push commit pre fast quick everything scripts script sh workspace branch merge dev py js ts"
)


_COMPOUND = re.compile(
    r"(quick|fast|full|race|slow|all|run|unit|smoke|cli|api|e2e|ui)(race|quick)?(tests?|checks?|lint|build)|(?!health|re|pre)([a-z]{2,8})(check|lint)|(test|lint|check|build)(all|full|quick|fast|race|unit|fix|ci)"
)
_OF_SERVER = re.compile(r"(?:tests?|unit|lint|build|check|typecheck|types|format):")
_IMAGES = word_set("docker image images container containers")
_PREPARED = word_set("project data fixtures env environment db database")
_DEVICES = word_set("ios android device devices emulator simulator")
_PICKS = word_set("file single one only focus specific filter")
_CHECKS_ABOUT = word_set("check checks lint verify validate audit")


def name_words(name: str) -> list[str]:
    """The words of a name: split at punctuation and at capitals."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = (word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)
    return [part for word in words for part in _parted(word)]


def _parted(word: str) -> tuple[str, ...]:
    """The parts of a compound: "quicktest", "lintall"."""
    compound = None if word in CHECK_WORDS or word in HARD_WORDS else _COMPOUND.fullmatch(word)
    return tuple(part for part in compound.groups() if part) if compound else (word,)


def classify_name(names: Sequence[str]) -> Use:
    """What a task of this name is for; `Use.OTHER` where the name does not say."""
    words = [word for name in names for word in name_words(name)]
    if words and words[0] in FIRST_WORDS:
        return FIRST_WORDS[words[0]]
    tool = TOOLS.get(names[0]) if len(names) == 1 and names[0] not in ENGLISH_RUNNERS else None
    if tool and tool.is_check:
        return tool  # "make clang-tidy", "tox -e mypy"
    if words[:1] in (["changelog"], ["changeset"]) and not AGGREGATE_WORDS & set(words):
        return Use.GENERATE  # "changelog:fix" writes an entry about a fix
    if (
        (words[-1:] == ["ui"] and "test" in words)
        or words == ["debug"]
        or any(re.fullmatch(r"test\S*[:_-]debug", name) for name in names)
    ):
        return Use.INTERACTIVE  # but "ui-test" and "assembleDebug" are checks
    if "manual" in words and {"test", "tests"}.intersection(words):
        return Use.INTERACTIVE
    if {"test", "tests"}.intersection(words) and words[-1] in _PREPARED:
        return Use.SETUP  # "ui-tests-project"
    if {"e2e", "detox", "uitest"}.intersection(words) and _DEVICES.intersection(words):
        return Use.REMOTE  # "e2e:ios"
    if words[:1] == ["docker"] and {"test", "tests"}.intersection(words):
        return Use.REMOTE
    if "build" in words and _IMAGES.intersection(words):
        return Use.REMOTE  # "docker-build"
    if "style" in words and "check" in words:
        return Use.LINT
    if "test" in words and words[-1] in _PICKS:
        return Use.SINGLE  # "test_file"
    if {"coverage", "cov"}.intersection(words) and words[-1] in {"html", "xml", "clover", "lcov"}:
        return Use.INSPECT
    if words[-1:] == ["clean"]:
        return Use.DELETE  # "test-clean"
    if "lock" in words and "update" in words:
        return Use.GENERATE  # "deps-lock-update"
    if words == ["doctor"]:
        return Use.INSPECT
    about = CHECKED_THINGS if _CHECKS_ABOUT.intersection(words) else frozenset()
    if "commit" in words and not about and not {"pre", "before"}.intersection(words):
        return Use.VERSION_CONTROL
    if "server" in words and (words[-1] in CHECK_WORDS or any(_OF_SERVER.match(name) for name in names)):
        about |= {"server"}  # "test:server", "server-tests"
    for word in words:
        if word in HARD_WORDS and word not in about:
            return HARD_WORDS[word]
        if word.endswith(("push", "publish", "deploy")) and word not in AGGREGATE_WORDS:
            return Use.RELEASE  # "nugetpush"
        if word.endswith("gen") and word not in about and word not in SOFT_WORDS:
            return Use.GENERATE  # "lintgen"
    found = list(dict.fromkeys(CHECK_WORDS[word] for word in words if word in CHECK_WORDS))
    if found:
        return _strongest(found, words)
    if AGGREGATE_WORDS & set(words):
        return Use.AGGREGATE if set(words) <= AGGREGATE_WORDS | _NEUTRAL else Use.CHECK
    for word in words:
        if word in SOFT_WORDS and (word != "run" or len(words) == 1):  # "run-rust" does not say what it runs
            return SOFT_WORDS[word]
    return Use.OTHER


def _strongest(found: list[Use], words: list[str]) -> Use:
    if "fix" in words or "autofix" in words:
        return Use.FORMAT
    if found == [Use.BUILD] and {"run", "launch", "start"} & set(words[1:]):
        return Use.SERVER  # "build-and-run"
    if Use.TYPECHECK in found:
        return Use.TYPECHECK
    if Use.TEST in found and Use.BUILD in found:
        return Use.TEST if words[0] in CHECK_WORDS and CHECK_WORDS[words[0]] is Use.TEST else Use.BUILD
    if Use.TEST in found and found[1:]:
        return found[found.index(Use.TEST) - 1]  # "test:eslint" lints
    return found[0]
