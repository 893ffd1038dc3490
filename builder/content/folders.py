"""Reads the folders of schemes and of the general pages side by side, or takes them as cached."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from builder.content.files import (
    PAGES,
    is_our_name,
    misplaced_in_pages,
    misplaced_in_scheme,
    open_plain,
)
from builder.content.page_files import read_pages
from builder.content.prose import Prose
from builder.content.scheme_files import read_scheme
from builder.content.site import Found, PageKey
from builder.kit import cache
from builder.kit.cache import Store, code_version
from builder.kit.parallel import in_parallel

# How the names of kept prose end.
_TEXTS = "-texts"
# Folders as they were read, each with the state its files had then.
type Memory = dict[Path, tuple[object, Found]]

# So coarse may a file system's clock be: a file as new as this may be written again unnoticed.
_COARSE_NS = 2_000_000_000


class FolderReader:
    """Reads the folders of schemes and of the general pages, unless it is known what they hold."""

    def __init__(self, content: Path, memory: Memory, store: Store | None) -> None:
        self.content = content
        self.memory = memory
        self.store = store

    def read_all(self, folders: list[Path]) -> Iterator[Found]:
        """What each of the folders holds, in order."""
        known = self._remembered(folders) if self.store is None else self._kept(folders)
        others = [folder for folder in folders if folder not in known]
        read = dict(zip(others, in_parallel(self.read, others, "Leser innholdet"), strict=True))
        if self.store is None:
            self._remember(read)
        else:
            names = {self._name(name, d) for f in (known, read) for name, d in _digests(f)}
            self.store.keep_only(names | {f"{name}{_TEXTS}" for name in names})
        for folder in folders:
            yield known[folder] if folder in known else read[folder]

    def _kept(self, folders: list[Path]) -> dict[Path, Found]:
        """What is kept of folders, by what stands in them."""
        assert self.store is not None
        known = {}
        for folder in folders:
            with suppress(OSError):  # Told where the file is read.
                name = self._name(folder.name, digest_of_folder(folder))
                if (found := self.store.get(name)) is not None:
                    known[folder] = found
        return known

    def _remembered(self, folders: list[Path]) -> dict[Path, Found]:
        """What is remembered of folders that are as they were."""
        # Before they are read: what is saved meanwhile makes another state.
        self.now = time.time_ns()
        self.states = {folder: _state(folder) for folder in folders}
        known = {f: self.memory[f] for f in folders if f in self.memory}
        return {folder: kept[1] for folder, kept in known.items() if kept[0] == self.states[folder]}

    def _remember(self, read: dict[Path, Found]) -> None:
        for folder, found in read.items():
            self.memory.pop(folder, None)
            if all(self.now - changed > _COARSE_NS for _, changed, *_ in self.states[folder]):
                self.memory[folder] = self.states[folder], found

    def read(self, folder: Path) -> Found:
        """What a folder holds. Where it is kept, the prose is left there."""
        try:
            digest = digest_of_folder(folder)
        except OSError:  # Told where the file is read.
            return self._read(folder, "")
        found = self._read(folder, digest)
        # What is wrong may be of the file system, and not of what stands in the files.
        if self.store is not None and all(problem.is_warning for problem in found.problems):
            name = self._name(folder.name, digest)
            # First, so that it is there when the rest is.
            self.store.put(f"{name}{_TEXTS}", found.proses)
            found = replace(found, proses={})
            self.store.put(name, found)
        return found

    def proses(self, folder: str, digests: Mapping[str, str]) -> dict[PageKey, Prose]:
        """The prose in a folder as it was read: kept, or read again if it is not any more."""
        digest = digests[folder]
        kept: dict[PageKey, Prose] | None = None
        if self.store is not None:
            kept = self.store.get(self._name(folder, digest) + _TEXTS)
        return self._read(self.content / folder, digest).proses if kept is None else kept

    def _read(self, folder: Path, digest: str) -> Found:
        found = Found(digests={folder.name: digest})
        if folder.name == PAGES:
            found.problems += misplaced_in_pages(self.content, folder)
            read_pages(self.content, folder, None, found)
        else:
            found.problems += misplaced_in_scheme(self.content, folder)
            found.schemes[folder.name] = read_scheme(self.content, folder, found)
            read_pages(self.content, folder, folder.name, found)
        return found

    def _name(self, folder: str, digest: str) -> str:
        # Files are known by where they are.
        return cache.key(code_version("builder", "calc"), str(self.content), folder, digest)


def digest_of_folder(folder: Path) -> str:
    """A hash of what stands in a folder, wherever the folder is."""
    digest = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(filter(is_our_name, folders))
        inside = place.removeprefix(str(folder))
        digest.update(f"{inside}\0{'/'.join(folders)}\0".encode())
        for name in sorted(filter(is_our_name, files)):
            # As `read_bytes`; thousands of folders are looked at.
            with open(f"{place}/{name}", "rb", opener=open_plain) as file:
                data = file.read()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def _digests(found: dict[Path, Found]) -> Iterator[tuple[str, str]]:
    return (pair for one in found.values() for pair in one.digests.items())


def _state(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What tells whether a file in a folder is another than before, whatever saved it how."""
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            stat = path.stat()
        except OSError:  # gone again, as text editors' own files are, or leads nowhere
            continue
        found.append((str(path), stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return found
