"""Builds a site by Pelican's own command, for tests that have threads or a project of their own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from builder.kit.store import CACHE
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


def cached(project: Path, *kinds: str) -> list[Path]:
    """The files of the results of these kinds in the cache of a project; of all kinds without."""
    return sorted(
        path
        for path in (project / CACHE / "store").glob("*-*")
        if not kinds or path.name.startswith(tuple(f"{kind}-" for kind in kinds))
    )


def share_cache(source: Path, project: Path, *kinds: str) -> None:
    """Copy the results of these kinds from the cache of the project `source`."""
    store = project / CACHE / "store"
    store.mkdir(parents=True, exist_ok=True)
    for path in cached(source, *kinds):
        shutil.copy2(path, store)
