"""Caches below `.cache/`: safe to delete, and safe to share between builds that run at once."""

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
"""How the names of files and folders begin that are not finished."""

CACHED_BUILDS = 5
"""So many finished builds stay in a folder, even those that nobody has used for a day."""

_SECONDS_PER_DAY = 24 * 60 * 60
_ROOT = Path(__file__).resolve().parents[2]
_HASH_BYTES = 32


class Store:
    """A cache of results by key, where the key is a hash of everything a result depends on.

    Each result is a file, which is whole or not there: a killed build leaves no half file, and a
    damaged file counts as missing.
    """

    def __init__(self, folder: Path) -> None:
        """Cache results in this folder, which is created if it does not exist."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Any:
        """The result with this key; None where the cache has none, or a damaged file."""
        try:
            data = (self.folder / key).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data[_HASH_BYTES:]).digest() != data[:_HASH_BYTES]:
            return None
        return pickle.loads(memoryview(data)[_HASH_BYTES:])  # noqa: S301  # our own, and whole

    def put(self, key: str, result: object) -> None:
        """Cache a result, which can be pickled and is not None."""
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        write_whole(self.folder / key, hashlib.sha256(data).digest() + data)

    def all(self) -> Iterator[Any]:
        """Every result in the cache, in no order."""
        for entry in os.scandir(self.folder):
            if not entry.name.startswith(UNFINISHED):
                result = self.get(entry.name)
                if result is not None:
                    yield result

    def keep_only(self, keys: Collection[str], after: float = _SECONDS_PER_DAY) -> None:
        """Delete the results with other keys that are older than `after` seconds.

        Younger results may be of use to another build. Unfinished files get a day.
        """
        now = time.time()
        for entry in os.scandir(self.folder):
            if entry.name not in keys:
                least = _SECONDS_PER_DAY if entry.name.startswith(UNFINISHED) else after
                with suppress(FileNotFoundError):  # another build was quicker
                    if now - entry.stat().st_mtime >= least:
                        Path(entry.path).unlink()


def key(*parts: object) -> str:
    """A hash of parts whose `repr` tells everything about them."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


@cache
def code_version(*places: str) -> str:
    """A hash of the Python that runs, of the locked packages, and of files of the project.

    `places` are the files and folders to hash, from the project's root. They are read once in a
    process.
    """
    digest = hashlib.sha256(sys.version.encode())
    paths = [_ROOT / "requirements.txt"]
    for place in (_ROOT / name for name in places):
        inside = (path for path in place.rglob("*") if "__pycache__" not in path.parts)
        paths += [place, *sorted(inside)]
    digest.update(digest_of_files(_ROOT, (path for path in paths if path.is_file())).encode())
    return digest.hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """A hash of files in this order, by their contents and their paths from `root`."""
    digest = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it, so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)


def put_in_place(work: Path, finished: Path) -> None:
    """Move a finished folder to its place, unless another build has put one there before."""
    try:
        work.rename(finished)
    except OSError:
        if not finished.is_dir():
            raise


def forget_old_builds(cache: Path, keep: str = "") -> None:
    """Delete old folders of a cache: unfinished ones, and all but the latest `CACHED_BUILDS`.

    Folders younger than a day stay: another build or the preview may use them now. `keep` is the
    name of a folder that is no build, and stays.
    """
    yesterday = time.time() - _SECONDS_PER_DAY
    builds = [path for path in cache.iterdir() if path.is_dir() and path.name != keep]
    builds.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    unfinished = [path for path in builds if path.name.startswith(UNFINISHED)]
    finished = [path for path in builds if path not in unfinished]
    for path in [*unfinished, *finished[CACHED_BUILDS:]]:
        if path.stat().st_mtime < yesterday:
            shutil.rmtree(path, ignore_errors=True)
