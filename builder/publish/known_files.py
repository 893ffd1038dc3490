"""The files of releases: what is known of them from when each was put in place, and damage since.

The digests of a release are in a list beside its record, which is no cache: it alone knows how the
files of an earlier release were.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from builder.kit.files import File, Files, file_at, files_of, hash_of, of_each, walk
from builder.publish.record import Record


class KnownFiles:
    """What is known of the files of the releases in a folder, with their records in another."""

    def __init__(self, releases: Path, records: Path) -> None:
        self._releases = releases
        self._records = records
        self._known: dict[str, Files | None] = {}
        self._whole: dict[str, Files] = {}

    def of(self, name: str) -> Files | None:
        """The files of the release of this name, as they were when it was put in place.

        None where there is no such release, or nothing is known of its files.
        """
        if name not in self._known and (self._releases / name).is_dir():
            self._known[name] = self._listed(name) or self._by_name(name)
        return self._known.get(name)

    def whole(self, name: str) -> Files:
        """The files of a release that have the digests they had when it was put in place.

        All its files are read, once in a process: damage by the disk leaves no traces.
        """
        if name not in self._whole:
            known = self.of(name) or {}
            self._whole[name] = {
                address: file
                for address, file in of_each(lambda a: self._there(name, a), sorted(known))
                if file is not None and file.digest == known[address].digest
            }
        return self._whole[name]

    def damaged(self, name: str) -> list[str]:
        """The files of a release that are gone or damaged; all where nothing is known of them."""
        known = self.of(name)
        if known is None:
            return sorted(path for path, entry in walk(self._releases / name) if not entry.is_dir())
        return sorted(known.keys() - self.whole(name).keys())

    def is_whole(self, name: str) -> bool:
        """Whether all files of a release are as they were when it was put in place."""
        return self.of(name) is not None and not self.damaged(name)

    def file(self, name: str) -> Path:
        """The file with the list of the files of a release."""
        return self._records / f"{name}.files"

    def list_of(self, name: str, files: Files) -> bytes:
        """The list of the files of a release that is to be put in place, for its file."""
        self._known[name] = files
        listed = json.dumps(files).encode()
        return hashlib.sha256(listed).hexdigest().encode() + b"\n" + listed

    def _there(self, name: str, address: str) -> File | None:
        with suppress(OSError):  # It is gone or can't be read.
            return file_at(self._releases / name / address)
        return None

    def _listed(self, name: str) -> Files | None:
        """The files in the list beside the record; None where it is missing or damaged."""
        with suppress(OSError):
            digest, _, listed = self.file(name).read_bytes().partition(b"\n")
            if hashlib.sha256(listed).hexdigest().encode() == digest:
                return {address: File(*of_file) for address, of_file in json.loads(listed).items()}
        return None

    def _by_name(self, name: str) -> Files | None:
        """The files of a release without a list, as an earlier version made it, from the disk.

        None where their digest is not the one in the name of the release.
        """
        try:
            record = Record.from_json((self._records / f"{name}.json").read_bytes())
        except OSError:
            record = None
        files = files_of(self._releases / name)
        own = {
            address: file
            for address, file in files.items()
            if record is None or not record.is_inherited(address)
        }
        return files if hash_of(own) == name.rpartition("-")[2] else None
