"""The commands that `make` runs: `python -m builder <command>`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from builder import check, content, publish, serve, site, sizes
from builder.errors import KnownError

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


def _check(_rest: Sequence[str]) -> int:
    content.load(ROOT / "content")
    print("Innholdet er i orden.")
    return 0


def _site(_rest: Sequence[str]) -> int:
    site.build(ROOT, ROOT / "output")
    check.check(ROOT / "output")
    print("Nettstedet ligger i output/.")
    return 0


def _sizes(_rest: Sequence[str]) -> int:
    print(*sizes.sizes(ROOT / "output"), sep="\n")
    return 0


def _publish(_rest: Sequence[str]) -> int:
    print("Kontrollerer innholdet …", file=sys.stderr, flush=True)
    release = publish.publish(ROOT)
    print(f"Publisert: public/releases/{release.name}")
    print("Se den med `make serve`.")
    return 0


def _preview(rest: Sequence[str]) -> int:
    # Pelican takes a moment to start, and no other command needs it in this process.
    from builder.preview import command

    return command.main(rest)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "check": _check,
    "preview": _preview,
    "publish": _publish,
    "serve": serve.main,
    "site": _site,
    "sizes": _sizes,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
