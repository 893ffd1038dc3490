"""The folder that a site is published in: whole releases, and `current`, a link to the live one.

    releases/<time>-<digest>/      a whole site and nothing else; never changed
    records/<time>-<digest>.json   the record of the release: pages, answers and figures
    current                        a link to the live release, switched in one step
    .spare/                        a deleted release, whose files the next one can use

A reader gets one release or another, never half of one, even if the program that publishes is
killed. Unfinished files and folders have names that begin with a dot, and the next run deletes
them.

A file that a release has in common with the release before is a hard link to the same file, so a
site of half a gigabyte takes that room once, and not once for each release. Nobody ever writes to a
file of a release. Built files are copied and not linked, since the next build may write to them.

The names of releases sort by the order in which they were made, even if the clock has gone back. So
the live release is the newest, unless a newer one was made but never went live.

A page that somebody has open may still ask for the style sheet, the scripts, the Python and the
parts of the search index that it was made with. So a release also has these files of the releases
that were live within the last days (`builder.publish.assembly.inherit`).
"""

import datetime as dt
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.kit.disk import settle, sync
from builder.kit.errors import KnownError
from builder.kit.files import Files, files_of
from builder.kit.store import Store
from builder.publish.record import Record

KEPT_RELEASES = 5
"""So many different sites are kept. After a roll-back, two releases have the same site."""

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_STAMP = "%Y%m%dT%H%M%SZ"
# The beginnings of names: of a folder in which a release is assembled, of a release that is being
# deleted, and of a link that is to replace `current`.
_UNFINISHED = ".new-"
_DELETED = ".old-"
_LINK = ".current-"


class PublishError(KnownError):
    """The site could not be published; the text is Norwegian, and the live site is unchanged."""


@dataclass(frozen=True)
class Release:
    """A release: its folder, and the file of its record."""

    folder: Path
    record_file: Path

    @cached_property
    def record(self) -> Record | None:
        """The record; None where its file is missing or can't be read."""
        try:
            return Record.from_json(self.record_file.read_bytes())
        except OSError:
            return None

    @property
    def name(self) -> str:
        """The time of the release and the digest of its site: `20261122T120533Z-0123456789`."""
        return self.folder.name

    @property
    def digest(self) -> str:
        """The digest of the release's own site, without files inherited from earlier releases."""
        return digest_of(self.name)


def digest_of(name: str) -> str:
    """The digest in the name of a release."""
    return name.rpartition("-")[2]


class Releases:
    """The releases in the folder `public`.

    `cached` holds the files of each release by its name; without it they are read anew.
    """

    def __init__(self, public: Path, cached: Store | None = None) -> None:
        self.public = public
        self._spare = public / ".spare"
        self._cached = cached
        self._files: dict[str, Files] = {}
        self.folder = public / "releases"
        self.records = public / "records"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lock the folder while the block runs, so that no other process publishes.

        Creates the folder, and deletes files that a killed run has left. Raises `PublishError`
        where another process holds the lock.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.records.mkdir(exist_ok=True)
        with (self.public / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise PublishError(
                    "En annen publisering er i gang. Vent til den er ferdig, og prøv igjen."
                ) from None
            self._clear()
            yield

    def all(self) -> list[Release]:
        """All whole releases, the oldest first."""
        if not self.folder.is_dir():
            return []
        names = sorted(p.name for p in self.folder.iterdir() if NAME.fullmatch(p.name))
        return [self.release(name) for name in names]

    def release(self, name: str) -> Release:
        """The release of this name, which need not exist."""
        return Release(self.folder / name, self._record_file(name))

    def files(self, name: str) -> Files | None:
        """The files of the release of this name, as `put` got them; None if there is no release."""
        if name not in self._files and (self.folder / name).is_dir():
            files: Files | None = self._cached.get(name) if self._cached else None
            if files is None:
                self._remember(name, files_of(self.folder / name))
            else:
                self._files[name] = files
        return self._files.get(name)

    def _remember(self, name: str, files: Files) -> None:
        self._files[name] = files
        # A cache: where there is no room for it, the files are read again next time.
        with suppress(OSError):
            if self._cached:
                self._cached.put(name, result=files)

    @property
    def current(self) -> Release | None:
        """The release that `current` leads to; None before the first."""
        folder = current(self.public)
        return None if folder is None else self.release(folder.name)

    def next_name(self, digest: str, now: dt.datetime, after: str = "") -> str:
        """A name for a new release of this digest; it sorts after all releases here and `after`."""
        latest = max(after, *(release.name for release in self.all()), "")
        stamp = now.astimezone(dt.UTC).replace(microsecond=0)
        if NAME.fullmatch(latest):
            last = dt.datetime.strptime(latest.partition("-")[0], _STAMP).replace(tzinfo=dt.UTC)
            stamp = max(stamp, last + dt.timedelta(seconds=1))
        return f"{stamp.strftime(_STAMP)}-{digest}"

    def take_spare(self, folder: Path) -> None:
        """Create `folder` for `gather`: from the spare release where there is one, else empty."""
        try:
            self._spare.rename(folder)
        except FileNotFoundError:
            folder.mkdir()

    @contextmanager
    def work(self) -> Iterator[Path]:
        """A folder to make a release in, deleted when the block ends."""
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, site: Path, name: str, record: Record | None, files: Files) -> Release:
        """Move the folder `site`, a whole site with these files, to its place as a release.

        The files of the release have reached the disk before. Without a record, none is written.
        """
        if record is not None:
            self.write_record(name, record)
        self._remember(name, files)
        settle(site)
        site.rename(self.folder / name)
        sync(self.folder)
        return self.release(name)

    def write_record(self, name: str, record: Record) -> None:
        """Write or replace the record of a release in one step."""
        file = self._record_file(name)
        unfinished = file.with_name(f".{file.name}")
        unfinished.write_bytes(record.to_json())
        sync(unfinished)
        unfinished.replace(file)
        sync(self.records)

    @contextmanager
    def switching(self, release: Release) -> Iterator[None]:
        """Make `current` lead to the release after the block, unless the block raises.

        The new link is made before the block, so a full disk is noticed then. After the block it
        only gets the name `current`, which replaces the old link in one step.
        """
        link = self.public / f"{_LINK}{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(release.folder.relative_to(self.public))
        try:
            yield
            link.replace(self.public / "current")
        finally:
            link.unlink(missing_ok=True)
        sync(self.public)

    def forget(self, release: Release) -> None:
        """Delete a release, which gets another name first, so that it is never half a release.

        One deleted release stays on the disk as `.spare`: to change the files that differ takes far
        less time than to delete 20 000 folders and to create them again.
        """
        gone = release.folder.with_name(_DELETED + release.name)
        with suppress(OSError):
            release.folder.rename(gone)
            self._record_file(release.name).unlink(missing_ok=True)
            if not self._spare.exists():
                gone.rename(self._spare)
        shutil.rmtree(gone, ignore_errors=True)

    def forget_old(self) -> None:
        """Delete all releases but the live one and the newest release of each of the last sites.

        `KEPT_RELEASES` is the number of sites.
        """
        live = current(self.public)
        kept: set[str] = set()
        for release in reversed(self.all()):
            if release.folder == live or (release.digest not in kept and len(kept) < KEPT_RELEASES):
                kept.add(release.digest)
            else:
                self.forget(release)

    def _record_file(self, name: str) -> Path:
        return self.records / f"{name}.json"

    def _clear(self) -> None:
        """Delete files and folders that a killed run has left."""
        for unfinished in self.folder.iterdir():
            if unfinished.name.startswith((_UNFINISHED, _DELETED)):
                shutil.rmtree(unfinished, ignore_errors=True)
        known = {f"{release.name}.json" for release in self.all()}
        lost = [p for p in self.records.iterdir() if p.name not in known]
        for file in (*lost, *self.public.glob(f"{_LINK}*")):
            with suppress(OSError):
                file.unlink()


def current(public: Path) -> Path | None:
    """The folder of the live release; None before the first."""
    link = public / "current"
    if not (link.is_symlink() and link.exists()):
        return None
    return public / "releases" / link.readlink().name
