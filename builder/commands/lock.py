"""`make lock`: write the lock files anew. Standard library only, as the set-up itself."""

from __future__ import annotations

import sys
from pathlib import Path

# The folder of the project is not on the path of a program that starts before it is set up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder.commands import bootstrap
from builder.commands.steps import ROOT, in_words, locked, run, say

# The oldest Python that the set-up may run on, and the oldest uv with the options used here.
_OLDEST_PYTHON, _OLDEST_UV = "3.8", "0.8.0"


def lock(*, upgrade: bool) -> None:
    """Write the lock files from pyproject.toml and theme/package.json, and set up by them.

    Versions that still fit stay, unless `upgrade`. No address of an index is written, so each
    machine uses its own index. Raises `SetupError`.
    """
    version = (ROOT / ".python-version").read_text("utf-8").strip()
    newer = ("--upgrade",) if upgrade else ()
    with locked():
        say("Skriver låsefilene:")
        options = ("pip", "compile", "--universal", "--generate-hashes", *newer)
        compiled = (bootstrap.uv(), *options, "--custom-compile-command", "make lock")
        for name, package, python in (
            (bootstrap.UV_LOCK, f"uv>={_OLDEST_UV}", _OLDEST_PYTHON),
            # Large, and needed by `make bench-build` only.
            ("tests/bench_build/requirements.txt", "hugo>=0.150", version),
        ):
            output = ("--python-version", python, "-o", name, "-")
            run(name, *compiled, *output, text=f"{package}\n")
        # Publishing uses the versions that the tests run with.
        same = ("-c", bootstrap.LEVELS["dev"])
        for level, constraint in (("dev", ()), ("site", same)):
            name = bootstrap.LEVELS[level]
            output = ("--python-version", version, "--group", level, *constraint, "-o", name)
            run(name, *compiled, *output)
        if not (ROOT / ".venv/bin/npm").exists():
            bootstrap.make_environment("dev")
        # No resolved addresses: npm then fetches from the registry of the machine it runs on.
        npm = ("npm", "update" if upgrade else "install", "--package-lock-only", "--ignore-scripts")
        options = ("--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")
        run("theme/package-lock.json", *npm, *options, cwd=ROOT / "theme")
    bootstrap.prepare("dev")


if __name__ == "__main__":
    sys.exit(in_words(lambda: lock(upgrade="--upgrade" in sys.argv)))
