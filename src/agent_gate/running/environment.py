"""The environment of a command: built from an allow-list, so that no token or option of the caller reaches it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from agent_gate.search_path import absolute_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent_gate.policy.settings import Settings

_NAMES = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TERM",
        "TZ",
        "TMPDIR",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
        "CC",
        "CXX",
        "CFLAGS",
        "CXXFLAGS",
        "LDFLAGS",
        "PKG_CONFIG_PATH",
        "ANDROID_HOME",
        "DOTNET_ROOT",
        "GEM_HOME",
        "GEM_PATH",
    ]
)
_PREFIXES = (
    *(
        "LC_",
        "XDG_",
        "CARGO_",
        "RUSTUP_",
        "GO",
        "CGO_",
        "JAVA_",
        "MAVEN_",
        "GRADLE_",
        "NODE_",
        "NVM_",
        "NPM_",
        "npm_",
    ),
    *(
        "PNPM_",
        "YARN_",
        "BUN_",
        "DENO_",
        "UV_",
        "PIP_",
        "PIPX_",
        "POETRY_",
        "PDM_",
        "HATCH_",
        "PYENV_",
        "RBENV_",
    ),
    *("BUNDLE_", "COMPOSER_", "MIX_", "HEX_", "PLAYWRIGHT_", "PRE_COMMIT_"),
)
_CREDENTIAL = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|_KEY(_|$)|AUTH|COOKIE|_PAT$", re.IGNORECASE
)
CALLERS_PATH = "AGENT_GATE_CALLERS_PATH"  # in the gate's own process, whose PATH has nothing of the worktree
_FIXED = {
    "CI": "1",  # tools neither ask nor watch
    "NO_COLOR": "1",
    "DO_NOT_TRACK": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "PYTHONUNBUFFERED": "1",  # the last words of a killed program are there
    "PYTHONDONTWRITEBYTECODE": "1",  # the judged tree stays as it is
}


def command_environment(settings: Settings, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a command sees: the allow-list, `env` of the settings, ours, and `extra`, in rising order."""
    named = {name: os.environ[name] for name in settings.env if name in os.environ}
    return {**_allowed(os.environ), "PATH": command_path(), **_FIXED, **named, **(extra or {})}


def command_path() -> str:
    """The PATH of a command: the caller's, also where the gate itself has less of it."""
    return absolute_path(os.environ.get(CALLERS_PATH) or os.environ.get("PATH", os.defpath))


def _allowed(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if (name in _NAMES or name.startswith(_PREFIXES)) and not _CREDENTIAL.search(name)
    }
