"""Ctrl-C, which code of others may lose, or make another error of."""

import signal
import sys

_heard: list[int] = []


def listen() -> None:
    """Raise `KeyboardInterrupt` at Ctrl-C, as Python does, and remember it.

    Where it is to be left alone, as in what a shell runs in the background, it is.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
        sys.unraisablehook = _tell_of_lost


def have_come() -> bool:
    """Whether somebody has pressed Ctrl-C."""
    return bool(_heard)


def raise_lost() -> None:
    """Raise `KeyboardInterrupt` if one has been raised where nobody can hear it.

    In a `__del__`, for one. For work that is about to begin: whoever has heard it begins no more.
    """
    if _heard:
        raise KeyboardInterrupt


def _interrupt(number: int, _: object) -> None:
    _heard.append(number)
    raise KeyboardInterrupt


def _tell_of_lost(lost: "sys.UnraisableHookArgs") -> None:
    """Tell of an error in a `__del__` and the like; of Ctrl-C there, `raise_lost` does."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
