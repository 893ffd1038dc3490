"""The commands that `make` runs: `python -m builder <command>`."""

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module

from builder.kit import interrupts
from builder.kit.errors import KnownError

# The module of each command, whose `main` runs it. A module brings much with it that takes its
# time to import, and that only its own command needs.
COMMANDS = {
    "check": "builder.checks",
    "check-links": "builder.checks.external",
    "new": "builder.commands.new",
    "preview": "builder.preview.command",
    "publish": "builder.publish.publish",
    "releases": "builder.publish.history",
    "rollback": "builder.publish.rollback",
    "schemas": "builder.schemas",
    "serve": "builder.commands.serve",
    "site": "builder.site.site",
    "sizes": "builder.site.sizes",
}


def main(argv: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="builder", description="Bygg og publiser siden.")
    parser.add_argument("command", choices=COMMANDS)
    options, rest = parser.parse_known_args(argv)
    try:
        exit_code: int = import_module(COMMANDS[options.command]).main(rest)
        return exit_code
    except BaseException as error:
        if interrupts.have_come() or isinstance(error, KeyboardInterrupt):
            print("\nAvbrutt.", file=sys.stderr)
            return 130
        if not isinstance(error, KnownError):
            raise
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    # What a command has read it keeps to its end: there is little rubbish to look for in it.
    gc.set_threshold(100_000, 50, 50)
    interrupts.listen()
    sys.exit(main(sys.argv[1:]))
