"""The folder of a built site: it is made to hold what it should, and only what differs is touched.

A site is made of units, such as all that there is of one scheme. What a unit is made of is known by
its key, so it is made once: in `made` every unit that has been made lies whole, or not at all.
"""

import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from builder.kit import cache
from builder.kit.cache import Store
from builder.kit.compress import is_copy, with_copies
from builder.kit.parallel import in_parallel, meanwhile

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
        cache.key(
            cache.code_version("builder/kit/compress.py"), path, hashlib.sha256(data).digest()
        ),
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
    return cache.key(cache.code_version("builder/site/output.py"), str(folder.resolve()))


def _digests(units: Mapping[str, Placed]) -> dict[str, str]:
    return dict(sorted(pair for unit in units.values() for pair in unit.digests()))


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a folder differs from what was placed in it: by path, files and folders.

    `changed` are files that are gone or not as they were placed, `others` those that were not.
    """

    changed: frozenset[str]
    others: frozenset[str]
    folders: frozenset[str]


class OutputFolder:
    """The folder of a site. A program that wants one that another is at work in, waits."""

    def __init__(self, folder: Path, project: Path) -> None:
        """Take the folder, which is made; caches are the project's."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._stores = {False: Store(project / UNITS), True: Store(project / LASTING)}
        self._uses = Store(project / USES)
        self._placed = Store(project / PLACED)
        self._name = _name(folder)
        self._lock = (project / PLACED / f"{self._name}{_LOCK}").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        before: dict[str, Placed] | None = self._placed.get(self._name)
        self._before = before or {}
        self.units: dict[str, Placed] = {}
        self._look: Callable[[], _Seen] = lambda: _see(str(folder), self._before)

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """What stands in the folder is looked at while the block does something else."""
        with meanwhile(self._look) as self._look:
            yield
            _ = self.seen

    @cached_property
    def seen(self) -> _Seen:
        """What stands in the folder, when it is asked for first."""
        return self._look()

    def place(self, units: Sequence[Unit], label: str = "") -> None:
        """Make the units that are not made yet, and write their files where they are not there."""
        self.units |= self._placed_units(units, label)

    @contextmanager
    def place_meanwhile(self, units: Sequence[Unit], label: str = "") -> Iterator[None]:
        """Place units while the block places others, on which these do not depend."""
        if all(map(self._stands, units)):
            self.place(units)
            yield
            return
        with meanwhile(lambda: self._placed_units(units, label)) as placed:
            yield
            self.units |= placed()

    def _placed_units(self, units: Sequence[Unit], label: str) -> dict[str, Placed]:
        todo = [unit for unit in units if not self._stands(unit)]
        results = in_parallel(
            self._place, todo, label, lambda unit: unit.pages, lambda unit: unit.effort
        )
        done = dict(zip((unit.name for unit in todo), results, strict=True))
        return {unit.name: done.get(unit.name) or self._before[unit.name] for unit in units}

    def finish(self, kind: str) -> None:
        """Delete all other files, and remember what stands here.

        Units of the last site of this `kind` are kept for the next.
        """
        paths = [path for unit in self.units.values() for path in unit.files]
        wanted = set(paths)
        assert len(wanted) == len(paths), f"in two units: {Counter(paths).most_common(1)[0][0]}"
        folders: set[str] = set()
        for path in wanted:
            while (path := path.rpartition("/")[0]) and path not in folders:
                folders.add(path)
        left = {path for unit in self._before.values() for path in unit.files} | self.seen.others
        for path in left - wanted:
            (self.folder / path).unlink(missing_ok=True)
        # The innermost first.
        for path in sorted(self.seen.folders - folders, key=len, reverse=True):
            (self.folder / path).rmdir()
        self._placed.put(self._name, self.units)
        self._placed.keep_only({self._name, f"{self._name}{_LOCK}"})
        self._uses.put(kind, {unit.kept_as for unit in self.units.values()})
        self._uses.keep_only({kind})
        # Whoever misses one that is deleted here makes it again.
        used: set[str] = set().union(*self._uses.all())
        self._stores[False].keep_only(used, after=0)
        self._stores[True].keep_only(used)
        self.leave()

    def leave(self) -> None:
        """Others may have the folder, when every process that has it has left it."""
        self._lock.close()

    def digests(self) -> dict[str, str]:
        """Every file by its path but for compressed copies, with the SHA-256 of its content."""
        return _digests(self.units)

    def _stands(self, unit: Unit) -> bool:
        before = self._before.get(unit.name)
        return (
            before is not None
            and before.key == unit.key
            and self.seen.changed.isdisjoint(before.files)
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
            if old is None or old[0] != digest or path in self.seen.changed:
                old = (digest, *_write(self.folder / path, data))
            placed[path] = old
        return Placed(unit.key, unit.kept_as, placed, known)


def _see(folder: str, placed: Mapping[str, Placed]) -> _Seen:
    files = {path: file for unit in placed.values() for path, file in unit.files.items()}
    others: set[str] = set()
    folders: set[str] = set()

    def scan(folder: str, start: str) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = start + entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.add(path)
                    scan(entry.path, f"{path}/")
                    continue
                file = files.get(path)
                if file is None:
                    others.add(path)
                    continue
                found = entry.stat(follow_symlinks=False)
                if file[1:] == (found.st_mtime_ns, found.st_size, found.st_ino):
                    del files[path]

    scan(folder, "")
    return _Seen(frozenset(files), frozenset(others), frozenset(folders))


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
