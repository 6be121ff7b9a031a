"""The one door to git: GitPython, with everything off that a hostile repository could use to run code.

What is trusted: the caller's own environment (PATH, HOME and with it the global git config). What is not: the
repository's config, hooks, attributes and whatever else the agent could write.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from subprocess import PIPE
from typing import IO, TYPE_CHECKING, Any

from agent_gate.search_path import trusted_path

# Else importing GitPython runs the git that PATH names first, which may be the worktree's.
_QUIET = {"GIT_PYTHON_REFRESH": "quiet", "GIT_PYTHON_GIT_EXECUTABLE": os.devnull}
_callers = {name: os.environ[name] for name in _QUIET if name in os.environ}
os.environ.update(_QUIET)
from git import Git  # noqa: E402 - see above
from git.exc import GitCommandNotFound  # noqa: E402

for _name in _QUIET:  # agents get the caller's environment
    os.environ.pop(_name)
os.environ.update(_callers)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST_GIT = (2, 31)  # GIT_CONFIG_COUNT and `rev-parse --path-format`
TIME_LIMIT = 600  # seconds; a pipe in the place of a .gitignore stops git for ever
_ENV = "/usr/bin/env"  # `env -i`: GitPython adds to the inherited environment and cannot take from it

_INHERITED = (
    *("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SSH_AUTH_SOCK"),
    *(
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
    ),  # the caller's own choice of trusted config
    *("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"),
    *("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE"),
)
_FIXED = {
    "LC_ALL": "C",  # messages are matched below
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",  # nobody is there to answer
    "GIT_ASKPASS": "true",  # over core.askPass, a program
    "GIT_EDITOR": "false",  # over core.editor, a program
    "GIT_PAGER": "cat",  # over core.pager, a program
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",  # over core.sshCommand, a program
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",  # `ext::` URLs are programs
    "GIT_OPTIONAL_LOCKS": "0",  # looking must not rewrite the index or fight for its lock
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace shows other content than what is merged
    "GIT_GRAFT_FILE": os.devnull,  # info/grafts invents history
    "GIT_LITERAL_PATHSPECS": "1",  # a file named `:(exclude)*` is a file
}
_CONFIG = {
    "core.hooksPath": os.devnull,  # hooks are programs; `post-index-change` runs even for `add`
    "core.fsmonitor": "false",  # a program, and it can claim that nothing changed
    "core.untrackedCache": "false",  # cached by the agent's git; it can leave out files
    "core.commitGraph": "false",  # a cache that can claim other parents and trees than the commits have
    "core.bigFileThreshold": "50m",  # larger ones count as binary: a diff must fit into memory
    "core.alternateRefsCommand": "true",  # a program
    "core.attributesFile": os.devnull,  # attributes beside the repository's own choose drivers
    "core.quotePath": "false",  # names as they are
    "credential.helper": "",  # a program; "" clears the list
    "diff.external": "",  # a program
    "log.showSignature": "false",  # runs gpg.program
    "submodule.recurse": "false",  # a submodule has a config of its own
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",  # no work behind our back
    "maintenance.auto": "false",
    "color.ui": "false",
    "i18n.logOutputEncoding": "UTF-8",
}
_DIFFING = frozenset({"diff", "diff-files", "diff-index", "diff-tree", "log", "show"})
_DRIVERS = r"^(filter\..*\.(clean|smudge|process|required)|merge\..*\.driver)$"
GIT_LFS = {  # the one driver that may be configured by the repository, if it is exactly this
    "filter.lfs.clean": "git-lfs clean -- %f",
    "filter.lfs.smudge": "git-lfs smudge -- %f",
    "filter.lfs.process": "git-lfs filter-process",
    "filter.lfs.required": "true",
}


_HALF_MADE_RECORD = re.compile(r"failed to read \S*worktrees/[^/\s]+/commondir")
_ASKED_AGAIN = 100
_WHY_REFUSED = re.compile(r"(?:remote:| ! (?=\[(?:remote )?rejected\])) *(.*\w.*)")


class RepositoryError(Exception):
    """Git cannot answer as things stand; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree and its repository.

    Attributes:
        root: top level of the working tree, absolute and without symlinks.
        git_dir: the working tree's own git directory (differs from `common_dir` in a linked worktree).
        common_dir: what all working trees share: objects, refs, config.
    """

    root: Path
    git_dir: Path
    common_dir: Path
    _environment: Mapping[str, str] = field(repr=False, compare=False)

    def git(self, *args: str, input: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:  # noqa: A002 - subprocess's word
        """What `git args` prints, run in `root`; `input` is its standard input, `env` is added to the environment.

        Everybody on this machine can see the environment in the process list: no secrets.

        Raises:
            RepositoryError: git failed; with its own last line.
        """
        code, output, error = _run(self.root, args, {**self._environment, **(env or {})}, input)
        if code:
            reason = _last_line(error) or f"exit code {code}"
            hint = "; fetch what is missing (in a partial clone: `git fetch --refetch --no-filter`)"
            hint = hint if "unable to read" in reason or "missing" in reason else ""
            raise RepositoryError(f"git {args[0]} failed in {self.root}: {reason}{hint}.")
        return output

    def try_git(
        self,
        *args: str,
        input: bytes | None = None,  # noqa: A002 - as above
        env: Mapping[str, str] | None = None,
    ) -> bytes | None:
        """What `git args` prints, or None where it fails: for questions where failing is an answer."""
        code, output, _ = _run(self.root, args, {**self._environment, **(env or {})}, input)
        return None if code else output

    def start(self, *args: str, env: Mapping[str, str] | None = None) -> Git.AutoInterrupt:
        """`git args`, running, with pipes for standard input and output; it ends when the result is dropped."""
        command = git_command(self.root, args, {**self._environment, **(env or {})})
        return Git().execute(command, istream=PIPE, as_process=True, shell=False)


def open_repository(path: Path) -> Repository:
    """The repository whose working tree holds `path` (a directory).

    Raises:
        RepositoryError: `path` is no directory of a working tree, git is missing or older than 2.31, or git refuses
            the repository because someone else owns it.
    """
    if not path.is_dir():
        raise RepositoryError(f"{path} is not a directory; name a directory of a git working tree.")
    path = path.resolve()
    environment = git_environment(path)
    _require_git(environment["PATH"])
    root, git_dir, common_dir = _places(path, environment)
    return Repository(root, git_dir, common_dir, git_environment(path, _without_drivers(root, environment)))


def is_repository(path: Path) -> bool:
    """Whether the directory is in a git repository, readable or not."""
    place = path.resolve()
    return any((parent / ".git").exists() for parent in (place, *place.parents))


def init_repository(path: Path) -> None:
    """Make the directory a repository with the branch `main`, without the user's template of hooks.

    Raises:
        RepositoryError: git failed.
    """
    environment = git_environment(path.resolve())
    _require_git(environment["PATH"])
    code, _, error = _run(
        path.resolve(), ("init", "--quiet", "--template=", "--initial-branch=main"), environment
    )
    if code:
        raise RepositoryError(f"git init failed in {path}: {_last_line(error)}.")


def end_running() -> None:
    """End every git that an interrupted call left behind: GitPython's watchdog would keep us for its whole time limit."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.function.__module__.startswith("git"):
            thread.cancel()
            thread.function(*thread.args)


def git_environment(start: Path, config: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment for git in `start`: built, not inherited; `config` is added to the fixed settings."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | _FIXED
    environment["PATH"] = trusted_path(os.environ.get("PATH", os.defpath), start)
    settings = {**_CONFIG, **(config or {})}
    environment["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (key, value) in enumerate(settings.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def git_command(start: Path, args: tuple[str, ...], environment: Mapping[str, str]) -> list[str]:
    """The argument list that runs `git args` in `start` with exactly `environment`."""
    if args[0] in _DIFFING:  # drivers of .gitattributes, defined by the repository's config, are programs
        args = (args[0], "--no-ext-diff", "--no-textconv", *args[1:])
    variables = (f"{name}={value}" for name, value in environment.items())
    return [_ENV, "-i", *variables, "git", "-C", str(start), *args]


def _run(
    start: Path, args: tuple[str, ...], environment: Mapping[str, str], stdin: bytes | None = None
) -> tuple[int, bytes, str]:
    """Exit code, standard output and standard error.

    A git that looks at all worktrees dies where another one is just making the record of one: it is asked again.
    """
    for _ in range(_ASKED_AGAIN):
        answer = _run_once(start, args, environment, stdin)
        if not (answer[0] and _HALF_MADE_RECORD.search(answer[2])):
            break
        time.sleep(0.05)
    return answer


def _run_once(
    start: Path, args: tuple[str, ...], environment: Mapping[str, str], stdin: bytes | None
) -> tuple[int, bytes, str]:
    with _as_file(stdin) as stream:
        options: dict[str, Any] = {"istream": stream, "shell": False, "strip_newline_in_stdout": False}
        options["kill_after_timeout"] = TIME_LIMIT
        command = git_command(start, args, environment)
        try:
            code, output, error = Git().execute(
                command, with_extended_output=True, with_exceptions=False, stdout_as_string=False, **options
            )
        except (GitCommandNotFound, OSError) as problem:
            raise RepositoryError(f"git could not be started in {start}: {problem}.") from problem
    if code < 0:
        raise RepositoryError(
            f"git {args[0]} in {start} was killed by signal {-code} (or after {TIME_LIMIT} s)."
        )
    return int(code), bytes(output), str(error)


@contextmanager
def _as_file(data: bytes | None) -> Iterator[IO[bytes] | None]:
    """GitPython wants a real file for standard input."""
    if data is None:
        yield None
        return
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.seek(0)
        yield stream


def _places(path: Path, environment: Mapping[str, str]) -> list[Path]:
    """The top level of the working tree that holds `path`, its git directory and the common one."""
    # Git answers one after the other; the last question fails where there is no working tree.
    query = ("--is-bare-repository", "--is-inside-work-tree")
    places = ("--absolute-git-dir", "--git-common-dir", "--show-toplevel")
    args = ("rev-parse", "--path-format=absolute", *query, *places)
    code, output, error = _run(path, args, environment)
    bare, inside, *answers = [*os.fsdecode(output).splitlines(), "", ""]
    if bare == "true":
        raise RepositoryError(f"{path} is a bare repository; name one of its working trees.")
    # Also where core.worktree points elsewhere: what would be judged is not what was named.
    if inside == "false":
        raise RepositoryError(
            f"{path} is not inside the working tree of its repository; name a directory that is."
        )
    if code:
        raise RepositoryError(_refusal(path, error))
    git_dir, common_dir, root, *others = answers
    if [*others] != ["", ""]:
        raise RepositoryError(f"{path} holds a line break in its path, which git cannot print; move it.")
    return [Path(root), Path(git_dir), Path(common_dir)]


def _refusal(path: Path, error: str) -> str:
    """One sentence for what git said instead of answering."""
    if "dubious ownership" in error:
        return f"Git refuses {path}, someone else owns it: run `git config --global --add safe.directory {path}`."
    if "not a git repository" in error.lower():
        return f"{path} is not in a git repository; run this in one, or `git init`."
    return f"Git cannot read the repository of {path}: {_last_line(error)}"


def _last_line(error: str) -> str:
    """The line that says what went wrong, without git's own prefix; of a refused push what the other end says of it, too."""
    lines = [line for line in error.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    last = re.sub(r"^(fatal|error): ", "", (told or lines or [""])[-1]).removesuffix(".")
    reasons = [found[1].strip() for line in lines if (found := _WHY_REFUSED.match(line))]
    return f"{last} ({'; '.join(reasons)})" if reasons else last


def _require_git(search_path: str) -> None:
    """Raise unless git is there and new enough."""
    program = shutil.which("git", path=search_path)
    if program is None:
        raise RepositoryError("git is not installed (or not on PATH outside of the repository); install it.")
    version = _version(program)
    if version < OLDEST_GIT:
        raise RepositoryError(
            f"git {'.'.join(map(str, version))} is too old; install {'.'.join(map(str, OLDEST_GIT))} or newer."
        )


@cache
def _version(program: str) -> tuple[int, ...]:
    """(major, minor) of a git program."""
    code, text, _ = Git().execute(
        [program, "version"], shell=False, with_extended_output=True, with_exceptions=False
    )
    if code:
        raise RepositoryError(f"`{program} version` ended with {code}; try again, or install git anew.")
    return tuple(map(int, re.findall(r"\d+", str(text))[:2]))


def _without_drivers(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that switch off the filter and merge drivers, which are programs, of the repository's own config.

    An exact git-lfs stays: it is what everybody has, and installed where the caller's PATH finds it.
    """
    settings: dict[str, str] = {}
    args = ("config", "--show-scope", "-z", "--get-regexp", _DRIVERS)
    _, output, _ = _run(root, args, environment)
    words = os.fsdecode(output).split("\0")
    for scope, entry in zip(words[::2], words[1::2], strict=False):
        key, _, value = entry.partition("\n")
        if scope in {"local", "worktree"} and GIT_LFS.get(key) != value:
            settings[key] = _off(key)
    return settings


def _off(key: str) -> str:
    """The value of a driver's setting that runs nothing; a merge driver that is off must conflict, not pick a side."""
    if key.startswith("merge."):
        return "false"
    return "false" if key.endswith(".required") else ""
