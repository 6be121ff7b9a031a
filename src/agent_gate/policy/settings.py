"""`[tool.agent-gate]`: the settings that the gate itself reads (rules' overrides are in `policy.config`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings at the base commit; in TOML the names have hyphens.

    Attributes:
        base: branch to compare with; "" finds it (upstream, else the default branch).
        setup: command that makes a room ready; None: detected from lock files; "" runs nothing.
        timeout: seconds that one command may take.
        workers: checks that run side by side; 0: one a core.
        env: names of further environment variables that commands may see.
        coverage: percentage of changed executable lines that tests must run; None: off.
        sandbox: "off", "auto" or "bwrap": whether commands run in bubblewrap.
        network: whether sandboxed commands may use the network.
        derived: whether rules are derived from instruction files; False: only those of the configuration count.
        exclude: gitignore-style patterns of instruction files that are not read.
    """

    base: str = ""
    setup: str | None = None
    timeout: float = 1800.0
    workers: int = 0
    env: tuple[str, ...] = ()
    coverage: float | None = None
    sandbox: str = "off"
    network: bool = True
    derived: bool = True
    exclude: tuple[str, ...] = ()
