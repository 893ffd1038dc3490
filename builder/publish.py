"""Publishing to a local folder: immutable releases and a `current` that is switched in one step.

`public/releases/<time>-<hash>/` holds a whole site; `public/current` is a link to one of them.
Nobody who reads the site ever meets half of a release, and a failed build changes nothing.

A page that somebody has open may still ask for the style sheet, scripts and Python that it was made
with. So a release also has the files of this kind of the releases before it that are kept.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from builder import check, site
from builder.errors import KnownError

KEPT_RELEASES = 5
# In these folders, addresses carry a hash of the content: each entry fits one version of a page.
FIXED = ("assets", "runtime", "pagefind/fragment", "pagefind/index")
# Names what a release has taken over from those before it.
INHERITED = ".inherited"
HASH_LENGTH = 10


class PublishError(KnownError):
    """The site could not be published; the text is Norwegian, and the live site is unchanged."""


def publish(project_root: Path) -> Path:
    """Build, check and release the site. Returns the release that is now live.

    Raises `ContentError`, `BuildError`, `CheckError` or `PublishError`; then nothing has changed.
    """
    public = project_root / "public"
    releases = public / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with _alone(public):
        work = Path(tempfile.mkdtemp(prefix=".new-", dir=releases))
        try:
            built = work / "site"
            site.build(project_root, built)
            check.check(built)
            digest = content_hash(built)
            live = current(public)
            if live is not None and live.name.endswith(digest):
                return live
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            release = releases / f"{stamp}-{digest}"
            # There already: published, replaced and published again within a second.
            if not release.exists():
                _inherit(built, releases)
                built.rename(release)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _switch(public, release)
        _forget_old(releases, release)
        return release


def current(public: Path) -> Path | None:
    """The release that is live, or None before the first."""
    link = public / "current"
    return link.resolve() if link.is_symlink() and link.exists() else None


def content_hash(folder: Path) -> str:
    """A hash of every file of a built site, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:HASH_LENGTH]


def _inherit(built: Path, releases: Path) -> None:
    """Take over what pages of earlier releases need, as further links to the same files."""
    taken: list[str] = []
    for earlier in _finished(releases)[1 - KEPT_RELEASES :]:
        note = earlier / INHERITED
        not_its_own = set(note.read_text("utf-8").splitlines()) if note.is_file() else set()
        for folder in FIXED:
            for entry in sorted((earlier / folder).glob("*")):
                name = f"{folder}/{entry.name}"
                if name in not_its_own or (built / name).exists():
                    continue
                if entry.is_dir():
                    shutil.copytree(entry, built / name, copy_function=os.link)
                else:
                    os.link(entry, built / name)
                taken.append(name)
    if taken:
        (built / INHERITED).write_text("".join(f"{name}\n" for name in taken), "utf-8")


def _finished(releases: Path) -> list[Path]:
    """All releases, the oldest first."""
    return sorted(p for p in releases.iterdir() if not p.name.startswith("."))


def _switch(public: Path, release: Path) -> None:
    """Point `current` at the release; a rename replaces the old link in one step."""
    link = public / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(release.relative_to(public))
    link.replace(public / "current")


def _forget_old(releases: Path, live: Path) -> None:
    """Keep the last releases, and always the live one; clear what a killed run left behind."""
    finished = _finished(releases)
    unfinished = [p for p in releases.iterdir() if p.name.startswith(".new-")]
    for old in [*finished[:-KEPT_RELEASES], *unfinished]:
        if old != live:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(public: Path) -> Iterator[None]:
    """Hold the lock of the folder, so that two publishings never run at once."""
    with (public / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PublishError(
                "En annen publisering er i gang. Vent til den er ferdig, og prøv igjen."
            ) from None
        yield
