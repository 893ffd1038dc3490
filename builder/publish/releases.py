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

import ctypes
import datetime as dt
import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.kit.cache import Store
from builder.kit.errors import KnownError
from builder.kit.headers import IMMUTABLE_FOLDERS
from builder.kit.manifest import Files, files_of, link_all, make_folders, of_each, paths_in
from builder.publish.record import Record

KEPT_RELEASES = 5
"""So many different sites are kept. One that was published twice, or gone back to, is one site."""

KEPT_FOR_OPEN_PAGES = dt.timedelta(days=7)
"""How long after it was replaced a file is kept that pages may still ask for."""

# In these folders, addresses carry a hash of the content: each entry fits one version of a page.
FIXED = tuple(folder.strip("/") for folder in IMMUTABLE_FOLDERS)
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
        _sync(self.folder)
        return self.release(name)

    def write_record(self, name: str, record: Record) -> None:
        """Write what we know of a release, in one step."""
        file = self._record_file(name)
        unfinished = file.with_name(f".{file.name}")
        unfinished.write_bytes(record.to_json())
        _sync(unfinished)
        unfinished.replace(file)
        _sync(self.records)

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
        _sync(self.public)

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


# --- What open pages still need ---


def own_of(built: Path) -> set[str]:
    """The entries of a site whose address carries a hash: `assets/site-1A2B.css`."""
    return {f"{folder}/{entry.name}" for folder in FIXED for entry in (built / folder).glob("*")}


def inheritance(earlier: Release, now: dt.datetime) -> dict[str, dt.datetime]:
    """What pages of an earlier release, and of those before it, may ask for from `now` on.

    Each with when it was last a live release's own. Where nothing is known of the earlier release,
    all it has counts as its own.
    """
    inherited = earlier.record.inherited if earlier.record else {}
    needed = dict.fromkeys(own_of(earlier.folder) - inherited.keys(), now)
    needed |= {name: last for name, last in inherited.items() if now - last <= KEPT_FOR_OPEN_PAGES}
    return dict(sorted(needed.items()))


def inherit(
    site: Path, files: Files, earlier: Release, known: Files, now: dt.datetime
) -> tuple[Files, dict[str, dt.datetime]]:
    """Give a site what open pages may ask for, as further links to the same files.

    `files` are those of the site, `known` those of the earlier release. Returns the files that the
    site has then, and what was taken over, as `inheritance` does; what the site has itself is not.
    """
    own = own_of(site)
    taken = {name: last for name, last in inheritance(earlier, now).items() if name not in own}
    open_pages = {
        address: file
        for address, file in known.items()
        if entry_of(address) in taken and (earlier.folder / address).is_file()
    }
    link_all(earlier.folder, site, open_pages)
    return files | open_pages, taken


def entry_of(address: str) -> str:
    """The entry of `own_of` that a file is or lies in; empty where there is none."""
    for folder in FIXED:
        if address.startswith(f"{folder}/"):
            return f"{folder}/{address.removeprefix(f'{folder}/').partition('/')[0]}"
    return ""


def gather(built: Path, files: Files, site: Path, earlier: Release | None, known: Files) -> Files:
    """Make the folder `site` of what was built, and of what an earlier release has of the same.

    What stands in the folder stays if it is what the earlier release has, and goes if it is not.
    `files` are those that were built, `known` those that the earlier release was made with; one
    that somebody has written to since then is not taken. Returns the files of `site`.
    """
    there = paths_in(site)
    same: Files = {}
    missing: list[str] = []
    for address, before in known.items():
        if earlier and address in files and before.digest == files[address].digest:
            with suppress(OSError):
                status = os.lstat(f"{earlier.folder}{os.sep}{address}")
                if (status.st_size, status.st_mtime_ns) == (before.size, before.written):
                    same[address] = before
                    if there.get(address) == status.st_ino:
                        del there[address]
                    else:
                        missing.append(address)
    remove(site, there)
    if earlier:
        link_all(earlier.folder, site, missing)
    new = sorted(files.keys() - same.keys())
    make_folders(site, new)
    for _ in of_each(lambda path: shutil.copy2(built / path, site / path), new, "Kopierer filene"):
        pass
    # Copies have the times of what they are copies of.
    return {address: same.get(address, file) for address, file in files.items()}


def remove(folder: Path, addresses: Iterable[str]) -> None:
    """Remove files of a folder, and the folders in it that are empty by that."""
    for address in addresses:
        (folder / address).unlink()
        with suppress(OSError):  # Something else is in there.
            while address := address.rpartition("/")[0]:
                (folder / address).rmdir()


# --- On the disk ---


def settle(folder: Path) -> None:
    """Wait until all of a folder is on the disk, so that a power cut can't take it back."""
    if _flush(folder):
        return
    # One by one. Files that other releases have too are there already.
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place, name)
            if path.stat().st_nlink == 1:
                _sync(path)
        _sync(Path(place))


def _flush(folder: Path) -> bool:
    """Wait for all that is on its way to the disk that a folder is on; False where one can't.

    Linux has a call for that, which takes a second where one for each of 80 000 files and folders
    takes minutes. Python does not know it, and `os.sync` waits for all disks, or for none (macOS).
    """
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle) == 0:
            return True
        number = ctypes.get_errno()
    finally:
        os.close(handle)
    if number == errno.ENOSYS:
        return False
    raise OSError(number, os.strerror(number), str(folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # Some network disks can't for a folder.
            raise
    finally:
        os.close(handle)
