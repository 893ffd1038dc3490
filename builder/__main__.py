"""The commands that `make` runs: `python -m builder site|publish|check|serve|sizes`."""

import argparse
import sys
from pathlib import Path

from builder import assets, check, content, i18n, publish, runtime, serve, site, sizes

ROOT = Path(__file__).resolve().parent.parent
# Mistakes that a person can mend: said in one message, without a traceback.
KNOWN_ERRORS = (
    content.ContentError,
    site.BuildError,
    check.CheckError,
    publish.PublishError,
    i18n.TranslationError,
    assets.AssetError,
    runtime.RuntimeBuildError,
)


def main(argv: list[str]) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="builder", description="Bygg og publiser siden.")
    parser.add_argument("command", choices=["site", "publish", "check", "serve", "sizes"])
    options, rest = parser.parse_known_args(argv)
    if options.command == "serve":
        return serve.main(rest)
    try:
        _run(options.command)
    except KNOWN_ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(command: str) -> None:
    if command == "check":
        content.load(ROOT / "content")
        print("Innholdet er i orden.")
    elif command == "site":
        site.build(ROOT, ROOT / "output")
        check.check(ROOT / "output")
        print("Nettstedet ligger i output/.")
    elif command == "sizes":
        print(*sizes.sizes(ROOT / "output"), sep="\n")
    else:
        print("Kontrollerer innholdet …", file=sys.stderr, flush=True)
        release = publish.publish(ROOT)
        print(f"Publisert: public/releases/{release.name}")
        print("Se den med `make serve`.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
