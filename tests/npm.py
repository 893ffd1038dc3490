"""npm packages that only tests and measurements use: installed when they are first asked for."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.once import alone

ROOT = Path(__file__).resolve().parents[1]


class InstallError(Exception):
    """npm could not install what a lock names; the text holds what it said."""


def install(package: Path, name: str) -> Path:
    """Install what the package-lock.json of a folder names; returns `node_modules`.

    It lies in the cache under `name` and is made anew when the lock has changed. The lock is
    written with `npm install --package-lock-only --ignore-scripts
    --omit-lockfile-registry-resolved`, so that whoever installs uses the registry of their own
    machine.
    """
    with alone(ROOT / ".cache" / f"{name}.lock"):
        return _install(package, ROOT / ".cache" / name)


def _install(package: Path, installed: Path) -> Path:
    modules = installed / "node_modules"
    lock = "package-lock.json"
    # Written by npm when it is done: without it, an installation was cut short.
    finished = modules / ".package-lock.json"
    wanted = (package / lock).read_bytes()
    if finished.is_file() and (installed / lock).read_bytes() == wanted:
        return modules
    shutil.rmtree(installed, ignore_errors=True)
    installed.mkdir(parents=True)
    for file in ("package.json", lock):
        shutil.copyfile(package / file, installed / file)
    programs = ROOT / ".venv/bin"
    command = [str(programs / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "--no-update-notifier"],
        cwd=installed,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InstallError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return modules
