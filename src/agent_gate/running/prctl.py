"""Linux' `prctl`, for what Python has no word for."""

from __future__ import annotations

import ctypes

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None)  # loaded before a fork needs it


def prctl(option: int, value: int) -> None:
    """`prctl` with one value."""
    _LIBC.prctl(option, value, 0, 0, 0)
