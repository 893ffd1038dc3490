"""Functions that all parts of the runtime's build share: run a Python tool, write a zip file."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from builder.kit.errors import KnownError

# The oldest time that a zip file can have, in both of its notations. All files get this time: two
# builds of the same content must give the same bytes, since the hash of the bytes is the address.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
SOURCE_DATE_EPOCH = "315532800"


# The hexadecimal digits of a hash in addresses and folder names.
HASH_LENGTH = 16


class RuntimeBuildError(KnownError):
    """The browser's Python could not be built; the message is Norwegian."""


def run_tool(module: str, *arguments: str | Path, cwd: Path) -> None:
    """Run a Python module as a program in this environment.

    Raises RuntimeBuildError with all output of the program where it fails.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME"}
    }
    # Optimization 2: tools compile without docstrings and asserts.
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
    """Write a zip file whose bytes depend on `contents` (bytes by name) alone.

    The contents are stored, not deflated: brotli compresses the plain bytes much better for the
    transfer, and the browser has less to unpack.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
