"""The cache of a project: results by name, safe to delete, to damage, and to share between builds.

All results lie in one folder, each in a file of its own. The file has a digest of its content,
which is checked at each reading: a damaged result counts as missing, and is made again. So a result
need not have reached the disk before it counts. A killed build leaves no half result.

A result has a name and a version, a hash of everything that it depends on. A result of another
version with the same name takes its place, so the cache grows with the names alone. A result that
no build has used for `UNUSED_DAYS` is deleted, whatever it is; so is an unfinished file.
"""

import errno
import hashlib
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from builder.kit.errors import KnownError

CACHE = Path(".cache")
"""The folder of the cache, from the root of a project."""

UNUSED_DAYS = 7
"""After so many days without use, a result is deleted."""

NOT_ALLOWED = "brukeren din har ikke lov til å skrive der"
_FOLDER = "store"
_SECONDS_PER_DAY = 24 * 60 * 60
_ROOT = Path(__file__).resolve().parents[2]
_DIGEST_BYTES = 32


class StoreError(KnownError):
    """The cache can't be used at all; the text is Norwegian."""


class Store:
    """The results of one kind in the cache of a project."""

    def __init__(self, cache: Path, kind: str, *scope: object) -> None:
        """Results lie in the folder `cache`, which is created.

        Names are of this `kind`, a word, and of this `scope`. Raises `StoreError`.
        """
        self._folder = cache / _FOLDER
        self._kind, self._scope = kind, scope
        _make_usable(self._folder)

    def path(self, *name: object) -> Path:
        """The file of the result with this name."""
        return self._folder / f"{self._kind}-{key(*self._scope, *name)}"

    def get(self, *name: object, version: object = "") -> Any:
        """The result of this name and version; None where it is missing or damaged."""
        try:
            with self.path(*name).open("rb", buffering=0) as file:
                data = memoryview(file.readall())
                if time.time() - os.fstat(file.fileno()).st_mtime > _SECONDS_PER_DAY:
                    os.utime(file.fileno())
        except OSError:
            return None
        digest, content = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if content[:_DIGEST_BYTES] != _digest_of(version):
            return None
        if hashlib.sha256(content).digest() != digest:
            return None
        return pickle.loads(content[_DIGEST_BYTES:])  # noqa: S301  # our own, and whole

    def put(self, *name: object, result: object, version: object = "") -> None:
        """Cache a result, which can be pickled and is not None. Raises `OSError`."""
        _make_usable(self._folder)  # Somebody may have deleted it since.
        content = _digest_of(version) + pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        write_whole(self.path(*name), hashlib.sha256(content).digest() + content)

    def made[R](self, make: Callable[[], R], *name: object, version: object = "") -> R:
        """The result of this name and version, which is made where the cache does not have it."""
        result: R | None = self.get(*name, version=version)
        if result is None:
            result = make()
            self.put(*name, result=result, version=version)
        return result


def drop_unused(cache: Path, used: Collection[Path] = ()) -> None:
    """Delete the files in a cache that nobody has used for `UNUSED_DAYS`.

    `used` are the paths of results that are in use without having been read.
    """
    now, used_names = time.time(), {path.name for path in used}
    folder = cache / _FOLDER
    for entry in os.scandir(folder) if folder.is_dir() else ():
        with suppress(OSError):  # Another build was quicker, or the file is another person's.
            days = (now - entry.stat().st_mtime) / _SECONDS_PER_DAY
            if entry.name in used_names:
                if days > 1:
                    os.utime(entry.path)
            elif days > UNUSED_DAYS:
                Path(entry.path).unlink()


def _make_usable(folder: Path) -> None:
    """Create a folder where it is missing. Raises `StoreError` where it can't be used."""
    why = NOT_ALLOWED
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return
    except (FileExistsError, NotADirectoryError):
        why = "det som ligger der, er ingen mappe"
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
    raise unusable(next(path for path in (folder, *folder.parents) if path.exists()), why)


def unusable(where: Path, why: str = NOT_ALLOWED) -> StoreError:
    """The error that a file or folder of the cache can't be used; `why` is a Norwegian clause."""
    return StoreError(
        f"Kan ikke bruke «{where}», for {why}. Slett eller flytt den, eller gi brukeren din tilgang"
        " til den, og kjør kommandoen igjen. Alt som mangler, blir laget på nytt."
    )


def key(*parts: object) -> str:
    """A hash of parts whose `repr` tells everything about them."""
    return _digest_of(*parts).hex()


def _digest_of(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).digest()


@cache
def code_version(*places: str) -> str:
    """A hash of the Python that runs, of the locked packages, and of files of the project.

    `places` are the files and folders to hash, from the project's root. They are read once in a
    process.
    """
    places = ("requirements.txt", *places)
    return key(sys.version, digest_of_files(_ROOT, (_ROOT / place for place in places)))


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """A hash of files, by their contents and their paths from `root`.

    A folder among the `paths` stands for the files below it, but for compiled Python. Missing files
    are left out.
    """
    digest = hashlib.sha256()
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else (path,)
        for file in sorted(one for one in inside if "__pycache__" not in one.parts):
            if file.is_file():
                data = file.read_bytes()
                digest.update(f"{file.relative_to(root).as_posix()}\0{len(data)}\0".encode())
                digest.update(data)
    return digest.hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it, so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
