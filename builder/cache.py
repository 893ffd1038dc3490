"""Folders of finished work below `.cache/`: safe to delete, and with several builds at once."""

import shutil
import time
from pathlib import Path

UNFINISHED = "new-"
"""How the names of folders begin that are being made."""

KEPT_BUILDS = 5
_SECONDS_PER_DAY = 24 * 60 * 60


def put_in_place(work: Path, finished: Path) -> None:
    """Move a finished build to its place, where another build may have come first."""
    try:
        work.rename(finished)
    except OSError:
        if not finished.is_dir():
            raise


def forget_old_builds(cache: Path, keep: str = "") -> None:
    """Delete what has not been used for a day, but for the latest few, and what a kill left.

    What was used today may be in use now, by another build or by the preview. `keep` is the name
    of a folder that is no build.
    """
    yesterday = time.time() - _SECONDS_PER_DAY
    builds = [path for path in cache.iterdir() if path.is_dir() and path.name != keep]
    builds.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    unfinished = [path for path in builds if path.name.startswith(UNFINISHED)]
    finished = [path for path in builds if path not in unfinished]
    for path in [*unfinished, *finished[KEPT_BUILDS:]]:
        if path.stat().st_mtime < yesterday:
            shutil.rmtree(path, ignore_errors=True)
