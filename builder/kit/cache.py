"""Folders of finished work below `.cache/`: safe to delete, and with several builds at once."""

import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

UNFINISHED = "new-"
"""How the names of folders begin that are being made."""

KEPT_BUILDS = 5
_SECONDS_PER_DAY = 24 * 60 * 60
_ROOT = Path(__file__).resolve().parents[2]
_HASH_BYTES = 32


class Store:
    """Results kept by key: what they were made of and by, as a hash (`key`).

    Each is a file that is whole or not there, whatever is killed and however many builds there are.
    A file that is not as it was written is as if it were not there.
    """

    def __init__(self, folder: Path) -> None:
        """Keep results in this folder, which is made."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Any:
        """The result with this key, or None."""
        try:
            data = (self.folder / key).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data[_HASH_BYTES:]).digest() != data[:_HASH_BYTES]:
            return None
        return pickle.loads(memoryview(data)[_HASH_BYTES:])  # noqa: S301  # our own, and whole

    def put(self, key: str, result: object) -> None:
        """Keep a result, which is not None."""
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        write_whole(self.folder / key, hashlib.sha256(data).digest() + data)

    def all(self) -> Iterator[Any]:
        """Every result."""
        for entry in os.scandir(self.folder):
            if not entry.name.startswith(UNFINISHED):
                result = self.get(entry.name)
                if result is not None:
                    yield result

    def keep_only(self, keys: Collection[str], after: float = _SECONDS_PER_DAY) -> None:
        """Delete all other results, but for those that are not older than so many seconds.

        Another build may want them. It may also be writing one right now.
        """
        now = time.time()
        for entry in os.scandir(self.folder):
            if entry.name not in keys:
                least = _SECONDS_PER_DAY if entry.name.startswith(UNFINISHED) else after
                with suppress(FileNotFoundError):  # another build was quicker
                    if now - entry.stat().st_mtime >= least:
                        Path(entry.path).unlink()


def key(*parts: object) -> str:
    """A hash of parts that say with `repr` all that they are."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


@cache
def code_version(*places: str) -> str:
    """A hash of the Python that runs, of the installed packages, and of files of the project.

    `places` are the files and folders that decide what comes out, from the project's root.
    """
    digest = hashlib.sha256(sys.version.encode())
    paths = [_ROOT / "requirements.txt"]
    for place in (_ROOT / name for name in places):
        inside = (path for path in place.rglob("*") if "__pycache__" not in path.parts)
        paths += [place, *sorted(inside)]
    digest.update(digest_of_files(_ROOT, (path for path in paths if path.is_file())).encode())
    return digest.hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """A hash of files by what is in them and their path from `root`, in this order."""
    digest = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is never found half written, also if the program is killed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)


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
