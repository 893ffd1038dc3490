"""Which files a site has, and what is in them."""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from builder.kit.parallel import in_parallel

HASH_LENGTH = 10
# So many files are read by one process before it takes the next.
_BATCH = 256
_COARSE = 2 * 10**9


class File(NamedTuple):
    """A file: the SHA-256 of its content, its size in bytes, when it was written (ns), and which.

    `inode` is 0 where it was so new that it might have been written to without a trace.
    """

    digest: str
    size: int
    written: int
    inode: int


type Files = dict[str, File]
"""Files by address in the site, without the slash in front."""


def files_of(folder: Path, label: str = "", known: Files | None = None) -> Files:
    """Every file of a folder, read on all cores; with a `label`, progress is told.

    Those that are `known` from the last look at this folder, and still are the same files that
    nobody has written to, are not read again.
    """
    known = known or {}
    found: Files = {}
    unread = []
    for path in paths_in(folder):
        before = known.get(path)
        if before and before[1:] == _traces(os.stat(f"{folder}{os.sep}{path}")):  # noqa: PTH116
            found[path] = before
        else:
            unread.append(path)
    return found | dict(of_each(lambda path: _look(folder / path), sorted(unread), label))


def of_each[R](
    function: Callable[[str], R], paths: Sequence[str], label: str = ""
) -> Iterator[tuple[str, R]]:
    """Each path with what the function gives for it, in order, many at a time on all cores."""
    some = list(batched(paths, _BATCH, strict=False))
    results = in_parallel(lambda batch: [function(path) for path in batch], some, label, len)
    for batch, found in zip(some, results, strict=True):
        yield from zip(batch, found, strict=True)


def paths_in(folder: Path) -> dict[str, int]:
    """The path from the folder of every file in it, and its inode."""
    root = f"{folder}{os.sep}"
    waiting, found = [str(folder)], {}
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file():
                    found[entry.path.removeprefix(root)] = entry.inode()
    return found


def _look(path: Path) -> File:
    with path.open("rb", buffering=0) as file:
        size, written, inode = _traces(os.fstat(file.fileno()))
        data = file.readall()
    # Clocks of file systems are coarse: what is written next may seem to be of the same moment.
    is_new = time.time_ns() - written < _COARSE
    return File(hashlib.sha256(data).hexdigest(), size, written, 0 if is_new else inode)


def _traces(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


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


def link_all(source: Path, target: Path, addresses: Collection[str]) -> None:
    """Put files of a folder in a second one, without a second copy where that can be."""
    make_folders(target, addresses)
    for address in addresses:
        _link(f"{source}{os.sep}{address}", f"{target}{os.sep}{address}")


def make_folders(target: Path, addresses: Iterable[str]) -> None:
    """Make the folders that files of these addresses lie in, and `target` itself."""
    for folder in sorted({address.rpartition("/")[0] for address in addresses} | {""}):
        (target / folder).mkdir(parents=True, exist_ok=True)


# No links between files here (a network disk), too many, or not to the files of another person.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, target)
