"""The CI workflow: what has to be installed before the gate can run the repository's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_gate.scaffold.detect import languages, node_runner
from agent_gate.scaffold.templates import filled

if TYPE_CHECKING:
    from pathlib import Path

PATH = ".github/workflows/agent-gate.yml"
_INSTALL = {
    "npm": "npm ci",
    "pnpm": "corepack enable && pnpm install --frozen-lockfile",
    "yarn": "corepack enable && yarn install --immutable",
    "bun": "npm install --global bun && bun install --frozen-lockfile",
}


def workflow(root: Path) -> str:
    """The workflow for this repository, as YAML."""
    steps = []
    for language in languages(root):
        steps += {"python": _python, "node": _node, "rust": _rust, "go": _go}[language](root)
    return filled("workflow.yml", setup="".join(f"      {line}\n" for line in steps))


def _python(root: Path) -> list[str]:
    if (root / "uv.lock").is_file():
        return ["- run: pip install uv && uv sync --frozen"]
    if (root / "poetry.lock").is_file():
        return ["- run: pip install poetry && poetry install --no-interaction"]
    files = [name for name in ("requirements.txt", "requirements-dev.txt") if (root / name).is_file()]
    lines = [f"- run: pip install {' '.join(f'-r {name}' for name in files)}"] if files else []
    text = (
        (root / "pyproject.toml").read_text("utf-8", "replace") if (root / "pyproject.toml").is_file() else ""
    )
    if "[build-system]" in text or (root / "setup.py").is_file():
        extra = next((f"[{name}]" for name in ("dev", "test", "tests") if f"\n{name} = [" in text), "")
        lines.append(f"- run: pip install -e '.{extra}'")
    return lines


def _node(root: Path) -> list[str]:
    runner = node_runner(root)
    locked = runner != "npm" or (root / "package-lock.json").is_file()
    install = _INSTALL[runner] if locked else "npm install"
    return ["- uses: actions/setup-node@v4", "  with:", '    node-version: "22"', f"- run: {install}"]


def _rust(root: Path) -> list[str]:  # noqa: ARG001 - one signature for all
    return ["- run: rustup component add clippy rustfmt"]


def _go(root: Path) -> list[str]:  # noqa: ARG001 - one signature for all
    return ["- uses: actions/setup-go@v5", "  with:", "    go-version-file: go.mod"]
