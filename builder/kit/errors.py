"""Endings of a command without a traceback: an error that a person can mend, and Ctrl-C."""

import signal
import sys
from typing import NoReturn


class KnownError(Exception):
    """An error that a person can mend, shown as one message and without a traceback.

    The text is Norwegian and names the mistake, its place, the value found and the value expected.
    """


# --- Ctrl-C, which other libraries may swallow, or turn into another error ---

_interrupts: list[int] = []


def listen_for_interrupts() -> None:
    """From now on, raise `KeyboardInterrupt` at Ctrl-C, as Python does, and remember it.

    A process that ignores Ctrl-C, such as one that a shell runs in the background, still does.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
        sys.unraisablehook = _show_unraisable


def was_interrupted() -> bool:
    """Whether Ctrl-C has been pressed since `listen_for_interrupts`."""
    return bool(_interrupts)


def raise_lost_interrupt() -> None:
    """Raise `KeyboardInterrupt` if Ctrl-C has been pressed before, for work that is about to begin.

    An interrupt that was raised in a `__del__`, for one, has stopped nothing. After an interrupt
    that was handled, no work begins.
    """
    if _interrupts:
        raise KeyboardInterrupt


def interrupt(number: int, _frame: object) -> NoReturn:
    """Raise `KeyboardInterrupt` and remember it: for signals that ask a program to stop."""
    _interrupts.append(number)
    raise KeyboardInterrupt


def _show_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    """Show an error in a `__del__` and the like, as Python does, unless it is Ctrl-C."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
