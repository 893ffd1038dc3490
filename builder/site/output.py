"""The output folder: it gets the files of a site's units and no others; equal files stay.

A site consists of units, such as all files of one scheme. The key of a unit is a hash of everything
that the unit depends on, so that a unit is built once: finished units lie in a cache, each whole.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from builder.kit.compress import is_copy, with_copies
from builder.kit.disk import locked
from builder.kit.files import File, Files, Traces, folders_of, traces_of, walk
from builder.kit.parallel import in_parallel, meanwhile
from builder.kit.store import Store, code_version, key

UNITS = Path(".cache/units")
"""The cache of units that depend on the content; as all caches here, from the project's root."""
LASTING = Path(".cache/compressed")
"""The cache of `lasting` units."""
USES = Path(".cache/uses")
"""By kind of site, the cache keys of the units that its last build used."""
PLACED = Path(".cache/output")
"""By output folder, the units that were placed in it, and the lock of the folder."""

_NEW = ".ny-"
_LOCK = ".lock"
# The number of bytes whose best compression takes as long as the rendering of a page.
_BYTES_LIKE_A_PAGE = 2_500


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The files of a unit by their path in the site, and a value `extra` for units made later."""

    files: Mapping[str, bytes]
    extra: Any = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a site that is built by itself, by calling `make`.

    `key` is a hash of everything that the unit depends on. `pages` is the number of its pages, and
    `effort` the work of making it, where a page is 1. A `lasting` unit depends on no content: it is
    the same in many sites.
    """

    name: str
    key: str
    make: Callable[[], UnitResult] = field(repr=False)
    pages: int = 0
    effort: float = 1.0
    lasting: bool = False

    @property
    def cache_key(self) -> str:
        """The key of the unit in the cache: name and `key`, since units may have the same `key`."""
        return key(self.name, self.key)


def lasting(path: str, data: bytes) -> Unit:
    """A unit of one file that is the same in many sites, and may take long to compress."""
    return Unit(
        f"file {path}",
        key(code_version("builder/kit/compress.py"), path, hashlib.sha256(data).digest()),
        lambda: UnitResult({path: data}),
        effort=len(data) / _BYTES_LIKE_A_PAGE,
        lasting=True,
    )


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit whose files, by path, stand in the output folder; `extra` is that of its result."""

    key: str
    cache_key: str
    files: Files
    extra: Any


@dataclass(frozen=True, slots=True)
class _Scan:
    """How a folder differs from the units placed in it, by path from the folder.

    `changed` are files of units that are gone or have been written to, `others` are files of no
    unit, and `folders` are all folders.
    """

    changed: frozenset[str]
    others: frozenset[str]
    folders: frozenset[str]


class OutputFolder:
    """The folder of a site, locked by one build: another build that wants it waits."""

    def __init__(self, folder: Path, project: Path) -> None:
        """Make the folder if it is not there, and lock it; caches are in the project `project`."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._stores = {False: Store(project / UNITS), True: Store(project / LASTING)}
        self._uses = Store(project / USES)
        self._placed = Store(project / PLACED)
        self._name = key(_code_version(), str(folder.resolve()))
        self._lock = ExitStack()
        self._lock.enter_context(locked(project / PLACED / f"{self._name}{_LOCK}"))
        before: dict[str, PlacedUnit] | None = self._placed.get(self._name)
        self._before = before or {}
        self.units: dict[str, PlacedUnit] = {}
        self._scan_now: Callable[[], _Scan] = lambda: _scan(folder, self._before)

    @contextmanager
    def scan_meanwhile(self) -> Iterator[None]:
        """Scan the folder in another process while the block runs."""
        with meanwhile(self._scan_now) as self._scan_now:
            yield
            _ = self._scanned

    @cached_property
    def _scanned(self) -> _Scan:
        return self._scan_now()

    def place(self, units: Sequence[Unit], label: str = "") -> None:
        """Write the files of units, unless the folder has the same files already.

        Units that are not in a cache are built first. With a `label`, progress is shown.
        """
        self.units |= self._placed_units(units, label)

    @contextmanager
    def place_meanwhile(self, units: Sequence[Unit], label: str = "") -> Iterator[None]:
        """Place units in another process, while the block places units that don't need these."""
        if all(map(self._is_in_place, units)):
            self.place(units)
            yield
            return
        with meanwhile(lambda: self._placed_units(units, label)) as placed:
            yield
            self.units |= placed()

    def _placed_units(self, units: Sequence[Unit], label: str) -> dict[str, PlacedUnit]:
        todo = [unit for unit in units if not self._is_in_place(unit)]
        results = in_parallel(
            self._place, todo, label, lambda unit: unit.pages, lambda unit: unit.effort
        )
        done = dict(zip((unit.name for unit in todo), results, strict=True))
        return {unit.name: done.get(unit.name) or self._before[unit.name] for unit in units}

    def finish(self, kind: str) -> None:
        """Delete files of no unit, and note for the next build the units that stand here.

        The caches lose the units that neither this site uses nor the last sites of other kinds; a
        `kind` is a hash of the settings that tell one site from another.
        """
        paths = [path for unit in self.units.values() for path in unit.files]
        wanted = set(paths)
        assert len(wanted) == len(paths), f"in two units: {Counter(paths).most_common(1)[0][0]}"
        left = {path for unit in self._before.values() for path in unit.files}
        for path in (left | self._scanned.others) - wanted:
            (self.folder / path).unlink(missing_ok=True)
        # The innermost first.
        for path in sorted(self._scanned.folders - folders_of(wanted), key=len, reverse=True):
            (self.folder / path).rmdir()
        self._placed.put(self._name, self.units)
        self._placed.keep_only({self._name, f"{self._name}{_LOCK}"})
        self._uses.put(kind, {unit.cache_key for unit in self.units.values()})
        self._uses.keep_only({kind})
        # A build of another kind that misses a unit deleted here makes it again.
        used: set[str] = set().union(*self._uses.all())
        self._stores[False].keep_only(used, after=0)
        self._stores[True].keep_only(used)

    def unlock(self) -> None:
        """Let other builds have the folder."""
        self._lock.close()

    def files(self) -> Files:
        """Every file of the units that have been placed, compressed copies too."""
        return {path: file for unit in self.units.values() for path, file in unit.files.items()}

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file but the compressed copies, sorted by path."""
        files = sorted(self.files().items())
        return {path: file.digest for path, file in files if not is_copy(path)}

    def _is_in_place(self, unit: Unit) -> bool:
        before = self._before.get(unit.name)
        return (
            before is not None
            and before.key == unit.key
            and self._scanned.changed.isdisjoint(before.files)
        )

    def _place(self, unit: Unit) -> PlacedUnit:
        store = self._stores[unit.lasting]
        cached: tuple[dict[str, tuple[str, bytes]], Any] | None = store.get(unit.cache_key)
        if cached is None:
            result = unit.make()
            contents = {
                path: (hashlib.sha256(data).hexdigest(), data)
                for path, data in with_copies(result.files).items()
            }
            cached = contents, result.extra
            store.put(unit.cache_key, cached)
        contents, extra = cached
        before = self._before.get(unit.name)
        files: Files = {}
        for path, (digest, data) in contents.items():
            file = before.files.get(path) if before else None
            if file is None or file.digest != digest or path in self._scanned.changed:
                file = File(digest, *_write(self.folder / path, data))
            files[path] = file
        return PlacedUnit(unit.key, unit.cache_key, files, extra)


def _code_version() -> str:
    """A hash of the modules whose classes are pickled in the cache of placed units."""
    return code_version("builder/site/output.py", "builder/kit/files.py")


def _scan(folder: Path, placed: Mapping[str, PlacedUnit]) -> _Scan:
    changed = {path: file for unit in placed.values() for path, file in unit.files.items()}
    others: set[str] = set()
    folders: set[str] = set()
    for path, entry in walk(folder):
        if entry.is_dir(follow_symlinks=False):
            folders.add(path)
        elif path not in changed:
            others.add(path)
        elif changed[path].traces == traces_of(entry.stat(follow_symlinks=False)):
            del changed[path]
    return _Scan(frozenset(changed), frozenset(others), frozenset(folders))


def _write(path: Path, data: bytes) -> Traces:
    """Write a file as a new file in place of the old one, so that its inode is another."""
    new = f"{path.parent}/{_NEW}{path.name}"
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        traces = traces_of(os.fstat(handle))
    os.replace(new, path)  # noqa: PTH105  # tens of thousands of times
    return traces
