"""The commands that `make` runs: `python -m builder <command>`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from builder import (
    check,
    checks,
    content,
    history,
    new,
    publish,
    rollback,
    schemas,
    serve,
    site,
    sizes,
)
from builder.checks import external
from builder.checks.report import is_set
from builder.day import today
from builder.errors import KnownError
from builder.targets import place

ROOT = Path(__file__).resolve().parent.parent


def main(argv: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="builder", description="Bygg og publiser siden.")
    parser.add_argument("command", choices=COMMANDS)
    options, rest = parser.parse_known_args(argv)
    try:
        return COMMANDS[options.command](rest)
    except KnownError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nAvbrutt.", file=sys.stderr)
        return 130


def _site(rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="site", description="Bygg nettstedet i output/.")
    parser.add_argument("--scheme", default="", help="bare denne ordningen, som eget nettsted")
    scheme = parser.parse_args(rest).scheme
    address = place(ROOT, scheme or None).address
    whole = place(ROOT).address if scheme else ""
    read = content.read(ROOT / "content", keep=True)
    checks.warnings(ROOT, today(), site_address=address, read=read)
    output = ROOT / "output"
    digests = site.build(
        ROOT, output, scheme=scheme, address=address, whole_site=whole, read=read[0]
    )
    check.check(output, ROOT / check.KEPT, digests=digests)
    print("Nettstedet ligger i output/.")
    return 0


def _sizes(_rest: Sequence[str]) -> int:
    print(sizes.report(ROOT / "output", every=is_set("ALT")))
    return 0


def _preview(rest: Sequence[str]) -> int:
    # Pelican takes a moment to start, and no other command needs it in this process.
    from builder.preview import command

    return command.main(rest)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "check": checks.main,
    "check-links": external.main,
    "new": new.main,
    "preview": _preview,
    "publish": publish.main,
    "releases": history.main,
    "rollback": rollback.main,
    "schemas": schemas.main,
    "serve": serve.main,
    "site": _site,
    "sizes": _sizes,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
