"""What every target can do, and what of a release it gets."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from builder.kit import manifest
from builder.kit.compress import METHODS
from builder.kit.errors import KnownError
from builder.kit.manifest import Files

type Say = Callable[[str], None]
type FilesOf = Callable[[str], Files | None]

# How many releases a target keeps, where it keeps any but the live one.
KEPT_RELEASES = 5


class TargetError(KnownError):
    """A release could not be sent, or what is live could not be read.

    The text is Norwegian. What was live at the target is still live.
    """


def files_of_none(_name: str) -> Files | None:
    """Nothing is known of any release."""
    return None


class Target(Protocol):
    """A place outside this machine that a release is sent to."""

    @property
    def name(self) -> str:
        """What messages call it, such as «tjeneren vert:/srv/tilskudd»."""

    def live(self) -> bytes | None:
        """The record of the release that is live there, as it was sent; None before the first.

        Raises `TargetError` where that can't be found out.
        """

    def send(
        self,
        release: Path,
        name: str,
        record: bytes,
        say: Say,
        files_of: FilesOf = files_of_none,
    ) -> None:
        """Make a release live there, a newer one or an older one.

        `release` is a folder with a whole site, `name` is its name among releases
        (`20261122T120533Z-0123456789`), and `record` is kept beside it for `live`. Sent again, it
        sends only what is not there yet: nothing, if all is. `say` gets Norwegian sentences on
        how far it has come. Raises `TargetError`.

        `files_of` tells which files a release has, so that they need not be read to find that out;
        of this one and of others that may be live there. None is told of those not known here.
        """


def site_files(release: Path, files: Files | None = None) -> Files:
    """The files of a release that make up the site, by address without the slash in front.

    `files` are all that it has, where that is known. What begins with a dot at the root of the
    release is the publisher's own.
    """
    files = manifest.files_of(release) if files is None else files
    return {address: files[address] for address in sorted(files) if not address.startswith(".")}


def is_packed_copy(address: str, files: Files) -> bool:
    """Whether a file is the compressed copy of another one."""
    stem, dot, suffix = address.rpartition(".")
    return f"{dot}{suffix}" in METHODS and stem in files
