"""What every target can do, and what of a release it gets."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from builder.compress import METHODS
from builder.errors import KnownError

type Say = Callable[[str], None]

# How many releases a target keeps, where it keeps any but the live one.
KEPT_RELEASES = 5


class TargetError(KnownError):
    """A release could not be sent, or what is live could not be read.

    The text is Norwegian. What was live at the target is still live.
    """


class Target(Protocol):
    """A place outside this machine that a release is sent to."""

    @property
    def name(self) -> str:
        """What messages call it, such as «tjeneren vert:/srv/tilskudd»."""

    def live(self) -> bytes | None:
        """The record of the release that is live there, as it was sent; None before the first.

        Raises `TargetError` where that can't be found out.
        """

    def send(self, release: Path, name: str, record: bytes, say: Say) -> None:
        """Make a release live there, a newer one or an older one.

        `release` is a folder with a whole site, `name` is its name among releases
        (`20261122T120533Z-0123456789`), and `record` is kept beside it for `live`. Sent again, it
        sends only what is not there yet: nothing, if all is. `say` gets Norwegian sentences on
        how far it has come. Raises `TargetError`.
        """


def site_files(release: Path) -> dict[str, Path]:
    """The files of a release that make up the site, by address without the slash in front.

    What begins with a dot at the root of the release is the publisher's own.
    """
    files = {path.relative_to(release).as_posix(): path for path in sorted(release.rglob("*"))}
    return {
        address: path
        for address, path in files.items()
        if path.is_file() and not address.startswith(".")
    }


def is_packed_copy(path: Path) -> bool:
    """Whether a file is the compressed copy of the one beside it."""
    return path.suffix in METHODS and path.with_suffix("").is_file()
