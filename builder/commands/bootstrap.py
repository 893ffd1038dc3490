"""The set-up of the project, on a machine that has git, make and some Python 3.

The Makefile runs this file before each target. It fetches uv, of a pinned version and with hashes,
and uv makes the environment `.venv`. Standard library only, and any Python from 3.8 on.

    bootstrap.py ready site|dev    exit code 0 if that set-up is up to date
    bootstrap.py site              the tools for `make publish`
    bootstrap.py dev               the tools for `make test` as well

The environment is always built from scratch, and its stamp is written last: without the stamp,
nothing in `.venv` is trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Sequence

# The folder of the project is not on the path of a program that starts before it is set up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder.commands.steps import CACHE, ROOT, apt_install, in_words, locked, run, say

LEVELS = {"site": "requirements.txt", "dev": "requirements-dev.txt"}
UV_LOCK = "builder/commands/uv-requirements.txt"
STAMP = ROOT / ".venv/.ready"


def uv() -> str:
    """The path of the pinned uv, which is fetched by pip where the project does not have it."""
    pinned = re.findall(r"(?m)^uv==(\S+)", (ROOT / UV_LOCK).read_text("utf-8"))
    program = CACHE / "uv" / pinned[0] / "uv"
    if not program.exists():
        with tempfile.TemporaryDirectory(dir=str(CACHE)) as folder:
            command = _pip(folder)
            # A wheel holds the program; the source would ask for a Rust compiler.
            command += ["install", "--require-hashes", "--no-deps", "--only-binary=:all:", "-q"]
            command += ["--no-input", "--disable-pip-version-check", "--target", f"{folder}/uv"]
            run("Henter installasjonsverktøyet uv", *command, "-r", UV_LOCK)
            program.parent.mkdir(parents=True, exist_ok=True)
            Path(folder, "uv/bin/uv").replace(program)
    return str(program)


def _pip(folder: str) -> list[str]:
    """The pip of this Python, else of a new environment in `folder`."""

    def has(*modules: str) -> bool:
        command = [sys.executable, "-I", "-c", f"import {', '.join(modules)}"]
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0

    if has("pip"):
        return [sys.executable, "-m", "pip"]
    if not has("venv", "ensurepip"):
        apt_install("python3-venv")
    run("Forbereder nedlasting", sys.executable, "-m", "venv", f"{folder}/venv")
    return [f"{folder}/venv/bin/python", "-m", "pip"]


def _python() -> str:
    """The Python for uv: this one where its version is right; else the version, for uv to find."""
    version = (ROOT / ".python-version").read_text("utf-8").strip()
    abi = getattr(sys, "abiflags", "")
    if f"{sys.version_info[0]}.{sys.version_info[1]}{abi}" != version:
        return version
    # The Python behind a virtual environment, since that may be the one that is deleted next.
    return str(getattr(sys, "_base_executable", sys.executable))


def stamp_of(level: str) -> dict[str, str]:
    """The stamp of a set-up of this level: a digest of everything that the set-up depends on."""
    # Programs in a virtual environment have its path in them, so a copied project needs its own.
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()} {ROOT}".encode())
    names = (".python-version", LEVELS[level], "theme/package.json", "theme/package-lock.json")
    for path in (*(ROOT / name for name in names), Path(__file__)):
        digest.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
    return {"level": level, "digest": digest.hexdigest()}


def _stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(level: str) -> bool:
    """Whether a set-up of this level exists, made from the files as they are now."""
    needed = [ROOT / ".venv/bin/python"]
    if (ROOT / "theme/package.json").exists():
        needed.append(ROOT / "theme/node_modules/.package-lock.json")
    stamp = _stamp()
    # A set-up that has the tools of the tests keeps them, and is enough for publishing.
    wanted = "dev" if stamp.get("level") == "dev" else level
    return stamp == stamp_of(wanted) and all(path.exists() for path in needed)


def make_environment(level: str) -> None:
    """Make `.venv` from scratch, with the Python packages of this level."""
    python = _python()
    venv = ("venv", "--clear", "--prompt", "tilskuddsstigen", "--python", python, ".venv")
    run(f"Lager et Python-miljø ({python})", uv(), *venv)
    count = len(re.findall(r"(?m)^[\w.-]+==", (ROOT / LEVELS[level]).read_text("utf-8")))
    sync = ("pip", "sync", "--python", ".venv/bin/python", "--require-hashes", LEVELS[level])
    run(f"Henter og installerer {count} Python-pakker", uv(), *sync)


def prepare(level: str) -> None:
    """Set up this level, unless it is up to date. Raises `SetupError`."""
    if is_ready(level):
        return
    with locked():
        if is_ready(level):
            return
        say("Gjør klart verktøyene (bare første gang og når låsefilene er endret):")
        level = "dev" if _stamp().get("level") == "dev" else level
        stamp = stamp_of(level)  # before the work: files may change meanwhile
        with contextlib.suppress(FileNotFoundError):
            STAMP.unlink()
        make_environment(level)
        if (ROOT / "theme/package.json").exists():
            # No package runs code of its own on an editor's machine, or fetches anything more.
            npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            npm += ["--omit=dev"] if level == "site" else []  # linters, the generator of colours
            run("Henter og installerer nettsidenes pakker", *npm, cwd=ROOT / "theme")
        STAMP.with_suffix(".tmp").write_text(json.dumps(stamp), "utf-8")
        STAMP.with_suffix(".tmp").replace(STAMP)
        say("Verktøyene er klare.")


def main(argv: Sequence[str]) -> int:
    """Run a command of this file, as its text says; returns the exit code."""
    if argv[0] == "ready":
        return 0 if is_ready(argv[1]) else 1
    return in_words(lambda: prepare(argv[0]))


if __name__ == "__main__":
    # Some systems still start Python with an ASCII output.
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
