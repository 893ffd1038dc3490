"""Asks the person who runs a command, where there is one."""

import os
import sys
from collections.abc import Callable

type Confirm = Callable[[str], bool]
"""Asks a question that is answered by yes or no."""


def person() -> Confirm | None:
    """How to ask whoever sits at the terminal; None where nobody does."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


def is_approved() -> bool:
    """Whether all questions have been answered by yes beforehand: `make … YES=1`."""
    return os.environ.get("YES") == "1"


def _ask(question: str) -> bool:
    while True:
        try:
            answer = input(f"{question} (ja/nei) ").strip().lower()
        except EOFError:  # Ctrl-D
            print()
            return False
        if answer in ("ja", "j"):
            return True
        if answer in ("nei", "n"):
            return False
        print("Svar «ja» eller «nei».")
