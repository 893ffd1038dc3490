"""The folder of a built site: it is made to hold what it should, and only what differs is touched.

A site is made of units, such as all that there is of one scheme. What a unit is made of is known by
its key, so it is made once: in `made` every unit that has been made lies whole, or not at all.
"""

import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder import cache
from builder.cache import Store
from builder.compress import is_copy, with_copies
from builder.parallel import in_parallel

UNITS = Path(".cache/units")
LASTING = Path(".cache/compressed")
USES = Path(".cache/uses")
PLACED = Path(".cache/output")
"""Where units are kept, and those that last from site to site; which of them a kind of site uses;
what is known of folders. All from the root of the project."""

_NEW = ".ny-"
_LOCK = ".lock"
# To compress so much at best takes as long as to make a page.
_BYTES_LIKE_A_PAGE = 2_500


@dataclass(frozen=True, slots=True)
class Made:
    """What a unit is: its files by their path in the site, and what else is known of it."""

    files: Mapping[str, bytes]
    known: Any = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a site that is made by itself.

    `key` is a hash of all that it depends on. It has so many `pages`; `effort` is how much work it
    is, where a page is 1. One that is `lasting` is the same in sites that differ in all else.
    """

    name: str
    key: str
    make: Callable[[], Made] = field(repr=False)
    pages: int = 0
    effort: float = 1.0
    lasting: bool = False

    @property
    def kept_as(self) -> str:
        """What it is kept by: two units may be made of the same."""
        return cache.key(self.name, self.key)


def lasting(path: str, data: bytes) -> Unit:
    """A file by itself that is the same in many sites, and may take long to compress."""
    return Unit(
        f"file {path}",
        cache.key(cache.code_version("builder/compress.py"), path, hashlib.sha256(data).digest()),
        lambda: Made({path: data}),
        effort=len(data) / _BYTES_LIKE_A_PAGE,
        lasting=True,
    )


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files by their path in a folder."""
    for path, data in files:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


# A file as it was placed: SHA-256 of its content, and what tells that nobody has changed it since.
type _File = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit whose files stand in the folder, by path, with the hash of what is in each."""

    key: str
    kept_as: str
    files: Mapping[str, _File]
    known: Any

    def digests(self) -> Iterator[tuple[str, str]]:
        """The path of each file but for compressed copies, and the SHA-256 of its content."""
        return ((path, file[0]) for path, file in self.files.items() if not is_copy(path))


def placed_digests(folder: Path, project: Path) -> dict[str, str]:
    """Every file of a site that has been built into a folder, as `OutputFolder.digests`."""
    units: dict[str, Placed] = Store(project / PLACED).get(_name(folder)) or {}
    return _digests(units)


def _name(folder: Path) -> str:
    return cache.key(cache.code_version("builder/output.py"), str(folder.resolve()))


def _digests(units: Mapping[str, Placed]) -> dict[str, str]:
    return dict(sorted(pair for unit in units.values() for pair in unit.digests()))


class OutputFolder:
    """The folder of a site. A program that wants one that another is at work in, waits."""

    def __init__(self, folder: Path, project: Path, kind: str) -> None:
        """Look at what stands in the folder, which is made; caches are the project's.

        Units of the last site of this `kind` are kept for the next.
        """
        self.folder = folder
        self._kind = kind
        folder.mkdir(parents=True, exist_ok=True)
        self._stores = {False: Store(project / UNITS), True: Store(project / LASTING)}
        self._uses = Store(project / USES)
        self._placed = Store(project / PLACED)
        self._name = _name(folder)
        self._lock = (project / PLACED / f"{self._name}{_LOCK}").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        before: dict[str, Placed] | None = self._placed.get(self._name)
        self._before = before or {}
        self._there: dict[str, tuple[int, int, int]] = {}
        self._folders: set[str] = set()
        self._scan(str(folder), "")
        self.units: dict[str, Placed] = {}

    def place(self, units: Sequence[Unit], label: str = "") -> None:
        """Make the units that are not made yet, and write their files where they are not there."""
        todo = [unit for unit in units if not self._stands(unit)]
        results = in_parallel(
            self._place, todo, label, lambda unit: unit.pages, lambda unit: unit.effort
        )
        done = dict(zip((unit.name for unit in todo), results, strict=True))
        for unit in units:
            self.units[unit.name] = done.get(unit.name) or self._before[unit.name]

    def finish(self) -> None:
        """Delete all other files, and remember what stands here."""
        paths = [path for unit in self.units.values() for path in unit.files]
        wanted = set(paths)
        assert len(wanted) == len(paths), f"in two units: {Counter(paths).most_common(1)[0][0]}"
        folders: set[str] = set()
        for path in wanted:
            while (path := path.rpartition("/")[0]) and path not in folders:
                folders.add(path)
        for path in self._there.keys() - wanted:
            (self.folder / path).unlink(missing_ok=True)
        # The innermost first.
        for path in sorted(self._folders - folders, key=len, reverse=True):
            (self.folder / path).rmdir()
        self._placed.put(self._name, self.units)
        self._placed.keep_only({self._name, f"{self._name}{_LOCK}"})
        self._uses.put(self._kind, {unit.kept_as for unit in self.units.values()})
        self._uses.keep_only({self._kind})
        # Whoever misses one that is deleted here makes it again.
        used: set[str] = set().union(*self._uses.all())
        self._stores[False].keep_only(used, after=0)
        self._stores[True].keep_only(used)
        self._lock.close()

    def digests(self) -> dict[str, str]:
        """Every file by its path but for compressed copies, with the SHA-256 of its content."""
        return _digests(self.units)

    def _scan(self, folder: str, start: str) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = start + entry.name
                if entry.is_dir(follow_symlinks=False):
                    self._folders.add(path)
                    self._scan(entry.path, f"{path}/")
                else:
                    found = entry.stat(follow_symlinks=False)
                    self._there[path] = (found.st_mtime_ns, found.st_size, found.st_ino)

    def _stands(self, unit: Unit) -> bool:
        before = self._before.get(unit.name)
        return (
            before is not None
            and before.key == unit.key
            and all(self._there.get(path) == file[1:] for path, file in before.files.items())
        )

    def _place(self, unit: Unit) -> Placed:
        store = self._stores[unit.lasting]
        made: tuple[dict[str, tuple[str, bytes]], Any] | None = store.get(unit.kept_as)
        if made is None:
            new = unit.make()
            files = {
                path: (hashlib.sha256(data).hexdigest(), data)
                for path, data in with_copies(new.files).items()
            }
            made = files, new.known
            store.put(unit.kept_as, made)
        files, known = made
        before = self._before.get(unit.name)
        placed: dict[str, _File] = {}
        for path, (digest, data) in files.items():
            old = before.files.get(path) if before else None
            if old is None or old[0] != digest or self._there.get(path) != old[1:]:
                old = (digest, *_write(self.folder / path, data))
            placed[path] = old
        return Placed(unit.key, unit.kept_as, placed, known)


def _write(path: Path, data: bytes) -> tuple[int, int, int]:
    """Write a file as a new one, so that it can be told from every one before it."""
    new = f"{path.parent}/{_NEW}{path.name}"
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        found = os.fstat(handle)
    os.replace(new, path)  # noqa: PTH105  # tens of thousands of times
    return found.st_mtime_ns, found.st_size, found.st_ino
