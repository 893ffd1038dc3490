"""The files of a folder: digest, size and traces of each; walking, linking and writing them."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from builder.kit.parallel import in_parallel

HASH_LENGTH = 10
# The number of files in a batch, which one process reads.
_BATCH = 256

type Traces = tuple[int, int, int]
"""Size in bytes, time of writing (ns) and inode: they show that a file has been written to."""


class File(NamedTuple):
    """A file: the SHA-256 of its content in hexadecimal digits, and its `Traces`."""

    digest: str
    size: int
    written: int
    inode: int

    @property
    def traces(self) -> Traces:
        """Equal to the traces of the file on the disk, unless somebody has written to it."""
        return self[1:]


type Files = dict[str, File]
"""Files by their path in the site, without a slash in front."""


def traces_of(status: os.stat_result) -> Traces:
    """The traces of a file on the disk."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def files_of(folder: Path, label: str = "") -> Files:
    """Every file of a folder, read on all cores; with a `label`, progress is shown."""
    return dict(of_each(lambda path: file_at(folder / path), sorted(paths_in(folder)), label))


def of_each[R](
    function: Callable[[str], R], paths: Sequence[str], label: str = ""
) -> Iterator[tuple[str, R]]:
    """Each path with the result of the function for it, in order, computed on all cores."""
    batches = list(batched(paths, _BATCH, strict=False))
    results = in_parallel(lambda batch: [function(path) for path in batch], batches, label, len)
    for batch, of_batch in zip(batches, results, strict=True):
        yield from zip(batch, of_batch, strict=True)


def walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file and folder below a folder, by its path from there; links are not followed."""
    waiting = [(str(folder), "")]
    while waiting:
        around, start = waiting.pop()
        with os.scandir(around) as entries:
            for entry in entries:
                path = start + entry.name
                yield path, entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{path}/"))


def paths_in(folder: Path) -> dict[str, int]:
    """The path of every file below a folder, with its inode."""
    return {path: entry.inode() for path, entry in walk(folder) if entry.is_file()}


def folders_of(paths: Iterable[str]) -> set[str]:
    """The path of every folder in which files of these paths lie, but for the outermost."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def file_at(path: Path) -> File:
    """The file at this path on the disk, which is read."""
    with path.open("rb", buffering=0) as file:
        # Before reading: a file that is written to meanwhile has other traces afterwards.
        traces = traces_of(os.fstat(file.fileno()))
        return File(hashlib.sha256(file.readall()).hexdigest(), *traces)


def steps(path: str) -> list[str]:
    """The key that sorts paths folder by folder."""
    return path.split("/")


def hash_of(files: Files) -> str:
    """A hash of `HASH_LENGTH` digits of all files, by their paths and contents."""
    digest = hashlib.sha256()
    for path in sorted(files, key=steps):
        digest.update(f"{path}\0".encode())
        digest.update(bytes.fromhex(files[path].digest))
    return digest.hexdigest()[:HASH_LENGTH]


def link_all(source: Path, target: Path, addresses: Collection[str]) -> None:
    """Put files of the folder `source` in the folder `target` too, as hard links.

    Files are copied where the file system allows no link.
    """
    make_folders(target, addresses)
    for address in addresses:
        _link(f"{source}{os.sep}{address}", f"{target}{os.sep}{address}")


def make_folders(target: Path, addresses: Iterable[str]) -> None:
    """Create the folder `target`, and in it the folders of all files with these addresses."""
    for folder in sorted({address.rpartition("/")[0] for address in addresses} | {""}):
        (target / folder).mkdir(parents=True, exist_ok=True)


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files (pairs of path and content) into a folder; other files there stay."""
    for path, data in files:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


# No hard links on this disk (a network disk), too many of them, or not to another person's files.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, target)
