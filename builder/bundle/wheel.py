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
    """Put the compiled wheel of `calc` in the folder, and a lock file with this wheel alone.

    `info` is the section `info` of Pyodide's own lock file. `scratch` is a folder for temporary
    files. Raises RuntimeBuildError where a tool fails.
    """
    wheels = scratch / "wheels"
    run_tool("build", "--wheel", "--no-isolation", "--outdir", wheels, project_root, cwd=scratch)
    empty = scratch / "empty-lock.json"
    empty.write_text(json.dumps({"info": info, "packages": {}}), "utf-8")
    lock_file = wheels / LOCK
    # The order matters: the tool for the lock refuses a compiled wheel, and the compiler changes
    # the name and hash of the wheel in the lock.
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
    # py-compile writes the time of day into the wheel, so the wheel is written anew.
    write_zip(folder / compiled.name, contents)
    _lock_wheel(folder, lock)


def _lock_wheel(folder: Path, lock: dict[str, Any]) -> None:
    """Write the lock with the present hash of the wheel."""
    (package,) = lock["packages"].values()
    wheel = folder / package["file_name"]
    package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    _write_lock(folder, lock)


def move_out(folder: Path, files: Sequence[str]) -> dict[str, bytes]:
    """Remove `files` from the wheel in `folder`; return their content by path in the wheel."""
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
    """Write the SHA-256 of every file in the folder into the lock, for the browser to check.

    Pyodide's own lock has hashes of packages only, and Pyodide ignores the further key `files`.
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
