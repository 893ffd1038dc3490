"""The interface of all targets, and the part of a release that is sent to one."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from builder.kit.compress import METHODS
from builder.kit.errors import KnownError
from builder.kit.files import Files, files_of

type Say = Callable[[str], None]
type FilesOf = Callable[[str], Files | None]
"""Looks up the files of a release by its name; None for a release that this machine lacks."""


# A target that holds more than the live release holds this many, and deletes older ones.
STORED_RELEASES = 5


class TargetError(KnownError):
    """A release could not be sent, or the live record could not be read; the text is Norwegian.

    The release that was live at the target before is still live.
    """


def files_of_none(_name: str) -> Files | None:
    """A `FilesOf` that knows no release."""
    return None


class Target(Protocol):
    """A place outside this machine that a release can be sent to."""

    @property
    def name(self) -> str:
        """The target in Norwegian messages, such as «tjeneren vert:/srv/tilskudd»."""

    def live(self) -> bytes | None:
        """The record of the release that is live at the target; None where no release is.

        These are the bytes that `send` got as `record` for that release. Raises `TargetError` where
        the target can't be reached.
        """

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Send a release to the target, and make it the live one there.

        `release` is the folder of the release, which holds a whole site; `name` is the name of the
        release, such as `20261122T120533Z-0123456789`; `record` is the JSON that `live` will
        return. Files that the target has already, also from a call that failed, are not sent again.
        `say` is called with Norwegian sentences about the progress. `files_of` gives the digests of
        this release and of the one that is live at the target, so that their files need not be
        read. Raises `TargetError`.
        """


def site_files(release: Path, files: Files | None = None) -> Files:
    """The files of the site in a release, by address without the slash in front.

    `files` are all files of the release where they are known; without them the folder is read.
    Names at the top that begin with a dot are not of the site, and are left out.
    """
    files = files_of(release) if files is None else files
    return {address: files[address] for address in sorted(files) if not address.startswith(".")}


def is_compressed_copy(address: str, files: Files) -> bool:
    """Whether the file at this address is a compressed copy of another one of `files`."""
    stem, dot, suffix = address.rpartition(".")
    return f"{dot}{suffix}" in METHODS and stem in files
