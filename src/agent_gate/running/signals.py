"""Signals as we want them, whatever our parent left: `&` in a script, `nohup` and service managers have some ignored."""

from __future__ import annotations

import signal

_AGAIN = 2.0  # seconds
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def forget_inherited() -> None:
    """Hear the end of children and what asks to end, as a process does that was started with nothing special."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*_ENDING, signal.SIGCHLD))
    signal.signal(
        signal.SIGCHLD, signal.SIG_DFL
    )  # where it is ignored, every child seems to have exited with 0


def end_orderly() -> None:
    """SIGTERM is as Ctrl-C from here on, and SIGHUP where it is not ignored: `KeyboardInterrupt` in the main thread.

    Commands run in sessions of their own, which outlive a process that just dies.
    """
    forget_inherited()
    for number in _ENDING:
        ignored = signal.getsignal(number) is signal.SIG_IGN and number is not signal.SIGTERM
        # A handler, even where we ignore it: what is ignored stays so in every command, whose own tests may want it.
        signal.signal(number, _ignore if ignored else _end)


def ending_has_begun() -> None:
    """Nothing breaks into what ends the run, from here on: people, `timeout` and service managers send several signals."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in _ENDING:
        signal.signal(number, _ignore)


def _end(*_: object) -> None:
    """End the run, once; again and again until that has begun: an exception in a callback or a finalizer is lost."""
    for number in _ENDING:
        signal.signal(number, _ignore)
    signal.signal(signal.SIGALRM, _end)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN)
    raise KeyboardInterrupt


def _ignore(*_: object) -> None:
    """Go on."""
