"""The compiled wheel of `calc`, and the lock file by which browsers check every file."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.bundle.packing import run_tool, write_zip

LOCK = "pyodide-lock.json"
NOTICE = "NOTICE.txt"


def make_wheel(project_root: Path, info: dict[str, str], folder: Path, scratch: Path) -> None:
    """Put the compiled wheel of ``calc`` in the folder, and a lock that holds nothing else."""
    wheels = scratch / "wheels"
    run_tool("build", "--wheel", "--no-isolation", "--outdir", wheels, project_root, cwd=scratch)
    empty = scratch / "empty-lock.json"
    empty.write_text(json.dumps({"info": info, "packages": {}}), "utf-8")
    lock_file = wheels / LOCK
    # In this order: the lock is made of the wheel as built (a compiled one is refused), and
    # compiling changes its name and hash in the lock.
    run_tool(
        "pyodide_cli", "lockfile", "add-wheels", "--input", empty, "--output", lock_file,
        "--base-path", wheels, *wheels.glob("*.whl"), cwd=scratch,
    )  # fmt: skip
    run_tool("pyodide_cli", "py-compile", "--compression-level", "0", wheels, cwd=scratch)

    lock = json.loads(lock_file.read_text("utf-8"))
    (package,) = lock["packages"].values()
    compiled = wheels / package["file_name"]
    with zipfile.ZipFile(compiled) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    # py-compile notes the time of day in the wheel.
    write_zip(folder / compiled.name, contents)
    _lock_wheel(folder, lock)


def _lock_wheel(folder: Path, lock: dict[str, Any]) -> None:
    """Write a lock that says what the wheel is now."""
    (package,) = lock["packages"].values()
    wheel = folder / package["file_name"]
    package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    _write_lock(folder, lock)


def move_out(folder: Path, files: Sequence[str]) -> dict[str, bytes]:
    """Take files out of the wheel, and give them by name."""
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    (package,) = lock["packages"].values()
    wheel = folder / package["file_name"]
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    moved = {name: contents.pop(name) for name in files}
    write_zip(wheel, contents)
    _lock_wheel(folder, lock)
    return moved


def seal(folder: Path) -> None:
    """Note in the lock what every file must be, for the browser to check.

    Pyodide's own lock has hashes of packages only; it leaves alone what it does not know.
    """
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    lock["files"] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name not in {LOCK, NOTICE}
    }
    _write_lock(folder, lock)


def _write_lock(folder: Path, lock: dict[str, Any]) -> None:
    (folder / LOCK).write_text(json.dumps(lock, sort_keys=True, separators=(",", ":")), "utf-8")
