"""The folder that a site is published in: whole releases, and a `current` switched in one step.

    releases/<time>-<hash>/      a whole site and nothing else; never changed once it is there
    records/<time>-<hash>.json   what we know of it
    current                      a link to the release that is live
    .spare/                      what was a release, to make the next one of

Whoever reads the site meets one release or another, never half of one, whatever happens to the
program that publishes. What it may leave behind has names that begin with a dot, and is cleared by
the next run.

What a release has in common with the one before it are further links to the same files, so that a
site of half a gigabyte takes its place once and not once for each release. Nobody writes to a file
of a release, ever. What is built is copied and never linked to, so that this holds however the next
build writes.

Names are in the order in which releases were made, also where the clock has gone back. The live
release is therefore always the newest, but for one that did not come as far as going live.

A page that somebody has open may still ask for the style sheet, scripts, Python and parts of the
search index that it was made with. So a release also has the files of this kind that were a live
release's own within the last days.
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

from builder.kit.cache import Store
from builder.kit.disk import settle, sync
from builder.kit.errors import KnownError
from builder.kit.manifest import Files, files_of
from builder.publish.record import Record

KEPT_RELEASES = 5
"""So many different sites are kept. One that was published twice, or gone back to, is one site."""

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_STAMP = "%Y%m%dT%H%M%SZ"
# Left by a run that was stopped: a release being made, one being deleted, a link, a record.
_UNFINISHED = ".new-"
_DELETED = ".old-"
_LINK = ".current-"


class PublishError(KnownError):
    """The site could not be published; the text is Norwegian, and the live site is unchanged."""


@dataclass(frozen=True)
class Release:
    """A release: its folder, and the file with what we know of it."""

    folder: Path
    record_file: Path

    @cached_property
    def record(self) -> Record | None:
        """What we know of it; None where that is lost."""
        try:
            return Record.from_json(self.record_file.read_bytes())
        except OSError:
            return None

    @property
    def name(self) -> str:
        """Its time and hash: `20261122T120533Z-0123456789`."""
        return self.folder.name

    @property
    def digest(self) -> str:
        """The hash of its own site, without what it has taken over."""
        return digest_of(self.name)


def digest_of(name: str) -> str:
    """The hash that a release is named by."""
    return name.rpartition("-")[2]


class Releases:
    """The releases in a folder, which is made where it is not there.

    `kept` is where is kept which files each release has: they are read anew where it is not.
    """

    def __init__(self, public: Path, kept: Store | None = None) -> None:
        self.public = public
        self._spare = public / ".spare"
        self._kept = kept
        self._files: dict[str, Files] = {}
        self.folder = public / "releases"
        self.records = public / "records"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the folder, so that nobody else publishes meanwhile.

        Clears what a stopped run has left. Raises `PublishError` where somebody holds the lock.
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
        """Every whole release, the oldest first."""
        if not self.folder.is_dir():
            return []
        names = sorted(p.name for p in self.folder.iterdir() if NAME.fullmatch(p.name))
        return [self.release(name) for name in names]

    def release(self, name: str) -> Release:
        """The release of that name."""
        return Release(self.folder / name, self._record_file(name))

    def files(self, name: str) -> Files | None:
        """The files of the release of that name, as they were put there; None if it is not here."""
        if name not in self._files and (self.folder / name).is_dir():
            found: Files | None = self._kept.get(name) if self._kept else None
            if found is None:
                self._keep(name, files_of(self.folder / name))
            else:
                self._files[name] = found
        return self._files.get(name)

    def _keep(self, name: str, files: Files) -> None:
        self._files[name] = files
        # They can be found out again: no room for them is no reason to stop.
        with suppress(OSError):
            if self._kept:
                self._kept.put(name, files)

    @property
    def current(self) -> Release | None:
        """The release that `current` leads to, or None before the first."""
        folder = current(self.public)
        return None if folder is None else self.release(folder.name)

    def next_name(self, digest: str, now: dt.datetime, after: str = "") -> str:
        """A name for a new release: later than all others here, and than that of `after`."""
        latest = max(after, *(release.name for release in self.all()), "")
        stamp = now.astimezone(dt.UTC).replace(microsecond=0)
        if NAME.fullmatch(latest):
            last = dt.datetime.strptime(latest.partition("-")[0], _STAMP).replace(tzinfo=dt.UTC)
            stamp = max(stamp, last + dt.timedelta(seconds=1))
        return f"{stamp.strftime(_STAMP)}-{digest}"

    def take_spare(self, folder: Path) -> None:
        """Make a folder for `gather`: of what was a release, where there is one."""
        try:
            self._spare.rename(folder)
        except FileNotFoundError:
            folder.mkdir()

    @contextmanager
    def work(self) -> Iterator[Path]:
        """A folder to make a release in; what is left in it when the block ends is deleted."""
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, site: Path, name: str, record: Record | None, files: Files) -> Release:
        """Take a whole site in as a release. It is on the disk, not only on its way, when it is."""
        if record is not None:
            self.write_record(name, record)
        self._keep(name, files)
        settle(site)
        site.rename(self.folder / name)
        sync(self.folder)
        return self.release(name)

    def write_record(self, name: str, record: Record) -> None:
        """Write what we know of a release, in one step."""
        file = self._record_file(name)
        unfinished = file.with_name(f".{file.name}")
        unfinished.write_bytes(record.to_json())
        sync(unfinished)
        unfinished.replace(file)
        sync(self.records)

    @contextmanager
    def switching(self, release: Release) -> Iterator[None]:
        """Point `current` at the release when the block is through, unless it raises.

        All that needs room on the disk is done before the block. What then is left is a rename,
        which replaces the old link in one step.
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
        """Delete a release. It is none any more before the first of its files is gone.

        One is laid aside instead: to change what differs takes much less than to delete 20 000
        folders and to make them again.
        """
        gone = release.folder.with_name(_DELETED + release.name)
        with suppress(OSError):
            release.folder.rename(gone)
            self._record_file(release.name).unlink(missing_ok=True)
            if not self._spare.exists():
                gone.rename(self._spare)
        shutil.rmtree(gone, ignore_errors=True)

    def forget_old(self) -> None:
        """Keep the last different sites, the newest release of each, and always the live one."""
        live = current(self.public)
        kept: set[str] = set()
        for release in reversed(self.all()):
            if release.folder == live or (release.digest not in kept and len(kept) < KEPT_RELEASES):
                kept.add(release.digest)
            else:
                self.forget(release)
        if self._kept:
            self._kept.keep_only({release.name for release in self.all()})

    def _record_file(self, name: str) -> Path:
        return self.records / f"{name}.json"

    def _clear(self) -> None:
        """Delete what a run that was stopped has left behind."""
        for left in self.folder.iterdir():
            if left.name.startswith((_UNFINISHED, _DELETED)):
                shutil.rmtree(left, ignore_errors=True)
        known = {f"{release.name}.json" for release in self.all()}
        lost = [p for p in self.records.iterdir() if p.name not in known]
        for file in (*lost, *self.public.glob(f"{_LINK}*")):
            with suppress(OSError):
                file.unlink()


def current(public: Path) -> Path | None:
    """The folder of the release that is live, or None before the first."""
    link = public / "current"
    if not (link.is_symlink() and link.exists()):
        return None
    return public / "releases" / link.readlink().name
