"""Tools of the build of the browser's Python: run a Python program, write a zip file."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from builder.kit.errors import KnownError

# The oldest time a zip file can carry. One fixed time for everything: two builds of the same
# content must be the same bytes, since their hash is their address.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
SOURCE_DATE_EPOCH = "315532800"


# How much of a hash is used in addresses and folder names.
HASH_LENGTH = 16


class RuntimeBuildError(KnownError):
    """The browser's Python could not be made."""


def run_tool(module: str, *arguments: str | Path, cwd: Path) -> None:
    """Run a Python tool of this environment; a failure says all it said."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME"}
    }
    # What is compiled is compiled without docstrings and asserts.
    environment |= {
        "PYTHONHASHSEED": "0",
        "PYTHONOPTIMIZE": "2",
        "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH,
    }
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeBuildError(
            f"Kommandoen feilet: {' '.join(command[1:])}\n{done.stdout}{done.stderr}"
        )


def write_zip(path: Path, contents: Mapping[str, bytes]) -> None:
    """A zip file whose bytes depend on the contents alone.

    Stored, not deflated: the web server's brotli does much better on the plain bytes, and the
    browser has less to unpack.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
