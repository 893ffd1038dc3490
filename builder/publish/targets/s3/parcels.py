"""The files of a release as they are to lie in a store, and the order in which they are sent."""

import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from builder.kit.files import Files
from builder.kit.headers import IMMUTABLE_FOLDERS, MEDIA_TYPES, cache_control
from builder.publish.targets.target import is_compressed_copy, site_files

# A store sends every reader the same bytes, compressed or not. All browsers read gzip; Brotli they
# read over https only. Feeds, calendars and open data are not compressed: many programs that fetch
# them do not ask for compression, and could not read the bytes.
_FOR_BROWSERS = frozenset({".css", ".html", ".js", ".mjs", ".svg", ".wasm", ".whl", ".zip"})
# These files link to other files, and hardly any other file links to them.
_PAGES = frozenset({".atom", ".html", ".ics", ".json", ".xml", ".yaml"})
_SERVICE_WORKER = "sw.js"


class Stage(IntEnum):
    """The order of sending: a stage begins when all files of the stage before are in the store."""

    FIXED = 1
    FILES = 2
    PAGES = 3
    # Tells browsers of a new version, whose files must be in the store by then.
    SERVICE_WORKER = 4


@dataclass(frozen=True)
class Parcel:
    """A file of a release with its key and headers in the bucket.

    `key` is without the prefix of the settings. `path` is the file on this machine, and `size` its
    number of bytes. Where `headers` (by the names of boto's arguments) say gzip, this file is the
    compressed copy. `digest` is a hash of the bytes and the headers.
    """

    key: str
    path: Path
    size: int
    headers: dict[str, str]
    digest: str

    @property
    def stage(self) -> Stage:
        """The stage in which the parcel is sent."""
        if self.key == _SERVICE_WORKER:
            return Stage.SERVICE_WORKER
        if f"/{self.key}".startswith(IMMUTABLE_FOLDERS):
            return Stage.FIXED
        return Stage.PAGES if Path(self.key).suffix in _PAGES else Stage.FILES

    @property
    def order(self) -> tuple[Stage, int, str]:
        """The sort key: by stage, then the deepest folders first.

        The front page comes last of the pages, since it links to all others.
        """
        return self.stage, -self.key.count("/"), self.key


def parcels(release: Path, files: Files | None = None) -> list[Parcel]:
    """One parcel for each file of a release, in the order in which they are sent.

    `files` are the files of the release where they are known; without them the folder is read.
    """
    files = site_files(release, files)
    all_parcels = (
        _parcel(release, key, files)
        for key in files
        # No store chooses between a file and its compressed copies for a reader.
        if not is_compressed_copy(key, files)
    )
    return sorted(all_parcels, key=lambda parcel: parcel.order)


def _parcel(release: Path, key: str, files: Files) -> Parcel:
    suffix = Path(key).suffix
    headers = {
        "ContentType": MEDIA_TYPES.get(suffix, "application/octet-stream"),
        "CacheControl": cache_control(f"/{key}"),
    }
    address, packed = key, f"{key}.gz"
    is_for_browsers = suffix in _FOR_BROWSERS or f"/{key}".startswith(IMMUTABLE_FOLDERS)
    if is_for_browsers and packed in files:
        headers["ContentEncoding"] = "gzip"
        address = packed
    digest = hashlib.sha256(json.dumps(headers, sort_keys=True).encode())
    digest.update(files[address].digest.encode())
    return Parcel(key, release / address, files[address].size, headers, digest.hexdigest())
