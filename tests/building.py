"""Builds a site by Pelican's own command, for tests that have threads or a project of their own."""

import json
import subprocess
import sys
from pathlib import Path

from builder.site.build import BuildError


def build(project: Path, folder: Path, *, scheme: str = "", address: str = "") -> None:
    """Build the site of a project into a folder, by the code of that project.

    Raises `BuildError` with everything that Pelican printed.
    """
    settings = {"SCHEME": scheme, "SITEURL": address}
    command = [
        # `python -m pelican`, not the script: settings and plugin are imported from the project.
        *(sys.executable, "-m", "pelican", "content", "--settings", "pelican.conf.py"),
        *("--output", str(folder), "--fatal", "warnings", "--extra-settings"),
        *(f"{name}={json.dumps(value)}" for name, value in settings.items() if value),
    ]
    done = subprocess.run(command, cwd=project, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(done.stdout)
