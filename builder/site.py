"""Builds the site by Pelican into a folder."""

import subprocess
import sys
from pathlib import Path

from builder import content
from builder.errors import KnownError


class BuildError(KnownError):
    """The site could not be built; the text holds all that Pelican said."""


def build(project_root: Path, output: Path) -> None:
    """Check the content and build the site into `output`, which is made anew.

    Raises `ContentError` with all mistakes in the content, `BuildError` where Pelican stops.
    """
    content.load(project_root / "content")
    # `python -m pelican`, not the script: the settings and the plugin are imported from here.
    # Warnings are fatal: Pelican drops a page it can't read with nothing more than a warning.
    command = [
        *(sys.executable, "-m", "pelican", "content"),
        *("--settings", "pelican.conf.py", "--output", str(output)),
        *("--fatal", "warnings"),
    ]
    # Pelican's own words are of blogs ("0 articles"); they are shown only when something is wrong.
    # The plugin tells how far it has come on standard error, which is not held back.
    run = subprocess.run(
        command, cwd=project_root, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if run.returncode != 0:
        raise BuildError(f"{run.stdout.strip()}\n\nNettstedet ble ikke bygget.".lstrip())
