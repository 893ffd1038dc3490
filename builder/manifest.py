"""Which files a site has, and what is in them."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from builder.parallel import in_parallel

HASH_LENGTH = 10
# So many files are read by one process before it takes the next.
_BATCH = 256


class File(NamedTuple):
    """A file: the SHA-256 of its content, its size in bytes, and when it was written (ns)."""

    digest: str
    size: int
    written: int


type Files = dict[str, File]
"""Files by address in the site, without the slash in front."""


def files_of(folder: Path, label: str = "") -> Files:
    """Every file of a folder, read on all cores; with a `label`, progress is told."""
    return dict(of_each(lambda path: _file(folder, path), sorted(paths_in(folder)), label))


def of_each[R](
    function: Callable[[str], R], paths: Sequence[str], label: str = ""
) -> Iterator[tuple[str, R]]:
    """Each path with what the function gives for it, in order, many at a time on all cores."""
    some = list(batched(paths, _BATCH, strict=False))
    results = in_parallel(lambda batch: [function(path) for path in batch], some, label, len)
    for batch, found in zip(some, results, strict=True):
        yield from zip(batch, found, strict=True)


def paths_in(folder: Path) -> Iterator[str]:
    """The path from the folder of every file in it, in no certain order."""
    root = f"{folder}{os.sep}"
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file():
                    yield entry.path.removeprefix(root)


def _file(folder: Path, path: str) -> File:
    with open(f"{folder}{os.sep}{path}", "rb", buffering=0) as file:  # noqa: PTH123  # 84 000 of them
        status = os.fstat(file.fileno())
        data = file.readall()
    return File(hashlib.sha256(data).hexdigest(), len(data), status.st_mtime_ns)


def steps(path: str) -> list[str]:
    """Sorts as paths do: folder by folder."""
    return path.split("/")


def hash_of(files: Files) -> str:
    """A hash of every file by name and content."""
    digest = hashlib.sha256()
    for path in sorted(files, key=steps):
        digest.update(f"{path}\0".encode())
        digest.update(bytes.fromhex(files[path].digest))
    return digest.hexdigest()[:HASH_LENGTH]


def content_hash(folder: Path) -> str:
    """A hash of every file of a built site, by name and content."""
    return hash_of(files_of(folder))
