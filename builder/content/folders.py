"""Reads the folders of schemes and of the general pages side by side, unless they are cached."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from builder.content.files import (
    PAGES,
    is_content_name,
    misplaced_in_pages,
    misplaced_in_scheme,
    open_plain,
)
from builder.content.page_files import read_pages
from builder.content.prose import Prose
from builder.content.scheme_files import read_scheme
from builder.content.site import FolderContent, PageKey
from builder.kit.errors import KnownError
from builder.kit.files import Traces, traces_of, walk
from builder.kit.parallel import in_parallel
from builder.kit.store import Store, code_version

# The last part of the names under which prose is cached.
_PROSE = "prose"

type Memory = dict[Path, tuple[object, FolderContent]]
"""The content of folders as it was last read, each with the state (`_state`) of its files then."""

# The clock of a file system may be this coarse: a file written this recently may be written once
# more without a new time.
_COARSE_NS = 2_000_000_000


class FolderReader:
    """Reads folders of the content, or takes their content from the cache or the memory.

    With a `store`, content is cached there; without one, it is remembered in `memory`.
    """

    def __init__(self, content: Path, memory: Memory, store: Store | None) -> None:
        self.content = content
        self.memory = memory
        self.store = store

    def read_all(self, folders: list[Path]) -> Iterator[FolderContent]:
        """The content of each folder, in order."""
        known = self._remembered(folders) if self.store is None else self._cached(folders)
        others = [folder for folder in folders if folder not in known]
        read = dict(zip(others, in_parallel(self.read, others, "Leser innholdet"), strict=True))
        if self.store is None:
            self._remember(read)
        for folder in folders:
            yield known[folder] if folder in known else read[folder]

    def _cached(self, folders: list[Path]) -> dict[Path, FolderContent]:
        """The content of the folders that are in the cache as they are now."""
        assert self.store is not None
        known = {}
        for folder in folders:
            with suppress(OSError):  # Reported where the file is read.
                name = folder.name, digest_of_folder(folder)
                if (folder_content := self.store.get(*name, version=_code())) is not None:
                    known[folder] = folder_content
        return known

    def _remembered(self, folders: list[Path]) -> dict[Path, FolderContent]:
        """The content of the folders whose files have not changed since it was remembered."""
        # Noted before the files are read: a file saved meanwhile makes another state.
        self.now = time.time_ns()
        self.states = {folder: _state(folder) for folder in folders}
        return {
            folder: self.memory[folder][1]
            for folder in folders
            if folder in self.memory and self.memory[folder][0] == self.states[folder]
        }

    def _remember(self, read: dict[Path, FolderContent]) -> None:
        for folder, folder_content in read.items():
            self.memory.pop(folder, None)
            if all(self.now - changed > _COARSE_NS for _, changed, *_ in self.states[folder]):
                self.memory[folder] = self.states[folder], folder_content

    def read(self, folder: Path) -> FolderContent:
        """Read the content of a folder; with a store, also cache it where it has no mistakes.

        Then the prose is in the cache only, and not in the result.
        """
        try:
            digest = digest_of_folder(folder)
        except OSError:  # Reported where the file is read.
            return self._read_files(folder, "")
        folder_content = self._read_files(folder, digest)
        # A mistake may come from the file system, such as missing access, and pass without a new
        # digest. So content with mistakes is not cached.
        if self.store is not None and all(p.is_warning for p in folder_content.problems):
            # The digest is part of the name: a build that began before an edit needs the old prose.
            name = folder.name, digest
            # The prose first: whoever finds the rest in the cache must find the prose too.
            self.store.put(*name, _PROSE, result=folder_content.prose, version=_code())
            folder_content = replace(folder_content, prose={})
            self.store.put(*name, result=folder_content, version=_code())
        return folder_content

    def prose(self, folder: str, digests: Mapping[str, str]) -> dict[PageKey, Prose]:
        """The prose of a folder from the cache, or read again where the cache has lost it.

        Raises `KnownError` where the cache has lost it and the folder has changed since.
        """
        digest = digests[folder]
        if self.store is not None:
            name = folder, digest, _PROSE
            cached: dict[PageKey, Prose] | None = self.store.get(*name, version=_code())
            if cached is not None:
                return cached
        prose = self._read_files(self.content / folder, digest).prose
        # Units are cached by the digest, so the prose of another digest must not get into them.
        if self.store is not None and digest_of_folder(self.content / folder) != digest:
            raise KnownError(
                f"Innholdet i «{folder}» ble endret mens det ble brukt. Kjør kommandoen igjen."
            )
        return prose

    def _read_files(self, folder: Path, digest: str) -> FolderContent:
        read = FolderContent(digests={folder.name: digest})
        if folder.name == PAGES:
            read.problems += misplaced_in_pages(self.content, folder)
            read.add(read_pages(self.content, folder, None))
        else:
            read.problems += misplaced_in_scheme(self.content, folder)
            read.add(read_scheme(self.content, folder))
            visibility = read.visibility.get(folder.name)
            is_draft = visibility is not None and visibility.draft
            read.add(read_pages(self.content, folder, folder.name, is_draft=is_draft))
        return read


def digest_of_folder(folder: Path) -> str:
    """The SHA-256 of the names and bytes of all content files in a folder, as hexadecimal digits.

    The digest does not depend on the place of the folder. Raises `OSError` where a file can't be
    read.
    """
    digest = hashlib.sha256()
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(filter(is_content_name, folders))
        inside = parent.removeprefix(str(folder))
        digest.update(os.fsencode(f"{inside}\0{'/'.join(folders)}\0"))
        for name in sorted(filter(is_content_name, files)):
            # `read_bytes` would do the same more slowly, and there may be thousands of folders.
            with open(f"{parent}/{name}", "rb", opener=open_plain) as file:
                data = file.read()
            digest.update(os.fsencode(f"{name}\0{len(data)}\0"))
            digest.update(data)
    return digest.hexdigest()


def _code() -> str:
    return code_version("builder", "calc")


def _state(folder: Path) -> list[tuple[str, int, Traces]]:
    """Path, time of change and traces of each file: another list where a program saved a file."""
    state = []
    for path, entry in walk(folder):
        with suppress(OSError):  # A text editor's own file that is gone again.
            status = entry.stat(follow_symlinks=False)
            state.append((path, status.st_ctime_ns, traces_of(status)))
    return sorted(state)
