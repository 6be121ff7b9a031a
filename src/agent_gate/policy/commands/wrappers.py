"""Programs that only run another one: `uv run`, `npx`, `docker compose exec app`, `CI=1`, `python -m`."""

from __future__ import annotations

import re

from agent_gate.policy.text.words import Pattern, word_set

_ASSIGNMENT = Pattern(r"[A-Za-z_]\w*=.*", re.DOTALL)
# Each: the words that start it, then how many plain words belong to it (a service's name, a time limit).
_WRAPPERS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("uv", "run"), 0),
    (("poetry", "run"), 0),
    (("pdm", "run"), 0),
    (("pipenv", "run"), 0),
    (("rye", "run"), 0),
    (("pixi", "run"), 0),
    (("hatch", "run"), 0),
    (("conda", "run"), 0),
    (("bundle", "exec"), 0),
    (("pnpm", "exec"), 0),
    (("pnpm", "dlx"), 0),
    (("npm", "exec"), 0),
    (("yarn", "exec"), 0),
    (("yarn", "dlx"), 0),
    (("bun", "x"), 0),
    (("composer", "exec"), 0),
    (("mise", "exec"), 0),
    (("mise", "x"), 0),
    (("mise", "run"), 0),
    (("opam", "exec"), 0),
    (("direnv", "exec"), 1),
    (("devbox", "run"), 0),
    (("nix", "develop"), 0),
    (("docker", "compose", "exec"), 1),
    (("docker", "compose", "run"), 1),
    (("docker-compose", "exec"), 1),
    (("docker-compose", "run"), 1),
    (("docker", "exec"), 1),
    (("ddev", "exec"), 0),
    (("coverage", "run"), 0),
    (("turbo", "run"), 0),
    (("nx", "run-many"), 0),
    (("rushx",), 0),
    (("xcrun",), 0),
    (("fvm",), 0),
    (("asdf", "exec"), 0),
    (("rbenv", "exec"), 0),
    (("pyenv", "exec"), 0),
    (("dotnet", "tool", "run"), 0),
    (("npx",), 0),
    (("pnpx",), 0),
    (("bunx",), 0),
    (("uvx",), 0),
    (("pipx", "run"), 0),
    (("dotenv",), 0),
    (("dotenvx", "run"), 0),
    (("cross-env",), 0),
    (("env",), 0),
    (("time",), 0),
    (("sudo",), 0),
    (("nice",), 0),
    (("timeout",), 1),
    (("xvfb-run",), 0),
    (("op", "run"), 0),
    (("./vendor/bin/sail",), 0),
    (("sail",), 0),
    (("wine",), 0),
    (("bash",), 0),
    (("sh",), 0),
    (("pwsh",), 0),
    (("powershell",), 0),
    (("node",), 0),
    (("tsx",), 0),
    (("ts-node",), 0),
    (("php",), 0),
    (("ruby",), 0),
)
_BY_PROGRAM = {
    start[0]: [(words, taken) for words, taken in _WRAPPERS if words[0] == start[0]] for start, _ in _WRAPPERS
}
WRAPPING = frozenset(_BY_PROGRAM)
# Their options that take a value of their own.
_VALUED = word_set(
    "--group --extra --with --python -p --directory --project --package --env-file -e --env -c --filter -w --workspace --user -u --command "
    "--from --profile -f --file -n --name --with-requirements --index --only-group --no-group --no-extra"
)
_KEEP_ALONE = frozenset(
    {
        "turbo",
        "nx",
        "coverage",
        "mise",
        "bash",
        "sh",
        "pwsh",
        "powershell",
        "node",
        "php",
        "ruby",
        "tsx",
        "ts-node",
        "env",
        "time",
    }
)


def program_of(word: str) -> str:
    """A program's name without directories and extension: `./vendor/bin/phpunit`, `gradlew.bat`."""
    name = word.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return re.sub(r"\.(?:exe|cmd|bat)$", "", name).lower() if not name.endswith((".py", ".ps1")) else name


def unwrap(words: list[str]) -> list[str]:
    """The words of the command itself; [] where nothing but wrappers and assignments are left."""
    while words:
        if _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
            continue
        module = _module(words)
        rest = module if module is not None else _without_wrapper(words)
        if rest is None:
            return words
        words = rest
    return words


def _module(words: list[str]) -> list[str] | None:
    """`python -m tool`, `python script.py` and `python manage.py test` without the interpreter."""
    if not re.fullmatch(r"(?:\S*/)?(?:python|pypy|py)[\d.]*(?:\.exe)?", words[0]) or not words[1:]:
        return None
    rest = words[1:]
    while rest and rest[0] in {"-X", "-W", "-u", "-B", "-I", "-P", "-O"}:
        rest = rest[2:] if rest[0] in {"-X", "-W"} else rest[1:]
    if rest[:1] == ["-m"]:
        rest = rest[1:]
        return ["pytest", *rest[1:]] if rest[:1] == ["unittest"] else rest
    if rest and rest[0].endswith(".py"):
        return [rest[0] if "/" in rest[0] or rest[0] == "manage.py" else "./" + rest[0], *rest[1:]]
    return None


def _without_wrapper(words: list[str]) -> list[str] | None:
    for start, taken in _BY_PROGRAM.get(words[0], ()):
        if tuple(words[: len(start)]) != start:
            continue
        if start[0] in {"bash", "sh"} and words[1:2] == ["-n"]:
            return None  # a check of the syntax, which runs nothing
        told = (at for at, word in enumerate(words, 1) if word in {"-c", "--command"})
        if start == ("nix", "develop") and (at := next(told, 0)):
            return words[at:]
        rest = _skip_options(words[len(start) :], taken)
        if start[0] in _KEEP_ALONE and not _wraps(start, rest):
            return None
        return rest or None
    return None


def _wraps(start: tuple[str, ...], rest: list[str]) -> bool:
    if start == ("coverage", "run") or start[0] in {"turbo", "nx", "mise"}:
        return False
    if start[0] in {"bash", "sh", "pwsh", "powershell", "node", "php", "ruby", "tsx", "ts-node"}:
        return bool(rest) and ("/" in rest[0] or "." in rest[0] or rest[0] == "artisan")
    return bool(rest)


def _skip_options(words: list[str], taken: int) -> list[str]:
    while words and (words[0].startswith("-") or _ASSIGNMENT.fullmatch(words[0]) or taken):
        if words[0] == "--":
            words = words[1:]
            break
        if words[0] in _VALUED and len(words) > 1:
            words = words[2:]
        elif words[0].startswith("-") or _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        else:
            words, taken = words[1:], taken - 1
    return words
