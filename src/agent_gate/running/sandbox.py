"""Commands in bubblewrap: the judged tree writable, the rest read-only, the gate's key and people's credentials hidden.

Linux namespaces do what a process group cannot: whatever a command starts, daemons too, ends with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agent_gate.directories import state_directory
from agent_gate.running.process import Completed, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agent_gate.policy.settings import Settings

_BASE = (
    "--die-with-parent",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--ro-bind", "/", "/",
    "--dev", "/dev",
    "--proc", "/proc",
)  # fmt: skip
_TMP = Path("/tmp")  # noqa: S108 - hidden behind one of the sandbox's own
_CREDENTIALS = (
    *(".ssh", ".aws", ".gnupg", ".docker", ".kube", ".config/gh", ".config/gcloud"),
    *(".netrc", ".git-credentials", ".pypirc"),
)
# What JavaScript tools write below node_modules, which is read-only where set-up made it.
_NODE_CACHES = (".cache", ".vite", ".vite-temp")


def run_confined(  # noqa: PLR0913 - what a start needs, and what it may touch
    argv: Sequence[str],
    *,
    place: Path,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    settings: Settings,
    readable: Iterable[Path] = (),
    writable: Iterable[Path] = (),
    network: bool | None = None,
) -> Completed:
    """`running.process.run`, in a sandbox where the settings ask for one.

    Args:
        argv: program and arguments.
        place: the judged tree, or a room: writable, but for its `.git` and what set-up made there.
        cwd: directory to run in, below `place`.
        env: the whole environment.
        timeout: seconds.
        settings: `sandbox` "off" runs it as it is, "auto" does so where there is no bubblewrap, and "bwrap" then does
            not start it at all (`Completed.missing`).
        readable: further paths that the command needs, should they lie under /tmp.
        writable: further directories that it may write.
        network: whether it has the network; None: as the settings say.
    """
    if settings.sandbox == "off" or (settings.sandbox == "auto" and sandbox_problem()):
        return run(argv, cwd=cwd, env=env, timeout=timeout)
    program = shutil.which("bwrap")  # by its whole path: the command's own PATH may begin in the judged tree
    if program is None or sandbox_problem():
        return Completed(None, "", missing=sandbox_problem())
    online = settings.network if network is None else network
    wrapper = [
        *(program, *_BASE),
        *([] if online else ["--unshare-net"]),
        *_hidden(),
        *_kept_under_tmp([*readable, *_programs(env)]),
        *_place(place),
        *(word for path in writable for word in ("--bind", str(path), str(path))),
        *("--setenv", "TMPDIR", str(_TMP), "--setenv", "XDG_CACHE_HOME", str(_TMP / ".cache")),
        *("--setenv", "npm_config_cache", str(_TMP / ".npm")),
        *("--chdir", str(cwd), "--"),
    ]
    return run(argv, cwd=cwd, env=env, timeout=timeout, wrapper=wrapper)


@cache
def sandbox_problem() -> str:
    """Why bubblewrap cannot be used here; "" where it can."""
    program = shutil.which("bwrap")
    if program is None:
        return "bwrap"
    done = subprocess.run([program, *_BASE, "true"], capture_output=True, text=True, check=False, env={})
    return "" if done.returncode == 0 else f"bwrap ({done.stderr.strip()[:200] or 'it fails'})"


def _hidden() -> Iterator[str]:
    """Empty places over what no command may see or talk to; sockets work through a read-only mount."""
    home = Path.home()
    for path in (state_directory(), *(home / name for name in _CREDENTIALS)):
        if path.is_dir():
            yield from ("--tmpfs", str(path.resolve()))
        elif path.exists():
            yield from ("--ro-bind", os.devnull, str(path.resolve()))
    yield from ("--tmpfs", "/run", "--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve")
    yield from ("--tmpfs", str(_TMP))


def _programs(env: Mapping[str, str]) -> Iterator[Path]:
    """The environments that hold the programs of PATH, and the gate's own, whose probe goes into test runs."""
    for entry in map(Path, env.get("PATH", "").split(os.pathsep)):
        yield entry if entry.parent == _TMP else entry.parent
    yield Path(sys.prefix)
    yield Path(__file__).parents[1]


def _kept_under_tmp(paths: Iterable[Path]) -> Iterator[str]:
    for path in dict.fromkeys(paths):
        if path.is_relative_to(_TMP) and path != _TMP:
            yield from ("--ro-bind-try", str(path), str(path))


def _place(place: Path) -> Iterator[str]:
    """The tree, writable; what later runs of git and of the gate would trust in it is not."""
    yield from ("--bind", str(place), str(place))
    git = place / ".git"
    if git.exists():
        yield from ("--ro-bind", str(git), str(git))
    made = git / "made"  # a room's: the ignored paths that its set-up made
    for name in os.fsdecode(made.read_bytes()).split("\0") if made.is_file() else ():
        path = place / name.rstrip("/")
        if name and path.exists() and not path.is_symlink():
            yield from ("--ro-bind", str(path), str(path))
            if path.name == "node_modules":
                yield from _node_caches(path)


def _node_caches(modules: Path) -> Iterator[str]:
    for name in _NODE_CACHES:
        cache_ = modules / name
        if not cache_.is_symlink():
            cache_.mkdir(exist_ok=True)
            yield from ("--tmpfs", str(cache_))
