"""The commands that `make` runs: `python -m builder <command>`."""

import argparse
import gc
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from builder.kit.errors import KnownError, listen_for_interrupts, was_interrupted

# The module of each command, and its function where that is not `main`. Only the module of the
# command that runs is imported: each needs libraries that take time to import.
COMMANDS = {
    "check": "builder.checks",
    "check-links": "builder.checks.external",
    "new": "builder.commands.new",
    "preview": "builder.preview.command",
    "publish": "builder.publish.publish",
    "releases": "builder.publish.rollback:main_of_releases",
    "rollback": "builder.publish.rollback",
    "schemas": "builder.schemas",
    "serve": "builder.commands.serve",
    "site": "builder.site.build",
    "sizes": "builder.site.sizes",
}

# Some files are open at once in each process of a build, and this leaves room for more.
_OPEN_FILES = 128


def _allow_open_files() -> None:
    """Let the process open as many files as the system allows; raises `KnownError` if too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # Some systems allow fewer files than they say.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed != resource.RLIM_INFINITY and allowed < _OPEN_FILES:
        raise KnownError(
            f"Systemet lar kommandoen ha {allowed} filer åpne om gangen, og den trenger"
            f" {_OPEN_FILES}. Hev grensen («ulimit -n»), og kjør kommandoen igjen."
        )


def main(argv: Sequence[str]) -> int:
    """Run the command that `argv[0]` names in `COMMANDS`, with the other arguments.

    Returns the exit code: that of the command, 1 after a `KnownError` (whose text is printed), or
    130 after Ctrl-C. Other errors are raised.
    """
    parser = argparse.ArgumentParser(prog="builder", description="Bygg og publiser siden.")
    parser.add_argument("command", choices=COMMANDS)
    options, rest = parser.parse_known_args(argv)
    try:
        _allow_open_files()
        module, _, function = COMMANDS[options.command].partition(":")
        exit_code: int = getattr(import_module(module), function or "main")(rest)
        return exit_code
    except BaseException as error:
        if was_interrupted() or isinstance(error, KeyboardInterrupt):
            print("\nAvbrutt.", file=sys.stderr)
            return 130
        if not isinstance(error, KnownError):
            raise
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    # A command keeps the content in memory until it ends, so the garbage collector would search it
    # in vain.
    gc.set_threshold(100_000, 50, 50)
    listen_for_interrupts()
    sys.exit(main(sys.argv[1:]))
