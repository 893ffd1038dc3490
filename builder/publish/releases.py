"""The folder that a site is published in: whole releases, and `current`, a link to the live one.

    releases/<time>-<digest>/      a whole site and nothing else; never changed
    records/<time>-<digest>.json   the record of the release: pages, answers and figures
    records/<time>-<digest>.files  the digest of each file of the release
    current                        a link to the live release, switched in one step
    .spare/                        a deleted release, whose files the next one can use

A reader gets one release or another, never half of one, even if the program that publishes is
killed. Unfinished files and folders have names that begin with a dot, and the next run deletes
them.

A file that a release has in common with the release before is a hard link to the same file, so a
site of half a gigabyte takes that room once, and not once for each release. Nobody ever writes to a
file of a release. Built files are copied and not linked, since the next build may write to them.
Damage to such a file reaches all releases that share it, so a file is linked on only after it has
been read and has its digest.

The names of releases sort by the order in which they were made, even if the clock has gone back. So
the live release is the newest, unless a newer one was made but never went live. Where `current` is
lost, as by a copy of the folder without its links, the newest whole release counts as live.

Everyone may read the folder, whatever the umask of the editor is: a web server is another user.

A page that somebody has open may still ask for the style sheet, the scripts, the Python and the
parts of the search index that it was made with. So a release also has these files of the releases
that were live within the last days (`builder.publish.assembly.inherit`).
"""

import datetime as dt
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.kit.disk import locked, settle, sync
from builder.kit.errors import KnownError
from builder.kit.files import Files, file_at, files_of, walk
from builder.publish.known_files import KnownFiles
from builder.publish.record import Record

STORED_RELEASES = 5
"""So many different sites stay. After a roll-back, two releases have the same site."""

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_STAMP = "%Y%m%dT%H%M%SZ"
# The beginnings of names: of a folder in which a release is assembled, of a release that is being
# deleted, and of a link that is to replace `current`.
_UNFINISHED = ".new-"
_DELETED = ".old-"
_LINK = ".current-"
# The modes of the files and folders that readers get, by way of a web server.
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


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
    """The releases in the folder `public`."""

    def __init__(self, public: Path) -> None:
        self.public = public
        self._spare = public / ".spare"
        self.folder = public / "releases"
        self.records = public / "records"
        self.known = KnownFiles(self.folder, self.records)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lock the folder while the block runs, so that no other process publishes.

        Creates the folder, and deletes files that a killed run has left. Everyone may read what is
        created in the block. Raises `PublishError` where another process holds the lock, or where
        something else has the place of a folder or of `current`.
        """
        umask = os.umask(~_FOLDER_MODE & 0o777)
        try:
            for folder in (self.public, self.folder, self.records):
                _make_folder(folder)
            with ExitStack() as stack:
                try:
                    stack.enter_context(locked(self.public / ".lock", wait=False))
                except BlockingIOError:
                    raise PublishError(
                        "En annen publisering er i gang. Vent til den er ferdig, og prøv igjen."
                    ) from None
                self._clear()
                self._check_current()
                yield
        finally:
            os.umask(umask)

    def all(self) -> list[Release]:
        """All whole releases, the oldest first."""
        if not self.folder.is_dir():
            return []
        names = sorted(p.name for p in self.folder.iterdir() if NAME.fullmatch(p.name))
        return [self.release(name) for name in names]

    def release(self, name: str) -> Release:
        """The release of this name, which need not exist."""
        return Release(self.folder / name, self._record_file(name))

    def find(self, address: str, digest: str, *, also: Path) -> Path | None:
        """A file with this address and digest in any release or in the folder `also`, else None."""
        for folder in (*(release.folder for release in reversed(self.all())), also):
            with suppress(OSError):
                if file_at(folder / address).digest == digest:
                    return folder / address
        return None

    @property
    def linked(self) -> Release | None:
        """The release that `current` leads to; None before the first, or where the link is lost."""
        folder = current(self.public)
        return None if folder is None else self.release(folder.name)

    @property
    def current(self) -> Release | None:
        """The live release: the linked one, else the newest whole one, else the newest one."""
        releases = self.all()
        whole = (release for release in reversed(releases) if self.known.is_whole(release.name))
        return self.linked or next(whole, releases[-1] if releases else None)

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
        self._write(self.known.file(name), self.known.list_of(name, files))
        open_to_readers(site)
        settle(site)
        site.rename(self.folder / name)
        sync(self.folder)
        return self.release(name)

    def write_record(self, name: str, record: Record) -> None:
        """Write or replace the record of a release in one step."""
        self._write(self._record_file(name), record.to_json())

    def _write(self, file: Path, data: bytes) -> None:
        """Write or replace a file in the folder of records in one step."""
        unfinished = file.with_name(f".{file.name}")
        unfinished.write_bytes(data)
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
            place, copy = self.public / "current", self.folder / f"{_DELETED}current"
            if place.is_dir() and not place.is_symlink():  # See `_check_current`.
                place.rename(copy)
            link.replace(place)
            shutil.rmtree(copy, ignore_errors=True)
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
            self.known.file(release.name).unlink(missing_ok=True)
            if not self._spare.exists():
                gone.rename(self._spare)
        shutil.rmtree(gone, ignore_errors=True)

    def forget_old(self) -> None:
        """Delete all releases but the live one and the newest release of each of the last sites.

        `STORED_RELEASES` is the number of sites.
        """
        live = current(self.public)
        staying: set[str] = set()
        for release in reversed(self.all()):
            if release.folder == live or (
                release.digest not in staying and len(staying) < STORED_RELEASES
            ):
                staying.add(release.digest)
            else:
                self.forget(release)

    def _record_file(self, name: str) -> Path:
        return self.records / f"{name}.json"

    def _check_current(self) -> None:
        """Raise `PublishError` where a folder that is no copy of a release is called `current`.

        A copy, by a program that follows links, may be replaced with a link.
        """
        place = self.public / "current"
        if place.is_dir() and not place.is_symlink():
            known = {
                (path, file.digest)
                for release in self.all()
                for path, file in (self.known.of(release.name) or {}).items()
            }
            if any((path, file.digest) not in known for path, file in files_of(place).items()):
                raise PublishError(
                    f"«{place}» er en mappe, og ikke en lenke til en publisering. Flytt mappen, og"
                    " kjør kommandoen igjen."
                )

    def _clear(self) -> None:
        """Delete files and folders that a killed run has left."""
        for unfinished in self.folder.iterdir():
            if unfinished.name.startswith((_UNFINISHED, _DELETED)):
                shutil.rmtree(unfinished, ignore_errors=True)
        if self._spare.is_symlink() or self._spare.is_file():
            self._spare.unlink()
        known = {f"{one.name}.{kind}" for one in self.all() for kind in ("json", "files")}
        lost = [p for p in self.records.iterdir() if p.name not in known]
        for file in (*lost, *self.public.glob(f"{_LINK}*")):
            with suppress(OSError):
                file.unlink()


def open_to_readers(folder: Path) -> None:
    """Let everyone read a folder, and the files and folders in it."""
    _set_mode(folder, folder.stat(), _FOLDER_MODE)
    for _, entry in walk(folder):
        mode = _FOLDER_MODE if entry.is_dir(follow_symlinks=False) else _FILE_MODE
        _set_mode(entry, entry.stat(follow_symlinks=False), mode)


def _set_mode(path: os.PathLike[str], status: os.stat_result, mode: int) -> None:
    if stat.S_IMODE(status.st_mode) != mode:
        # Only its owner can change the mode of a file that another editor has published.
        with suppress(PermissionError):
            Path(path).chmod(mode)


def _make_folder(folder: Path) -> None:
    """Create a folder if it does not exist; everyone may read it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise PublishError(
            f"«{folder}» skal være en mappe, men der ligger en fil, eller en lenke som ikke fører"
            " til noen mappe. Flytt den, og kjør kommandoen igjen."
        ) from None
    _set_mode(folder, folder.stat(), stat.S_IMODE(folder.stat().st_mode) | _FOLDER_MODE)


def current(public: Path) -> Path | None:
    """The folder of the live release; None before the first."""
    link = public / "current"
    if not (link.is_symlink() and link.exists()):
        return None
    return public / "releases" / link.readlink().name
